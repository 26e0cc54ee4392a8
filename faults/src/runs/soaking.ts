import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Histories } from '../checking/histories.js';
import { judge } from '../checking/judging.js';
import { Ground } from '../grounding.js';
import { Raised } from '../raising.js';
import type { Given, Result, Run } from '../running.js';
import type { WriterPlan } from '../serving/planning.js';
import { count, Stage } from '../staging.js';
import { until } from './playing.js';

const events = 10;

/** A writer that goes on where its killed predecessor stopped invoking. */
class Writer {
  raised: Raised | undefined;
  done = false;
  #lives = 0;

  constructor(
    readonly plan: WriterPlan,
    private readonly stage: Stage,
  ) {}

  async raise(): Promise<void> {
    const from = this.plan.from + (await invoked(this.plan.history));
    const seed = this.plan.seed + this.#lives++;
    const raised = this.stage.keep(new Raised('writing', { ...this.plan, from, seed }, `${this.plan.history}.log`));
    this.raised = raised;
    await raised.ready;
    void raised.gone.then(() => {
      if (this.raised === raised && raised.ended === 0) this.done = true;
    });
  }
}

const linesOf = async function* (file: string): AsyncGenerator<string> {
  if (existsSync(file)) yield* createInterface({ input: createReadStream(file) });
};
const invoked = async (history: string): Promise<number> => {
  let lines = 0;
  for await (const line of linesOf(history)) if (line.startsWith('{"do":"invoke"')) lines++;
  return lines;
};

const run = async (given: Given): Promise<Result> => {
  const { drawing, long, say } = given;
  const [usual, number] = long ? [10_000_000, 8] : [200_000, 4];
  const wanted = given.events ?? usual;
  const ground = new Ground(true, { shared_buffers: '512MB', max_wal_size: '2GB' });
  const stage = await Stage.set(ground, 'postgres');
  const follows = { name: 'effects', version: 1 };
  const reader = () => raisedAnyhow(() => stage.raise('speaker', { speaks: false, follows, patience: 60_000 }));
  const written = () => count(stage.databases.speaker.owner, 'select coalesce(max(position), 0) as n from log.event');
  try {
    const share = Math.ceil(wanted / events / number);
    const writers = Array.from(
      { length: number },
      (_, n) =>
        new Writer(
          {
            ...{ name: `w${n}`, logUrl: stage.databases.speaker.log, history: path.join(ground.folder, `writer-${n}.jsonl`) },
            ...{ seed: drawing.between(0, 1_000_000), from: 0, until: share, events, streams: 200, inFlight: long ? 32 : 6 },
          },
          stage,
        ),
    );
    await Promise.all(writers.map((writer) => writer.raise()));
    const readers = [await reader(), await reader()];
    const kills = { writer: 0, reader: 0, server: 0 };
    const began = Date.now();
    for (let shown = Date.now(); writers.some(({ done }) => !done);) {
      await pause(long ? drawing.between(1_000, 10_000) : drawing.between(30, 250));
      const living = writers.filter(({ done }) => !done);
      if (living.length === 0) break;
      const what = drawing.one(['writer', 'writer', 'writer', 'reader', 'reader', 'server'] as const);
      kills[what]++;
      if (what === 'server') await ground.killPostgres(drawing.one(['server', 'backend'] as const), (of) => drawing.one(of));
      else if (what === 'reader') {
        const which = drawing.between(0, 1);
        await readers[which]!.kill();
        readers[which] = await reader();
      } else {
        const writer = drawing.one(living);
        await writer.raised!.kill();
        if (!writer.done) await raisedAnyhow(() => writer.raise());
      }
      if (Date.now() - shown < 2_000) continue;
      shown = Date.now();
      say(
        `${(await written()).toLocaleString('en-GB')} of ${wanted.toLocaleString('en-GB')} events, ${kills.writer + kills.reader + kills.server} kills`,
      );
    }
    const seconds = (Date.now() - began) / 1000;
    say('all is written; the readers finish');
    const behind = () =>
      count(
        stage.databases.speaker.owner,
        'select (select max(position) from log.event) - (select coalesce(max(position), -1) from faults.effect) as n',
      );
    await until(async () => (await behind()) === 0, 600_000);
    await stage.clear();
    say('the checker goes through everything');
    const histories = new Histories();
    for (const { plan } of writers) for await (const line of linesOf(plan.history)) histories.read([line]);
    const verdict = await judge({ histories, speaker: stage.databases.speaker.owner, followers: [follows.name] });
    return {
      did: `${kills.writer} writers, ${kills.reader} readers and ${kills.server} servers killed`,
      verdict,
      figures: {
        events: verdict.events,
        streams: verdict.streams,
        followed: verdict.effects,
        'events a second': Math.round(verdict.events / seconds),
      },
      claims: {
        'all events were written': verdict.events > wanted * 0.98,
        'somebody was killed': kills.writer + kills.reader + kills.server > 0,
      },
    };
  } finally {
    await stage.clear();
    await ground.close();
  }
};

/** Who starts while the server recovers ends at once, and is started until it stands. */
const raisedAnyhow = async <Result>(raise: () => Promise<Result>): Promise<Result> => {
  for (let tries = 0; ; tries++) {
    try {
      return await raise();
    } catch (error) {
      if (tries === 20) throw error;
      await pause(250);
    }
  }
};

export const soaking: Run = {
  name: 'soak',
  title: 'soak',
  does: 'Writers append 200,000 events (ten million in the long form, eight writers) while writers, readers and the server are killed at random.',
  holds: '0 skipped, 0 doubled, 0 gaps; every acknowledged append stands where it was said to stand; the chains hold.',
  run,
};
