import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { syncTime, type Server } from './serving.pg.js';
import type { Manner } from './planning.js';
import { asMarkdown, insert } from './tabling.js';
import type { Row } from './weighing.js';

/** Everything somebody needs who wants to know whether his figures may differ. */
export const circumstances = async (server: Server, { rounds, seconds, warmUp }: Manner, data: string): Promise<readonly string[]> => {
  const [cpu] = os.cpus();
  const [shown] = await server.query<{ version: string; buffers: string }>(
    `select current_setting('server_version') as version, current_setting('shared_buffers') as buffers`,
  );
  const pgbench = spawnSync('pgbench', ['--version'], { encoding: 'utf8' }).stdout?.trim() || 'no pgbench';
  return [
    `${os.cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(os.totalmem() / 1024 ** 3)} GB, ${os.type()} ${os.release()}; load before the run ${os.loadavg()[0]!.toFixed(2)}`,
    `PostgreSQL ${shown?.version}, fsync and synchronous_commit on, shared_buffers ${shown?.buffers}; an fdatasync of 8 KiB takes ${syncTime(data).toFixed(2)} ms`,
    `Node ${process.versions.node}, ${pgbench}, Emmett 0.42.0, Pongo 0.16.11`,
    `${rounds === 1 ? 'one round' : `${rounds} rounds`}, ours and baseline in turn, ${seconds} s each after ${warmUp} s of warm-up; medians`,
    new Date().toISOString().slice(0, 10),
  ];
};

/** Puts table and circumstances between the markers of docs/performance.md. Only a whole run is written down. */
export const writeDown = (page: URL, rows: readonly Row[], told: readonly string[]): void => {
  const table = asMarkdown(rows);
  const machine = told.map((line) => `- ${line}`).join('\n');
  writeFileSync(page, insert(insert(readFileSync(page, 'utf8'), 'table', table), 'circumstances', machine));
};
