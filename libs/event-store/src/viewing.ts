import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { borrow } from './borrowing.js';
import { gather, gatherOn, type Fold } from './building.js';
import type { Comparison } from './comparing.js';
import { follow, pgSessions, usualPace, type Follower, type Pace } from './following.js';
import type { Folded, Histories } from './folding.js';
import { Gathering, type RowClass, type Rows, type Shape, type Tenanted } from './gathering.js';
import { Generations, NotSo, type Generation } from './generating.js';
import type { PostgresEventStore } from './postgres-event-store.js';
import { readBeginnings, readPagesOf, sessionOptions, type Until } from './reading.js';
import type { Recorded } from './record.js';
import { Memory } from './remembering.js';
import { Snapshots } from './snapshotting.js';
import { load, store as storeRows, type Target } from './storing.js';

/** Most records of a batch: reached only while a view is behind. */
const batch = 2_000;

/**
 * A read model: (name, version, fold). The fold says what each record changes in its rows, in log order, and reads nothing but the history. A
 * row takes its tenant from the record, never from its data; one of another tenant is refused.
 */
export type View = {
  readonly name: string;
  /** A higher number means another fold: it is built beside the old one from position 0, and read once it has caught up. */
  readonly version: number;
  /** In the order in which rows refer to each other; made and secured (`secureView`) by migrations. */
  readonly entities: readonly RowClass[];
  /** `history` is the public state the record left its stream in. */
  apply(rows: Rows, record: Recorded, history: <State>() => Promise<State>): Promise<void> | void;
};

export type ViewsOptions = {
  readonly store: PostgresEventStore;
  readonly logUrl: string;
  readonly webUrl: string;
  readonly views: readonly View[];
  readonly histories: Histories;
  /** Further entities that are read beside the views' own. */
  readonly entities?: readonly (abstract new () => object)[];
  /** Names the code of the histories: see SnapshotOptions. Left out, streams are folded without snapshots. */
  readonly fold?: string;
  readonly pace?: Pace;
  readonly failed?: (view: string, error: unknown) => void;
  /** Told when a snapshot was not what its stream folds to. */
  readonly differs?: (stream: string) => void;
};

/** How far one generation of a view has come here: for health and metrics. */
export type ViewStanding = {
  readonly name: string;
  readonly generation: number;
  readonly state: Generation['state'];
  readonly position: number;
  readonly leads: boolean;
};

type Followed = { readonly follower: Follower; readonly view: View; generation: Generation };

/** The views of one service: kept up to date by the log role, read by the web role, built anew beside themselves at any time. */
export class Views {
  /** The catalogue: to begin, compare, swap, give back and drop generations. */
  readonly catalogue: Generations;
  readonly #snapshots: Snapshots;
  readonly #followed = new Map<string, Followed>();
  readonly #closed = new AbortController();
  #looking: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;

  private constructor(
    private readonly options: ViewsOptions,
    private readonly writing: DataSource,
    private readonly reading: DataSource,
    private readonly shapeOf: (table: RowClass) => Shape,
  ) {
    const { store, histories, fold = '', differs } = options;
    this.catalogue = new Generations(store.pool);
    this.#snapshots = new Snapshots(store, histories, { fold, ...(differs && { differs }) });
  }

  static async open(options: ViewsOptions): Promise<Views> {
    const { store, views } = options;
    const entities = [
      ...new Set([...views.flatMap((view) => view.entities), ...(options.entities ?? [])]),
    ] as EntityTarget<ObjectLiteral>[];
    const source = (url: string, max: number) =>
      new DataSource({
        type: 'postgres',
        url,
        entities: entities as (new () => object)[],
        applicationName: store.service,
        extra: { max, options: sessionOptions },
      });
    const [writing, reading] = [source(options.logUrl, 2), source(options.webUrl, 4)];
    const opened = new Views(options, writing, reading, shapesOf(writing));
    try {
      await Promise.all([writing.initialize(), reading.initialize()]);
      await opened.#checkSecured();
      for (const { name, version, entities: tables } of views)
        await store.pool.query('select log.register_view($1, $2, $3)', [name, version, tables.map((table) => opened.shapeOf(table).table)]);
      await opened.look();
    } catch (error) {
      await opened.close();
      throw error;
    }
    opened.#running = opened.#lookOn();
    return opened;
  }

