import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { usualLimits } from '@recourse/event-store';
import { requestOf } from '@recourse/event-store/testing';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { RemindersModule } from './reminders.testing.js';
import { serviceUnderTest, type Answered, type ServiceUnderTest, type Somebody } from './testing.js';

let service: ServiceUnderTest;
let agent: Somebody;
let admin: pg.Client;
beforeAll(async () => {
  service = await serviceUnderTest(RemindersModule, { service: 'case-tracking', environment: { RECOURSE_LOG_LEVEL: 'silent' } });
  agent = service.as({ sub: 'agent-7', role: 'agent', tenant: 'quanpay' });
  admin = new pg.Client({ connectionString: service.database.adminUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await service.close();
});

const write = (id: string, key: string) => agent.post(`/v1/reminders/${id}/writing`, { label: 'call back' }, { key });
const said = ({ status, body, headers }: Answered) => [status, (body as { code?: string }).code, Number(headers['retry-after']) > 0];

describe('A store that cannot write now', () => {
  it('lets nobody queue without end: 503 with Retry-After, and the same request is done once it can', async () => {
    const [id, key] = [uuid(), uuid()];
    const blocking = new pg.Client({ connectionString: service.database.logUrl });
    await blocking.connect();
    await blocking.query(`select pg_advisory_lock(hashtextextended('recourse.log', 0))`);
    const { store } = service;
    const appended: Promise<unknown>[] = [];
    // Two batches are on their way to the lock; behind them stands all that may wait.
    const fill = async () => {
      while (store.waiting < usualLimits.waiting) {
        appended.push(store.append(requestOf(store, `letter-${uuid()}`, 'none', [{ type: 'Filled' }])));
        if (appended.length % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await fill();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await fill();
    expect(said(await write(id, key))).toEqual([503, 'unavailable', true]);
    expect(said(await write(id, key))).toEqual([503, 'unavailable', true]);
    await blocking.end();
    await Promise.all(appended);
    expect((await write(id, key)).status).toBe(201);
    expect(await store.readStream(`reminder-${id}`)).toHaveLength(1);
  }, 60_000);

  it('says so while its database is away, and goes on when it is back', async () => {
    const [id, key] = [uuid(), uuid()];
    const name = new URL(service.database.logUrl).pathname.slice(1);
    const database = pg.escapeIdentifier(name);
    await admin.query(`alter database ${database} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    try {
      expect(said(await write(id, key))).toEqual([503, 'unavailable', true]);
      expect(said(await agent.get(`/v1/reminders/${id}`))).toEqual([503, 'unavailable', true]);
      expect((await service.app.inject({ method: 'GET', url: '/readyz' })).statusCode).toBe(503);
      expect((await service.app.inject({ method: 'GET', url: '/livez' })).statusCode).toBe(200);
      expect((await service.app.inject({ method: 'GET', url: '/metrics' })).statusCode).toBe(200);
    } finally {
      await admin.query(`alter database ${database} allow_connections true`);
    }
    expect((await write(id, key)).status).toBe(201);
    expect(await service.store.readStream(`reminder-${id}`)).toHaveLength(1);
  }, 60_000);
});
