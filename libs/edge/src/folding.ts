import type { Recorded } from '@recourse/event-store';
import type { History } from './house.options.js';

export type Histories = Readonly<Record<string, History>>;

type Step = (state: unknown, record: Recorded) => unknown;

/** The entry whose name begins the stream: the longest wins, so that `ledger-reference-…` is not taken for a `ledger`. */
export const byPrefix = <Entry>(entries: Readonly<Record<string, Entry>>, stream: string): Entry | undefined => {
  const names = Object.keys(entries).filter((name) => stream.startsWith(`${name}-`));
  const longest = names.sort((one, other) => other.length - one.length)[0];
  return longest === undefined ? undefined : entries[longest];
};

/** Folds records of one stream into its public state. A stream without a history has none to show. */
export const foldOf = (histories: Histories, stream: string): ((records: readonly Recorded[], from?: unknown) => unknown) | undefined => {
  const history = byPrefix(histories, stream);
  if (!history) return undefined;
  const step = (typeof history === 'function' ? history : history.evolve) as Step;
  const initial = typeof history === 'function' ? undefined : history.initial;
  return (records, from = initial) => records.reduce<unknown>(step, from);
};
