import { quantile, type Given, type Result, type Run } from '../running.js';
import { judged, play, until, type Play, type Player } from './playing.js';

const leaderOf = async ({ speakers }: Play): Promise<Player | undefined> => {
  for (const speaker of speakers) if (!speaker.frozen && (await speaker.process.ask({ what: 'state' })).leads) return speaker;
  return undefined;
};

const run = async (given: Given): Promise<Result> =>
  play(given, { speakers: 2 }, async (playing) => {
    playing.clients.start();
    const rounds = given.long ? 20 : 3;
    const takeovers: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      given.say(`${round} of ${rounds}: the leader stands still`);
      await until(async () => (await leaderOf(playing)) !== undefined);
      const leader = (await leaderOf(playing))!;
      leader.frozen = true;
      leader.process.freeze();
      const took = await until(async () => (await leaderOf(playing)) !== undefined);
      if (took !== undefined) takeovers.push(took);
      // It wakes with what it had read and was about to tell, beside its successor.
      leader.process.thaw();
      leader.frozen = false;
      await until(async () => (await leader.process.ask({ what: 'state' })).leads === false, 10_000);
    }
    const leaders = async () => {
      const states = await Promise.all(playing.speakers.map(({ process }) => process.ask({ what: 'state' })));
      return states.filter(({ leads }) => leads).length;
    };
    const single = await until(async () => (await leaders()) === 1, 10_000);
    const verdict = await judged(playing);
    return {
      did: `${rounds} frozen leaders`,
      verdict,
      figures: {
        messages: verdict.messages,
        'told twice': verdict.copies,
        'taken over after p50 ms': quantile(takeovers, 0.5),
        'longest ms': Math.max(...takeovers),
      },
      claims: {
        'the other one took over each time': takeovers.length === rounds,
        'one relay leads at the end': single !== undefined,
      },
    };
  });

export const freezingLeader: Run = {
  name: 'F6',
  title: 'frozen-leader',
  does: 'Two relays; the one that leads is stopped (SIGSTOP) until the other has taken over, then wakes with its work in hand.',
  holds: 'What it tells then is known by its id; no message is missing, no order per key is broken, no effect happens twice.',
  run,
};
