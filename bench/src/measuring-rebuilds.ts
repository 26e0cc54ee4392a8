import { migrate } from '@recourse/event-store';
import { emmettDatabase } from './baselines/emmett.js';
import { fillEmmett, fillInterleaved } from './filling.js';
import { least, type Baseline, type Benchmark } from './planning.js';
import { streamName } from './recording.js';
import type { StoreDatabase } from './serving.pg.js';
import { ContactSums1795392000000, type RebuildingOptions } from './tasks/rebuilding.js';
import { work } from './working.js';

const streams = 20_000;
const streamLength = 10;
const batch = 1_000;
const countOf = (short: boolean) => (short ? streams / 20 : streams);

/** Events a second into a view, from an empty table to the end of a log of 200,000. */
const rebuild = (name: string, how: Pick<RebuildingOptions, 'by' | 'bulk'>, what: string, goal: number): Benchmark => {
  let ours: StoreDatabase;
  let theirs: { readonly name: string; readonly url: string };
  const emmett: Baseline = {
    against: `Emmett 0.42, rebuild of a Pongo projection, batches of ${batch.toLocaleString('en-GB')}`,
    goal: least(goal),
    measure: async ({ short }) => {
      const [found] = await work('rebuilding-emmett', { url: theirs.url, batch, seconds: short ? 1 : 10 });
      return { value: found!.perSecond };
    },
  };
  return {
    name,
    what,
    unit: 'events/s',
    prepare: async ({ server, short }, say) => {
      [ours, theirs] = [await server.freshStore(), await emmettDatabase(server)];
      const load = { events: streamLength, streams: Array.from({ length: countOf(short) }, streamName) };
      say(`filling two logs with ${(load.events * load.streams.length).toLocaleString('en-GB')} events each`);
      await fillInterleaved(ours.log, load);
      await fillEmmett(theirs.url, load);
      for (const database of [ours, theirs]) await server.tidy(database.name);
      return async () => {
        for (const database of [ours, theirs]) await server.drop(database.name);
      };
    },
    measure: async ({ server, short, profile }) => {
      const { name: copy, owner, log: logUrl, web: webUrl } = await server.copyOf(ours);
      try {
        await migrate({ ownerUrl: owner, service: 'bench', logDomain: 'recourse.example', migrations: [ContactSums1795392000000] });
        await server.settle();
        const [found] = await work('rebuilding', { logUrl, webUrl, ...how, events: countOf(short) * streamLength }, { profile });
        return { value: found!.perSecond };
      } finally {
        await server.drop(copy);
      }
    },
    baselines: [emmett],
  };
};

export const rebuilds: readonly Benchmark[] = [
  rebuild(
    'rebuild.batched',
    { by: 'change' },
    'a new view catches up with 200,000 events of 20,000 streams, changing the rows it finds',
    80,
  ),
  rebuild('rebuild.bulk', { by: 'change', bulk: true }, 'another generation of the same view: folded in memory, loaded, then indexed', 160),
  rebuild('rebuild.batched.history', { by: 'history' }, 'the same, by a fold that asks for the history of each stream', 80),
];