  /** Reads as the tenant: one snapshot, in it one generation of each view, the web role, and row-level security that shows nothing of anybody else. */
  read<Result>(tenant: string, work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return snapshot(this.reading, `set_config('app.tenant', ${pg.escapeLiteral(tenant)}, true), ${this.#path()}`, work);
  }

  /** Reads across tenants as the log role: for work that is due, never for a request. */
  readAll<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return snapshot(this.writing, this.#path(), work);
  }

  /** One statement as the log role, in which the names of views mean the generations that are read: for workers with SQL of their own. */
  readonly live = {
    query: <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<{ readonly rows: Row[] }> =>
      borrow(this.options.store.pool, async (client) => {
        await client.query(`begin; select ${this.#path()}`);
        const { rows } = await client.query<Row>(text, [...values]);
        await client.query('commit');
        return { rows };
      }),
  };

  /** A stream as the web role may read it, page by page: empty when it belongs to another tenant. */
  async *readPages(tenant: string, stream: string, until?: Until): AsyncGenerator<readonly Recorded[], void> {
    for await (const records of readPagesOf(poolOf(this.reading), tenant, stream, until))
      yield records.map((record) => this.options.store.upcast(record));
  }

  /** A stream folded to its head, as the web role may read it. */
  stand<State>(tenant: string, stream: string): Promise<Folded<State> | undefined> {
    return this.#snapshots.stand<State>(poolOf(this.reading), tenant, stream);
  }

  /** Waits until every view, as it is read here, has taken in this position (the head unless said otherwise); false after `ms`. */
  async caughtUp(position?: number, ms = 5_000): Promise<boolean> {
    const goal = position ?? (await this.options.store.head());
    for (const giveUp = performance.now() + ms; ; await pause(20)) {
      const { rows } = await this.options.store.pool.query<{ behind: boolean }>(
        `select exists (select from log.generations_read($1, $2) g join log.follower f on f.name = log.follower_of(g.view, g.generation)
           where f.position < $3) as behind`,
        [...this.#read, goal],
      );
      if (!rows[0]!.behind) return true;
      if (performance.now() > giveUp) return false;
    }
  }

  /**
   * Builds a view anew beside the one that is read, up to where the log ends now; it is read by nobody yet. `bulk` folds in memory and loads
   * tables without indexes; without it every batch is stored. Answers the number of the generation.
   */
  async build(name: string, { bulk = true, ms = 600_000 }: { readonly bulk?: boolean; readonly ms?: number } = {}): Promise<number> {
    const view = this.options.views.find((one) => one.name === name);
    if (!view) throw new Error(`There is no view ${name}.`);
    const goal = await this.options.store.head();
    const generation = await this.catalogue.begin(name, { bulk, version: view.version });
    await this.look();
    await this.catalogue.builtTo(name, generation, goal, { ms });
    return generation;
  }

  /**
   * Builds a view anew, compares it with the one that is read, and swaps; the one before is kept for a rollback. A difference is no obstacle: a
   * view that was damaged is built anew for its sake.
   */
  async rebuild(name: string, options: { readonly bulk?: boolean; readonly ms?: number } = {}): Promise<Rebuilt> {
    const generation = await this.build(name, options);
    const comparison = await this.catalogue.compare(name, generation);
    await this.#swapWhenBeside(name, generation);
    return { generation, comparison };
  }

  /** Whoever swaps holds the live one back for two seconds at most: where much is written, the new one may need a few of them to come up to it. */
  async #swapWhenBeside(name: string, generation: number): Promise<void> {
    for (let left = 4; ; left--)
      try {
        await this.catalogue.swap(name, generation);
        return;
      } catch (error) {
        if (left === 0 || !(error instanceof NotSo)) throw error;
        await this.catalogue.builtTo(name, generation, await this.options.store.head());
      }
  }

