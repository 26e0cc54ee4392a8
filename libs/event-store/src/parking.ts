import type pg from 'pg';
import { isPassing } from './failing.js';
import type { Query } from './following.js';
import type { Roles } from './log-schema.js';
import type { Queryable } from './reading.js';
import type { Recorded } from './record.js';

/** What a follower could not take in waits here, stream by stream and in order; one that stops at a record says where and why. */
export const parkingSchema = ({ log }: Roles): string => `
alter table log.follower add column stopped text collate "C", add column stopped_at bigint;

create table log.parked_stream (
  follower text collate "C" not null,
  stream text collate "C" not null,
  since timestamptz not null default clock_timestamp(),
  why text collate "C" not null,
  attempts integer not null default 1,
  wanted timestamptz,
  primary key (follower, stream)
);
create table log.parked_record (
  follower text collate "C" not null,
  stream text collate "C" not null,
  position bigint not null,
  primary key (follower, stream, position)
);
grant select, insert, update, delete on log.parked_stream, log.parked_record to ${log};
`;

/** A stream that waits because one of its records failed: how many of them wait, and the code of what went wrong. */
export type ParkedStream = {
  readonly follower: string;
  readonly stream: string;
  readonly since: Date;
  readonly why: string;
  readonly attempts: number;
  readonly records: number;
  readonly first: number;
};

/** The streams that are parked for one follower or, when none is named, for all. */
export const parkedStreams = async (database: Queryable, follower?: string): Promise<readonly ParkedStream[]> => {
  const { rows } = await database.query<Omit<ParkedStream, 'first'> & { first: string }>(
    `select follower, stream, s.since, s.why, s.attempts, count(r.position)::integer as records, min(r.position) as first
     from log.parked_stream s join log.parked_record r using (follower, stream)
     where $1::text is null or follower = $1 group by follower, stream order by s.since, stream`,
    [follower ?? null],
  );
  return rows.map((row) => ({ ...row, first: Number(row.first) }));
};

/** How one follower stands, whoever leads it. `stopped` is the code of what it stopped at. */
export type FollowerStanding = {
  readonly name: string;
  readonly position: number;
  readonly led: boolean;
  readonly stopped: string | null;
  readonly parked: number;
};

/** Every follower of this log: for metrics, by one query. */
export const followerStandings = async (database: Queryable): Promise<readonly FollowerStanding[]> => {
  const { rows } = await database.query<Omit<FollowerStanding, 'position'> & { position: string }>(
    `select f.name, f.position, f.holder is not null and f.beat > clock_timestamp() - interval '10 seconds' as led, f.stopped,
       (select count(*)::integer from log.parked_stream s where s.follower = f.name) as parked
     from log.follower f order by f.name`,
  );
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
};

/** Asks for another try of a parked stream, from its first record on. The follower's leader makes it; false when nothing is parked there. */
export const retryParked = async (database: Queryable, follower: string, stream: string): Promise<boolean> => {
  const { rowCount } = await database.query('update log.parked_stream set wanted = clock_timestamp() where follower = $1 and stream = $2', [
    follower,
    stream,
  ]);
  return rowCount === 1;
};

/** Lets a follower that stopped at a record try it again. False when it had not stopped. */
export const resumeFollower = async (database: Queryable, follower: string): Promise<boolean> => {
  const { rowCount } = await database.query(
    'update log.follower set stopped = null, stopped_at = null where name = $1 and stopped is not null',
    [follower],
  );
  return rowCount === 1;
};

/** A code for what went wrong: the error's own, or its name. Never its message, which may hold anything. */
export const codeOf = (error: unknown): string => {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return [code, name].find((one): one is string => typeof one === 'string' && /^[A-Za-z0-9_-]{1,60}$/.test(one)) ?? 'Error';
};

/** The database or a neighbour was away or busy: no record is to blame. An error without a code may be anybody's and is the record's. */
export const isOutage = (error: unknown): boolean =>
  typeof (error as { readonly code?: unknown } | undefined)?.code === 'string' && isPassing(error);

/** The parked streams of one follower, as its leader sees them. Whatever is written is written in the transaction that moves the cursor. */
export class Parked {
  readonly #streams: Set<string>;

  private constructor(
    private readonly follower: string,
    streams: readonly string[],
  ) {
    this.#streams = new Set(streams);
  }

  static async of(pool: pg.Pool, follower: string): Promise<Parked> {
    const { rows } = await pool.query<{ stream: string }>('select stream from log.parked_stream where follower = $1', [follower]);
    return new Parked(
      follower,
      rows.map(({ stream }) => stream),
    );
  }

  has({ stream }: Recorded): boolean {
    return this.#streams.has(stream);
  }

  async park(query: Query, { stream, position }: Recorded, why: string): Promise<void> {
    await query(
      `with parked as (insert into log.parked_stream (follower, stream, why) values ($1, $2, $3) on conflict (follower, stream) do nothing),
         noted as (insert into log.parked_record values ($1, $2, $4) on conflict do nothing)
       select 1`,
      [this.follower, stream, why, position],
    );
  }
  /** Only once it is committed. */
  parked({ stream }: Recorded): void {
    this.#streams.add(stream);
  }

  /** Records that have to wait because an earlier one of their stream does. */
  async note(query: Query, records: readonly Recorded[]): Promise<void> {
    if (records.length === 0) return;
    await query(
      `with noted as (insert into log.parked_record select $1, r.stream, r.position from unnest($2::text[], $3::bigint[]) as r(stream, position)
         on conflict do nothing) select 1`,
      [this.follower, records.map(({ stream }) => stream), records.map(({ position }) => position)],
    );
  }

  /** The streams somebody wants tried again, each with the positions that wait, in order. */
  async wanted(pool: pg.Pool): Promise<readonly { readonly stream: string; readonly positions: readonly number[] }[]> {
    const { rows } = await pool.query<{ stream: string; positions: string[] }>(
      `select s.stream, array(select r.position from log.parked_record r where r.follower = s.follower and r.stream = s.stream order by 1) as positions
       from log.parked_stream s where s.follower = $1 and s.wanted is not null order by s.wanted, s.stream`,
      [this.follower],
    );
    return rows.map(({ stream, positions }) => ({ stream, positions: positions.map(Number) }));
  }

  async done(query: Query, stream: string, position: number): Promise<void> {
    await query('with done as (delete from log.parked_record where follower = $1 and stream = $2 and position = $3) select 1', [
      this.follower,
      stream,
      position,
    ]);
  }

  async release(query: Query, stream: string): Promise<void> {
    await query('with released as (delete from log.parked_stream where follower = $1 and stream = $2) select 1', [this.follower, stream]);
  }
  /** Only once it is committed. */
  released(stream: string): void {
    this.#streams.delete(stream);
  }

  async failedAgain(query: Query, stream: string, why: string): Promise<void> {
    await query(
      `with failed as (update log.parked_stream set wanted = null, attempts = attempts + 1, why = $3 where follower = $1 and stream = $2)
       select 1`,
      [this.follower, stream, why],
    );
  }
}
