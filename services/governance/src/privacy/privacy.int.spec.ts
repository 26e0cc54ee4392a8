import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CertificateShown, HoldShown, KeyOrderHistory, KeyOrderLine } from '@recourse/contracts';
import type { ServiceUnderTest } from '@recourse/edge/testing';
import { randomUUID } from 'node:crypto';
import { body, code, governanceUnderTest, officersAndKeys, type OfficersAndKeys } from './forgetting.testing.js';
import { keepingServices } from './key-order/carrying-out.worker.js';

let service: ServiceUnderTest;
let us: OfficersAndKeys;
beforeAll(async () => {
  service = await governanceUnderTest();
  us = officersAndKeys(service);
}, 60_000);
afterAll(async () => {
  await us.close();
  await service.close();
});

const anAuthority = { why: 'authority-order', because: 'file-1' };
const placed = async (scope: string, of: string): Promise<HoldShown> => {
  const { hold } = body<HoldShown>(await us.one.post('/v1/privacy/holds', { scope, of, why: 'litigation', authority: '2 O 17/26' }));
  return body<HoldShown>(await us.other.post(`/v1/privacy/holds/${hold}/approval`, {}));
};

describe('An order to destroy keys', () => {
  it('is carried out when a second person has agreed, and proven by a certificate', async () => {
    const subject = `cus-${randomUUID().slice(0, 8)}`;
    const [key, another] = [await us.keyOf(subject), await us.keyOf(subject)];
    const kept = await us.keyOf();
    const asked = await us.one.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, subject });
    expect([asked.status, asked.headers['location']]).toEqual([201, `/v1/privacy/key-orders/${body<KeyOrderHistory>(asked).order}`]);
    const { order, list, keys } = body<KeyOrderHistory>(asked);
    expect(keys.map(({ key: id }) => id).sort()).toEqual([key, another].sort());
    expect(await us.stateOf(key)).toBe('active');
    expect(code(await us.one.get(`/v1/privacy/certificates/${order}`))).toEqual([404, 'not-found']);

    const path = `/v1/privacy/key-orders/${order}/approval`;
    expect(code(await us.one.post(path, { list }))).toEqual([403, 'second-person-is-the-first']);
    expect(code(await us.other.post(path, { list: 'q1Zx0m3dK6m0nGqv4R3tYbq2c8s9w0e1r2t3y4u5i6o' }))).toEqual([409, 'list-has-changed']);
    expect((await us.other.post(path, { list })).status).toBe(200);
    const done = await us.orderIs(order, 'done');
    expect(done).toMatchObject({ done: { left: [] }, agreed: [{ by: 'officer-2' }], asked: { by: 'officer-1' } });
    expect([await us.stateOf(key), await us.stateOf(another), await us.stateOf(kept)]).toEqual(['destroyed', 'destroyed', 'active']);

    // Governance is one of them, and speaks for itself.
    const neighbours = keepingServices.filter((name) => name !== 'governance');
    for (const name of neighbours) for (const id of [key, another]) await us.neighbour(name).acknowledge(order, id, { blobs: 2, files: 0 });
    await us.orderIs(order, 'acknowledged');
    const certificate = body<CertificateShown>(await us.third.get(`/v1/privacy/certificates/${order}`));
    expect(certificate).toMatchObject({ complete: true, waitingFor: [], why: 'authority-order', because: 'file-1', again: [] });
    const counted = certificate.purges.filter((purge) => purge.service !== 'governance');
    expect(counted.map((purge) => [purge.service, purge.counts['blobs']]).sort()).toEqual(neighbours.map((name) => [name, 4]));
    expect(certificate.purges.map((purge) => purge.service).sort()).toEqual([...keepingServices]);
    expect(Date.parse(certificate.effectiveFrom) - Date.parse(certificate.destroyedAt)).toBe(14 * 86_400_000);
    const [record] = await service.store.readLog(certificate.proof.position - 1, 1);
    expect([record!.type, record!.leaf]).toEqual(['KeysDestroyed', certificate.proof.leaf]);
  }, 60_000);

  it('waits for each service, for every key of it', async () => {
    const subject = `cus-${randomUUID().slice(0, 8)}`;
    const [key, another] = [await us.keyOf(subject), await us.keyOf(subject)];
    const { order } = await us.agreed({ kind: 'destroy', ...anAuthority, subject });
    await us.orderIs(order, 'done');
    await us.neighbour('intake').acknowledge(order, key, { blobs: 1 });
    for (const id of [key, another]) await us.neighbour('audit').acknowledge(order, id, { blobs: 1 });
    const waiting = async () => body<CertificateShown>(await us.one.get(`/v1/privacy/certificates/${order}`)).waitingFor;
    while ((await waiting()).includes('audit')) await service.views.caughtUp();
    expect(await waiting()).toContain('intake');
    expect(body<CertificateShown>(await us.one.get(`/v1/privacy/certificates/${order}`)).complete).toBe(false);
  }, 60_000);

  it('names keys that stand, of this platform alone', async () => {
    const key = await us.keyOf();
    const ask = (asked: object) => us.one.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, ...asked });
    expect(code(await ask({ subject: 'nobody' }))).toEqual([422, 'keys-are-unknown']);
    expect(code(await ask({}))).toEqual([422, 'keys-are-unknown']);
    expect(code(await ask({ keys: [key, randomUUID()] }))).toEqual([422, 'keys-are-unknown']);
    expect(code(await ask({ keys: [key, 'no-id-at-all'] }))).toEqual([422, 'keys-are-unknown']);
    const stranger = service.as({ sub: 'officer-9', role: 'privacy-officer', tenant: 'tidepay' });
    expect(code(await stranger.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, keys: [key] }))).toEqual([
      422,
      'keys-are-unknown',
    ]);
    const { order, list } = body<KeyOrderHistory>(await ask({ keys: [key] }));
    expect(code(await stranger.get(`/v1/privacy/key-orders/${order}`))).toEqual([404, 'not-found']);
    expect(code(await stranger.post(`/v1/privacy/key-orders/${order}/approval`, { list }))).toEqual([404, 'not-found']);
    expect((await service.as({ sub: 'a-1', role: 'agent', tenant: 'quanpay' }).get(`/v1/privacy/key-orders/${order}`)).status).toBe(403);
  });

  it('is bound to keys as they stand: what another order has destroyed meanwhile is asked for anew', async () => {
    const key = await us.keyOf();
    const first = body<KeyOrderHistory>(await us.one.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, keys: [key] }));
    const { order } = await us.agreed({ kind: 'destroy', ...anAuthority, keys: [key] });
    await us.orderIs(order, 'done');
    expect(code(await us.other.post(`/v1/privacy/key-orders/${first.order}/approval`, { list: first.list }))).toEqual([
      409,
      'list-has-changed',
    ]);
    expect(code(await us.other.post(`/v1/privacy/key-orders/${first.order}/withdrawal`))).toEqual([403, 'somebody-else-asked']);
    expect((await us.one.post(`/v1/privacy/key-orders/${first.order}/withdrawal`)).body).toMatchObject({ stage: 'withdrawn' });
  }, 30_000);

  it('is listed for its officers', async () => {
    const key = await us.keyOf();
    const { order } = body<KeyOrderHistory>(
      await us.one.post('/v1/privacy/key-orders', { kind: 'restrict', why: 'no-longer-needed', keys: [key] }),
    );
    await service.views.caughtUp();
    const { items } = body<{ items: KeyOrderLine[] }>(await us.third.get('/v1/privacy/key-orders?stage=asked&limit=200'));
    expect(items.find((line) => line.order === order)).toMatchObject({ kind: 'restrict', stage: 'asked', keys: 1 });
  });
});