  /** How far each generation has come here: for health and metrics. */
  positions(): readonly ViewStanding[] {
    return [...this.#followed.values()].map(({ view: { name }, follower: { position, leads }, generation: { generation, state } }) => ({
      ...{ name, generation, state },
      ...{ position, leads },
    }));
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#running;
    await this.#looking;
    await Promise.all([...this.#followed.values()].map(({ follower }) => follower.stop()));
    await Promise.all([this.writing, this.reading].map(async (source) => source.isInitialized && (await source.destroy())));
  }

  /** Looks into the catalogue now: what is new is followed from here on, what was dropped no longer. It is looked into every two seconds anyway. */
  look(): Promise<void> {
    return (this.#looking = this.#looking.catch(() => undefined).then(() => this.#look()));
  }

  async #lookOn() {
    const { pace = usualPace, failed } = this.options;
    for (;;) {
      await pause(pace.beat, undefined, { signal: this.#closed.signal }).catch(() => undefined);
      if (this.#closed.signal.aborted) return;
      await this.look().catch((error: unknown) => failed?.('catalogue', error));
    }
  }

  async #look() {
    const listed = await this.catalogue.all();
    for (const view of this.options.views) {
      const mine = listed.filter((one) => one.view === view.name && one.version === view.version);
      for (const generation of mine) {
        const key = keyOf(generation);
        const known = this.#followed.get(key);
        if (known) known.generation = generation;
        else this.#followed.set(key, { view, generation, follower: this.#follow(view, generation) });
        await this.#swapByItself(this.#followed.get(key)!);
      }
    }
    const there = new Set(listed.map(keyOf));
    for (const [key, { follower }] of this.#followed) {
      if (there.has(key)) continue;
      this.#followed.delete(key);
      await follower.stop();
    }
  }

  /** A fold that is newer than the live one goes live once it is there; who leads it sees to that. */
  async #swapByItself({ follower, view, generation: { generation, swaps, state } }: Followed) {
    if (!swaps || state !== 'building' || !follower.leads) return;
    if (follower.position + batch < (await this.options.store.head())) return;
    await this.catalogue.swap(view.name, generation).catch((error: unknown) => this.options.failed?.(view.name, error));
  }

  #follow(view: View, { generation, schema, indexed }: Generation): Follower {
    const { store, histories, pace, failed } = this.options;
    const { shapeOf } = this;
    const memory = new Memory(histories, async (wanted) =>
      (await readBeginnings(store.pool, wanted)).map((record) => store.upcast(record)),
    );
    const fold: Fold = (rows, record, history) => view.apply(rows, record, history);
    const target = { schema, tables: view.entities, shapeOf };
    let rows = new Gathering(shapeOf);
    return follow({
      name: `view:${view.name}${generation === 0 ? '' : `:${generation}`}`,
      founded: true,
      store,
      pool: store.pool,
      sessions: pgSessions(poolOf(this.writing)),
      batch,
      leap: (after, signal) => this.#leap(view.name, generation, { after, indexed: indexed || after >= 0, fold, memory, target, signal }),
      handle: async (records) => {
        rows = await gather(records, fold, memory, new Gathering(shapeOf), records.length === batch);
      },
      effect: (_, client) => storeRows(client, rows, target),
      ...(pace && { pace }),
      failed: (error) => failed?.(view.name, error),
    });
  }

  /** Far behind: in memory first. Tables that wait for their first load get it, their keys and indexes in the transaction that moves the cursor. */
  async #leap(view: string, generation: number, { after, indexed, fold, memory, target, signal }: Loading) {
    const { store } = this.options;
    let told = performance.now();
    const reached = (position: number) => {
      if (performance.now() - told < 500) return;
      told = performance.now();
      store.pool
        .query('update log.view_generation set reached = $3 where view = $1 and generation = $2', [view, generation, position])
        .catch(() => undefined); // only shown
    };
    const gathered = await gatherOn(store, after, fold, memory, this.shapeOf, signal, reached);
    if (!gathered) return undefined;
    return {
      position: gathered.position,
      effect: async (client: pg.PoolClient) => {
        if (indexed) return storeRows(client, gathered.rows, target);
        await client.query('set local statement_timeout = 0');
        await load(client, gathered.rows, target);
        await client.query('select log.index_generation($1, $2)', [view, generation]);
      },
    };
  }

  /** Names and versions of the views this code reads: which generations these are is one row in the database. */
  get #read(): [names: string[], versions: number[]] {
    const { views } = this.options;
    return [views.map(({ name }) => name), views.map(({ version }) => version)];
  }

  /** For the statement that begins a reader's snapshot. */
  #path(): string {
    const [names, versions] = this.#read;
    const literals = names.map((name) => pg.escapeLiteral(name)).join(', ');
    return `set_config('search_path', log.view_path(array[${literals}]::text[], array[${versions.join(', ')}]::integer[]), true)`;
  }

  /** A table that a migration forgot to secure would show every tenant to every other: the service does not start. */
  async #checkSecured() {
    const tables = this.writing.entityMetadatas.map(({ tableName }) => tableName);
    const { rows } = await this.options.store.pool.query<{ name: string }>(
      `select t.name from unnest($1::text[]) as t(name)
       where not exists (select from pg_class c where c.oid = to_regclass('public.' || quote_ident(t.name)) and c.relrowsecurity and c.relforcerowsecurity)`,
      [tables],
    );
    if (rows.length > 0) throw new Error(`Not secured by a migration (secureView): ${rows.map(({ name }) => name).join(', ')}.`);
  }
}

