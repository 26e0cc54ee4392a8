import pg from 'pg';
import { asRecords, recordedColumns, toRecorded, type Queryable, type RecordedRow } from './reading.js';
import type { EventStore } from './append.js';
import type { Recorded } from './record.js';

/** A part of the log: the records that were asked for, and up to where none of them is missing. */
export type Sifted = { readonly records: readonly Recorded[]; readonly upTo: number };

/** What reads on from a position: at most so many records. */
export type Sift = (after: number, limit: number) => Promise<Sifted>;

const listed = (types: readonly string[]): string => [...new Set(types)].sort().map(pg.escapeLiteral).join(', ');

/**
 * For a migration: the partial index that serves a follower of these types. An append pays for it only when it writes one of them. The query
 * says the same list literally, because PostgreSQL takes a partial index only when it can prove that it covers the question.
 */
export const followTypes = (name: string, types: readonly string[]): string =>
  `create index ${pg.escapeIdentifier(`event_for_${name}`)} on log.event (position) where type in (${listed(types)})`;

/** The records of some types after a position, and the head of the log in the same snapshot: up to there nothing was left out. */
export const typedSelect = (types: readonly string[]): string =>
  `select h.head, e.* from (select coalesce(max(position), -1) as head from log.event) h
   left join lateral (
     select ${recordedColumns} from log.event where position > $1 and type in (${listed(types)}) order by position limit $2
   ) e on true`;

export const siftTypes =
  (database: Queryable, types: readonly string[], upcast: (record: Recorded) => Recorded = (record) => record): Sift =>
  async (after, limit) => {
    const { rows } = await database.query<[head: number, ...row: RecordedRow | [null]]>({
      text: typedSelect(types),
      values: [after, limit],
      ...asRecords,
    });
    const records = rows.flatMap(([, ...row]) => (row[0] === null ? [] : [upcast(toRecorded(row as RecordedRow))]));
    return { records, upTo: records.length === limit ? records.at(-1)!.position : rows[0]![0] };
  };

/** Every record. */
export const siftNothing =
  (store: Pick<EventStore, 'readLog'>): Sift =>
  async (after, limit) => {
    const records = await store.readLog(after, limit);
    return { records, upTo: records.at(-1)?.position ?? after };
  };

type Log = { readonly pool: Queryable; upcast(record: Recorded): Recorded };

/** The records of some types in a store's log, for who keeps a memory of them: a migration has made their index (`followTypes`). */
export const readTypes = (store: Log, types: readonly string[]): Sift => siftTypes(store.pool, types, (record) => store.upcast(record));