describe('An order that is sent twice', () => {
  it('is one order, and so is an approval', async () => {
    const key = await us.keyOf();
    const asking = { key: randomUUID() };
    const asked = { kind: 'restrict', why: 'no-longer-needed', keys: [key] };
    const [first, second] = [
      await us.one.post('/v1/privacy/key-orders', asked, asking),
      await us.one.post('/v1/privacy/key-orders', asked, asking),
    ];
    expect([second.status, second.headers['idempotent-replayed'], second.body]).toEqual([201, 'true', first.body]);
  });

  it('by two people at once is approved by one of them', async () => {
    const key = await us.keyOf();
    const { order, list } = body<KeyOrderHistory>(
      await us.one.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, keys: [key] }),
    );
    const path = `/v1/privacy/key-orders/${order}/approval`;
    const beside = await governanceUnderTest(service);
    const elsewhere = (sub: string) => beside.as({ sub, role: 'privacy-officer', tenant: 'quanpay' });
    const answers = await Promise.all(
      [us.other, us.third, elsewhere('officer-4'), elsewhere('officer-5')].map((officer) => officer.post(path, { list })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const done = await us.orderIs(order, 'done');
    expect(done.agreed).toHaveLength(1);
    const types = (await service.store.readStream(`key-order-${order}`)).map(({ type }) => type);
    expect(types).toEqual(['KeyOrderAsked', 'KeyOrderApproved', 'KeysDestroyed']);
    await beside.close();
  }, 60_000);
});

