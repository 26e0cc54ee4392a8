import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore } from './append.js';
import { borrow } from './borrowing.js';
import { codeOf, isOutage, Parked } from './parking.js';
import type { Recorded } from './record.js';
import { siftNothing, siftTypes, type Sift, type Sifted } from './sifting.js';

/** Rows of one statement. */
export type Query = <Row>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;
/** Whoever can run work in one transaction: a pg pool, a TypeORM data source. */
export type Sessions<Session> = <Result>(work: (session: Session, query: Query) => Promise<Result>) => Promise<Result>;

/**
 * What to do about a record that fails: try again for ever; after a few tries park its stream, so that its records wait in order while all others
 * flow; or stop there until somebody says to go on.
 */
export type Policy = 'retry' | 'park' | 'stop';

export type Following<Session = pg.PoolClient> = {
  /** Under this name the cursor is kept. One process at a time follows under it. */
  readonly name: string;
  readonly store: Pick<EventStore, 'readLog' | 'waitFor'> & { readonly upcast?: (record: Recorded) => Recorded };
  /** Of the store's database, as the log role. */
  readonly pool: pg.Pool;
  /** Only records of these types; a migration has made an index for exactly these: `followTypes`. */
  readonly types?: readonly string[];
  /** Outside of any transaction, before the cursor moves: may happen again after a crash. Should stop when the signal aborts. */
  readonly handle?: (records: readonly Recorded[], signal: AbortSignal) => Promise<void>;
  /** In the transaction that moves the cursor: takes effect exactly once. */
  readonly effect?: (records: readonly Recorded[], session: Session) => Promise<void>;
  /** While far behind, in place of a batch: takes in as much of the log as it likes, and says up to where and what to write. */
  readonly leap?: (after: number, signal: AbortSignal) => Promise<Leap<Session> | undefined>;
  readonly sessions?: Sessions<Session>;
  readonly batch?: number;
  readonly pace?: Pace;
  /** `retry` unless said otherwise; the other two after `tries` (3). A database that is away is nobody's fault and always waited for. */
  readonly policy?: Policy;
  readonly tries?: number;
  /** The row of its cursor is made by others: when it is gone there is nothing to follow any more. */
  readonly founded?: boolean;
  /** Told of each failure, and of a record that is given up for now. */
  readonly failed?: (error: unknown) => void;
};

export type Leap<Session> = { readonly position: number; readonly effect: (session: Session) => Promise<void> };

/** `beat`: how often the leader shows that it lives; `silence`: after how much of it another takes over; `look`: how often an idle one looks unasked. */
export type Pace = { readonly beat: number; readonly silence: number; readonly look: number };
export const usualPace: Pace = { beat: 2_000, silence: 10_000, look: 5_000 };

export const follow = <Session = pg.PoolClient>(following: Following<Session>): Follower<Session> => new Follower(following);

export const pgSessions =
  (pool: pg.Pool): Sessions<pg.PoolClient> =>
  (work) =>
    borrow(pool, async (client) => {
      await client.query('begin');
      const result = await work(
        client,
        async <Row>(sql: string, values: readonly unknown[]) => (await client.query(sql, [...values])).rows as Row[],
      );
      await client.query('commit');
      return result;
    });

/** What this process holds while it leads. `seen`: up to where nothing is left to do, which may be further than the cursor stands. */
type Lease = {
  readonly token: string;
  position: number;
  seen: number;
  readonly over: AbortController;
  readonly parked: Parked;
  /** Somebody wants a parked stream tried again. */
  wanted: boolean;
  nudge: AbortController;
};

/** Somebody else follows by now. Nothing of the batch in hand was written. */
class Deposed extends Error {}

