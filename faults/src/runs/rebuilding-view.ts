import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PostgresEventStore, Views } from '@recourse/event-store';
import { rowsOf } from '../checking/reading.pg.js';
import type { Given, Result, Run } from '../running.js';
import { by } from '../serving/saying.js';
import { SaidSoFarRow, saidSoFar } from '../serving/viewing.js';
import type { Stage } from '../staging.js';
import { judged, play } from './playing.js';

const hashOf = (lines: readonly string[]): string =>
  createHash('sha256')
    .update([...lines].sort().join('\n'))
    .digest('base64url');

/** What the view has to hold, folded from the rows of the log without a line of what is tested. */
const expected = async (stage: Stage): Promise<string> => {
  const streams = new Map<string, { sentences: number; last: string }>();
  for await (const { stream, type, text } of rowsOf(stage.databases.speaker.owner)) {
    if (type !== 'Said') continue;
    const { op, n } = (JSON.parse(text) as { data: { op: string; n: number } }).data;
    streams.set(stream, { sentences: (streams.get(stream)?.sentences ?? 0) + 1, last: `${op}/${n}` });
  }
  return hashOf([...streams].map(([stream, { sentences, last }]) => `${stream} ${sentences} ${last}`));
};

const run = async (given: Given): Promise<Result> =>
  play({ ...given, carries: 'postgres' }, {}, async (playing) => {
    const { stage, clients, histories } = playing;
    const { log, web } = stage.databases.speaker;
    const store = await PostgresEventStore.open({ service: 'speaker', logUrl: log });
    const failures: string[] = [];
    const views = await Views.open({
      ...{ store, logUrl: log, webUrl: web, views: [saidSoFar], histories: {} },
      pace: { beat: 200, silence: 2_000, look: 200 },
      failed: (view, error) => void failures.push(`${view}: ${(error as Error).message}`),
    });
    let over = false;
    try {
      const backlog = given.long ? 200_000 : 15_000;
      given.say(`${backlog.toLocaleString('en-GB')} events to build from`);
      const write = async (writer: number) => {
        for (let n = 0; n < backlog / 50 / 16; n++) {
          const [op, stream] = [`before-${writer}-${n}`, `case-${writer}-${n % 50}`];
          histories.note({ do: 'invoke', op, stream, events: 50 });
          const events = Array.from({ length: 50 }, (_, number) => ({ type: 'Said', op, n: number }));
          const outcome = await store.append({
            ...{ tenant: 'quanpay', at: store.now('quanpay'), by, corr: stream },
            writes: [{ stream, expected: 'none', events }],
          });
          if (outcome.kind === 'appended') histories.note({ do: 'ok', op, positions: outcome.positions });
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));
      await views.caughtUp(undefined, 120_000);
      clients.start();

      /** Somebody looks all the time; what he has seen once must never be less again. */
      let [looks, failed, fell, seen] = [0, 0, 0, 0];
      const looking = (async () => {
        while (!over) {
          try {
            const rows = await views.read('quanpay', (manager) => manager.find(SaidSoFarRow));
            const now = rows.reduce((sum, { sentences }) => sum + sentences, 0);
            if (now < seen) fell++;
            seen = Math.max(seen, now);
            looks++;
          } catch {
            failed++;
          }
          await pause(10);
        }
      })();
      const rebuilds = given.long ? 10 : 3;
      let equal = 0;
      const began = Date.now();
      for (let number = 1; number <= rebuilds; number++) {
        given.say(`${number} of ${rebuilds}: the view is built anew while writes go on`);
        const { comparison } = await views.rebuild('said-so-far', { bulk: number % 2 === 1 });
        if (comparison.equal) equal++;
      }
      const seconds = (Date.now() - began) / 1000;
      await clients.stop();
      await views.caughtUp(undefined, 60_000);
      over = true;
      await looking;
      const rows = await views.read('quanpay', (manager) => manager.find(SaidSoFarRow));
      const live = hashOf(rows.map(({ stream, sentences, last }) => `${stream} ${sentences} ${last}`));
      const verdict = await judged(playing);
      return {
        did: `${rebuilds} rebuilds`,
        verdict,
        figures: {
          events: verdict.events,
          'events a second': Math.round((verdict.events * rebuilds) / seconds),
          looks,
          'looks that failed': failed,
          'seconds a rebuild': (seconds / rebuilds).toFixed(1),
        },
        claims: {
          'old and new compare equal at one position': equal === rebuilds,
          'the view is what the log folds to': live === (await expected(stage)),
          'nobody sees the view fail or fall back': failed === 0 && fell === 0 && looks > 0,
        },
      };
    } finally {
      over = true;
      await views.close();
      await store.close();
    }
  });

export const rebuildingView: Run = {
  name: 'F20',
  title: 'rebuild',
  does: 'A view is built anew again and again, in bulk and batch by batch, while clients write and somebody reads it all the time.',
  holds:
    'No read fails or sees less than before; old and new compare equal at one position; at the end the view is, by hash, what the log folds to.',
  run,
};
