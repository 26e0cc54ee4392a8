import type { EventStore } from './append.js';
import type { Until } from './reading.js';
import type { Recorded } from './record.js';

/** A fold of records into an aggregate's public state: `(state or undefined, record) => state`, or the same with its beginning beside it. */
export type History =
  ((state: never, record: never) => unknown) | { readonly initial: unknown; readonly evolve: (state: never, record: never) => unknown };

/** By what streams' names begin with: `{ case: caseHistory, 'step-up': stepUpHistory }`. */
export type Histories = Readonly<Record<string, History>>;

/** The state of one stream, and where it stood then. */
export type Folded<State> = {
  readonly state: State;
  readonly stream: string;
  readonly version: number;
  readonly tenant: string;
  readonly leaf: string;
};

/** The entry whose name begins the stream: the longest wins, so that `ledger-reference-…` is not taken for a `ledger`. */
export const byPrefix = <Entry>(entries: Readonly<Record<string, Entry>>, stream: string): Entry | undefined => {
  const names = Object.keys(entries).filter((name) => stream.startsWith(`${name}-`));
  const longest = names.sort((one, other) => other.length - one.length)[0];
  return longest === undefined ? undefined : entries[longest];
};

/** Folds a stream as it is now, or as it was at a version, a position or an instant. Undefined when nothing stood there then. */
export const foldStream = async <State>(
  store: Pick<EventStore, 'readStream'>,
  histories: Histories,
  stream: string,
  until?: Until,
): Promise<Folded<State> | undefined> => {
  const records = await store.readStream(stream, until);
  const last = records.at(-1);
  if (!last) return undefined;
  const { version, tenant, leaf } = last;
  return { state: foldRecords(histories, stream, records) as State, stream, version, tenant, leaf };
};

/** The fold of a stream, by its name. */
export const historyFor = (
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
