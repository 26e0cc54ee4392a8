import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Resting } from './resting.js';

/** A log whose head moves when it is told to. */
const log = (head = 0) => {
  const waiting = new Set<() => void>();
  return {
    grow: () => (head++, waiting.forEach((wake) => wake())),
    waits: () => waiting.size,
    head: () => Promise.resolve(head),
    waitFor: (position: number, ms: number, signal?: AbortSignal): Promise<boolean> =>
      head > position
        ? Promise.resolve(true)
        : Promise.race([
            new Promise<boolean>((resolve) => waiting.add(() => resolve(true))),
            pause(ms, false, { signal }).catch(() => false),
          ]),
  };
};
describe('A worker between two looks', () => {
  it('looks again and again for a while when the log has grown, and then waits for it to grow', async () => {
    const of = log();
    const resting = new Resting(of, 60_000);
    const over = new AbortController();
    let looks = 0;
    const working = (async () => {
      for (; !over.signal.aborted; looks++) await resting.rest(over.signal);
    })();
    while (of.waits() === 0) await pause(10);
    const before = looks;
    expect(before).toBeGreaterThan(2);
    of.grow();
    while (looks === before) await pause(1);
    over.abort();
    await working;
  });

  it('does not ask without end while the log cannot be read', async () => {
    const of = log();
    const over = new AbortController();
    const resting = new Resting({ ...of, head: () => Promise.reject(new Error('away')) }, 60_000);
    let rested = false;
    const rest = resting.rest(over.signal).then(() => (rested = true));
    await pause(20);
    expect(rested).toBe(false);
    over.abort();
    await rest;
  });
});
