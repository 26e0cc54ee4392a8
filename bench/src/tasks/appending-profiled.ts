import { Session, type Profiler } from 'node:inspector/promises';
import type { Task } from '../tasks.js';
import { appending, type AppendingOptions } from './appending.js';
import type { Rate } from './timing.js';

export type Profiled = Rate & {
  /** Of the time that passed, waiting included: how much of it was spent under the function asked for. */
  readonly share: number;
};

/** The function whose work is weighed; a store in which it has another name makes the measurement fail rather than find nothing. */
const hashing = 'leafOf';
const samplingEvery = 100; // µs

/** Appends while the CPU profiler looks, and says what share of the time hashing took. */
export const appendingProfiled: Task<AppendingOptions, Profiled> = async (options) => {
  const append = await appending(options);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: samplingEvery });
  return async () => {
    await session.post('Profiler.start');
    const rate = await append();
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return { ...rate, share: shareUnder(hashing, profile) };
  };
};

/** The share of all sampled time in which a function of this name was running or had called what was. */
export const shareUnder = (name: string, { nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number => {
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + timeDeltas[index]!);
  const children = new Map(nodes.map((node) => [node.id, node.children ?? []]));
  const under = (id: number): number => (children.get(id) ?? []).reduce((sum, child) => sum + under(child), own.get(id) ?? 0);
  const roots = nodes.filter(({ callFrame }) => callFrame.functionName === name);
  if (roots.length === 0) throw new Error(`The profile knows no function ${name}: the store hashes under another name by now.`);
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return roots.reduce((sum, { id }) => sum + under(id), 0) / total;
};
