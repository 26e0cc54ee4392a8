import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore } from './append.js';
import type { Recorded } from './record.js';

/** Rows of one statement. */
export type Query = <Row>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;
/** Whoever can run work in one transaction: a pg pool, a TypeORM data source. */
export type Sessions<Session> = <Result>(work: (session: Session, query: Query) => Promise<Result>) => Promise<Result>;

export type Following<Session = pg.PoolClient> = {
  /** Under this name the cursor is kept. One process at a time follows under it. */
  readonly name: string;
  /** Another number means: `reset`, and everything again from position 0. A process of an older version then stands back. */
  readonly version?: number;
  readonly store: Pick<EventStore, 'readLog' | 'waitFor'>;
  /** Of the store's database, as the log role. */
  readonly pool: pg.Pool;
  /** Outside of any transaction, before the cursor moves: may happen again after a crash. Should stop when the signal aborts. */
  readonly handle?: (records: readonly Recorded[], signal: AbortSignal) => Promise<void>;
  /** In the transaction that moves the cursor: takes effect exactly once. */
  readonly effect?: (records: readonly Recorded[], session: Session) => Promise<void>;
  /** Undoes all that `effect` has written. */
  readonly reset?: (session: Session) => Promise<void>;
  readonly sessions?: Sessions<Session>;
  readonly batch?: number;
  readonly pace?: Pace;
  /** Told of each failure; the batch is tried again. */
  readonly failed?: (error: unknown) => void;
};

/** `beat`: how often the leader shows that it lives; `silence`: after how much of it another takes over; `look`: how often an idle one looks unasked. */
export type Pace = { readonly beat: number; readonly silence: number; readonly look: number };
export const usualPace: Pace = { beat: 2_000, silence: 10_000, look: 5_000 };

export const follow = <Session = pg.PoolClient>(following: Following<Session>): Follower<Session> => new Follower(following);

export const pgSessions =
  (pool: pg.Pool): Sessions<pg.PoolClient> =>
  async (work) => {
    const client = await pool.connect();
    // A pool answers for its idle connections only. One that breaks in our hands says so twice: to the query, and as an event nobody may miss.
    const lost = () => undefined;
    client.on('error', lost);
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(
        client,
        async <Row>(sql: string, values: readonly unknown[]) => (await client.query(sql, [...values])).rows as Row[],
      );
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.off('error', lost);
      client.release(broken);
    }
  };

type Lease = { readonly token: string; position: number; readonly over: AbortController };

/** Somebody else follows by now. Nothing of the batch in hand was written. */
class Deposed extends Error {}

/**
 * Follows the log from a durable cursor, in order, without gaps, in one process at a time.
 *
 * A row holds cursor, token and beat. To lead is to raise the token, which is possible when nobody leads, or nobody has beaten for ten seconds
 * of the database's clock. Every transaction begins by moving the cursor where the token is still ours: the row stays locked until it ends, so
 * a process that was stopped, or cut off, and taken for dead, cannot commit a thing when it wakes. Session locks alone would not do: a
 * stopped process keeps them for minutes.
 */
export class Follower<Session = pg.PoolClient> {
  readonly #me = randomUUID();
  readonly #stopped = new AbortController();
  readonly #pace: Pace;
  readonly #version: number;
  readonly #transaction: Sessions<Session>;
  readonly #running: Promise<void>;
  #lease: Lease | undefined;
  #position = -1;

  constructor(private readonly following: Following<Session>) {
    this.#pace = following.pace ?? usualPace;
    this.#version = following.version ?? 1;
    this.#transaction = following.sessions ?? (pgSessions(following.pool) as unknown as Sessions<Session>);
    this.#running = this.#run();
  }

  get name(): string {
    return this.following.name;
  }

  get version(): number {
    return this.#version;
  }

  /** The last position done, as far as this process knows. */
  get position(): number {
    return this.#position;
  }

  get leads(): boolean {
    return this.#lease !== undefined;
  }

