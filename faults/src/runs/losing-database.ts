import { setTimeout as pause } from 'node:timers/promises';
import { Cutting } from '../cutting.js';
import type { Given, Result, Run } from '../running.js';
import { count } from '../staging.js';
import { judged, play, until } from './playing.js';

const run = async (given: Given): Promise<Result> => {
  const wire = await Cutting.before((await given.ground.postgres()).port);
  try {
    return await play(given, { hearer: (stage) => ({ logUrl: wire.through(stage.databases.hearer.log) }) }, async (playing) => {
      const { stage, clients, hearers } = playing;
      clients.start();
      const parked = () => count(stage.databases.hearer.owner, 'select count(*) as n from relay.parked_key');
      const tallied = () => count(stage.databases.hearer.owner, `select count(*) as n from log.event where type = 'Tallied'`);
      await until(async () => (await tallied()) > 50);
      const times = given.long ? 5 : 2;
      let [paused, waiting] = [0, 0];
      const resumed: number[] = [];
      for (let time = 1; time <= times; time++) {
        given.say(`the hearer’s database goes away (${time} of ${times})`);
        wire.shut();
        if (await until(async () => (await hearers[0]!.process.ask({ what: 'state' })).paused, 20_000)) paused++;
        await pause(given.long ? 60_000 : 3_000);
        waiting = Math.max(waiting, await parked());
        const before = await tallied();
        wire.open();
        resumed.push((await until(async () => (await tallied()) > before)) ?? Infinity);
        waiting = Math.max(waiting, await parked());
        await pause(500);
      }
      const verdict = await judged(playing);
      const left = await parked();
      return {
        did: `${times} outages`,
        verdict,
        figures: { messages: verdict.messages, parked: Math.max(waiting, left), 'heard again after ms': Math.max(...resumed) },
        claims: {
          'nothing is parked': waiting === 0 && left === 0,
          'hearing pauses': paused === times,
          'hearing goes on': resumed.every(Number.isFinite),
        },
      };
    });
  } finally {
    await wire.close();
  }
};

export const losingDatabase: Run = {
  name: 'F13',
  title: 'database-away',
  does: 'The hearer’s database breaks every connection and takes no new one, while messages keep coming.',
  holds: 'A fault of everything is nobody’s message: hearing pauses, no key is parked, and all is caught up when the database is back.',
  run,
};
