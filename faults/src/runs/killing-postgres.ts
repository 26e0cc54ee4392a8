import { setTimeout as pause } from 'node:timers/promises';
import { Ground } from '../grounding.js';
import { quantile, type Given, type Result, type Run } from '../running.js';
import { judged, play } from './playing.js';

const run = async (given: Given): Promise<Result> => {
  const { drawing, long } = given;
  const ground = new Ground(true);
  try {
    return await play({ ...given, carries: 'postgres' }, { ground, load: { rate: long ? 50 : 100 } }, async (playing) => {
      const kills = long ? 20 : 6;
      const clients = playing.clients.start();
      const windows: number[] = [];
      await clients.nextOk();
      for (let number = 0; number < kills; number++) {
        const what = number % 3 === 2 ? 'backend' : 'server';
        given.say(`${number + 1} of ${kills}: kill -9 of the ${what}`);
        await pause(drawing.between(300, 1_500));
        const answered = clients.nextOk();
        await ground.killPostgres(what, (of) => drawing.one(of));
        windows.push(await answered);
      }
      await pause(500);
      const verdict = await judged(playing);
      return {
        did: `${kills} kills`,
        verdict,
        figures: {
          events: verdict.events,
          'replies lost': clients.lostReplies,
          'asked again': clients.declined,
          'away p50 ms': quantile(windows, 0.5),
          'longest ms': Math.max(...windows),
        },
      };
    });
  } finally {
    await ground.close();
  }
};

export const killingPostgres: Run = {
  name: 'F4',
  title: 'postgres-kill',
  does: 'kill -9 of PostgreSQL with all its backends, or of one backend, under load; it is started again at once.',
  holds: 'Whatever was acknowledged is there after recovery, once; the services come back by themselves.',
  run,
};
