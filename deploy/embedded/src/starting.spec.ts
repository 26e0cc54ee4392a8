import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { claimHome, freePorts, sentenceFor } from './claiming.js';
import { services } from './provision.js';
import { startRecourse, type News, type Recourse, type RecourseOptions } from './starting.js';
import { rotate } from './supervising.js';

/** Stands in for a service: listens where it is told to, says what it was given, ends when it is told to. */
const standIn = `
import { createServer } from 'node:http';
const server = createServer((request, response) => {
  if (request.url === '/v1/cases/environment') return response.end(JSON.stringify(process.env));
  response.end('{}');
}).listen(Number(process.env.RECOURSE_SERVICE_PORT), '127.0.0.1');
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeAllConnections(); });
`;
const failing = `
console.error('audit cannot start: one environment variable is missing or wrong.\\n  RECOURSE_ISSUER  is not set');
process.exit(1);
`;

// A busy machine may need long for a database and six processes; nothing here is about speed.
jest.setTimeout(120_000);

const folder = fs.mkdtempSync(path.join(tmpdir(), 'recourse-starting-'));
const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};
const entry = write('stand-in.mjs', standIn);
const dist = new URL('../dist/', import.meta.url).pathname;

const start = (options: RecourseOptions = {}) => startRecourse({ entryOf: () => entry, backoffMs: 20, ...options });

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie has ended; only its parent has not noticed yet.
    return !/^State:\s+Z/m.test(fs.existsSync('/proc/self/status') ? fs.readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
};

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await what())) await pause(20);
};

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });

const nothingIsLeft = async ({ ports, pids }: Pick<Recourse, 'ports' | 'pids'>): Promise<void> => {
  await until(() => !Object.values(pids).some(lives));
  await until(async () => !(await Promise.all(Object.values(ports).map(isOpen))).some(Boolean));
};

afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('the whole house', () => {
  let recourse: Recourse;
  const news: News[] = [];
  const home = path.join(folder, 'home');

  beforeAll(async () => {
    recourse = await start({ home, tell: (one) => void news.push(one) });
  });

  it('stands behind one door, with an issuer and a mail sink', async () => {
    const health = await fetch(`${recourse.url}/healthz`);
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ready' }]);
    const configuration = (await (await fetch(`${recourse.url}/issuer/.well-known/openid-configuration`)).json()) as { issuer: string };
    expect(configuration.issuer).toBe(`${recourse.url}/issuer`);
    expect(await (await fetch(`${recourse.url}/dev/mail`)).json()).toEqual({ mails: [] });
    expect(await (await fetch(`${recourse.mailUrl}/dev/mail`)).json()).toEqual({ mails: [] });
    expect(news).toEqual(expect.arrayContaining([{ ready: 'PostgreSQL' }, ...services.map((ready) => ({ ready }))]));
  });

  it('gives each service its own databases and what it must know', async () => {
    const given = (await (await fetch(`${recourse.url}/v1/cases/environment`)).json()) as Record<string, string>;
    expect(given).toMatchObject({
      RECOURSE_SERVICE_PORT: `${recourse.ports['case-tracking']}`,
      RECOURSE_ISSUER: `${recourse.url}/issuer`,
      RECOURSE_JWKS_URL: `http://127.0.0.1:${recourse.ports.issuer}/jwks`,
      RECOURSE_TRANSPORT: 'postgres',
      SMTP_URL: `smtp://127.0.0.1:${recourse.ports.smtp}`,
    });
    for (const name of ['DATABASE_OWNER_URL', 'DATABASE_LOG_URL', 'DATABASE_WEB_URL', 'KEYRING_URL', 'BUS_URL']) {
      const client = new pg.Client({ connectionString: given[name]! });
      await client.connect();
      await client.end();
    }
    const keyring = new pg.Client({ connectionString: given['KEYRING_URL']! });
    await keyring.connect();
    expect((await keyring.query('select * from keyring.keys($1, $2)', ['quanpay', []])).rows).toEqual([]);
    await keyring.end();
    expect(fs.readFileSync(given['RECOURSE_KEK_FILE']!, 'utf8')).toMatch(/^[\w-]{43}\n$/);
    expect(fs.statSync(given['RECOURSE_KEK_FILE']!).mode & 0o077).toBe(0);
  });

  it('starts a service again when it crashes, and says so', async () => {
    const before = recourse.pids.intake!;
    process.kill(before, 'SIGKILL');
    await until(async () => recourse.pids.intake !== before && (await isOpen(recourse.ports.intake)));
    expect(news.filter((one) => 'trouble' in one)).toEqual([
      { trouble: expect.stringMatching(/^intake stopped \(SIGKILL\); starting it again in 0\.02 s\. Its log: .*intake\.log$/) },
    ]);
  });

  it('leaves a killed service down until it is told to start it', async () => {
    const before = recourse.pids.audit!;
    await recourse.kill('audit');
    expect([lives(before), (await fetch(`${recourse.url}/v1/audit/x`)).status]).toEqual([false, 503]);
    await recourse.restart('audit');
    expect((await fetch(`${recourse.url}/v1/audit/x`)).status).toBe(200);
  });

  it('starts PostgreSQL again when it dies', async () => {
    const postmaster = Number(fs.readFileSync(path.join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(postmaster, 'SIGQUIT');
    await until(() => news.some((one) => 'trouble' in one && one.trouble === 'PostgreSQL stopped; starting it again.'));
    const answers = async (): Promise<boolean> => {
      const client = new pg.Client({ connectionString: recourse.adminUrl });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return (await client.query('select 1')).rowCount === 1;
      } catch {
        return false;
      } finally {
        await client.end().catch(() => undefined);
      }
    };
    await until(answers);
  });

  it('does not start twice on the same data, nor on ports that are taken', async () => {
    await expect(start({ home })).rejects.toThrow(
      new RegExp(
        `^Recourse already runs on the data in ${home} \\(process ${process.pid}, ${recourse.url}\\): stop it first, .*npm start\\.$`,
      ),
    );
    await expect(start({ home: path.join(folder, 'other'), port: recourse.ports['front-door'] })).rejects.toThrow(
      new RegExp(
        `^Port ${recourse.ports['front-door']} \\(front-door\\) is taken by another program: stop it, or move all eleven ports with RECOURSE_PORT=5000 npm start\\.$`,
      ),
    );
    expect((await fetch(`${recourse.url}/healthz`)).status).toBe(200);
  });

  it('leaves nothing behind when it stops, and finds its data and its keys again', async () => {
    const admin = new pg.Client({ connectionString: recourse.adminUrl });
    await admin.connect();
    await admin.query('create table kept (here text)');
    await admin.end();
    const kek = fs.readFileSync(path.join(home, 'keyring.kek'), 'utf8');
    const { ports, pids } = recourse;
    await recourse.stop();
    await nothingIsLeft({ ports, pids });

    const again = await start({ home });
    const client = new pg.Client({ connectionString: again.adminUrl });
    await client.connect();
    expect((await client.query('select * from kept')).rows).toEqual([]);
    await client.end();
    expect(fs.readFileSync(path.join(home, 'keyring.kek'), 'utf8')).toBe(kek);
    await again.stop();
  });
});

describe('a start that fails', () => {
  it('says in the service’s own words why, and leaves nothing behind', async () => {
    const broken = write('failing.mjs', failing);
    const ports = await freePorts();
    const starting = start({ port: ports['front-door'], entryOf: (service) => (service === 'audit' ? broken : entry) });
    await expect(starting).rejects.toThrow(
      /^audit did not start: audit cannot start: one environment variable is missing or wrong\.\n {2}RECOURSE_ISSUER {2}is not set\nIts log is .*audit\.log$/,
    );
    await nothingIsLeft({ ports, pids: {} });
  });

  it('names what is not built, what does not answer, and what cannot be reached', async () => {
    await expect(start({ entryOf: () => path.join(folder, 'nowhere.js') })).rejects.toThrow('intake is not built: run npm run build.');
    const { postgres } = await freePorts();
    await expect(start({ transport: 'kafka', brokers: `127.0.0.1:${postgres}` })).rejects.toThrow(
      /^No Kafka answers at 127\.0\.0\.1:\d+: start one with npm run kafka/,
    );
    await expect(start({ databaseUrl: `postgres://admin:secret@127.0.0.1:${postgres}/postgres` })).rejects.toThrow(
      /^The database server at 127\.0\.0\.1:\d+ cannot be prepared \(DATABASE_URL\): nothing answers there\.$/,
    );
  });
});

describe('the starter as a process', () => {
  const script = write(
    'starter.mjs',
    `const { startRecourse } = await import(${JSON.stringify(`${dist}starting.js`)});
     const { pids, ports } = await startRecourse({ home: process.argv[2], entryOf: () => ${JSON.stringify(entry)} });
     process.stdout.write(JSON.stringify({ pids, ports }) + '\\n');`,
  );

  it('takes everything with it when it is killed, and the next start finds a free house', async () => {
    const home = path.join(folder, 'killed');
    const starter = spawn(process.execPath, [script, home], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(starter.stdout!, 'data')) as [Buffer];
    const left = JSON.parse(line.toString()) as Pick<Recourse, 'ports' | 'pids'>;
    expect(Object.values(left.pids).map(lives)).toEqual(services.map(() => true));
    starter.kill('SIGKILL');
    await nothingIsLeft(left);
    await (await start({ home })).stop();
  });
});

describe('the home', () => {
  it('is taken over from a starter that was killed, even when its number belongs to somebody else now', () => {
    const home = path.join(folder, 'stale');
    fs.mkdirSync(home);
    fs.writeFileSync(path.join(home, 'starter.json'), JSON.stringify({ pid: process.pid, since: 'long ago', url: 'http://127.0.0.1:1' }));
    claimHome(home, 'http://127.0.0.1:2').release();
    expect(fs.existsSync(path.join(home, 'starter.json'))).toBe(false);
  });

  it('needs room', () => {
    const small = () => ({ bavail: 12 * 256, bsize: 4096 });
    expect(() => claimHome(path.join(folder, 'small'), 'x', small)).toThrow(
      /has 12 MB left and Recourse needs 200: free some, or choose another disk with RECOURSE_HOME/,
    );
  });

  it('must be a place that can be written to', () => {
    const home = path.join(entry, 'home');
    expect(() => claimHome(home, 'x')).toThrow(
      `${home} cannot be written to: choose another place for the data with RECOURSE_HOME=<directory> npm start.`,
    );
    for (const code of ['EROFS', 'EACCES', 'ENOTDIR'])
      expect(sentenceFor(Object.assign(new Error('no'), { code }), '/x')).toMatchObject({
        message: expect.stringMatching(/^\/x cannot be written to/),
      });
    expect(sentenceFor(Object.assign(new Error('no'), { code: 'ENOSPC' }), '/x')).toMatchObject({
      message: expect.stringMatching(/^The disk that holds \/x has 0 MB left/),
    });
  });
});

it('logs are moved aside when they are large, and the oldest goes', () => {
  const log = write('a.log', 'x'.repeat(10));
  const files = () =>
    fs
      .readdirSync(folder)
      .filter((name) => name.startsWith('a.log'))
      .sort();
  rotate(log, { largest: 11, kept: 2 });
  expect(files()).toEqual(['a.log']);
  for (const round of ['first', 'second', 'third']) {
    fs.writeFileSync(log, round.padEnd(11));
    rotate(log, { largest: 11, kept: 2 });
  }
  expect(files()).toEqual(['a.log.1', 'a.log.2']);
  expect(files().map((name) => fs.readFileSync(path.join(folder, name), 'utf8').trim())).toEqual(['third', 'second']);
});