describe('Restricting', () => {
  it('is taken back by a release, and neither is held up by a hold', async () => {
    const subject = `cus-${randomUUID().slice(0, 8)}`;
    const key = await us.keyOf(subject);
    await placed('subject', subject);
    const { order } = await us.agreed({ kind: 'restrict', why: 'no-longer-needed', subject });
    await us.orderIs(order, 'done');
    expect(await us.stateOf(key)).toBe('restricted');
    const released = await us.agreed({ kind: 'release', why: 'needed-again', subject });
    expect(await us.orderIs(released.order, 'acknowledged')).toMatchObject({ done: { keys: [key] }, expects: [] });
    expect(await us.stateOf(key)).toBe('active');
  }, 30_000);
});

describe('A hold', () => {
  it('stands from the second person’s word on, and keeps what it covers from being destroyed', async () => {
    const subject = `cus-${randomUUID().slice(0, 8)}`;
    await us.keyOf(subject);
    const before = body<KeyOrderHistory>(await us.one.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, subject }));
    const asked = await us.one.post('/v1/privacy/holds', { scope: 'subject', of: subject, why: 'litigation', authority: 'A-1' });
    const { hold } = body<HoldShown>(asked);
    expect([asked.status, asked.headers['location']]).toEqual([201, `/v1/privacy/holds/${hold}`]);
    expect(code(await us.one.post(`/v1/privacy/holds/${hold}/approval`, {}))).toEqual([403, 'second-person-is-the-first']);
    expect((await us.other.post(`/v1/privacy/holds/${hold}/approval`, {})).body).toMatchObject({ stage: 'placed', tooLateFor: [] });
    expect(code(await us.one.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, subject }))).toEqual([409, 'hold-stands']);
    expect(code(await us.other.post(`/v1/privacy/key-orders/${before.order}/approval`, { list: before.list }))).toEqual([
      409,
      'hold-stands',
    ]);

    expect((await us.other.post(`/v1/privacy/holds/${hold}/release`, { why: 'proceedings-ended' })).status).toBe(201);
    expect(code(await us.other.post(`/v1/privacy/holds/${hold}/release/approval`, {}))).toEqual([403, 'second-person-is-the-first']);
    expect(code(await us.one.post('/v1/privacy/key-orders', { kind: 'destroy', ...anAuthority, subject }))).toEqual([409, 'hold-stands']);
    expect((await us.third.post(`/v1/privacy/holds/${hold}/release/approval`, {})).body).toMatchObject({ stage: 'released' });
    expect((await us.other.post(`/v1/privacy/key-orders/${before.order}/approval`, { list: before.list })).status).toBe(200);
    await us.orderIs(before.order, 'done');
  }, 30_000);

  it('is of its platform alone', async () => {
    const { hold } = await placed('account', 'wallet-4711');
    const stranger = service.as({ sub: 'officer-9', role: 'privacy-officer', tenant: 'tidepay' });
    expect(code(await stranger.get(`/v1/privacy/holds/${hold}`))).toEqual([404, 'not-found']);
    expect(code(await stranger.post(`/v1/privacy/holds/${hold}/release`, { why: 'placed-by-mistake' }))).toEqual([404, 'not-found']);
    expect(code(await us.one.get(`/v1/privacy/holds/${randomUUID()}`))).toEqual([404, 'not-found']);
    await service.views.caughtUp();
    const { items } = body<{ items: { hold: string }[] }>(await us.one.get('/v1/privacy/holds?stage=placed&limit=200'));
    expect(items.some((line) => line.hold === hold)).toBe(true);
  });
});
