import type pg from 'pg';
import type { Instant, Recorded } from './record.js';

/** Whatever can run a query: a pool, a client. */
export type Queryable = Pick<pg.Pool, 'query'>;

/** Every connection of the store: times in UTC, and nobody waits or dozes for ever while others wait for him. */
export const sessionOptions =
  '-c timezone=UTC -c lock_timeout=5000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=10000 -c jit=off';

/** In this order in every query, as arrays: objects per row cost more than the rows. */
export const recordedColumns = 'position, recorded_at, leaf, record';
export type RecordedRow = [position: number, recordedAt: Instant, leaf: string, record: Recorded];

type Written = { -readonly [Member in keyof Recorded]: Recorded[Member] };

const parsed = (text: string): Written => {
  const record = JSON.parse(text) as Written;
  record.text = text;
  return record;
};
const base64url = (written: string): string => Buffer.from(written.slice(2), 'hex').toString('base64url');

/** By PostgreSQL's type (bytea, bigint, json, timestamptz): parsed as rows arrive, while the server is still sending the rest of them. */
const parsers: Readonly<Record<number, (written: string) => unknown>> = {
  17: base64url,
  20: Number,
  114: parsed,
  1184: (written: string) => instantOf(written),
};
const asWritten = (written: string): string => written;

/** A query of records: add it to what is asked. */
export const asRecords = { rowMode: 'array', types: { getTypeParser: (type: number) => parsers[type] ?? asWritten } } as unknown as {
  readonly rowMode: 'array';
};

/** The members are set on what was parsed: spreading it into another object took three times as long as parsing it. */
export const toRecorded = ([position, recordedAt, leaf, record]: RecordedRow): Recorded => {
  const whole = record as Written;
  whole.position = position;
  whole.recordedAt = recordedAt;
  whole.leaf = leaf;
  return whole;
};

/** The same of columns as PostgreSQL writes them. */
export const recordedOf = (position: string, recordedAt: string, leaf: Buffer, text: string): Recorded =>
  toRecorded([Number(position), instantOf(recordedAt), leaf.toString('base64url'), parsed(text)]);

/** `2026-11-17 18:14:00.12+00`, as PostgreSQL writes it in a session of UTC, as an Instant. (to_char takes longer than all the rest of a row.) */
export const instantOf = (written: string): Instant =>
  `${written.slice(0, 10)}T${written.slice(11, 19)}.${written.slice(20, -3).padEnd(3, '0')}Z`;

/** Records of one answer. */
export const page = 1_000;
export const lastVersion = 2 ** 31 - 1;
const lastPosition = Number.MAX_SAFE_INTEGER;

/** Up to where, and (`after`) behind which version. */
export type Until = { readonly version?: number; readonly position?: number; readonly instant?: string; readonly after?: number };

/** The records of a stream in order, as far as it stood then, page by page: several long results at once are slower than one. */
export type Pages = AsyncGenerator<readonly Recorded[], void>;

export const readPages = (database: Queryable, stream: string, until: Until = {}): Pages =>
  pages(database, until, (after, upTo, position) => ({
    name: 'read-stream',
    text: `select ${recordedColumns} from log.event
           where stream = $1 and version > $2 and version <= $3 and position <= $4 order by version limit ${page}`,
    values: [stream, after, upTo, position],
  }));

/** The same for the web role: nothing of another tenant's stream is seen, not even that it is there. */
export const readPagesOf = (database: Queryable, tenant: string, stream: string, until: Until = {}): Pages =>
  pages(database, until, (after, upTo, position) => ({
    name: 'read-stream-of',
    text: `select ${recordedColumns} from log.read_stream($1, $2, $3, $4, $5, ${page})`,
    values: [tenant, stream, after, upTo, position],
  }));

/** Versions have no gaps, so where a full page ends is known before it is read, and the next one is on its way meanwhile. */
async function* pages(database: Queryable, until: Until, query: (after: number, upTo: number, position: number) => pg.QueryConfig): Pages {
  const atInstant = until.instant === undefined ? lastPosition : await positionAt(database, until.instant);
  const position = Math.min(until.position ?? lastPosition, atInstant);
  const upTo = Math.min(until.version ?? lastVersion, lastVersion);
  const ask = (behind: number): Promise<pg.QueryArrayResult<RecordedRow>> =>
    database.query<RecordedRow>({ ...query(behind, upTo, position), ...asRecords });
  let after = until.after ?? -1;
  for (let next: ReturnType<typeof ask> | undefined = ask(after); next;) {
    const { rows }: pg.QueryArrayResult<RecordedRow> = await next;
    after += page;
    next = rows.length === page && after < upTo ? ask(after) : undefined;
    next?.catch(() => undefined); // whoever reads on hears of it
    yield rows.map(toRecorded);
  }
}

/** All of it at once. */
export const whole = async (read: Pages): Promise<Recorded[]> => {
  const records: Recorded[] = [];
  for await (const some of read) for (const record of some) records.push(record);
  return records;
};

/** The beginnings of several streams, each in order up to before a version. */
export const readBeginnings = async (
  database: Queryable,
  wanted: readonly { readonly stream: string; readonly before: number }[],
): Promise<Recorded[]> => {
  const { rows } = await database.query<RecordedRow>({
    name: 'read-beginnings',
    text: `select ${recordedColumns} from unnest($1::text[], $2::integer[]) as wanted(of_stream, before_version)
           join log.event on stream = of_stream collate "C" and version < before_version order by stream, version`,
    values: [wanted.map(({ stream }) => stream), wanted.map(({ before }) => before)],
    ...asRecords,
  });
  return rows.map(toRecorded);
};

/** The last position recorded not later than an instant, -1 when there is none. */
export const positionAt = async (database: Queryable, instant: string): Promise<number> => {
  const { rows } = await database.query<{ at: string }>({
    name: 'position-at',
    text: 'select log.position_at($1) as at',
    values: [instant],
  });
  return Number(rows[0]!.at);
};

export const readLog = async (database: Queryable, after: number, limit: number): Promise<Recorded[]> => {
  const { rows } = await database.query<RecordedRow>({
    name: 'read-log',
    text: `select ${recordedColumns} from log.event where position > $1 order by position limit $2`,
    values: [after, limit],
    ...asRecords,
  });
  return rows.map(toRecorded);
};

export const readHead = async (database: Queryable): Promise<number> => {
  const { rows } = await database.query<{ head: string }>({
    name: 'head',
    text: 'select coalesce(max(position), -1) as head from log.event',
  });
  return Number(rows[0]!.head);
};
