import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PolicyLine, PolicyShown, SettingsInForce } from '@recourse/contracts';
import { serviceUnderTest, type ServiceUnderTest } from '@recourse/edge/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { GovernanceModule } from '../governance.module.js';

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await serviceUnderTest(GovernanceModule, { service: 'governance' });
}, 120_000);
afterAll(async () => {
  await service.close();
}, 60_000);

const platform = (tenant = 'tidepay') => service.as({ sub: `${tenant}-server`, role: 'platform', tenant });
const merchant = { merchantReview: 'PT48H', onLapse: 'approve' };
const inForce = async (at?: string, tenant?: string) =>
  (await platform(tenant).get(`/v1/policies/in-force${at ? `?at=${at}` : ''}`)).body as SettingsInForce;
const problems = (body: unknown) =>
  (body as { errors?: { pointer?: string; code: string }[] }).errors?.map(({ pointer, code }) => `${pointer} ${code}`);

describe('What a platform publishes', () => {
  it('is its own, by version, and read as of any instant', async () => {
    const before = await inForce();
    const first = await platform().post('/v1/policies/merchant', merchant);
    expect([first.status, first.body]).toEqual([
      201,
      expect.objectContaining({ kind: 'merchant', version: 1, body: merchant, publishedBy: 'tidepay-server' }),
    ]);
    const later = new Date(Date.parse(service.store.now()) + 3_600_000).toISOString();
    const second = (await platform().post('/v1/policies/merchant', { ...merchant, merchantReview: 'PT24H', effectiveFrom: later }))
      .body as PolicyShown;
    expect(second).toMatchObject({ version: 2, effectiveFrom: later });
    expect((await inForce()).settings.refundPolicy.merchantReview).toBe('PT48H');
    expect((await inForce(later)).settings).toMatchObject({ refundPolicy: { merchantReview: 'PT24H' }, policies: { merchant: 2 } });
    expect((await inForce('2026-01-01T00:00:00Z')).settings).toEqual(before.settings);
    expect((await inForce(later, 'quanpay')).settings.policies).toEqual({});
    const { items } = (await platform().get('/v1/policies')).body as { items: PolicyLine[] };
    expect(items.map(({ kind, version }) => `${kind} ${version}`)).toEqual(['merchant 1', 'merchant 2']);
    expect(items[0]).not.toHaveProperty('body');
    expect((await platform().get('/v1/policies/merchant/1')).body).toMatchObject({ body: merchant });
    expect((await platform('quanpay').get('/v1/policies/merchant/1')).status).toBe(404);
    expect((await platform().get('/v1/policies/merchant/3')).status).toBe(404);
  });

  it('is heard by this service as by every other, and holds there', async () => {
    for (let looked = 0; service.runtime.settings.of('tidepay').policies.merchant !== 1; looked++) {
      if (looked === 400) throw new Error('It never came true.');
      await pause(25);
    }
    expect(service.runtime.settings.of('tidepay')).toEqual((await inForce()).settings);
  });

  it('is published by the platform alone', async () => {
    for (const role of ['agent', 'supervisor', 'auditor', 'operator', 'customer', 'privacy-officer'] as const)
      expect((await service.as({ sub: 'w-1', role, tenant: 'tidepay' }).post('/v1/policies/merchant', merchant)).status).toBe(403);
    expect((await service.as({ sub: 'w-1', role: 'agent', tenant: 'tidepay' }).get('/v1/policies')).status).toBe(200);
  });

  it('is told what is wrong with it, field by field', async () => {
    const wrong = async (kind: string, body: object) => problems((await platform().post(`/v1/policies/${kind}`, body)).body);
    expect(await wrong('merchant', { merchantReview: '48 hours', onLapse: 'forget', more: 1 })).toEqual(
      expect.arrayContaining(['/merchantReview duration-malformed', '/onLapse code-unknown', '/more unknown-field']),
    );
    const rule = { rule: 'new-device', when: 'a device is new', action: 'shout', scope: 'outgoing', distrusts: ['pigeon'] };
    expect(await wrong('lock-rules', { lockRules: [rule], claimLockFor: 'P' })).toEqual(
      expect.arrayContaining([
        '/lockRules/0/action code-unknown',
        '/lockRules/0/distrusts/0 code-unknown',
        '/claimLockFor duration-malformed',
      ]),
    );
    expect(await wrong('codes', { stepUp: { tries: 11, validFor: 'PT10M', perHour: 3, failsPerDay: 10 } })).toEqual(
      expect.arrayContaining(['/stepUp/tries number-out-of-range', '/stepUp/distrustFor field-missing']),
    );
    const long = await platform().post('/v1/policies/codes', {
      stepUp: { tries: 5, validFor: 'PT1H', perHour: 3, failsPerDay: 10, distrustFor: 'PT48H' },
    });
    expect([long.status, long.body]).toEqual([422, expect.objectContaining({ code: 'codes-live-too-long' })]);
    const past = await platform().post('/v1/policies/merchant', { ...merchant, effectiveFrom: '2026-01-01T00:00:00Z' });
    expect([past.status, past.body]).toEqual([422, expect.objectContaining({ code: 'policy-is-never-in-the-past' })]);
  });

  it('by many at once is one version each, in one order', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        platform('harbour').post('/v1/policies/refund', { version: `harbour-${n}`, creditDue: 'PT12H' }),
      ),
    );
    const versions = answers.filter(({ status }) => status === 201).map(({ body }) => (body as PolicyShown).version);
    expect(versions.length).toBeGreaterThan(0);
    expect([...versions].sort((one, other) => one - other)).toEqual(versions.map((_, at) => at + 1));
    expect(answers.filter(({ status }) => status !== 201).map(({ body }) => (body as { code: string }).code)).toEqual(
      Array.from({ length: 12 - versions.length }, () => 'policy-would-overtake'),
    );
  });
});
