import { follow, PostgresEventStore } from '@recourse/event-store';
import { Histories } from '../checking/histories.js';
import { judge } from '../checking/judging.js';
import { Ground } from '../grounding.js';
import { quantile, type Given, type Result, type Run } from '../running.js';
import { by } from '../serving/saying.js';
import { Stage } from '../staging.js';

const events = 5;
const inFlight = 64;

const run = async (given: Given): Promise<Result> => {
  const wanted = given.events ?? (given.long ? 1_000_000 : 150_000);
  const window = wanted / 20;
  // Nobody tells the planner how large the tables have become.
  const ground = new Ground(false, { autovacuum: 'off', shared_buffers: '512MB', max_wal_size: '2GB' });
  const stage = await Stage.set(ground, 'postgres');
  // Opened, and its statements planned, while the tables are empty.
  const store = await PostgresEventStore.open({ service: 'speaker', logUrl: stage.databases.speaker.log });
  const histories = new Histories();
  try {
    const rates: number[] = [];
    const reads: number[] = [];
    let [written, op, since, last] = [0, 0, performance.now(), 0];
    const follower = follow({ name: 'effects', store, pool: store.pool, handle: async () => undefined });
    const read = async () => {
      const began = performance.now();
      for (let n = 0; n < 40; n++) await store.readStream(`case-${given.drawing.between(0, 2_000)}`, { version: 20 });
      reads.push(performance.now() - began);
    };
    const write = async (): Promise<void> => {
      while (written < wanted) {
        const name = `op-${op++}`;
        const stream = `case-${op % 2_000}`;
        written += events;
        histories.note({ do: 'invoke', op: name, stream, events });
        const outcome = await store.append({
          ...{ tenant: 'quanpay', at: store.now('quanpay'), by, corr: stream },
          writes: [{ stream, expected: 'none', events: Array.from({ length: events }, (_, n) => ({ type: 'Said', op: name, n })) }],
          key: { key: name, fingerprint: name, kind: 'heard' },
        });
        if (outcome.kind === 'appended') histories.note({ do: 'ok', op: name, positions: outcome.positions });
        if (written - last < window) continue;
        last = written;
        rates.push(window / ((performance.now() - since) / 1000));
        since = performance.now();
        if (rates.length % 5 === 0) given.say(`${written.toLocaleString('en-GB')} of ${wanted.toLocaleString('en-GB')} events`);
      }
    };
    await read();
    await Promise.all(Array.from({ length: inFlight }, write));
    for (let n = 0; n < 3; n++) await read();
    while (follower.position < (await store.head())) await new Promise((resolve) => setTimeout(resolve, 50));
    await follower.stop();
    await store.close();
    const verdict = await judge({ histories, speaker: stage.databases.speaker.owner });
    const third = Math.floor(rates.length / 3);
    const [early, late] = [quantile(rates.slice(1, 1 + third), 0.5), quantile(rates.slice(-third), 0.5)];
    return {
      did: `grown to ${verdict.events.toLocaleString('en-GB')} rows without ANALYZE`,
      verdict,
      figures: {
        'events a second early': Math.round(early),
        late: Math.round(late),
        ratio: (late / early).toFixed(2),
        '40 streams read ms': Math.round(quantile(reads.slice(1), 0.5)),
      },
      claims: { 'throughput does not halve': late >= early / 2 },
    };
  } finally {
    await store.close().catch(() => undefined);
    await ground.close();
  }
};

export const growing: Run = {
  name: 'plans',
  title: 'plans',
  does: 'Connections are opened on empty tables, which grow to 150,000 rows (a million in the long form) while nobody analyses them.',
  holds: 'The median rate of the last third of the windows is at least half of that of the first: plans made for empty tables do not stay.',
  run,
};
