import { setTimeout as pause } from 'node:timers/promises';
import { migrate } from '@recourse/event-store';
import { relayMigrations } from '@recourse/relay';
import { count } from '../staging.js';
import { EffectTable1790000000000 } from '../serving/effect.migration.js';
import { SaidSoFarTable1790000000001 } from '../serving/viewing.js';
import type { Given, Result, Run } from '../running.js';
import { judged, play } from './playing.js';

type Runner = { query(sql: string): Promise<unknown> };

/** What a later version of the service brings along while the earlier one is still serving: it only adds. */
const nextStep = (number: number) => {
  const name = `NextStep${1_790_000_000_000 + number}`;
  return class {
    readonly name = name;
    async up(runner: Runner): Promise<void> {
      await runner.query(`alter table faults.effect add column added_${number} text`);
    }
    async down(): Promise<void> {
      throw new Error('Forward only.');
    }
  };
};

const run = async (given: Given): Promise<Result> =>
  play(given, { speakers: 2, load: { stubborn: true, rate: 60 } }, async (playing) => {
    const { stage, clients, speakers, hearers } = playing;
    const steps: (new () => object)[] = [...relayMigrations, EffectTable1790000000000, SaidSoFarTable1790000000001];
    clients.start();
    const rounds = given.long ? 10 : 2;
    const drains: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      given.say(`${round} of ${rounds}: version ${round + 1} migrates and replaces version ${round}, one process after the other`);
      steps.push(nextStep(round));
      await migrate({
        ownerUrl: stage.databases.speaker.owner,
        service: 'speaker',
        logDomain: 'faults.example',
        migrations: steps as unknown as NonNullable<Parameters<typeof migrate>[0]['migrations']>,
      });
      for (const player of [...speakers, ...hearers]) {
        await pause(400);
        const began = Date.now();
        await player.process.kill('SIGTERM');
        drains.push(Date.now() - began);
        await player.raise({ ...(speakers.includes(player) && { follows: { name: 'effects', version: round + 1 } }) });
      }
    }
    await pause(500);
    const verdict = await judged(playing);
    const versions = await count(stage.databases.speaker.owner, 'select count(distinct version) as n from faults.effect');
    return {
      did: `${rounds} rolling restarts`,
      verdict,
      figures: {
        events: verdict.events,
        messages: verdict.messages,
        'told twice': verdict.copies,
        'asked again': clients.declined + clients.lostReplies,
        'replies lost': clients.lostReplies,
        'clients waited at most ms': clients.longestSilence,
        'longest drain ms': Math.max(...drains),
        'versions that followed': versions,
      },
      claims: {
        'no request fails beyond asking again': verdict.failed === 0 && verdict.unknown === 0,
        'versions follow one another': versions > 1,
      },
    };
  });

export const rolling: Run = {
  name: 'F19',
  title: 'rolling-restart',
  does: 'Two speakers and a hearer are replaced one by one (SIGTERM) under load, again and again; each version migrates before it comes and goes on where the one before it followed.',
  holds:
    'No request fails beyond the documented asking again; the earlier version serves on beside the later one and its tables; nothing is lost or doubled.',
  run,
};
