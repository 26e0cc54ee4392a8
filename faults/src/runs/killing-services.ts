import { setTimeout as pause } from 'node:timers/promises';
import { Cutting, points, type Point } from '../cutting.js';
import { quantile, type Given, type Result, type Run } from '../running.js';
import type { Mutation } from '../serving/mutating.js';
import { judged, play, until, type Player } from './playing.js';

type Blow = { readonly who: 'speaker' | 'hearer'; readonly at: Point | 'any moment'; readonly how: 'kill' | 'cut' };

/** Where each service can be met. A hearer that is killed before it knows that its effect is committed has not moved its offset either. */
const blowsOf = (times: number, random: number): Blow[] => [
  ...points.flatMap((at) => Array.from({ length: times }, (): Blow => ({ who: 'speaker', at, how: 'kill' }))),
  ...points.flatMap((at): Blow[] => (at === 'before-mark' ? [] : [{ who: 'speaker', at, how: 'cut' }])),
  ...Array.from({ length: times }, (): Blow => ({ who: 'hearer', at: 'before-reply', how: 'kill' })),
  { who: 'hearer', at: 'before-commit', how: 'kill' },
  ...(['speaker', 'hearer'] as const).flatMap((who) =>
    Array.from({ length: random }, (): Blow => ({ who, at: 'any moment', how: 'kill' })),
  ),
];

/** Enough for a broken guard to show. */
const blowsFor = (mutation: Mutation): readonly Blow[] =>
  mutation === 'drop-inbox'
    ? Array.from({ length: 3 }, () => ({ who: 'hearer', at: 'before-reply', how: 'kill' }))
    : Array.from({ length: 4 }, () => ({ who: 'speaker', at: 'any moment', how: 'kill' }));

const run = async (given: Given): Promise<Result> => {
  const { drawing, long, mutation } = given;
  const { port } = await given.ground.postgres();
  const wires = { speaker: await Cutting.before(port), hearer: await Cutting.before(port) };
  try {
    return await play(
      given,
      {
        speaker: (stage) => ({ logUrl: wires.speaker.through(stage.databases.speaker.log) }),
        hearer: (stage) => ({ logUrl: wires.hearer.through(stage.databases.hearer.log) }),
        load: { rate: long ? 50 : 100 },
      },
      async (playing) => {
        const players: Record<Blow['who'], Player> = { speaker: playing.speakers[0]!, hearer: playing.hearers[0]! };
        const blows = drawing.shuffled(mutation ? blowsFor(mutation) : long ? blowsOf(10, 50) : blowsOf(2, 2));
        const clients = playing.clients.start();
        const recoveries: number[] = [];
        let [kills, cuts, missed] = [0, 0, 0];
        for (const [number, { who, at, how }] of blows.entries()) {
          given.say(`${number + 1} of ${blows.length}: ${how} the ${who}, ${at}`);
          // A guard of the relay shows only when it is telling; after a kill it first has to find its seat and its carrier.
          if (mutation === 'mark-before-ack')
            await until(async () => (await players.speaker.process.ask({ what: 'state' })).published > 5, 20_000);
          await pause(drawing.between(50, 400));
          const wire = wires[who];
          if (at !== 'any moment') {
            const caught = await Promise.race([wire.catch(at), pause(15_000)]);
            if (!caught && wire.disarm()) {
              missed++; // a group that is still sorting itself out hears nothing just now
              continue;
            }
            if (how === 'cut') {
              caught?.cut();
              cuts++;
              continue;
            }
          }
          kills++;
          const answered = clients.nextOk();
          await players[who].killAndRaise();
          if (who === 'speaker') recoveries.push(await answered);
        }
        const verdict = await judged(playing);
        return {
          did: `${kills} kills, ${cuts} cuts`,
          verdict,
          figures: {
            events: verdict.events,
            messages: verdict.messages,
            'told twice': verdict.copies,
            'replies lost': clients.lostReplies,
            'back after p50 ms': quantile(recoveries, 0.5),
            'p99 ms': quantile(recoveries, 0.99),
            ...(missed > 0 && { 'points not met': missed }),
          },
        };
      },
    );
  } finally {
    await Promise.all([wires.speaker.close(), wires.hearer.close()]);
  }
};

export const killingServices: Run = {
  name: 'F1',
  title: 'kill-services',
  does: 'kill -9 of speaker and hearer at named points (before insert, inserted and not committed, committed and not answered, told and not marked, effect and offset not moved) and at random ones; connections cut at the same points.',
  holds:
    'Nothing acknowledged is lost, nothing happens twice under a key, versions and positions have no gaps, every message has one effect, in order.',
  mutations: ['mark-before-ack'],
  run,
};
