import type { EventStore } from './append.js';
import { Gathering, type RowClass, type Shape } from './gathering.js';
import type { Memory } from './remembering.js';
import type { Recorded } from './record.js';

const page = 2_000;
/** A service has little memory: so many rows, of so many records, are gathered before they are stored. */
const mostRows = 25_000;
const mostRecords = 100_000;
/** Nearer to the head of the log than this, batches do. */
const far = 10_000;

/** A view's fold: what each record changes in its rows. `history` is the public state the record left its stream in. */
export type Fold = (rows: Gathering, record: Recorded, history: <State>() => Promise<State>) => Promise<void> | void;

/** Folds a batch into rows. Nothing is written. */
export const gather = async (
  records: readonly Recorded[],
  fold: Fold,
  memory: Memory,
  rows: Gathering,
  behind: boolean,
): Promise<Gathering> => {
  memory.begin(records, behind);
  for (const record of records) {
    const folding = fold(rows.by(record), record, () => memory.at(record));
    if (folding) await folding;
  }
  return rows;
};

export type Gathered = { readonly position: number; readonly rows: Gathering };

/**
 * Folds the log in memory from a position up to where it ends now, or as far as memory goes: a row that a thousand records change is stored
 * once. Undefined when the end is near already, or it was told to stop. A process that dies here has written nothing.
 */
export const gatherOn = async (
  store: Pick<EventStore, 'readLog' | 'head'>,
  after: number,
  fold: Fold,
  memory: Memory,
  shapeOf: (table: RowClass) => Shape,
  signal: AbortSignal,
  reached: (position: number) => void,
): Promise<Gathered | undefined> => {
  const rows = new Gathering(shapeOf);
  const goal = await store.head();
  if (after >= 0 && goal - after < far) return undefined;
  let position = after;
  let next = store.readLog(position, page);
  while (position < goal && rows.size < mostRows && position - after < mostRecords) {
    const records = await next;
    position = records.at(-1)!.position;
    next = store.readLog(position, page);
    next.catch(() => undefined); // whoever awaits it is told
    await gather(records, fold, memory, rows, true);
    if (signal.aborted) return undefined;
    reached(position);
  }
  return { position, rows };
};
