import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { testIssuer, type TestIssuer } from '@recourse/identity/testing';
import { keyringMigration } from '@recourse/privacy';
import { prepareBus } from '@recourse/relay';
import { randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { canCertify, certifyIn } from './certifying.testing.js';
import { RemindersModule } from './reminders.testing.js';
import { serviceUnderTest, type ServiceUnderTest } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'recourse-database-tls-'));
const certified = canCertify('TLS of a database');
let database: TestDatabase;
let admin: pg.Client;
let issuer: TestIssuer;
let service: ServiceUnderTest;
let putBack: () => Promise<unknown>;

const secured = (url: string, ca = 'ca.crt'): string => `${url}?sslmode=verify-full&sslrootcert=${join(folder, ca)}`;
/** From here on the server speaks TLS, and lets nobody in without. The administrator's connection stands from before. */
const letNobodyInInClear = async (): Promise<void> => {
  const { rows } = await admin.query<{ data_directory: string }>('show data_directory');
  const data = rows[0]!.data_directory;
  const { uid, gid } = statSync(data);
  for (const name of ['service.crt', 'service.key']) {
    copyFileSync(join(folder, name), join(data, name));
    chownSync(join(data, name), uid, gid);
  }
  for (const [name, value] of Object.entries({ ssl_cert_file: 'service.crt', ssl_key_file: 'service.key', ssl: 'on' }))
    await admin.query(`alter system set ${name} = '${value}'`);
  const rules = join(data, 'pg_hba.conf');
  const before = readFileSync(rules);
  putBack = async () => {
    writeFileSync(rules, before);
    await admin.query('alter system reset all');
    await admin.query('select pg_reload_conf()');
  };
  writeFileSync(rules, 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  await admin.query('select pg_reload_conf()');
};

beforeAll(async () => {
  if (!certified) return;
  certifyIn(folder);
  database = await testDatabase();
  issuer = await testIssuer();
  await Promise.all([keyringMigration(database.keyringOwnerUrl), prepareBus(database.busOwnerUrl)]);
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  await letNobodyInInClear();
  while ((await open(database.logUrl)) !== 'refused') await new Promise((resolve) => setTimeout(resolve, 50));
  const kekFile = join(folder, 'kek');
  writeFileSync(kekFile, randomBytes(32).toString('base64url'));
  const { ownerUrl, logUrl, webUrl, keyringUrl, busUrl } = database;
  const over = {
    ownerUrl: secured(ownerUrl),
    logUrl: secured(logUrl),
    webUrl: secured(webUrl),
    keyringUrl: secured(keyringUrl),
    busUrl: secured(busUrl),
  };
  service = await serviceUnderTest(RemindersModule, {
    service: 'case-tracking',
    environment: { RECOURSE_LOG_LEVEL: 'silent' },
    beside: { database: { ...database, ...over }, kekFile, issuer },
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  if (!certified) return;
  await service.close();
  await putBack();
  await admin.end();
  await database.close();
  await issuer.close();
});

const open = async (connectionString: string): Promise<string> => {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.end();
    return 'let in';
  } catch (error) {
    return (error as { code?: string }).code === '28000' ? 'refused' : (error as Error).message;
  }
};

(certified ? describe : describe.skip)('A database that lets nobody in in clear', () => {
  it('refuses addresses that do not ask for TLS, and is refused where its authority is not known', async () => {
    expect(await open(database.logUrl)).toBe('refused');
    expect(await open(secured(database.logUrl, 'other.crt'))).toMatch(/certificate/);
    expect(await open(secured(database.logUrl))).toBe('let in');
  });

  it('serves a whole service: migrations, log, views, keyring and bus, each connection of it over TLS', async () => {
    const agent = service.as({ sub: 'agent-7', role: 'agent', tenant: 'quanpay' });
    const id = uuid();
    expect((await agent.post(`/v1/reminders/${id}/writing`, { label: 'call back' })).status).toBe(201);
    await service.views.caughtUp();
    expect((await agent.get('/v1/reminders')).status).toBe(200);
    const { rows } = await admin.query<{ usename: string; ssl: boolean; count: string }>(
      `select usename, ssl, count(*) from pg_stat_ssl join pg_stat_activity using (pid) where usename ~ '_(log|web)$' group by 1, 2 order by 1`,
    );
    expect(rows.map(({ ssl }) => ssl)).not.toContain(false);
    expect(rows.map(({ usename }) => usename.replace(/^.*_/, ''))).toEqual(['log', 'web']);
  });
});
