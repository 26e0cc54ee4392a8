import { setTimeout as pause } from 'node:timers/promises';
import { Ground } from '../grounding.js';
import type { Given, Result, Run } from '../running.js';
import { judged, play, until, type Play } from './playing.js';

/** How many messages have been told, and how many tries have failed, since the speaker started. */
const relayOf = async ({ speakers }: Play) => {
  const { published, failures } = await speakers[0]!.process.ask({ what: 'state' });
  return { published, failures };
};

const run = async (given: Given): Promise<Result> => {
  const { long, say } = given;
  const ground = new Ground(false);
  try {
    return await play({ ...given, carries: 'kafka' }, { ground, load: { rate: long ? 200 : 80 } }, async (playing) => {
      const clients = playing.clients.start();
      await until(async () => (await relayOf(playing)).published > 20);

      /** The relay has told something new since, and so has every message by then found its way. */
      const toldAgain = async () => {
        const { published } = await relayOf(playing);
        return until(async () => (await relayOf(playing)).published > published + 5, 90_000);
      };
      const frozenFor = long ? 60_000 : 5_000;
      say(`the broker stands still for ${frozenFor / 1000} s`);
      const before = await relayOf(playing);
      const frozen = ground.freezeKafka(frozenFor);
      const noticed = long ? await until(async () => (await relayOf(playing)).failures > before.failures, frozenFor) : undefined;
      await frozen;
      const thawed = await toldAgain();

      say('kill -9 of the broker');
      await pause(1_000);
      const { failures } = await relayOf(playing);
      const port = await ground.killKafka();
      const noticedKill = await until(async () => (await relayOf(playing)).failures > failures);
      await ground.kafka(port);
      const restarted = await toldAgain();
      const behind = clients.longestSilence;
      const verdict = await judged(playing, { quiet: 40_000 });
      return {
        did: `stopped ${frozenFor / 1000} s, 1 kill`,
        verdict,
        figures: {
          messages: verdict.messages,
          'told twice': verdict.copies,
          ...(noticed !== undefined && { 'standstill noticed ms': noticed }),
          'told again after standstill ms': thawed ?? 'never',
          'kill noticed ms': noticedKill ?? 'never',
          'told again after restart ms': restarted ?? 'never',
          'clients waited at most ms': behind,
        },
        claims: {
          'the API stays up without its broker': verdict.failed === 0 && verdict.unknown === 0,
          'the relay comes back by itself': thawed !== undefined && restarted !== undefined,
          'a silent broker is noticed within 25 s': !long || noticed !== undefined,
        },
      };
    });
  } finally {
    await ground.close();
  }
};

export const stoppingBroker: Run = {
  name: 'F3',
  title: 'stop-broker',
  does: 'The one broker stands still with its connections open (5 s; 60 s in the long form), then kill -9 and restart, under load.',
  holds:
    'The API goes on, the log is the outbox; a client that is met by silence is replaced by a new one; everything is told, in order, with one effect.',
  run,
};
