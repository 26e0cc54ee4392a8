// A service that speaks and one that hears, in one process, until somebody kills it. See testing/killing.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { PostgresEventStore } from '@recourse/event-store';
import { startInbox, startRelay } from '@recourse/relay';
// Not through testing.ts: the contract there belongs to jest.
import { clientOf } from '../src/testing/carrying.ts';
import { announceSaid, saidHistory, tallyHearing } from '../src/testing/tallying.ts';

const { carrier, topic, speaker, hearer, deadly, slow } = JSON.parse(process.argv[2]);
process.stdin.on('end', () => process.exit()).resume(); // whoever started us is gone

const transport = clientOf(carrier, 'child');
if (speaker) {
  const store = await PostgresEventStore.open({ service: 'case-tracking', logUrl: speaker });
  startRelay({
    service: 'case-tracking',
    store,
    transport,
    url: speaker,
    pool: store.pool,
    announce: { case: announceSaid(topic) },
    histories: { case: saidHistory },
    topics: [topic],
    prepare: [],
    records: false,
    beatEvery: 200,
    pace: { beat: 200, silence: 2_000, ask: 50 },
  });
}
const store = await PostgresEventStore.open({ service: 'hearer', logUrl: hearer });
const kills = async ({ data }) => {
  if (slow && data.text === slow) await pause(600);
  if (!deadly || data.text !== deadly) return;
  if (slow) await pause(200);
  process.kill(process.pid, 'SIGKILL');
};
await startInbox({
  service: 'hearer',
  store,
  transport,
  pool: store.pool,
  hears: [tallyHearing(topic, kills)],
  tools: undefined,
  pace: { inPlace: [5, 10], parked: [200, 400], look: 50, lease: 2_000, pause: 100, watermarks: 100 },
});
