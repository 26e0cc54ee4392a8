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
    const look = (): Promise<void> => Promise.resolve(void looks++);
    const working = resting.keepLooking({ look, failed: () => undefined }, over.signal);
    while (of.waits() === 0) await pause(10);
    const before = looks;
    expect(before).toBeGreaterThan(2);
    of.grow();
    while (looks === before) await pause(1);
    over.abort();
    await working;
  });

  it('looks again at once when it is nudged, whenever that was', async () => {
    const of = log(-1);
    const over = new AbortController();
    const resting = new Resting(of, 60_000);
    let looks = 0;
    const look = async (): Promise<void> => {
      if (looks++ === 0) resting.nudge();
    };
    const working = resting.keepLooking({ look, failed: () => undefined }, over.signal);
    while (looks < 2) await pause(1);
    resting.nudge();
    while (looks < 3) await pause(1);
    over.abort();
    await working;
  });

  it('says what went wrong and looks again', async () => {
    const over = new AbortController();
    const failures: unknown[] = [];
    const look = (): Promise<void> => Promise.reject(new Error('away'));
    const failed = (error: unknown): void => {
      failures.push(error);
      if (failures.length === 2) over.abort();
    };
    await new Resting(log(), 60_000).keepLooking({ look, failed }, over.signal);
    expect(failures).toHaveLength(2);
  });

  it('does not ask without end while the log cannot be read', async () => {
    const over = new AbortController();
    let looks = 0;
    const look = (): Promise<void> => Promise.resolve(void looks++);
    const working = new Resting({ ...log(), head: () => Promise.reject(new Error('away')) }, 60_000).keepLooking(
      { look, failed: () => undefined },
      over.signal,
    );
    await pause(50);
    expect(looks).toBe(1);
    over.abort();
    await working;
  });
});
