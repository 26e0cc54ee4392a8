import type { Decider } from '@recourse/decider';
import type { EventStore } from './append.js';
import { eventOf, type Recorded } from './record.js';

/** Of whichever aggregate: parts of several stand in one order, and are remembered alike. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- nothing else takes every decider
export type AnyDecider = Decider<any, any, any, any>;
type Recalled = { readonly version: number; readonly state: unknown; readonly tenant: string | undefined };

/** Streams remembered of each aggregate. */
const most = 500;

const memories = new WeakMap<EventStore, WeakMap<AnyDecider, Map<string, Recalled>>>();

const memoryOf = (store: EventStore, decider: AnyDecider): Map<string, Recalled> => {
  const deciders = memories.get(store) ?? new WeakMap<AnyDecider, Map<string, Recalled>>();
  memories.set(store, deciders);
  const memory = deciders.get(decider) ?? new Map<string, Recalled>();
  deciders.set(decider, memory);
  return memory;
};

/**
 * What a decider decides upon: the state its stream has come to. Of a stream that it decided upon before, only the records since are read: a
 * version never changes, so what is remembered is never wrong, only short. `newer` are the records behind `since`, and perhaps some before.
 */
export const recall = async (
  store: EventStore,
  decider: AnyDecider,
  stream: string,
  since = Infinity,
): Promise<Recalled & { readonly newer: readonly Recorded[] }> => {
  const memory = memoryOf(store, decider);
  const known = memory.get(stream) ?? { version: -1, state: decider.initial as unknown, tenant: undefined };
  const after = Math.min(known.version, since);
  const newer = await store.readStream(stream, after >= 0 ? { after } : {});
  const unknown = newer.filter(({ version }) => version > known.version);
  const state: unknown = unknown.map((record) => eventOf(record)).reduce(decider.evolve, known.state);
  const recalled = { version: unknown.at(-1)?.version ?? known.version, state, tenant: known.tenant ?? unknown[0]?.tenant };
  memory.delete(stream); // to the young end of the map
  if (recalled.version >= 0) memory.set(stream, recalled);
  if (memory.size > most) memory.delete(memory.keys().next().value!);
  return { ...recalled, newer };
};
