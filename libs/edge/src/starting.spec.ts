import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { testIssuer, type TestIssuer } from '@recourse/identity/testing';
import { keyringMigration } from '@recourse/privacy';
import { prepareBus } from '@recourse/relay';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A real process: what an operator sees of a start and of an end. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = (file: string) => JSON.stringify(pathToFileURL(join(root, 'libs/edge/dist', file)).href);
/** What every service's main.ts says. */
const main = `
  import { startService } from ${built('index.js')};
  import { RemindersModule } from ${built('reminders.testing.js')};
  await startService(RemindersModule, { service: 'case-tracking', title: 'Reminders' });
`;

let database: TestDatabase;
let issuer: TestIssuer;
let folder: string;
let environment: Record<string, string>;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, 'node_modules/typescript7/bin/tsc'), '-b', join(root, 'libs/edge')], { stdio: 'inherit' });
  [database, issuer, folder] = await Promise.all([testDatabase(), testIssuer(), mkdtemp(join(tmpdir(), 'recourse-start-'))]);
  await Promise.all([keyringMigration(database.keyringOwnerUrl), prepareBus(database.busOwnerUrl)]);
  await writeFile(join(folder, 'kek'), randomBytes(32).toString('base64url'));
  environment = {
    PATH: process.env['PATH'] ?? '',
    RECOURSE_SERVICE_PORT: String(await freePort()),
    DATABASE_OWNER_URL: database.ownerUrl,
    DATABASE_LOG_URL: database.logUrl,
    DATABASE_WEB_URL: database.webUrl,
    KEYRING_URL: database.keyringUrl,
    BUS_URL: database.busUrl,
    RECOURSE_KEK_FILE: join(folder, 'kek'),
    RECOURSE_ISSUER: issuer.issuer,
    RECOURSE_JWKS_URL: issuer.jwksUrl,
  };
}, 120_000);
afterAll(async () => {
  await Promise.all([database.close(), issuer.close(), rm(folder, { recursive: true, force: true })]);
});

type Run = {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly complained: () => string;
  readonly ended: Promise<number | null>;
};

const run = (more: Record<string, string | undefined> = {}, ...parameters: string[]): Run => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', main, '--', ...parameters], {
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { child, said: () => out, complained: () => err, ended: once(child, 'exit').then(([code]) => code as number | null) };
};
const lastLine = ({ said }: Run) => JSON.parse(said().trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
const address = (path: string) => `http://127.0.0.1:${environment['RECOURSE_SERVICE_PORT']}${path}`;
const untilReady = async (process: Run): Promise<void> => {
  for (let waited = 0; waited < 400; waited++) {
    if (process.child.exitCode !== null) throw new Error(`ended early: ${process.said()}${process.complained()}`);
    const answer = await fetch(address('/readyz')).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not ready: ${process.said()}`);
};

describe('A service that is started', () => {
  it('names everything wrong with its environment in one message, and ends with 2', async () => {
    const wrong = run({ DATABASE_WEB_URL: undefined, RECOURSE_SERVICE_PORT: 'many', RECOURSE_LOG_LEVEL: 'loud' });
    expect(await wrong.ended).toBe(2);
    expect(wrong.said()).toBe('');
    expect(wrong.complained().split('\n')).toEqual([
      'case-tracking cannot start: 3 environment variables are missing or wrong.',
      expect.stringContaining('RECOURSE_SERVICE_PORT  is "many"; expected a whole number'),
      expect.stringContaining('DATABASE_WEB_URL       is not set; expected'),
      expect.stringContaining('RECOURSE_LOG_LEVEL     is "loud"; expected one of'),
      '',
    ]);
  });

  it('only migrates when that is asked, and needs only the owner’s address for it', async () => {
    const { PATH, DATABASE_OWNER_URL } = environment;
    const nothing = Object.fromEntries(Object.keys(environment).map((name) => [name, undefined]));
    const migrating = run({ ...nothing, PATH, DATABASE_OWNER_URL }, '--migrate');
    expect([await migrating.ended, lastLine(migrating)]).toEqual([
      0,
      expect.objectContaining({ msg: 'the database is up to date', service: 'case-tracking' }),
    ]);
  }, 60_000);

  it('serves, and leaves with 0 on SIGTERM, though a stream is open', async () => {
    const process = run();
    await untilReady(process);
    const authorization = `Bearer ${await issuer.token({ role: 'agent', tenant: 'quanpay' })}`;
    const id = '0190a6f0-7b1c-7e2a-9c1d-3f5b8a6d2e10';
    const written = await fetch(address(`/v1/reminders/${id}/writing`), {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': 'one' },
      body: JSON.stringify({ label: 'x' }),
    });
    expect(written.status).toBe(201);
    const stream = await fetch(address(`/v1/reminders/${id}/stream`), { headers: { authorization } });
    const streamed = stream.text();
    process.child.kill('SIGTERM');
    expect(await process.ended).toBe(0);
    expect(await streamed).toContain('event: ReminderWritten');
    expect(process.complained()).toBe('');
    expect(process.said()).not.toMatch(new RegExp(`${id}|Bearer|"level":"(warn|error|fatal)"`));
  }, 60_000);

  it('says in one sentence that its port is taken, that its key is missing, or that a password is wrong', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const wrongPassword = database.logUrl.replace(/:test@/, ':wrong@');
    const attempts: [Record<string, string>, RegExp][] = [
      [{ RECOURSE_SERVICE_PORT: String((taken.address() as AddressInfo).port) }, /its port is taken/],
      [{ RECOURSE_KEK_FILE: join(folder, 'nowhere') }, /RECOURSE_KEK_FILE: The key file .*nowhere cannot be read: there is none\.$/],
      [{ DATABASE_LOG_URL: wrongPassword }, /does not accept the password/],
    ];
    for (const [more, sentence] of attempts) {
      const failing = run(more);
      expect(await failing.ended).toBe(1);
      expect([lastLine(failing)['level'], lastLine(failing)['msg']]).toEqual(['fatal', expect.stringMatching(sentence)]);
      expect(failing.said()).not.toContain('stack');
    }
    await new Promise((resolve) => taken.close(resolve));
  }, 60_000);
});
