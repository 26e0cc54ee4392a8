import type { Benchmark, Course } from './planning.js';
import { streamName } from './recording.js';
import { quantile, type Figure } from './weighing.js';
import { work } from './working.js';

const callers = 32;
const ordersOf = (short: boolean) => (short ? 128 : 2_000);

/** Orders through `handling` (read, decide, append; again when others were first) while all want the same stream, or each its own. */
const carryOut = async ({ server, short, profile }: Course, hot: boolean, processes: number): Promise<Figure> => {
  const { name, log } = await server.freshStore();
  try {
    await server.settle();
    const each = callers / processes;
    const one = streamName();
    const streams = Array.from({ length: each }, () => (hot ? one : streamName()));
    const found = await work('ordering', { logUrl: log, streams, orders: ordersOf(short) / processes }, { processes, profile });
    const perCaller = found.flatMap((ordered) => ordered.perCaller);
    const times = found.flatMap((ordered) => ordered.times);
    return {
      value: times.length / Math.max(...found.map(({ seconds }) => seconds)),
      details: {
        'fewest of a caller': Math.min(...perCaller),
        'most of a caller': Math.max(...perCaller),
        'p50 ms': quantile(times, 0.5),
        'longest ms': Math.max(...times),
        'first process done after s': Math.min(...found.map(({ seconds }) => seconds)),
        'last process done after s': Math.max(...found.map(({ seconds }) => seconds)),
        'asked again': found.reduce((sum, { askedAgain }) => sum + askedAgain, 0),
      },
    };
  } finally {
    await server.drop(name);
  }
};

const hot = (name: string, processes: number, where: string): Benchmark => ({
  name,
  what: `${callers} callers whose orders are all for one stream, ${where}`,
  unit: 'orders/s',
  measure: (course) => carryOut(course, true, processes),
  baselines: [{ against: 'the same callers, each with a stream of its own', measure: (course) => carryOut(course, false, processes) }],
});

/** Whoever wants what everybody wants: as often as the others, and never not at all. */
export const contention: readonly Benchmark[] = [
  hot('append.hot', 1, 'in one process'),
  hot('append.hot.2x16', 2, 'in two processes of 16'),
];
