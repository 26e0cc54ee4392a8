import type pg from 'pg';
import type { Instant, Recorded } from './record.js';

/** Whatever can run a query: a pool, a client. */
export type Queryable = Pick<pg.Pool, 'query'>;

/** Every connection of the store: times in UTC, and nobody waits or dozes for ever while others wait for him. */
export const sessionOptions =
  '-c timezone=UTC -c lock_timeout=5000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=10000 -c jit=off';

/** In this order in every query, as arrays: objects per row cost more than the rows. */
export const recordedColumns = 'position, recorded_at::text, leaf, record::text';
export type RecordedRow = [position: string, recordedAt: string, leaf: Buffer, record: string];

/** The four members are set on what was parsed: spreading it into another object took three times as long as parsing it. */
export const toRecorded = ([position, recordedAt, leaf, text]: RecordedRow): Recorded => {
  const record = JSON.parse(text) as { -readonly [Member in keyof Recorded]: Recorded[Member] };
  record.position = Number(position);
  record.recordedAt = instantOf(recordedAt);
  record.leaf = leaf.toString('base64url');
  record.text = text;
  return record;
};

/** `2026-11-17 18:14:00.12+00`, as PostgreSQL writes it in a session of UTC, as an Instant. (to_char takes longer than all the rest of a row.) */
export const instantOf = (written: string): Instant =>
  `${written.slice(0, 10)}T${written.slice(11, 19)}.${written.slice(20, -3).padEnd(3, '0')}Z`;

/** Records of one answer; one more is asked for, to know whether there are more. */
export const page = 1_000;
export const lastVersion = 2 ** 31 - 1;
const lastPosition = Number.MAX_SAFE_INTEGER;

/** Up to where, and (`after`) behind which version. */
export type Until = { readonly version?: number; readonly position?: number; readonly instant?: string; readonly after?: number };

/** A stream in order, as far as it stood then. Long streams come in pages, because several long results at once are slower than one. */
export const readStream = async (database: Queryable, stream: string, until: Until = {}): Promise<Recorded[]> =>
  readPages(database, until, (version, position) => ({
    name: 'read-stream',
    text: `select ${recordedColumns} from log.event
           where stream = $1 and version > $2 and version <= $3 and position <= $4 order by version limit ${page + 1}`,
    values: [stream, version.after, version.upTo, position],
  }));

/** The same for the web role: nothing of another tenant's stream is seen, not even that it is there. */
export const readStreamOf = async (database: Queryable, tenant: string, stream: string, until: Until = {}): Promise<Recorded[]> =>
  readPages(database, until, (version, position) => ({
    name: 'read-stream-of',
    text: `select ${recordedColumns} from log.read_stream($1, $2, $3, $4, $5, ${page + 1})`,
    values: [tenant, stream, version.after, version.upTo, position],
  }));

const readPages = async (
  database: Queryable,
  until: Until,
  query: (version: { after: number; upTo: number }, position: number) => pg.QueryConfig,
): Promise<Recorded[]> => {
  const atInstant = until.instant === undefined ? lastPosition : await positionAt(database, until.instant);
  const position = Math.min(until.position ?? lastPosition, atInstant);
  const records: Recorded[] = [];
  for (;;) {
    const version = { after: records.at(-1)?.version ?? until.after ?? -1, upTo: Math.min(until.version ?? lastVersion, lastVersion) };
    const { rows } = await database.query<RecordedRow>({ ...query(version, position), rowMode: 'array' });
    for (let at = 0; at < Math.min(rows.length, page); at++) records.push(toRecorded(rows[at]!));
    if (rows.length <= page) return records;
  }
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
    rowMode: 'array',
  } as pg.QueryArrayConfig);
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
    rowMode: 'array',
  } as pg.QueryArrayConfig);
  return rows.map(toRecorded);
};

export const readHead = async (database: Queryable): Promise<number> => {
  const { rows } = await database.query<{ head: string }>({
    name: 'head',
    text: 'select coalesce(max(position), -1) as head from log.event',
  });
  return Number(rows[0]!.head);
};
