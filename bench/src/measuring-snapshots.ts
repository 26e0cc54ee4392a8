import { fill } from './filling.js';
import { least, type Benchmark } from './planning.js';
import { streamName } from './recording.js';
import type { StoreDatabase } from './serving.pg.js';
import { keepSnapshots } from './tasks/standing.js';
import { together } from './tasks/timing.js';
import { work } from './working.js';

const length = 1_000;
const since = 10;
const count = 20;

let database: StoreDatabase;
let streams: readonly string[];

/** Loads a second of a long stream, by somebody who remembers nothing of it. */
export const snapshots: Benchmark = {
  name: `snapshot.${length}`,
  what: `loading a stream of ${length} events from its snapshot and ${since} events since, one after the other`,
  unit: 'loads/s',
  prepare: async ({ server, short }, say) => {
    database = await server.freshStore();
    streams = Array.from({ length: short ? 3 : count }, streamName);
    say(`filling a log with ${(streams.length * length).toLocaleString('en-GB')} events and their snapshots`);
    await fill(database.log, { streams, events: length });
    await keepSnapshots(database.log, streams, length, since);
    await server.tidy(database.name);
    return () => server.drop(database.name);
  },
  measure: async ({ seconds, warmUp, profile }) => {
    const options = { logUrl: database.log, streams, events: length + since, seconds, warmUp };
    return together(await work('standing', options, { profile }));
  },
  baselines: [
    {
      against: 'reading and folding the whole stream',
      goal: least(10),
      measure: async ({ seconds, warmUp }) => {
        const events = length + since;
        const { value } = together(await work('replaying', { logUrl: database.log, streams, events, seconds, warmUp }));
        return { value: value / events };
      },
    },
  ],
};
