import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { follow, pgSessions, type Follower, type Pace } from './following.js';
import type { Histories } from './folding.js';
import { Gathering, type RowClass, type Rows, type Shape, type Tenanted } from './gathering.js';
import type { PostgresEventStore } from './postgres-event-store.js';
import { readBeginnings, readStreamOf, sessionOptions, type Until } from './reading.js';
import type { Recorded } from './record.js';
import { Memory } from './remembering.js';
import { Snapshots, type Standing } from './snapshotting.js';
import { store as storeRows } from './storing.js';

/** Most records of a batch: reached only while a view is behind. */
const batch = 2_000;

/**
 * A read model: (name, version, fold). The fold says what each record changes in its rows, in log order, and reads nothing but the history. A
 * row takes its tenant from the record, never from its data; one of another tenant is refused.
 */
export type View = {
  readonly name: string;
  /** Another number means: built anew from position 0. */
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

/** The views of one service: kept up to date by the log role, read by the web role, dropped and built again at any time. */
export class Views {
  readonly #followers = new Map<string, Follower>();

  private constructor(
    private readonly store: PostgresEventStore,
    private readonly writing: DataSource,
    private readonly reading: DataSource,
    private readonly snapshots: Snapshots,
  ) {}

  static async open(options: ViewsOptions): Promise<Views> {
    const { store, views, histories, pace, failed } = options;
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
    const { fold = '', differs } = options;
    const snapshots = new Snapshots(store, histories, { fold, ...(differs && { differs }) });
    const opened = new Views(store, source(options.logUrl, 2), source(options.webUrl, 4), snapshots);
    await Promise.all([opened.writing.initialize(), opened.reading.initialize()]);
    await opened.#checkSecured();
    const shapeOf = shapesOf(opened.writing);
    for (const view of views) {
      const memory = new Memory(histories, async (wanted) =>
        (await readBeginnings(store.pool, wanted)).map((record) => store.upcast(record)),
      );
      const target = { schema: 'public', tables: view.entities, shapeOf };
      let gathered = new Gathering(shapeOf);
      const follower = follow({
        name: `view:${view.name}`,
        version: view.version,
        store,
        pool: store.pool,
        sessions: pgSessions(poolOf(opened.writing)),
        handle: async (records) => {
          memory.begin(records, records.length === batch);
          gathered = new Gathering(shapeOf);
          for (const record of records) await view.apply(gathered.by(record), record, () => memory.at(record));
        },
        effect: (_, client) => storeRows(client, gathered, target),
        reset: async (client) => {
          for (const table of [...view.entities].reverse()) await client.query(`delete from ${pg.escapeIdentifier(shapeOf(table).table)}`);
        },
        batch,
        ...(pace && { pace }),
        failed: (error) => failed?.(view.name, error),
      });
      opened.#followers.set(view.name, follower);
    }
    return opened;
  }

  /** Reads as the tenant: one snapshot, the web role, and row-level security that shows nothing of anybody else. */
  read<Result>(tenant: string, work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.reading.transaction('REPEATABLE READ', async (manager) => {
      await manager.query(`select set_config('app.tenant', $1, true)`, [tenant]);
      return work(manager);
    });
  }

  /** Reads across tenants as the log role: for work that is due, never for a request. */
  readAll<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.writing.transaction('REPEATABLE READ', work);
  }

  /** A stream as the web role may read it: empty when it belongs to another tenant. */
  async readStream(tenant: string, stream: string, until?: Until): Promise<readonly Recorded[]> {
    return (await readStreamOf(poolOf(this.reading), tenant, stream, until)).map((record) => this.store.upcast(record));
  }

  /** A stream folded to its head, as the web role may read it. */
  stand<State>(tenant: string, stream: string): Promise<Standing<State> | undefined> {
    return this.snapshots.stand<State>(poolOf(this.reading), tenant, stream);
  }

  /** Waits until every view has taken in this position (the head unless said otherwise); false after `ms`. */
  async caughtUp(position?: number, ms = 5_000): Promise<boolean> {
    const goal = position ?? (await this.store.head());
    const followers = [...this.#followers.values()];
    for (const giveUp = performance.now() + ms; ; await pause(20)) {
      const { rows } = await this.store.pool.query<{ there: string }>(
        `select count(*) as there from log.follower f join unnest($1::text[], $2::int[]) as v(name, version) using (name, version)
         where f.position >= $3`,
        [followers.map(({ name }) => name), followers.map(({ version }) => version), goal],
      );
      if (Number(rows[0]!.there) === followers.length) return true;
      if (performance.now() > giveUp) return false;
    }
  }

  /** Empties a view and folds the log into it again. Readers see it grow. Resolves when it has reached where the log ends now. */
  async rebuild(name: string, ms = 600_000): Promise<void> {
    const follower = this.#followers.get(name);
    if (!follower) throw new Error(`There is no view ${name}.`);
    const goal = await this.store.head();
    await follower.restart();
    if (!(await this.caughtUp(goal, ms))) throw new Error(`The view ${name} was not rebuilt within ${ms} ms.`);
  }

  /** How far each view has come here: for health and metrics. */
  positions(): readonly { readonly name: string; readonly position: number; readonly leads: boolean }[] {
    return [...this.#followers].map(([name, { position, leads }]) => ({ name, position, leads }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.stop()));
    await Promise.all([this.writing.destroy(), this.reading.destroy()]);
  }

  /** A table that a migration forgot to secure would show every tenant to every other: the service does not start. */
  async #checkSecured() {
    const tables = this.writing.entityMetadatas.map(({ tableName }) => tableName);
    const { rows } = await this.store.pool.query<{ name: string }>(
      `select t.name from unnest($1::text[]) as t(name)
       where not exists (select from pg_class c where c.oid = to_regclass(quote_ident(t.name)) and c.relrowsecurity and c.relforcerowsecurity)`,
      [tables],
    );
    if (rows.length > 0) throw new Error(`Not secured by a migration (secureView): ${rows.map(({ name }) => name).join(', ')}.`);
  }
}

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
