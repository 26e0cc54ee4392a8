import { setTimeout as pause } from 'node:timers/promises';
import { quantile, type Figure } from '../weighing.js';

/** How much was done within the seconds that count. */
export type Rate = {
  readonly perSecond: number;
  /** Milliseconds from asking to answer. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of this process's own computing for each. */
  readonly cpu: number;
};

export type Span = { readonly warmUp: number; readonly seconds: number };

/** Keeps so many calls in flight; what ends during the warm-up does not count. */
export const inFlight = async (calls: number, { warmUp, seconds }: Span, call: () => Promise<unknown>): Promise<Rate> => {
  let counts = false;
  let running = true;
  const times: number[] = [];
  const caller = async () => {
    while (running) {
      const begun = performance.now();
      await call();
      if (counts) times.push(performance.now() - begun);
    }
  };
  const callers = Promise.all(Array.from({ length: calls }, caller));
  await Promise.race([callers, pause(warmUp * 1_000)]); // the callers end early only by failing
  const begun = performance.now();
  const computed = process.cpuUsage();
  counts = true;
  await Promise.race([callers, pause(seconds * 1_000)]);
  counts = false;
  const passed = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(computed);
  running = false;
  await callers;
  return {
    perSecond: times.length / passed,
    p50: times.length > 0 ? quantile(times, 0.5) : NaN,
    p99: times.length > 0 ? quantile(times, 0.99) : NaN,
    cpu: (user + system) / times.length,
  };
};

/** What several processes did at the same time: their rates add up, their times do not. */
export const together = (rates: readonly Rate[]): Figure => ({
  value: rates.reduce((sum, { perSecond }) => sum + perSecond, 0),
  details: {
    'p50 ms': Math.max(...rates.map(({ p50 }) => p50)),
    'p99 ms': Math.max(...rates.map(({ p99 }) => p99)),
    'client µs/event': rates.reduce((sum, { cpu }) => sum + cpu, 0) / rates.length,
  },
});
