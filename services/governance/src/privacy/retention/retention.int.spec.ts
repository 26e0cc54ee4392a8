import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { usualRetention, type KeyOrderHistory, type MatterRetentionHistory, type RetentionShown } from '@recourse/contracts';
import type { ServiceUnderTest } from '@recourse/edge/testing';
import { envelope, postgresTransport, type Transport } from '@recourse/relay';
import type { PostgresEventStore } from '@recourse/event-store';
import { randomUUID } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { body, code, governanceUnderTest, officersAndKeys, until, type OfficersAndKeys } from '../forgetting.testing.js';

let service: ServiceUnderTest;
let beside: ServiceUnderTest;
let us: OfficersAndKeys;
let bus: Transport;
beforeAll(async () => {
  service = await governanceUnderTest();
  // Two instances look for what is due, as in a house of some size.
  beside = await governanceUnderTest(service);
  us = officersAndKeys(service);
  bus = postgresTransport({ url: service.database.busUrl, name: 'case-tracking' });
}, 60_000);
afterAll(async () => {
  await bus.close();
  await us.close();
  await beside.close();
  await service.close();
});

const day = 86_400_000;
const ago = (days: number): string => new Date(Date.parse(service.store.now()) - days * day).toISOString();

/** A neighbour tells something of a matter, over the real bus. */
const tell = async (topic: string, type: string, matter: string, time: string, data: object = {}): Promise<void> => {
  const id = `${uuid()}.${type}.v1`;
  const about = { matter, reference: 'R7K3-M9QX-2D', account: `wallet-${matter.slice(-4)}`, subject: 'cus-1', language: 'en' };
  await bus.publish([
    envelope({
      ...{ id, type, version: 1, source: 'case-tracking', topic, key: matter, tenant: 'quanpay', time, corr: matter, cause: uuid() },
      ...{ stream: `case-${matter}`, streamVersion: 0, data: { ...about, ...data }, sealed: [] },
    }),
  ]);
};
const cases = 'recourse.case.v1';
const received = (matter: string, at: string) => tell('recourse.complaint.v1', 'ComplaintReceived', matter, at, { receivedAt: at });
const shown = async (matter: string): Promise<MatterRetentionHistory> =>
  body<MatterRetentionHistory>(await us.one.get(`/v1/privacy/matters/${matter}`));
const stands = (matter: string, look: (history: MatterRetentionHistory) => unknown) =>
  until(async () => {
    const history = await shown(matter);
    return history.matter === matter && look(history) ? history : false;
  });
const proposalsFor = async (matter: string) =>
  body<{ items: { order: string; stage: string }[] }>(await us.one.get(`/v1/privacy/key-orders?because=${matter}`)).items;

describe('A matter', () => {
  it('is dated when its case is closed, dated anew by money and by reopening, and refused until then', async () => {
    const matter = uuid();
    await us.keyOf('cus-1', matter);
    await received(matter, ago(30));
    await tell(cases, 'CaseOpened', matter, ago(30));
    await stands(matter, ({ stage }) => stage === 'open');
    const destroy = () => us.one.post('/v1/privacy/key-orders', { kind: 'destroy', why: 'subject-request', matter });
    expect(code(await destroy())).toEqual([409, 'matter-is-open']);
    const closedAt = ago(20);
    await tell(cases, 'CaseClosed', matter, closedAt);
    const closed = await stands(matter, ({ kept }) => kept);
    expect(closed).toMatchObject({ stage: 'closed', closedAt, kept: { starts: 'closed', duration: 'P3Y', table: 0 } });
    expect(code(await destroy())).toEqual([409, 'retention-runs']);
    await tell(cases, 'CreditConfirmed', matter, ago(10), { creditedAt: ago(10) });
    await stands(matter, ({ kept }) => kept?.basis === 'aml-law-2024' && kept.starts === 'money-moved');
    await tell(cases, 'CaseReopened', matter, ago(5), { why: 'our-mistake' });
    expect(await stands(matter, ({ stage }) => stage === 'open')).not.toHaveProperty('kept');
    expect(code(await destroy())).toEqual([409, 'matter-is-open']);
    const { order, keys } = await us.agreed({ kind: 'restrict', why: 'subject-request', matter });
    expect(keys).toMatchObject([{ account: `wallet-${matter.slice(-4)}` }]);
    await us.orderIs(order, 'done');
  }, 60_000);

  it('nobody has told us of is not destroyed, unless it was never received', async () => {
    const matter = uuid();
    await us.keyOf('cus-2', matter);
    const destroy = (why: string) => us.one.post('/v1/privacy/key-orders', { kind: 'destroy', why, matter });
    expect(code(await destroy('no-longer-needed'))).toEqual([409, 'matter-is-unknown']);
    expect((await destroy('never-received')).status).toBe(201);
  });

  it('whose period has ended is proposed once, by two instances; two people confirm; nothing of it is left', async () => {
    const matter = uuid();
    const key = await us.keyOf('cus-3', matter);
    await received(matter, ago(4_000));
    await tell(cases, 'CaseOpened', matter, ago(4_000));
    await tell(cases, 'CaseClosed', matter, ago(3_900));
    const { proposals } = await stands(matter, (history) => history.proposals.length > 0);
    expect(proposals).toHaveLength(1);
    const [order] = proposals[0]!.orders;
    const asked = body<KeyOrderHistory>(await us.one.get(`/v1/privacy/key-orders/${order}`));
    expect(asked).toMatchObject({
      proposed: true,
      why: 'retention-ended',
      because: matter,
      stage: 'asked',
      asked: { by: 'service:governance' },
    });
    const approve = (who: typeof us.one) => who.post(`/v1/privacy/key-orders/${order}/approval`, { list: asked.list });
    expect((await approve(us.one)).body).toMatchObject({ stage: 'seconded' });
    expect(code(await approve(us.one))).toEqual([403, 'second-person-is-the-first']);
    expect(await us.stateOf(key)).toBe('active');
    expect((await approve(us.other)).body).toMatchObject({ stage: 'approved' });
    await us.orderIs(order!, 'done', 'acknowledged');
    expect(await us.stateOf(key)).toBe('destroyed');
    expect(await stands(matter, ({ stage }) => stage === 'forgotten')).not.toHaveProperty('nextLook');
    await service.views.caughtUp();
    expect(await proposalsFor(matter)).toHaveLength(1);
  }, 60_000);

  it('that is held is put off, not proposed', async () => {
    const matter = uuid();
    await us.keyOf('cus-4', matter);
    const hold = body<{ hold: string }>(
      await us.one.post('/v1/privacy/holds', { scope: 'matter', of: matter, why: 'litigation', authority: 'A-1' }),
    );
    await us.other.post(`/v1/privacy/holds/${hold.hold}/approval`, {});
    await received(matter, ago(4_000));
    await tell(cases, 'CaseClosed', matter, ago(3_900));
    expect(await stands(matter, ({ putOff }) => putOff.length > 0)).toMatchObject({ putOff: [{ why: 'hold-stands' }], proposals: [] });
  }, 60_000);

  it('without a key has nothing to propose', async () => {
    const matter = uuid();
    await received(matter, ago(4_000));
    await tell(cases, 'CaseClosed', matter, ago(3_900));
    expect(await stands(matter, ({ stage }) => stage === 'forgotten')).toMatchObject({ proposals: [] });
  }, 60_000);
});

