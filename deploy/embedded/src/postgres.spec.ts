import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import {
  DataDirInUse,
  DataFromAnotherVersion,
  DiskFull,
  DiskReadOnly,
  failureOf,
  PortTaken,
  PostgresDidNotStart,
  PostgresFailure,
} from './failing.js';
import { startPostgres, type PostgresOptions, type RunningPostgres } from './postgres.js';

const home = mkdtempSync(path.join(tmpdir(), 'recourse-embedded-'));
const running: RunningPostgres[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const start = async (more: Partial<PostgresOptions> = {}) => {
  const server = await startPostgres({ dataDir: path.join(home, 'data'), port: 0, password: 'p@ss/word', ...more });
  running.push(server);
  return server;
};
const ask = async <Row extends pg.QueryResultRow>({ url }: { url: string }, sql: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};
const refusal = (starting: Promise<unknown>) => starting.then(() => undefined).catch((error: unknown) => error as Error);

describe('PostgreSQL', () => {
  it('starts, keeps its data, and takes settings', async () => {
    const first = await start({ settings: { work_mem: '5MB' } });
    await ask(first, 'create table kept as select 42 as answer');
    expect(await ask(first, 'show work_mem')).toEqual([{ work_mem: '5MB' }]);
    expect(await ask(first, 'show fsync')).toEqual([{ fsync: 'on' }]);
    await first.stop();
    const again = await start();
    expect(await ask(again, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await expect(ask({ url: again.url.replace('p%40ss', 'other') }, 'select 1')).rejects.toThrow('password');
  });

  it('says that the data directory is in use, and by whom', async () => {
    await start();
    const error = await refusal(start());
    expect(error).toBeInstanceOf(DataDirInUse);
    expect(error!.message).toMatch(/in use by another PostgreSQL \(process \d+\)/);
  });

  it('is not deceived by the pid file of a machine that was restarted', async () => {
    const server = await start();
    const pidFile = path.join(home, 'data', 'postmaster.pid');
    const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
    await server.stop();
    writeFileSync(pidFile, [process.pid, ...rest].join('\n')); // a living process, but no PostgreSQL
    expect(await ask(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says that the port is taken', async () => {
    const squatter = net.createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as net.AddressInfo;
    const error = await refusal(start({ port }));
    squatter.close();
    expect(error).toBeInstanceOf(PortTaken);
    expect(error!.message).toContain(`Port ${port}`);
  });

  it('says that it cannot write, and leaves nothing half made', async () => {
    const file = path.join(home, 'file');
    writeFileSync(file, '');
    for (const dataDir of [path.join(file, 'data'), '/sys/recourse/data']) {
      const error = await refusal(start({ dataDir }));
      expect(error).toBeInstanceOf(PostgresFailure);
      expect(error!.message).not.toContain('\n');
    }
    expect(readdirSync(home).sort()).toEqual(['data', 'file']);
  });

  it('says what is wrong with a damaged data directory, in one sentence', async () => {
    const dataDir = path.join(home, 'damaged');
    await (await start({ dataDir })).stop();
    running.length = 0;
    const version = readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8');
    writeFileSync(path.join(dataDir, 'PG_VERSION'), '9\n');
    expect(await refusal(start({ dataDir }))).toBeInstanceOf(DataFromAnotherVersion);
    writeFileSync(path.join(dataDir, 'PG_VERSION'), version);
    appendFileSync(path.join(dataDir, 'postgresql.conf'), '\nno_such_setting = 1\n');
    const error = await refusal(start({ dataDir }));
    expect(error).toBeInstanceOf(PostgresDidNotStart);
    expect(error!.message).toMatch(/^PostgreSQL did not start: .*postgresql\.conf.*errors/);
  });

  it('that was only for a test takes its data with it', async () => {
    const dataDir = path.join(home, 'thrown');
    const server = await start({ dataDir, throwAway: true });
    expect(existsSync(dataDir)).toBe(true);
    await server.stop();
    running.length = 0;
    expect(existsSync(dataDir)).toBe(false);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('does not outlive its starter: %s', async (signal) => {
    const dataDir = path.join(home, `starter-${signal}`);
    const here = path.dirname(fileURLToPath(import.meta.url));
    const program = `
      import { startPostgres } from ${JSON.stringify(path.join(here, 'postgres.ts'))};
      const server = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, port: 0, password: 'test' });
      process.stdout.write(server.url + '\\n');
      setInterval(() => {}, 1000);`;
    const loader = path.resolve(here, '../../../libs/event-store/test/sources.mjs');
    const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve) => child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())));
    expect(await ask({ url }, 'select 1 as one')).toEqual([{ one: 1 }]);
    const pid = Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    const killed = performance.now();
    child.kill(signal);
    while (existsSync(`/proc/${pid}`) && performance.now() - killed < 5_000) await pause(20);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(await ask(await start({ dataDir, password: 'test' }), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('What PostgreSQL says last', () => {
  const about = { dataDir: '/d', port: 5432 };
  it.each([
    ['FATAL:  lock file "postmaster.pid" already exists\nHINT: Is another postmaster', DataDirInUse],
    ['LOG: could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL: could not create any TCP/IP sockets', PortTaken],
    ['initdb: error: could not write file "/d/x": No space left on device', DiskFull],
    ["ENOSPC: no space left on device, mkdir '/d'", DiskFull],
    ['FATAL:  could not create lock file "postmaster.pid": Read-only file system', DiskReadOnly],
    ["EROFS: read-only file system, mkdir '/d'", DiskReadOnly],
    ["EACCES: permission denied, mkdir '/d'", DiskReadOnly],
    ['FATAL:  database files are incompatible with server', DataFromAnotherVersion],
    ['2026 FATAL:  something new', PostgresDidNotStart],
    ['', PostgresDidNotStart],
  ])('%s', (said, kind) => {
    const failure = failureOf(said, about);
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).toMatch(/^[^\n]+$/);
  });
  it('is passed on when nobody foresaw it', () =>
    expect(failureOf('x FATAL:  something new', about).message).toBe('PostgreSQL did not start: something new'));
});
