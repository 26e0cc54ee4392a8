import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kafkaTransport, postgresTransport } from '@recourse/relay';
import type { Given, Result, Run } from '../running.js';
import { count, type Stage } from '../staging.js';
import { judged, play, topicOf, until } from './playing.js';

/** The n-th operation is this kind of poison. Unknown types come again and again; they concern nobody. */
const poisonAt = (n: number): string | undefined =>
  ({ 60: 'throw', 130: 'kill', 200: 'heavy' })[n] ?? (n % 100 === 99 ? 'strange' : undefined);

/** Three keys for the three kinds, with healthy messages before and behind. */
const streamAt = (n: number): string | undefined => (n % 10 === 0 ? `case-sick-${(n % 30) / 10}` : undefined);

/** Not one of ours: no CloudEvent, under a key of its own. */
const sayGibberish = async ({ carrier, topic }: Stage): Promise<void> => {
  const transport =
    carrier.kind === 'kafka'
      ? kafkaTransport({ brokers: carrier.brokers, clientId: 'stranger' })
      : postgresTransport({ url: carrier.url, name: 'stranger' });
  await until(() => transport.ready());
  await transport.publish([{ topic, key: 'case-foreign', headers: { ce_id: 'foreign-1' }, value: 'not a letter of ours' }]);
  await transport.close();
};

const run = async (given: Given): Promise<Result> => {
  let poison = '';
  return play(
    { ...given, carries: given.long ? given.carries : 'postgres' },
    {
      hearer: (stage) => ({ poison: (poison = path.join(stage.ground.folder, `poison-${stage.topic}`)) }),
      load: {
        streams: 60,
        rate: 60,
        stubborn: true,
        name: (n) => `${poisonAt(n) ?? 'op'}-${n}`,
        stream: streamAt,
      },
    },
    async (playing) => {
      const { stage, clients, hearers, speakers, histories } = playing;
      const hearer = hearers[0]!;
      writeFileSync(poison, 'throw throw-\nkill kill-\n');
      let [deaths, over] = [0, false];
      // As a supervisor would: whoever dies is raised again.
      const supervising = (async () => {
        while (!over) {
          await hearer.process.gone;
          if (over) return;
          deaths++;
          await hearer.raise();
        }
      })();
      clients.start();
      await until(() => clients.sent > 40);
      await sayGibberish(stage);
      await until(() => clients.sent > (given.long ? 5_000 : 400), 300_000);
      await clients.stop();
      given.say('only the poisoned keys wait');
      const keyOf = (beginning: string) => [...histories.operations.values()].find(({ op }) => op.startsWith(beginning))!.stream;
      const sick = [keyOf('throw-'), keyOf('kill-'), 'case-foreign'];
      const parked = () =>
        count(
          stage.databases.hearer.owner,
          `select count(*) as n from relay.parked_key where key in (${sick.map((key) => `'${key}'`).join()})`,
        );
      await until(async () => (await parked()) === new Set(sick).size, 60_000);
      const foundAfter = detected(`${poison}.met`);
      await stage.settled({ quiet: 4_000 });
      const { parked: waiting } = await hearer.process.ask({ what: 'state' });
      const { untold } = await speakers[0]!.process.ask({ what: 'state' });
      const onlyThose = waiting.every(({ key }) => sick.includes(key)) && waiting.length === new Set(sick).size;
      const behind = waiting.reduce((sum, { messages }) => sum + messages, 0);

      given.say('the poison is gone, an operator tries again');
      rmSync(poison);
      await hearer.process.ask({ what: 'retry-parked' });
      await until(async () => (await hearer.process.ask({ what: 'state' })).parked.every(({ key }) => key === 'case-foreign'), 60_000);
      await stage.settled({ quiet: 4_000 });
      over = true;
      const topic = (await topicOf(stage)).filter(({ id }) => id !== 'foreign-1');
      const verdict = await judged(playing, { quiet: 500, topic, waiting: new Set([keyOf('heavy-')]) });
      await supervising;
      return {
        did: `5 kinds of poison, ${deaths} deaths`,
        verdict,
        figures: {
          messages: verdict.messages,
          'keys parked': waiting.length,
          'messages behind them': behind,
          'parked after ms': foundAfter,
          untold: untold.length,
        },
        claims: {
          'only the poisoned keys are parked': onlyThose,
          'what kills is recognised': deaths > 0 && deaths <= 5,
          'what is too heavy stops its key alone': untold.length > 0 && untold[0]!.why === 'too-large',
        },
      };
    },
  );
};

/** From the first meeting with the deadly message to the last. Milliseconds. */
const detected = (met: string): number => {
  if (!existsSync(met)) return -1;
  const times = readFileSync(met, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('kill'))
    .map((line) => Number(line.split(' ')[2]));
  return Math.max(...times) - Math.min(...times);
};

export const poisoning: Run = {
  name: 'F12',
  title: 'poison',
  does: 'Among the messages: one that is no CloudEvent, one too heavy for any carrier, unknown types, one at which the handler throws, one at which it dies.',
  holds: 'Only their keys wait, in order; all others flow; after the cure, everything that waited happens once and in order.',
  run,
};
