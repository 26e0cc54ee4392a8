import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { follow, type Follower, type Pace, type Sessions } from './following.js';
import { Foldings, type Histories } from './folding.js';
import type { PostgresEventStore } from './postgres-event-store.js';
import { readStreamOf, sessionOptions, type Until } from './reading.js';
import type { Recorded } from './record.js';

/** A read model: what each record changes in its tables, in log order. A row takes its tenant from the record, never from its data. */
export type View = {
  readonly name: string;
  /** Another number means: built anew from position 0. */
  readonly version: number;
  /** In the order in which rows refer to each other; made and secured (`secureView`) by migrations. */
  readonly entities: readonly (abstract new () => object)[];
  /** `history` is the public state the record left its stream in. */
  apply(manager: EntityManager, record: Recorded, history: <State>() => Promise<State>): Promise<void>;
};

export type ViewsOptions = {
  readonly store: PostgresEventStore;
  readonly logUrl: string;
  readonly webUrl: string;
  readonly views: readonly View[];
  readonly histories: Histories;
  /** Further entities that are read beside the views' own. */
  readonly entities?: readonly (abstract new () => object)[];
  readonly pace?: Pace;
  readonly failed?: (view: string, error: unknown) => void;
};

/** The views of one service: kept up to date by the log role, read by the web role, dropped and built again at any time. */
export class Views {
  readonly #followers = new Map<string, Follower<EntityManager>>();

  private constructor(
    private readonly store: PostgresEventStore,
    private readonly writing: DataSource,
    private readonly reading: DataSource,
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
    const opened = new Views(store, source(options.logUrl, 2), source(options.webUrl, 4));
    await Promise.all([opened.writing.initialize(), opened.reading.initialize()]);
    await opened.#checkSecured();
    const foldings = new Foldings(store, histories);
    for (const view of views) {
      const follower = follow<EntityManager>({
        name: `view:${view.name}`,
        version: view.version,
        store,
        pool: store.pool,
        sessions: typeormSessions(opened.writing),
        effect: async (records, manager) => {
          for (const record of records) await view.apply(manager, record, () => foldings.at(record));
        },
        reset: async (manager) => {
          for (const entity of [...view.entities].reverse()) await manager.createQueryBuilder().delete().from(entity).execute();
        },
        batch: 200,
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
    const { master: pool } = this.reading.driver as unknown as { master: pg.Pool };
    return readStreamOf(pool, tenant, stream, until);
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

/** TypeORM answers a select, and only a select, with its rows. */
const typeormSessions =
  (source: DataSource): Sessions<EntityManager> =>
  (work) =>
    source.transaction((manager) =>
      work(manager, async <Row>(sql: string, values: readonly unknown[]) => (await manager.query(sql, [...values])) as Row[]),
    );
