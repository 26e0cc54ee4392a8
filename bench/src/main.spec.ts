import { afterAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Row } from './weighing.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const data = mkdtempSync(path.join(tmpdir(), 'recourse-bench-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const run = (...names: string[]): Promise<{ code: number | null; rows: Row[]; told: string }> => {
  const loader = pathToFileURL(path.join(here, '../../libs/event-store/test/sources.mjs')).href;
  const program = path.join(here, '../test/running-short.mjs');
  const args = ['--conditions=@recourse/source', '--import', loader, program, data, ...names];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, told] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      const rows = said
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Row);
      resolve({ code, rows, told });
    }),
  );
};

it('measures ours and the baseline in processes of their own, says so, and leaves nothing behind', async () => {
  const { code, rows, told } = await run('append.full.8', 'replay.10');
  expect({ code, told }).toMatchObject({ code: 0 });
  expect(rows.map(({ name }) => name)).toEqual(['append.full.8', 'replay.10']);
  const [append, replay] = rows as [Row, Row];
  expect(append.value).toBeGreaterThan(0);
  // pgbench is not everywhere; where it is missing the sentence says how to get it, and nothing is made up.
  if (append.missing) expect([append.ratio, append.missing]).toEqual([null, expect.stringContaining('apt-get install')]);
  else expect(append.ratio).toBeCloseTo(append.value! / append.baseline!);
  expect(replay.ratio).toBeCloseTo(replay.value! / replay.baseline!);
  expect(replay.met).toBe(replay.ratio! >= 2.2);
  expect(told).toContain('replay.10: round 1 of 1, Emmett 0.42, aggregateStream');
  expect(readdirSync(data)).toEqual([]);
});

it('does not begin when a name is unknown', async () => {
  const { code, rows, told } = await run('append', 'append.33');
  expect([code, rows]).toEqual([2, []]);
  expect(told).toContain('no benchmark called append.33');
});
