import path from 'node:path';
import type { Benchmark } from './planning.js';
import { Server } from './serving.pg.js';
import { work } from './working.js';

const subscriptions = 10;
let counting: Server;

/**
 * Statements while nothing happens. They are counted by pg_stat_statements on a server of its own, because counting would slow down what the
 * others measure. Starting and stopping the subscriptions is counted too: it makes the figure too high rather than too low.
 */
export const idling: Benchmark = {
  name: 'idle',
  what: `statements a second for each of ${subscriptions} subscriptions of one store, with nothing happening`,
  unit: 'statements/s',
  better: 'lower',
  prepare: async ({ server }, say) => {
    say('starting a PostgreSQL that counts statements');
    counting = await Server.start(path.dirname(server.dataDir), { shared_preload_libraries: 'pg_stat_statements' });
    await counting.query('create extension pg_stat_statements');
    return () => counting.stop();
  },
  measure: async ({ short, profile }) => {
    const { name, log } = await counting.freshStore();
    const options = { logUrl: log, subscriptions, seconds: short ? 2 : 30 };
    await counting.query('select pg_stat_statements_reset()');
    const [found] = await work('subscribing', options, { profile });
    const [row] = await counting.query<{ calls: string }>(
      `select coalesce(sum(s.calls), 0) as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1`,
      [name],
    );
    await counting.drop(name);
    const calls = Number(row!.calls);
    if (calls === 0) throw new Error('Not one statement was counted: the counter does not work.');
    return { value: calls / subscriptions / found!.seconds };
  },
  baselines: [{ against: '', goal: { of: 'value', below: 5 } }],
};
