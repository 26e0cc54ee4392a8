import { appends } from './measuring-appends.js';
import { circumstances, writeDown } from './describing.js';
import { contention } from './measuring-contention.js';
import { deliveries } from './measuring-deliveries.js';
import { growth } from './measuring-growth.js';
import { idling } from './measuring-idling.js';
import { rebuilds } from './measuring-rebuilds.js';
import { replays } from './measuring-replays.js';
import { snapshots } from './measuring-snapshots.js';
import { choose, type Benchmark, type Manner } from './planning.js';
import { run } from './running.js';
import { Server } from './serving.pg.js';
import { asJson, asTable } from './tabling.js';
import type { Row } from './weighing.js';

export type Asked = Manner & {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly strict: boolean;
  readonly list: boolean;
  /** Table and machine go into docs/performance.md. */
  readonly write: boolean;
  /** Where the server's data lives while it runs. */
  readonly data: string;
};

const page = new URL('../../docs/performance.md', import.meta.url);
const all: readonly Benchmark[] = [...appends, ...contention, ...replays, snapshots, ...rebuilds, ...deliveries, growth, idling];

/** Runs what was asked for. The exit code. */
export const bench = async (asked: Asked): Promise<number> => {
  const { chosen, unknown } = choose(all, asked.names);
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark called ${unknown.join(', ')}. npm run bench -- --list says which there are.\n`);
    return 2;
  }
  if (asked.list) {
    for (const { name, what } of chosen) process.stdout.write(`${name.padEnd(26)}${what}\n`);
    return 0;
  }
  const progress = (sentence: string) => void process.stderr.write(`  ${sentence}\n`);
  progress('starting PostgreSQL …');
  const server = await Server.start(asked.data);
  try {
    const told = await circumstances(server, asked, asked.data); // before the run, so that the load is not ours
    const rows: Row[] = [];
    for (const benchmark of chosen) {
      const measured = await run(benchmark, { ...asked, server }, progress);
      rows.push(...measured);
      if (asked.json) for (const row of measured) process.stdout.write(`${asJson(row)}\n`);
    }
    if (!asked.json) process.stdout.write(`\n${asTable(rows)}\n\n${told.map((line) => `  ${line}`).join('\n')}\n`);
    if (asked.write) writeDown(page, rows, told);
    if (rows.some(({ failed }) => failed)) return 1;
    return asked.strict && rows.some(({ goal, met }) => goal && !met) ? 1 : 0;
  } finally {
    await server.stop();
  }
};
