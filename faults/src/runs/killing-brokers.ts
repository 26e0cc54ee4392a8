import { setTimeout as pause } from 'node:timers/promises';
import { Cluster } from '../clustering.js';
import { Ground } from '../grounding.js';
import type { Given, Result, Run } from '../running.js';
import { count } from '../staging.js';
import { judged, play, until } from './playing.js';

const run = async (given: Given): Promise<Result> => {
  const ground = new Ground(false);
  const cluster = await Cluster.start(ground.folder);
  try {
    return await play({ ...given, carries: 'kafka' }, { ground, brokers: cluster.brokers, load: { rate: 100 } }, async (playing) => {
      const { stage, clients } = playing;
      const { speaker, hearer } = stage.databases;
      /** Records that have not been told yet. */
      const untold = () =>
        count(
          speaker.owner,
          `select (select max(position) from log.event) - (select position from relay.cursor where name = 'messages') as n`,
        );
      const tallied = () => count(hearer.owner, `select count(*) as n from log.event where type = 'Tallied'`);
      clients.start();
      await until(async () => (await tallied()) > 100, 120_000);

      given.say('one of three is killed');
      const one = given.drawing.between(1, 3);
      await cluster.kill(one);
      const before = await tallied();
      const withTwo = await until(async () => (await tallied()) > before + 200, 120_000);
      await cluster.start(one);
      await pause(5_000);

      given.say('two of three are killed');
      const two = given.drawing.shuffled([1, 2, 3]).slice(0, 2);
      await cluster.kill(...two);
      await pause(20_000);
      const most = await untold();
      await cluster.start(...two);
      const drained = await until(async () => (await untold()) < 50, 180_000);
      const verdict = await judged(playing, { quiet: 60_000 });
      return {
        did: '1, then 2 of 3 brokers killed',
        verdict,
        figures: {
          messages: verdict.messages,
          'told twice': verdict.copies,
          'heard again with two ms': withTwo ?? 'never',
          'most untold records': most,
          'told after restart ms': drained ?? 'never',
          'clients waited at most ms': clients.longestSilence,
        },
        claims: {
          'the API stays up': verdict.failed === 0 && verdict.unknown === 0,
          'two of three are enough': withTwo !== undefined,
          'what waited is told': drained !== undefined,
        },
      };
    });
  } finally {
    await cluster.stop();
    await ground.close();
  }
};

export const killingBrokers: Run = {
  name: 'F2',
  title: 'kill-brokers',
  does: 'Three brokers, every message on all, two must have it; one is killed, then two, under load.',
  holds:
    'With two, everything flows; with one, the log waits and the API goes on; when they are back, everything is told, in order, with one effect.',
  onlyLong: true,
  run,
};
