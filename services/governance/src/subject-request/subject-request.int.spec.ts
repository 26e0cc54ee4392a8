import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HoldShown, KeyOrderHistory, SubjectRequestHistory } from '@recourse/contracts';
import type { ServiceUnderTest } from '@recourse/edge/testing';
import { randomUUID } from 'node:crypto';
import { keepingServices } from '../privacy/key-order/carrying-out.worker.js';
import { body, code, governanceUnderTest, officersAndKeys, until, type OfficersAndKeys } from '../privacy/forgetting.testing.js';
import { streamOfRequest } from './answering.js';

let service: ServiceUnderTest;
let people: OfficersAndKeys;
beforeAll(async () => {
  service = await governanceUnderTest();
  people = officersAndKeys(service);
});
afterAll(async () => {
  await people?.close();
  await service?.close();
});

const path = '/v1/privacy/subject-requests';
const received = async (subject: string, kind: 'access' | 'erasure' = 'erasure') =>
  body<SubjectRequestHistory>(await people.one.post(path, { kind, subject, identity: 'proof-7', jurisdiction: 'eu' })).request;
const shown = async (request: string) => body<SubjectRequestHistory>(await people.one.get(`${path}/${request}`));

describe('The request of a subject', () => {
  it('is received from a customer for himself alone, and seen by him, his platform and its officers alone', async () => {
    const subject = `cus-${randomUUID().slice(0, 8)}`;
    const [himself, another] = [subject, 'cus-other'].map((sub) => service.as({ sub, role: 'customer', tenant: 'quanpay' }));
    const asked = { kind: 'access', subject, identity: 'proof-7', jurisdiction: 'cn' };
    expect((await another!.post(path, asked)).status).toBe(404);
    const { request } = body<SubjectRequestHistory>(await himself!.post(path, asked));
    expect((await himself!.get(`${path}/${request}`)).status).toBe(200);
    expect((await another!.get(`${path}/${request}`)).status).toBe(404);
    expect((await service.as({ sub: 'officer-9', role: 'privacy-officer', tenant: 'tidepay' }).get(`${path}/${request}`)).status).toBe(404);
    expect((await himself!.post(`${path}/${request}/acknowledgement`)).status).toBe(403);
    expect(body<SubjectRequestHistory>(await people.one.post(`${path}/${request}/acknowledgement`)).stage).toBe('acknowledged');
    expect(code(await people.one.post(`${path}/${request}/extension`, { why: 'complex' }))).toEqual([409, 'no-extension-in-law']);
  });

  it('to erase asks for orders: to destroy, and to restrict what a hold keeps, which is said; it is answered when all is done', async () => {
    const [subject, held] = [`cus-${randomUUID().slice(0, 8)}`, randomUUID()];
    const account = { tenant: 'quanpay', scope: `account:quanpay:${subject}`, subject };
    const [free, kept] = [(await service.privacy.seal(account, 'note', { text: 'something' })).ref.key, await people.keyOf(subject, held)];
    const hold = body<HoldShown>(
      await people.one.post('/v1/privacy/holds', { scope: 'matter', of: held, why: 'litigation', authority: 'court-1' }),
    );
    await people.other.post(`/v1/privacy/holds/${hold.hold}/approval`);
    const request = await received(subject);
    expect(code(await people.one.post(`${path}/${request}/answer`, { how: 'erased' }))).toEqual([409, 'erasure-is-not-ordered']);

    const twice = await Promise.all([people.one.post(`${path}/${request}/erasure`), people.one.post(`${path}/${request}/erasure`)]);
    expect(twice.map(({ status }) => status)).toEqual([200, 200]);
    const { erasures } = await shown(request);
    expect(erasures).toHaveLength(2);
    expect(erasures.find(({ scope }) => scope === `matter:${held}`)).toMatchObject({ kind: 'restrict', kept: 'hold-stands', keys: 1 });
    expect(erasures.find(({ scope }) => scope !== `matter:${held}`)).toMatchObject({ kind: 'destroy', keys: 1 });
    expect(code(await people.one.post(`${path}/${request}/answer`, { how: 'erased' }))).toEqual([409, 'erasure-is-not-done']);

    for (const { order } of erasures) {
      const { list, because, why } = body<KeyOrderHistory>(await people.one.get(`/v1/privacy/key-orders/${order}`));
      expect({ because, why }).toEqual({ because: request, why: 'subject-request' });
      expect((await people.other.post(`/v1/privacy/key-orders/${order}/approval`, { list })).status).toBe(200);
      await people.orderIs(order, 'done', 'acknowledged');
      for (const name of keepingServices.filter((one) => one !== 'governance'))
        for (const key of [free, kept]) await people.neighbour(name).acknowledge(order, key, {});
      await people.orderIs(order, 'acknowledged');
    }
    expect([await people.stateOf(free), await people.stateOf(kept)]).toEqual(['destroyed', 'restricted']);
    const answered = body<SubjectRequestHistory>(await people.one.post(`${path}/${request}/answer`, { how: 'partly-restricted' }));
    expect(answered).toMatchObject({ stage: 'answered', answered: { how: 'partly-restricted' } });
  });

  it('that is not answered in time is missed, once, whoever looks', async () => {
    const request = await received('cus-late', 'access');
    await service.store.moveClock('quanpay', 32 * 86_400_000);
    await until(async () => (await shown(request)).missedAt !== undefined || undefined);
    await people.one.post(`${path}/${request}/answer`, { how: 'nothing-held' });
    const types = (await service.store.readStream(streamOfRequest(request))).map(({ type }) => type);
    expect(types).toEqual(['SubjectRequestReceived', 'SubjectRequestMissed', 'SubjectRequestAnswered']);
  });
});
