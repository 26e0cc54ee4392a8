import { emmettDatabase } from './baselines/emmett.js';
import { fill, fillEmmett, type Load } from './filling.js';
import { least, type Benchmark } from './planning.js';
import { streamName } from './recording.js';
import type { StoreDatabase } from './serving.pg.js';
import { together } from './tasks/timing.js';
import { work } from './working.js';

/** Length of the streams, how many there are, and how many times as fast as Emmett it shall be. */
const lengths = [
  { events: 10, streams: 2_000, goal: 2.2 },
  { events: 1_000, streams: 20, goal: 6 },
  { events: 10_000, streams: 3, goal: 8 },
];

/** Events a second, read from streams that exist and folded, one reader at a time. */
const replay = ({ events, streams, goal }: (typeof lengths)[number]): Benchmark => {
  let house: { readonly ours: StoreDatabase; readonly theirs: { readonly name: string; readonly url: string }; readonly load: Load };
  return {
    name: `replay.${events}`,
    what: `reading and folding streams of ${events} events, one after the other`,
    unit: 'events/s',
    prepare: async ({ server, short }, say) => {
      const count = short ? Math.ceil(streams / 20) : streams;
      const load: Load = { events, streams: Array.from({ length: count }, streamName) };
      house = { ours: await server.freshStore(), theirs: await emmettDatabase(server), load };
      say(`filling two logs with ${(events * count).toLocaleString('en-GB')} events each`);
      await fill(house.ours.log, load);
      await fillEmmett(house.theirs.url, load);
      for (const { name } of [house.ours, house.theirs]) await server.tidy(name);
      return async () => {
        for (const { name } of [house.ours, house.theirs]) await server.drop(name);
      };
    },
    measure: async ({ seconds, warmUp, profile }) => {
      const options = { logUrl: house.ours.log, ...house.load, seconds, warmUp };
      return together(await work('replaying', options, { profile }));
    },
    baselines: [
      {
        against: 'Emmett 0.42, aggregateStream',
        goal: least(goal),
        measure: async ({ seconds, warmUp }) =>
          together(await work('replaying-emmett', { url: house.theirs.url, ...house.load, seconds, warmUp })),
      },
    ],
  };
};

export const replays: readonly Benchmark[] = lengths.map(replay);