/** For a moment the cursor may not go past a position. Nothing of the batch in hand was written. */
class Held extends Error {
  constructor(readonly position: number) {
    super();
  }
}

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
  readonly #ended = new AbortController();
  readonly #pace: Pace;
  readonly #batch: number;
  readonly #policy: Policy;
  readonly #sift: Sift;
  readonly #transaction: Sessions<Session>;
  readonly #running: Promise<void>;
  #lease: Lease | undefined;
  #position = -1;
  #leapsFrom = 0;

  constructor(private readonly following: Following<Session>) {
    const { pace = usualPace, batch = 500, policy = 'retry', types, store, pool, sessions } = following;
    this.#pace = pace;
    this.#batch = batch;
    this.#policy = policy;
    this.#sift = types ? siftTypes(pool, types, (record) => store.upcast?.(record) ?? record) : siftNothing(store);
    this.#transaction = sessions ?? (pgSessions(pool) as unknown as Sessions<Session>);
    this.#running = this.#run();
  }

  get name(): string {
    return this.following.name;
  }

  /** The last position done, as far as this process knows. */
  get position(): number {
    return Math.max(this.#position, this.#lease?.seen ?? -1);
  }

  get leads(): boolean {
    return this.#lease !== undefined;
  }

  /** Finishes the batch in hand and lets another process take over at once. */
  async stop(): Promise<void> {
    this.#ended.abort();
    this.#lease?.over.abort();
    await this.#running;
    await this.following.pool
      .query('update log.follower set holder = null where name = $1 and holder = $2', [this.name, this.#me])
      .catch(() => undefined);
  }

  async #run() {
    for (let failures = 0; !this.#ended.signal.aborted;) {
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
    const { founded, pool } = this.following;
    const free = `f.stopped is null and (f.holder is null or f.holder = $2 or f.beat < clock_timestamp() - $3 * interval '1 millisecond')`;
    const take = `set token = f.token + 1, holder = $2, beat = clock_timestamp()`;
    const { rows } = await pool.query<{ token: string; position: string }>(
      founded
        ? `update log.follower f ${take} where f.name = $1 and ${free} returning token, position`
        : `insert into log.follower as f (name, version, position, token, holder, beat) values ($1, 1, -1, 1, $2, clock_timestamp())
           on conflict (name) do update ${take} where ${free} returning token, position`,
      [this.name, this.#me, this.#pace.silence],
    );
    if (!rows[0]) return undefined;
    const position = Number(rows[0].position);
    const parked = await Parked.of(pool, this.name);
    return {
      token: rows[0].token,
      position,
      seen: position,
      over: new AbortController(),
      parked,
      wanted: true,
      nudge: new AbortController(),
    };
  }

  async #lead(lease: Lease, succeeded: () => void) {
    const over = AbortSignal.any([lease.over.signal, this.#ended.signal]);
    const beating = setInterval(() => void this.#beat(lease), this.#pace.beat);
    this.#lease = lease;
    this.#position = lease.position;
    let ahead: Promise<Sifted> | undefined;
    let most = this.#batch;
    let behind = true;
    try {
      while (!over.aborted) {
        if (lease.wanted) await this.#tryParked(lease, over);
        if (behind && (await this.#leap(lease, over))) {
          ahead = undefined;
          continue;
        }
        const { records, upTo } = await (ahead ?? this.#sift(lease.seen, most));
        ahead = undefined;
        if (records.length === 0) {
          lease.seen = upTo;
          await this.#wait(lease, over);
          continue;
        }
        behind = records.length === this.#batch;
        if (behind) {
          // Behind: PostgreSQL reads the next batch while this one is worked on.
          ahead = this.#sift(upTo, this.#batch);
          ahead.catch(() => undefined); // whoever awaits it is told
        }
        try {
          await this.#take(lease, records, upTo, over);
          most = this.#batch;
          succeeded();
        } catch (error) {
          if (!(error instanceof Held)) throw error;
          ahead = undefined;
          most = Math.max(1, Math.min(this.#batch, error.position - lease.seen));
          if (error.position <= lease.seen) await this.#sleep(25);
        }
      }
    } finally {
      clearInterval(beating);
      this.#lease = undefined;
    }
  }

  async #leap(lease: Lease, over: AbortSignal): Promise<boolean> {
    const leap = performance.now() < this.#leapsFrom ? undefined : await this.following.leap?.(lease.seen, over);
    if (!leap) return false;
    try {
      await this.#move(lease, leap.position, (session) => leap.effect(session));
    } catch (error) {
      if (!(error instanceof Held)) throw error;
      this.#leapsFrom = performance.now() + this.#pace.silence; // batches know how to come to where it is held
      return false;
    }
    return true;
  }

  async #wait(lease: Lease, over: AbortSignal) {
    lease.nudge = new AbortController();
    await this.following.store.waitFor(lease.seen, this.#pace.look, AbortSignal.any([over, lease.nudge.signal]));
  }

  /** A batch, or, when it failed and that is not to be repeated for ever, its records one by one. */
  async #take(lease: Lease, records: readonly Recorded[], upTo: number, over: AbortSignal) {
    try {
      await this.#work(lease, records, upTo, over);
    } catch (error) {
      if (this.#policy === 'retry' || isOutage(error) || error instanceof Deposed || error instanceof Held || over.aborted) throw error;
      for (const record of records) await this.#insist(lease, record, over);
    }
  }

  async #work(lease: Lease, records: readonly Recorded[], upTo: number, over: AbortSignal) {
    const { handle, effect } = this.following;
    const [waiting, free] = split(records, (record) => lease.parked.has(record));
    if (free.length > 0) await handle?.(free, over);
    await this.#move(lease, upTo, async (session, query) => {
      await lease.parked.note(query, waiting);
      if (free.length > 0) await effect?.(free, session);
    });
  }

  async #insist(lease: Lease, record: Recorded, over: AbortSignal) {
    const { tries = 3, failed } = this.following;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#work(lease, [record], record.position, over);
      } catch (error) {
        if (isOutage(error) || error instanceof Deposed || error instanceof Held || over.aborted) throw error;
        failed?.(error);
        if (attempt < tries) await this.#sleep(Math.min(20 * 2 ** attempt, this.#pace.beat));
        else if (this.#policy === 'park') {
          await this.#move(lease, record.position, (_, query) => lease.parked.park(query, record, codeOf(error)));
          return lease.parked.parked(record);
        } else {
          await this.#move(lease, lease.seen, (_, query) => this.#halt(query, record, codeOf(error)));
          throw new Deposed();
        }
      }
    }
  }

  async #halt(query: Query, { position }: Recorded, why: string) {
    await query(
      `with stopped as (update log.follower set stopped = $2, stopped_at = $3, holder = null where name = $1 returning name) select name from stopped`,
      [this.name, why, position],
    );
  }

  /** The records of a parked stream in order, until one fails again or none is left. Nothing else is done meanwhile, so none can come between. */
  async #tryParked(lease: Lease, over: AbortSignal) {
    lease.wanted = false;
    const { handle, effect, pool, store, failed } = this.following;
    for (const { stream, positions } of await lease.parked.wanted(pool)) {
      try {
        for (const position of positions) {
          const records = await store.readLog(position - 1, 1);
          await handle?.(records, over);
          await this.#move(lease, lease.seen, async (session, query) => {
            await effect?.(records, session);
            await lease.parked.done(query, stream, position);
          });
        }
        await this.#move(lease, lease.seen, (_, query) => lease.parked.release(query, stream));
        lease.parked.released(stream);
      } catch (error) {
        if (isOutage(error) || error instanceof Deposed || error instanceof Held || over.aborted) throw error;
        failed?.(error);
        await this.#move(lease, lease.seen, (_, query) => lease.parked.failedAgain(query, stream, codeOf(error)));
      }
    }
  }

  /** The fence: the cursor moves, and whatever is done with it stays, only under the token that still holds. */
  async #move(lease: Lease, position: number, work: (session: Session, query: Query) => Promise<void>) {
    await this.#transaction(async (session, query) => {
      const [row] = await query<{ moved: boolean; hold: string | null }>(
        `with mine as (
           select f.name, f.held_until > clock_timestamp() and f.hold < $3 as held, f.hold from log.follower f where f.name = $1 and f.token = $2 for update
         ), moved as (
           update log.follower f set position = $3, beat = clock_timestamp() from mine where f.name = mine.name and mine.held is not true returning f.name
         ) select exists (select from moved) as moved, mine.hold from mine`,
        [this.name, lease.token, position],
      );
      if (!row) throw new Deposed();
      if (!row.moved) throw new Held(Number(row.hold));
      await work(session, query);
    });
    lease.position = position;
    lease.seen = Math.max(lease.seen, position);
    this.#position = position;
  }

  /** Shows that we live; takes along how far there was nothing to do, and asks whether a parked stream is wanted. */
  async #beat(lease: Lease) {
    try {
      const { rows } = await this.following.pool.query<{ wanted: boolean }>(
        `update log.follower f set beat = clock_timestamp(),
           position = case when f.held_until > clock_timestamp() then f.position else greatest(f.position, $3) end
         where f.name = $1 and f.token = $2
         returning exists (select from log.parked_stream s where s.follower = f.name and s.wanted is not null) as wanted`,
        [this.name, lease.token, lease.seen],
      );
      if (!rows[0]) lease.over.abort();
      else if (rows[0].wanted) {
        lease.wanted = true;
        lease.nudge.abort();
      }
    } catch {
      // The next beat tells; until then the fence holds.
    }
  }

  async #sleep(ms: number) {
    await pause(ms, undefined, { signal: this.#ended.signal }).catch(() => undefined);
  }
}

const split = <Item>(items: readonly Item[], is: (item: Item) => boolean): [yes: Item[], no: Item[]] => [
  items.filter(is),
  items.filter((item) => !is(item)),
];
