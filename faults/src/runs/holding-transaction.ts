import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { post } from '../asking.js';
import { Cutting } from '../cutting.js';
import { readNaively } from '../naive-reading.js';
import type { Given, Result, Run } from '../running.js';
import { count } from '../staging.js';
import { judged, play, until } from './playing.js';

const others = 1_000;
const writers = 12;

const run = async (given: Given): Promise<Result> => {
  const holdMs = given.long ? 30_000 : 3_000;
  const wire = await Cutting.before((await given.ground.postgres()).port);
  const owned = (url: string) => ({ logUrl: wire.through(url) });
  try {
    return await play(
      { ...given, carries: 'postgres' },
      // The first speaker's append is held on the wire; the clients ask the second one, which follows as well.
      { speakers: 2, speaker: (stage) => owned(stage.databases.speaker.log) },
      async (playing) => {
        const { stage, speakers, histories } = playing;
        const [slow, quick] = [speakers[0]!, speakers[1]!];
        const { owner } = stage.databases.speaker;
        const ask = async (op: string, stream: string, port = quick.port!) => {
          histories.note({ do: 'invoke', op, stream, events: 1 });
          for (;;) {
            try {
              const { status } = await post(port, { op, stream, events: 1 }, 60_000);
              if (status < 300) return histories.note({ do: 'ok', op });
              histories.note({ do: 'unknown', op });
            } catch {
              histories.note({ do: 'unknown', op });
            }
            histories.note({ do: 'invoke', op, stream, events: 1 });
            await pause(100);
          }
        };
        const thousand = (round: string) =>
          Promise.all(
            Array.from({ length: writers }, async (_, writer) => {
              for (let n = writer; n < others; n += writers) await ask(`${round}-${n}`, `case-${n % 40}`);
            }),
          );
        const followed = () => count(owner, 'select count(*) as n from faults.effect');

        given.say(`a transaction of somebody else's is open for ${holdMs / 1000} s, ${others} appends commit meanwhile`);
        const somebody = new pg.Client({ connectionString: owner });
        await somebody.connect();
        await somebody.query('begin');
        await somebody.query('select pg_current_xact_id()'); // it has written, as far as any snapshot knows
        const began = Date.now();
        const before = await followed();
        await thousand('beside');
        const seenMeanwhile = await until(async () => (await followed()) >= before + others, 30_000);
        const besides = Date.now() - began;
        await pause(Math.max(0, holdMs - besides));
        await somebody.query('rollback');
        await somebody.end();

        given.say(`an append is inserted and not committed for ${holdMs / 1000} s, ${others} others come meanwhile`);
        const caught = wire.catch('before-commit');
        const held = ask('held', 'case-held', slow.port);
        const { letGo } = await caught;
        const coming = thousand('behind');
        await pause(holdMs);
        letGo();
        await Promise.all([held, coming]);

        given.say('the same with a reader over a sequence');
        const naive = await readNaively(owner, given.drawing, { writers, events: others, holdMs: Math.min(holdMs, 3_000) });
        const verdict = await judged(playing);
        const naiveLost = naive.findings.counts.lost;
        return {
          did: `2 transactions held ${holdMs / 1000} s, ${2 * others} appends beside them`,
          verdict: given.mutation === 'naive-reader' ? { ...verdict, findings: naive.findings } : verdict,
          figures: {
            followed: verdict.effects,
            'naive reader lost': `${naiveLost} of ${naive.written}`,
            'followed beside it after ms': besides,
          },
          claims: {
            'a foreign transaction holds nobody up': seenMeanwhile !== undefined,
            'the naive reader loses, so the checker can see': naiveLost > 0,
          },
        };
      },
    );
  } finally {
    await wire.close();
  }
};

export const holdingTransaction: Run = {
  name: 'F7',
  title: 'held-transaction',
  does: 'A foreign transaction, then an append of ours between insert and commit, is held open while 1,000 others are asked for by 12 writers; a reader over a sequence does the same beside it.',
  holds: 'Our reader misses nothing and waits for no foreign transaction; the naive one loses, and the checker says how many.',
  mutations: ['naive-reader'],
  run,
};