/** What a rebuild has made: the generation that is live now, and how it compared with the one before. */
export type Rebuilt = { readonly generation: number; readonly comparison: Comparison };

type Loading = {
  readonly after: number;
  readonly indexed: boolean;
  readonly fold: Fold;
  readonly memory: Memory;
  readonly target: Target;
  readonly signal: AbortSignal;
};

/** What one snapshot shows. It begins in one message to the server; TypeORM's own transactions take two and a third for the settings. */
const snapshot = async <Result>(
  source: DataSource,
  settings: string,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> => {
  const runner = source.createQueryRunner();
  try {
    await runner.query(`begin isolation level repeatable read; select ${settings}`);
    const result = await work(runner.manager);
    await runner.query('commit');
    return result;
  } catch (error) {
    await runner.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
};

const keyOf = ({ view, generation }: Generation): string => `${view}:${generation}`;

const poolOf = (source: DataSource): pg.Pool => (source.driver as unknown as { master: pg.Pool }).master;

/** Tables as TypeORM knows them. A row of a view is plain: what a column cannot keep as it is has no place in it. */
const shapesOf = (source: DataSource): ((table: RowClass) => Shape) => {
  const shapes = new Map<RowClass, Shape>();
  return (table) => {
    const known = shapes.get(table);
    if (known) return known;
    const { tableName, columns } = source.getMetadata(table as new () => Tenanted);
    if (columns.some(({ transformer, embeddedMetadata }) => transformer || embeddedMetadata))
      throw new Error(`${tableName}: the rows of a view have plain columns.`);
    const members = columns.map(({ propertyName: property, databaseName: column }) => ({ property, column }));
    const shape = { table: tableName, members, key: members.filter((_, at) => columns[at]!.isPrimary) };
    shapes.set(table, shape);
    return shape;
  };
};
