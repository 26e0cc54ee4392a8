import { emmettAppends } from './baselines/emmett.js';
import { pgbench, pgbenchMissing } from './baselines/pgbench.js';
import { least, type Baseline, type Benchmark, type Course } from './planning.js';
import { together } from './tasks/timing.js';
import type { Figure } from './weighing.js';
import { work } from './working.js';

/** In flight, clients of pgbench, and what the ratio shall be: for a bare event, and with key and sealed group. */
const sizes = [
  { calls: 1, clients: 1, bare: 0.5, full: 1.0 },
  { calls: 8, clients: 8, bare: 0.9, full: 1.7 },
  { calls: 32, clients: 32, bare: 1.4, full: 2.3 },
  { calls: 128, clients: 32, bare: 2.0, full: 2.7 },
];

const single = (calls: number, clients: number, goal: number): Benchmark => ({
  name: `append.${calls}`,
  what: `${calls} in flight, leaf and prev checked`,
  unit: 'events/s',
  measure: (course) => ours(course, { calls }),
  baselines: [inserting(clients, false, goal)],
});

const withKeyAndGroup = (calls: number, clients: number, goal: number): Benchmark => ({
  name: `append.full.${calls}`,
  what: `${calls} in flight, with request key and one sealed group`,
  unit: 'events/s',
  measure: (course) => ours(course, { calls, full: true }),
  baselines: [inserting(clients, true, goal)],
});

const inserting = (clients: number, full: boolean, goal: number): Baseline => {
  const missing = pgbenchMissing();
  return {
    against: `pgbench, ${clients === 1 ? '1 client' : `${clients} clients`}, ${full ? 'the same three INSERTs in a transaction' : 'INSERT of the same event'}`,
    goal: least(goal),
    ...(missing && { missing }),
    measure: async ({ server, seconds, warmUp }) => ({ value: await pgbench(server, { clients, full, seconds, warmUp }) }),
  };
};

let withoutHashing = NaN;

/**
 * The store has no door that leaves hashes out, and shall have none. So the profiler says what share of the time hashing takes, waiting
 * included; without it, the same would be done in the rest of the time.
 */
const hashed: Benchmark = {
  name: 'append.hashed',
  what: '32 in flight, and what share of the time goes into hashing',
  unit: 'events/s',
  measure: async ({ server, seconds, warmUp }) => {
    const { name, log } = await server.freshStore();
    try {
      await server.settle();
      const [found] = await work('appending-profiled', { logUrl: log, inFlight: 32, full: false, seconds, warmUp });
      withoutHashing = found!.perSecond / (1 - found!.share);
      return { value: found!.perSecond, details: { 'hashing %': found!.share * 100 } };
    } finally {
      await server.drop(name);
    }
  },
  baselines: [
    {
      against: 'the same without the time spent in leafOf (CPU profile)',
      goal: least(0.9),
      measure: () => Promise.resolve({ value: withoutHashing }),
    },
  ],
};

/** Events a second into the log, each the first of a new stream, against PostgreSQL itself doing as little as possible. */
export const appends: readonly Benchmark[] = [
  ...sizes.map(({ calls, clients, bare }) => single(calls, clients, bare)),
  ...sizes.map(({ calls, clients, full }) => withKeyAndGroup(calls, clients, full)),
  hashed,
  {
    name: 'append.4x32',
    what: 'four processes, 32 appends in flight each, one log',
    unit: 'events/s',
    measure: (course) => ours(course, { calls: 32, processes: 4 }),
    baselines: [
      inserting(32, false, 1.6),
      {
        suffix: 'emmett',
        against: 'Emmett 0.42, four processes',
        goal: least(12),
        measure: (course) => emmettAppends(course, { calls: 32, processes: 4 }),
      },
    ],
  },
];

type Appending = { readonly calls: number; readonly processes?: number; readonly full?: boolean };

/** One measurement of ours on a log of its own. */
export const ours = async (course: Course, { calls, processes = 1, full = false }: Appending): Promise<Figure> => {
  const { server, seconds, warmUp, profile } = course;
  const { name, log } = await server.freshStore();
  try {
    await server.settle();
    return together(await work('appending', { logUrl: log, inFlight: calls, full, seconds, warmUp }, { processes, profile }));
  } finally {
    await server.drop(name);
  }
};