describe('A table of periods', () => {
  it('is published by a second person, holds from its instant on, and dates what has ended', async () => {
    const officer = (sub: string) => service.as({ sub, role: 'privacy-officer', tenant: 'harbour' });
    const before = body<RetentionShown>(await officer('one').get('/v1/privacy/retention'));
    expect(before).toEqual({ holds: usualRetention('harbour'), versions: [] });
    const matter = randomUUID();
    const closedAt = ago(400);
    const [heard] = [{ id: `${uuid()}.CaseClosed.v1`, cause: uuid() }];
    await bus.publish([
      envelope({
        ...{ ...heard, type: 'CaseClosed', version: 1, source: 'case-tracking', topic: cases, key: matter, tenant: 'harbour' },
        ...{ time: closedAt, corr: matter, stream: `case-${matter}`, streamVersion: 0, data: { matter }, sealed: [] },
      }),
    ]);
    const kept = async () => {
      const answer = await officer('one').get(`/v1/privacy/matters/${matter}`);
      return answer.status === 200 && body<MatterRetentionHistory>(answer).kept;
    };
    expect(await until(kept)).toMatchObject({ duration: 'P3Y', table: 0 });

    const row = {
      jurisdiction: 'any',
      product: 'any',
      starts: 'closed',
      duration: 'P6Y',
      basis: 'limitation-act',
      source: 'counsel',
      verified: true,
    };
    const effectiveFrom = new Date(Date.parse(service.store.now('harbour')) + day).toISOString();
    const table = { version: 1, effectiveFrom, jurisdictions: ['uk'], products: ['wallet'], rows: [row] };
    expect(code(await officer('one').post('/v1/privacy/retention', { ...table, effectiveFrom: ago(1) }))).toEqual([
      422,
      'effective-in-the-past',
    ]);
    expect(code(await officer('one').post('/v1/privacy/retention', { ...table, rows: [{ ...row, duration: 'ever' }] }))).toEqual([
      400,
      'request-invalid',
    ]);
    expect((await officer('one').post('/v1/privacy/retention', table)).status).toBe(201);
    expect(code(await officer('one').post('/v1/privacy/retention/1/approval', {}))).toEqual([403, 'second-person-is-the-first']);
    const published = await officer('other').post('/v1/privacy/retention/1/approval', {});
    expect(published.body).toMatchObject({ holds: { version: 0 }, versions: [{ version: 1, stage: 'published' }] });

    // The platform's own clock moves on to the day after.
    await (service.store as PostgresEventStore).pool.query(`insert into log.tenant_clock (tenant, ahead_ms) values ('harbour', $1)`, [
      day + 60_000,
    ]);
    expect(await until(async () => (await kept()) && ((await kept()) as { table: number }).table === 1 && kept())).toMatchObject({
      duration: 'P6Y',
      basis: 'limitation-act',
    });
    // Each instance looks at the platform's clock every ten seconds.
    const holds = async () => {
      const now = body<RetentionShown>(await officer('one').get('/v1/privacy/retention')).holds;
      return now.version === 1 && now;
    };
    expect(await until(holds)).toMatchObject({ jurisdictions: ['uk'], rows: [row] });
  }, 60_000);
});
