import { post, type Reply } from '../asking.js';
import type { Given, Result, Run } from '../running.js';
import type { Asked } from '../serving/saying.js';
import { judged, play } from './playing.js';

const many = 100;

const run = async (given: Given): Promise<Result> =>
  play({ ...given, carries: 'postgres' }, { speakers: 2 }, async (playing) => {
    const { histories, speakers } = playing;
    const ports = speakers.map(({ port }) => port!);
    const all = async (asked: (n: number) => Asked): Promise<Reply[]> =>
      Promise.all(
        Array.from({ length: many }, async (_, n) => {
          const { op, stream, events, ...rest } = asked(n);
          histories.note({ do: 'invoke', op, stream, events });
          try {
            const reply = await post(ports[n % ports.length]!, { op, stream, events, ...rest });
            const ok = reply.status === 201 || reply.status === 200;
            histories.note(
              ok
                ? { do: 'ok', op, ...(reply.positions && { positions: reply.positions }) }
                : { do: reply.status < 500 ? 'fail' : 'unknown', op },
            );
            return reply;
          } catch (error) {
            histories.note({ do: 'unknown', op });
            throw error;
          }
        }),
      );
    const times = (replies: readonly Reply[], status: number) => replies.filter((reply) => reply.status === status).length;

    await all((n) => ({ op: `first-${n}`, stream: `case-${n + 1}`, events: 1 }));
    const rounds = given.long ? 100 : 10;
    let [wins, conflicts, misled, firsts, replays] = [0, 0, 0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      given.say(`${round + 1} of ${rounds}: ${many} clients, one version; ${many} times one key`);
      const raced = await all((n) => ({ op: `race-${round}-${n}`, stream: 'case-1', events: 1, expected: round }));
      wins += times(raced, 201);
      conflicts += times(raced, 409);
      misled += raced.filter(({ status, version }) => status === 409 && version !== round + 1).length;
      const repeated = await all(() => ({ op: `again-${round}`, stream: `case-${2 + (round % 5)}`, events: 2 }));
      firsts += times(repeated, 201);
      replays += times(repeated, 200);
    }
    const verdict = await judged(playing);
    return {
      did: `${rounds} rounds of ${many}`,
      verdict,
      figures: { 'versions won': wins, conflicts, 'keys first': firsts, replays },
      claims: {
        'one of a hundred wins a version': wins === rounds && conflicts === rounds * (many - 1),
        'a conflict says the true version': misled === 0,
        'a hundred times one key is one success and ninety-nine replays': firsts === rounds && replays === rounds * (many - 1),
      },
    };
  });

export const rushing: Run = {
  name: 'F23',
  title: 'rush',
  does: 'A hundred clients, over two processes, ask with the same expected version of one stream; then a hundred times the same key at once.',
  holds: 'One wins and 99 are told the true version; one happens and 99 hear its answer.',
  run,
};
