import { migrate } from '@recourse/event-store';
import { emmettDatabase } from './baselines/emmett.js';
import { fillEmmett, fillInterleaved } from './filling.js';
import { least, type Benchmark } from './planning.js';
import { streamName } from './recording.js';
import type { Server, StoreDatabase } from './serving.pg.js';
import { catchUp, ContactSums1795392000000, type RebuildingOptions } from './tasks/rebuilding.js';
import { work } from './working.js';

const streams = 20_000;
const streamLength = 10;
const batch = 1_000;
const countOf = (short: boolean) => (short ? streams / 20 : streams);

type House = { readonly ours: StoreDatabase; readonly theirs: { readonly name: string; readonly url: string } };
let house: House;

/** Two logs with the same events: ours a thousand streams side by side, and with a view that has caught up; Emmett's one stream after the other. */
const furnish = async (server: Server, short: boolean, say: (sentence: string) => void): Promise<House> => {
  const [ours, theirs] = [await server.freshStore(), await emmettDatabase(server)];
  const load = { events: streamLength, streams: Array.from({ length: countOf(short) }, streamName) };
  say(`filling two logs with ${(load.events * load.streams.length).toLocaleString('en-GB')} events each`);
  const { owner, log: logUrl, web: webUrl } = ours;
  await migrate({ ownerUrl: owner, service: 'bench', logDomain: 'recourse.example', migrations: [ContactSums1795392000000] });
  await fillInterleaved(logUrl, load);
  await fillEmmett(theirs.url, load);
  say('letting the view that is read catch up');
  await catchUp({ logUrl, webUrl });
  for (const database of [ours, theirs]) await server.tidy(database.name);
  return { ours, theirs };
};

/** Events a second into a view that is built anew beside the one that is read. */
const rebuild = (name: string, how: Pick<RebuildingOptions, 'by' | 'bulk'>, what: string, goal: number): Benchmark => ({
  name,
  what,
  unit: 'events/s',
  prepare: async ({ server, short }, say) => {
    house = await server.once('rebuild', () => furnish(server, short, say));
    return () => Promise.resolve(); // the next one needs it too
  },
  measure: async ({ server, short, profile }) => {
    const { name: copy, log: logUrl, web: webUrl } = await server.copyOf(house.ours);
    try {
      await server.settle();
      const [found] = await work('rebuilding', { logUrl, webUrl, ...how, events: countOf(short) * streamLength }, { profile });
      return { value: found!.perSecond, details: { 'comparing takes s': found!.comparing } };
    } finally {
      await server.drop(copy);
    }
  },
  baselines: [
    {
      against: `Emmett 0.42, rebuild of a Pongo projection, batches of ${batch.toLocaleString('en-GB')}`,
      goal: least(goal),
      measure: async ({ server, short }) => {
        const { name: copy, url } = await server.freshDatabase(house.theirs.name); // it is left in the middle of its work
        try {
          await server.settle();
          const [found] = await work('rebuilding-emmett', { url, batch, seconds: short ? 1 : 10 });
          return { value: found!.perSecond };
        } finally {
          await server.drop(copy);
        }
      },
    },
  ],
});

const [change, history] = [{ by: 'change' }, { by: 'history' }] as const;
export const rebuilds: readonly Benchmark[] = [
  rebuild(
    'rebuild.batched',
    { ...change, bulk: false },
    'a view of 200,000 events of 20,000 streams, batch by batch, changing the rows it finds',
    80,
  ),
  rebuild('rebuild.batched.history', { ...history, bulk: false }, 'the same by a fold that asks for the history of each stream', 80),
  rebuild('rebuild.bulk', { ...change, bulk: true }, 'the same view, everything in memory first, then tables and indexes', 160),
  rebuild('rebuild.bulk.history', { ...history, bulk: true }, 'the same by a fold that asks for the history of each stream', 160),
];
