import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePorts, type Ports } from './claiming.js';

// A busy machine may need long for a database and six processes; nothing here is about speed.
jest.setTimeout(120_000);

const program = fileURLToPath(new URL('../dist/start.js', import.meta.url));
const folder = fs.mkdtempSync(path.join(tmpdir(), 'recourse-start-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const start = (environment: Record<string, string>) => {
  const home = path.join(folder, 'home');
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, RECOURSE_HOME: home, ...environment },
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  return { child, ended, said };
};

describe('what is set wrong', () => {
  it.each([
    [{ RECOURSE_PORT: 'abc' }, /^RECOURSE_PORT is abc; it must be a port from 1024 to 65525\.\n$/],
    [{ RECOURSE_PORT: '80' }, /^RECOURSE_PORT is 80; it must be a port from 1024 to 65525\.\n$/],
    [{ RECOURSE_TRANSPORT: 'pigeon' }, /^RECOURSE_TRANSPORT is pigeon; it must be postgres \(the default\) or kafka\.\n$/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be the address of an administrator of a PostgreSQL server: postgres:\/\/\S+\n$/],
    [
      { RECOURSE_HOME: path.join(program, 'home') },
      /^\S+start\.js\/home cannot be written to: choose another place for the data with RECOURSE_HOME=<directory> npm start\.\n$/,
    ],
  ])('%j is said in one sentence', async (environment, sentence) => {
    const { ended, said } = start({ RECOURSE_PORT: '29990', ...environment });
    expect(await ended).toBe(1);
    expect(said.err).toMatch(sentence);
  });
});

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });

/** Everything below a process, by the kernel's own account; nothing where there is none. */
const descendants = (pid: number): number[] => {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .flatMap((child) => [child, ...descendants(child)]);
};

const lives = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await what())) await pause(50);
};

describe('the six services', () => {
  let ports: Ports;
  beforeAll(async () => {
    ports = await freePorts();
  });

  it.each<[NodeJS.Signals, unknown]>([
    ['SIGINT', 0],
    ['SIGTERM', 0],
    ['SIGKILL', 'SIGKILL'],
  ])('come up with one command, and %s leaves no process behind', async (signal, how) => {
    const { child, ended, said } = start({ RECOURSE_PORT: `${ports['front-door']}` });
    await Promise.race([until(() => /telling the demonstration|Recourse is ready/.test(said.out)), ended]);
    expect(said.err).toBe('');
    expect((await fetch(`http://127.0.0.1:${ports['front-door']}/healthz`)).status).toBe(200);
    const family = descendants(child.pid!);
    child.kill(signal);
    expect(await ended).toBe(how);
    await until(async () => !family.some(lives) && !(await Promise.all(Object.values(ports).map(isOpen))).some(Boolean));
    if (signal !== 'SIGKILL') expect(said.out).toContain('Nothing is left running.');
    expect(said.err).toBe('');
  });
});
