import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Recorded } from './record.js';
import { testStore, type TestStore } from './testing.js';

let house: TestStore;
beforeAll(async () => {
  house = await testStore();
});
afterAll(() => house.close());

const test = (file: string) => path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../test', file);

/** Lets a process of its own append for a while, kills it without warning, and returns the appends it was told of. */
const appendUntilKilled = async (name: string, ms: number): Promise<{ stream: string; n: number; positions: number[] }[]> => {
  const loader = pathToFileURL(test('sources.mjs')).href;
  const args = ['--conditions=@recourse/source', '--import', loader, test('appending-for-ever.mjs'), house.database.logUrl, name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
  let told = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  for (const giveUp = performance.now() + 20_000; !told && performance.now() < giveUp;) await pause(10);
  await pause(ms);
  child.kill('SIGKILL');
  expect([await gone, complaints]).toEqual(['SIGKILL', '']);
  return told
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
    .map(([stream, n, ...positions]) => ({ stream: stream!, n: Number(n), positions: positions.map(Number) }));
};

it('a process killed while it appends loses nothing it was told of, doubles nothing, and leaves no gap', async () => {
  const runs = await Promise.all(['a', 'b', 'c'].map((name, index) => appendUntilKilled(name, 300 + 200 * index)));
  const told = runs.flat();
  expect(told.length).toBeGreaterThan(100);
  await pause(300); // what a dead process had sent may still be written

  const log: Recorded[] = [];
  for (let page: readonly Recorded[]; (page = await house.store.readLog(log.length - 1, 1_000)).length > 0;) log.push(...page);
  expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => index));

  const streams = new Map<string, Recorded[]>();
  for (const record of log.slice(1)) streams.set(record.stream, [...(streams.get(record.stream) ?? []), record]);
  for (const [, records] of streams) {
    expect(records.map(({ version }) => version)).toEqual(records.map((_, index) => index));
    // Each append wrote two events with its number: 0 0 1 1 2 2 …, whole requests and none twice.
    expect(records.map(({ data }) => data['n'])).toEqual(records.map((_, index) => Math.floor(index / 2)));
    expect(records.length % 2).toBe(0);
  }
  for (const { stream, n, positions } of told) {
    expect(positions.map((position) => [log[position]!.stream, log[position]!.data['n']])).toEqual([
      [stream, n],
      [stream, n],
    ]);
  }
  // At most one append per writer was written without a word of it.
  expect((log.length - 1) / 2 - told.length).toBeLessThanOrEqual(streams.size);
});
