import { fill } from './filling.js';
import { least, type Benchmark } from './planning.js';
import { streamName } from './recording.js';
import type { StoreDatabase } from './serving.pg.js';
import { together } from './tasks/timing.js';
import { work } from './working.js';

/** Events of a stream in the filled logs, as long as a usual matter. */
const streamLength = 10;
const small = 100_000;

let logs: { readonly grown: StoreDatabase; readonly small: StoreDatabase };

const append = async (log: string, { seconds, warmUp }: { readonly seconds: number; readonly warmUp: number }) =>
  together(await work('appending', { logUrl: log, inFlight: 32, full: false, seconds, warmUp }));

/** Whether appending slows down while the log grows. */
export const growth: Benchmark = {
  name: 'grow',
  what: '32 appends in flight on a log of a million events (--grow says how many)',
  unit: 'events/s',
  prepare: async ({ server, grow, short }, say) => {
    logs = { grown: await server.freshStore(), small: await server.freshStore() };
    const names = (events: number) => ({
      events: streamLength,
      streams: Array.from({ length: Math.ceil(events / streamLength) }, streamName),
    });
    let told = performance.now();
    await fill(logs.small.log, names(short ? grow / 10 : small));
    await fill(logs.grown.log, names(grow), (done, of) => {
      if (performance.now() < told + 5_000) return;
      told = performance.now();
      say(`${done.toLocaleString('en-GB')} of ${of.toLocaleString('en-GB')} events are in the log`);
    });
    for (const { name } of Object.values(logs)) await server.tidy(name);
    return async () => {
      for (const { name } of Object.values(logs)) await server.drop(name);
    };
  },
  measure: (course) => append(logs.grown.log, course),
  baselines: [{ against: 'the same on a log of 100,000 events', goal: least(0.8), measure: (course) => append(logs.small.log, course) }],
};
