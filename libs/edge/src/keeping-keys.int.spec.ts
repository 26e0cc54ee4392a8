import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTransit, type TransitServer } from '@recourse/privacy/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { RemindersModule } from './reminders.testing.js';
import { serviceUnderTest, type Answered, type ServiceUnderTest, type Somebody } from './testing.js';

let folder: string;
let transit: TransitServer;
let environment: Record<string, string>;
let service: ServiceUnderTest;
let agent: Somebody;
const as = (from: ServiceUnderTest) => from.as({ sub: 'agent-7', role: 'agent', tenant: 'quanpay' });
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recourse-vault-'));
  transit = await startTransit();
  transit.makeKey('recourse');
  writeFileSync(join(folder, 'token'), transit.token);
  environment = {
    RECOURSE_LOG_LEVEL: 'silent',
    RECOURSE_KMS: 'vault',
    RECOURSE_KMS_KEY: 'recourse',
    RECOURSE_VAULT_ADDR: transit.url,
    RECOURSE_VAULT_TOKEN_FILE: join(folder, 'token'),
    RECOURSE_KEK_FILE: '',
  };
  service = await serviceUnderTest(RemindersModule, { service: 'case-tracking', environment });
  agent = as(service);
});
afterAll(async () => {
  await service.close();
  await transit.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (id: string, key: string, who = agent) =>
  who.post(`/v1/reminders/${id}/writing`, { label: 'call back', note: 'at noon' }, { key });
const said = ({ status, body, headers }: Answered) => [status, (body as { code?: string }).code, Number(headers['retry-after']) > 0];
const asOwner = async (sql: string) => {
  const client = new pg.Client({ connectionString: service.database.keyringOwnerUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
};

describe('A keeper of keys who is away', () => {
  it('is a 503 that says when to come again; nothing is recorded, and the same request is done once he is back', async () => {
    const [id, key] = [uuid(), uuid()];
    transit.mood = 'sealed';
    try {
      expect(said(await write(id, key))).toEqual([503, 'keys-unreachable', true]);
      expect(await service.store.readStream(`reminder-${id}`)).toHaveLength(0);
    } finally {
      transit.mood = 'well';
    }
    expect((await write(id, key)).status).toBe(201);
    transit.mood = 'sealed';
    try {
      service.privacy.forgetKeys();
      expect(said(await agent.get(`/v1/reminders/${id}?purpose=handling-complaint`))).toEqual([503, 'keys-unreachable', true]);
      expect((await agent.get(`/v1/reminders/${id}`)).status).toBe(200); // what is not personal needs no keys
    } finally {
      transit.mood = 'well';
    }
    expect((await agent.get(`/v1/reminders/${id}?purpose=handling-complaint`)).body).toMatchObject({ note: { text: 'at noon' } });
  });

  it('keeps a service from starting, in one sentence', async () => {
    const starting = (more: Record<string, string>) =>
      serviceUnderTest(RemindersModule, { service: 'case-tracking', environment: { ...environment, ...more }, beside: service });
    await expect(starting({ RECOURSE_KMS_KEY: 'nobody' })).rejects.toThrow(
      'The keys that wrap the keys cannot be used: Vault does not show the key transit/nobody (404): is it there, and may the token read it.',
    );
  });
});

describe('What was asked before the wrapping key changed', () => {
  it('is known again by an instance that has never seen the old one: fingerprints and cursors do not hang on it', async () => {
    const [id, key] = [uuid(), uuid()];
    expect((await write(id, key)).status).toBe(201);
    await service.views.caughtUp();
    const first = await agent.get('/v1/reminders?limit=1');
    transit.rotate('recourse');
    const beside = await serviceUnderTest(RemindersModule, { service: 'case-tracking', environment, beside: service });
    try {
      const again = await write(id, key, as(beside));
      expect([again.status, again.headers['idempotent-replayed']]).toEqual([201, 'true']);
      const next = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))?.[1];
      expect((await as(beside).get(next!)).status).toBe(200);
    } finally {
      await beside.close();
    }
  });
});

describe('A restricted key', () => {
  it('is a 409: nothing new is stored about whom it belongs to, and sending it again does not help', async () => {
    const id = uuid();
    await write(id, uuid());
    await asOwner(`update keyring.data_key set state = 'restricted'`);
    service.privacy.forgetKeys();
    expect(said(await write(id, uuid()))).toEqual([409, 'key-restricted', false]);
  });
});
