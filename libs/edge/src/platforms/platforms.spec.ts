import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { usualLimits } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import type { Role } from '@recourse/identity';
import { DoorsModule } from '../doors.testing.js';
import { Settings } from '../settings.js';
import { doorsUnderTest, type DoorsUnderTest } from '../testing.js';
import { limitsAmong } from './limiting.js';
import { Platforms } from './platforms.js';

const heard = (tenant: string, what: string, said: object, happenedAt = '2026-11-18T09:00:00.000Z') =>
  ({ type: 'PlatformHeard', tenant, data: { what, said, happenedAt } }) as unknown as Recorded;
const lumen = {
  name: { en: 'Lumen Wallet', 'zh-CN': '流明钱包' },
  respondent: 'Lumen Payments Ltd.',
  languages: ['zh-CN', 'en'],
  currency: 'EUR',
  zone: 'Europe/Dublin',
};

describe('What is known of the platforms', () => {
  it('begins with those of contracts/platforms', () => {
    const platforms = new Platforms();
    expect(platforms.all().map(({ tenant }) => tenant)).toEqual(['harbour', 'quanpay', 'tidepay']);
    expect(new Settings(platforms).of('quanpay').currency).toBe('CNY');
    expect(() => new Settings(platforms).of('lumen')).toThrow(/lumen/);
  });

  it('follows what is heard: one that is created has the usual settings under its own name', () => {
    const platforms = new Platforms();
    platforms.take(heard('lumen', 'TenantCreated', lumen));
    const settings = new Settings(platforms).of('lumen');
    expect(settings).toMatchObject({ ...lumen, tenant: 'lumen', defaultLanguage: 'zh-CN', inquiryInterval: 'PT60M', channels: [] });
    expect(settings.policyVersion).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('keeps the file of a platform that has one when its creation is heard', () => {
    const platforms = new Platforms();
    platforms.take(heard('quanpay', 'TenantCreated', { ...lumen, respondent: 'Somebody else' }));
    expect(new Settings(platforms).of('quanpay')).toEqual(new Settings(new Platforms()).of('quanpay'));
    expect(platforms.of('quanpay')?.createdAt).toBe('2026-11-18T09:00:00.000Z');
  });

  it('gives each number of the limits as it was said last', () => {
    const platforms = new Platforms();
    platforms.take(heard('quanpay', 'TenantLimited', { limits: { rates: { tenant: 90, client: 30 } } }));
    platforms.take(heard('quanpay', 'TenantLimited', { limits: { rates: { tenant: 120 } } }));
    const limits = limitsAmong(platforms);
    expect(limits.of('quanpay')).toEqual({ ...usualLimits, rates: { ...usualLimits.rates, tenant: 120, client: 30 } });
    expect(limits.of('tidepay')).toEqual(usualLimits);
  });

  it('names no closed platform to whoever looks for one, and keeps its settings for what is still to be done', () => {
    const platforms = new Platforms();
    platforms.take(heard('harbour', 'TenantClosed', { why: 'contract-ended' }));
    const settings = new Settings(platforms);
    expect([settings.tenants(), settings.has('harbour'), settings.has('quanpay')]).toEqual([['quanpay', 'tidepay'], false, true]);
    expect(settings.of('harbour').currency).toBe('GBP');
  });

  it('lets a kind pass that this release does not know, and what is said of a platform nobody created', () => {
    const platforms = new Platforms();
    platforms.take(heard('quanpay', 'TenantPainted', { colour: 'red' }));
    platforms.take(heard('nobody', 'TenantClosed', { why: 'contract-ended' }));
    expect(platforms.of('nobody')).toBeUndefined();
  });
});

describe('At the doors', () => {
  let doors: DoorsUnderTest;
  const platforms = new Platforms();
  beforeAll(async () => {
    doors = await doorsUnderTest(DoorsModule, { service: 'case-tracking', runtime: { platforms } });
  });
  afterAll(() => doors.close());
  const ask = async (tenant: string, role: Role = 'agent') => {
    const { status, body } = await doors.as({ sub: 'w-1', role, tenant }).get('/v1/letters');
    return [status, (body as { code?: string }).code];
  };

  it('a platform that nobody created does not come in; once it is heard of it does, and once it is closed no more', async () => {
    expect(await ask('lumen')).toEqual([403, 'tenant-unknown']);
    platforms.take(heard('lumen', 'TenantCreated', lumen));
    expect(await ask('lumen')).toEqual([200, undefined]);
    platforms.take(heard('lumen', 'TenantClosed', { why: 'contract-ended' }));
    expect(await ask('lumen')).toEqual([403, 'tenant-closed']);
    expect(await ask('lumen', 'platform')).toEqual([403, 'tenant-closed']);
    expect(await ask('quanpay')).toEqual([200, undefined]);
  });

  it('whoever looks after the house comes in as far as his role goes', async () => {
    for (const role of ['operator', 'auditor', 'privacy-officer'] as const)
      expect(await ask('lumen', role)).toEqual([403, 'role-not-allowed']);
  });
});
