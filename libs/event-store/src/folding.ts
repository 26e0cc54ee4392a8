import type { EventStore } from './append.js';
import type { Recorded } from './record.js';

/** A fold of records into an aggregate's public state: `(state or undefined, record) => state`, or the same with its beginning beside it. */
export type History =
  ((state: never, record: never) => unknown) | { readonly initial: unknown; readonly evolve: (state: never, record: never) => unknown };

/** By what streams' names begin with: `{ case: caseHistory, 'step-up': stepUpHistory }`. */
export type Histories = Readonly<Record<string, History>>;

/** The state of one stream, where it stood then, and what its beginning says of it. */
export type Folded<State> = {
  readonly state: State;
  readonly stream: string;
  readonly version: number;
  readonly tenant: string;
  readonly leaf: string;
  readonly position: number;
  readonly corr: string;
};

/** The entry whose name begins the stream: the longest wins, so that `ledger-reference-…` is not taken for a `ledger`. */
export const byPrefix = <Entry>(entries: Readonly<Record<string, Entry>>, stream: string): Entry | undefined => {
  const names = Object.keys(entries).filter((name) => stream.startsWith(`${name}-`));
  const longest = names.sort((one, other) => other.length - one.length)[0];
  return longest === undefined ? undefined : entries[longest];
};

/** Folds what is read of a stream, page by page, so that a long one is never held as a whole. Undefined when there was nothing to read. */
export const foldStream = async <State>(
  pages: AsyncIterable<readonly Recorded[]>,
  histories: Histories,
  stream: string,
): Promise<Folded<State> | undefined> => {
  let folded: Folded<unknown> | undefined;
  for await (const records of pages) folded = foldOn(histories, stream, folded, records);
  return folded as Folded<State> | undefined;
};

/** Where records bring a stream that stood there before them. */
export const foldOn = (
  histories: Histories,
  stream: string,
  before: Folded<unknown> | undefined,
  records: readonly Recorded[],
): Folded<unknown> | undefined => {
  const last = records.at(-1);
  if (!last) return before;
  const { version, tenant, leaf, position } = last;
  const state = foldRecords(histories, stream, records, before);
  return { state, stream, version, tenant, leaf, position, corr: before?.corr ?? records[0]!.corr };
};

/** The fold of a stream, by its name. */
const historyFor = (
  histories: Histories,
  stream: string,
): { readonly initial: unknown; readonly step: (state: unknown, record: Recorded) => unknown } => {
  const history = byPrefix(histories, stream);
  if (!history) throw new Error(`No history is registered for ${stream}.`);
  const step = (typeof history === 'function' ? history : history.evolve) as (state: unknown, record: Recorded) => unknown;
  return { initial: typeof history === 'function' ? undefined : history.initial, step };
};

/** The state that records of one stream, in order, lead to. */
export const foldRecords = (
  histories: Histories,
  stream: string,
  records: readonly Recorded[],
  from?: { readonly state: unknown },
): unknown => {
  const { initial, step } = historyFor(histories, stream);
  return records.reduce<unknown>((state, record) => step(state, record), from ? from.state : initial);
};

const kept = 500;

/**
 * The state each record left its stream in, for those who walk the log in order. The last state of a stream is kept, so that a long stream is
 * not folded from its start at each of its events; since a version never changes, what is kept is never wrong.
 */
export class Foldings {
  #states = new Map<string, { readonly version: number; readonly state: unknown }>();

  constructor(
    private readonly store: Pick<EventStore, 'readStream'>,
    private readonly histories: Histories,
  ) {}

  async at<State>(record: Recorded): Promise<State> {
    const { stream, version } = record;
    const known = this.#states.get(stream);
    if (known?.version === version) return known.state as State;
    const next = version === 0 || known?.version === version - 1;
    const past = next ? [record] : await this.store.readStream(stream, { version });
    const state = foldRecords(this.histories, stream, past, next && version > 0 ? known : undefined);
    this.#states.delete(stream);
    this.#states.set(stream, { version, state });
    const [oldest] = this.#states.keys();
    if (this.#states.size > kept) this.#states.delete(oldest!);
    return state as State;
  }
}