  /** Undoes what was done and begins anew, whoever leads. Resolves when everything is undone, not when it is done again. */
  async restart(): Promise<void> {
    await this.#transaction(async (session, query) => {
      await query(
        `with restarted as (update log.follower set token = token + 1, position = -1 where name = $1 returning name) select name from restarted`,
        [this.name],
      );
      await this.following.reset?.(session);
    });
    this.#position = -1;
    this.#lease?.over.abort();
  }

  /** Finishes the batch in hand and lets another process take over at once. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#lease?.over.abort();
    await this.#running;
    await this.following.pool
      .query('update log.follower set holder = null where name = $1 and holder = $2', [this.name, this.#me])
      .catch(() => undefined);
  }

  async #run() {
    for (let failures = 0; !this.#stopped.signal.aborted;) {
      try {
        const lease = await this.#claim();
        if (lease) await this.#lead(lease, () => (failures = 0));
        else await this.#sleep(this.#pace.beat);
      } catch (error) {
        if (error instanceof Deposed) continue;
        this.following.failed?.(error);
        await this.#sleep(Math.min(100 * 2 ** failures++, this.#pace.silence / 2));
      }
    }
  }

  async #claim(): Promise<Lease | undefined> {
    const { rows } = await this.following.pool.query<{ token: string; position: string; version: number }>(
      `insert into log.follower as f (name, version, position, token, holder, beat) values ($1, $2, -1, 1, $3, clock_timestamp())
       on conflict (name) do update set token = f.token + 1, holder = $3, beat = clock_timestamp()
       where f.version <= $2 and (f.holder is null or f.holder = $3 or f.beat < clock_timestamp() - $4 * interval '1 millisecond')
       returning token, position, version`,
      [this.name, this.#version, this.#me, this.#pace.silence],
    );
    if (!rows[0]) return undefined;
    const lease: Lease = { token: rows[0].token, position: Number(rows[0].position), over: new AbortController() };
    if (rows[0].version < this.#version) await this.#move(lease, -1, (session) => this.following.reset?.(session));
    return lease;
  }

  async #lead(lease: Lease, succeeded: () => void) {
    const { store, handle, effect, batch = 500 } = this.following;
    const over = AbortSignal.any([lease.over.signal, this.#stopped.signal]);
    const beating = setInterval(() => void this.#beat(lease), this.#pace.beat);
    this.#lease = lease;
    this.#position = lease.position;
    try {
      let ahead: Promise<readonly Recorded[]> | undefined;
      while (!over.aborted) {
        const records = await (ahead ?? store.readLog(lease.position, batch));
        ahead = undefined;
        if (records.length === 0) {
          await store.waitFor(lease.position, this.#pace.look, over);
          continue;
        }
        if (records.length === batch) {
          // Behind: PostgreSQL reads the next batch while this one is worked on.
          ahead = store.readLog(records.at(-1)!.position, batch);
          ahead.catch(() => undefined); // whoever awaits it is told
        }
        await handle?.(records, over);
        await this.#move(lease, records.at(-1)!.position, (session) => effect?.(records, session));
        succeeded();
      }
    } finally {
      clearInterval(beating);
      this.#lease = undefined;
    }
  }

  /** The fence: the cursor moves, and whatever is done with it stays, only under the token that still holds. */
  async #move(lease: Lease, position: number, work: (session: Session) => Promise<void> | undefined) {
    await this.#transaction(async (session, query) => {
      const moved = await query(
        `with moved as (
           update log.follower set position = $3, version = $4, beat = clock_timestamp() where name = $1 and token = $2 returning name
         ) select name from moved`,
        [this.name, lease.token, position, this.#version],
      );
      if (moved.length === 0) throw new Deposed();
      await work(session);
    });
    lease.position = position;
    this.#position = position;
  }

  async #beat(lease: Lease) {
    try {
      const { rowCount } = await this.following.pool.query(
        'update log.follower set beat = clock_timestamp() where name = $1 and token = $2',
        [this.name, lease.token],
      );
      if (rowCount === 0) lease.over.abort();
    } catch {
      // The next beat tells; until then the fence holds.
    }
  }

  async #sleep(ms: number) {
    await pause(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}
