import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { usualLimits, type TenantHistory, type TenantLine } from '@recourse/contracts';
import { serviceUnderTest, type ServiceUnderTest } from '@recourse/edge/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { GovernanceModule } from '../governance.module.js';

const lumen = {
  tenant: 'lumen',
  name: { en: 'Lumen Wallet', 'zh-CN': '流明钱包' },
  respondent: 'Lumen Payments Ltd.',
  languages: ['en'],
  currency: 'EUR',
  zone: 'Europe/Dublin',
};

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await serviceUnderTest(GovernanceModule, { service: 'governance' });
}, 120_000);
afterAll(async () => {
  await service.close();
}, 60_000);

const operator = (sub: string) => service.as({ sub, role: 'operator', tenant: 'quanpay' });
const platform = (tenant: string) => service.as({ sub: `${tenant}-server`, role: 'platform', tenant });
const closureOf = (history: TenantHistory) => history.closures.at(-1)!.request;
const until = async (holds: () => boolean | Promise<boolean>) => {
  for (let looked = 0; !(await holds()); looked++) {
    if (looked === 400) throw new Error('It never came true.');
    await pause(25);
  }
};
const known = (tenant: string) => service.runtime.platforms.of(tenant);

describe('The platforms of the house', () => {
  it('of the demonstration are created by the house itself, once, whatever starts again', async () => {
    await until(() => ['quanpay', 'tidepay', 'harbour'].every((tenant) => known(tenant)?.createdAt !== undefined));
    const { database, kekFile, issuer } = service;
    const again = await serviceUnderTest(GovernanceModule, { service: 'governance', beside: { database, kekFile, issuer } });
    await again.close();
    const records = await service.store.readStream('tenant-quanpay');
    expect(records.map(({ type, by }) => [type, by.actor])).toEqual([['TenantCreated', 'service:governance']]);
  }, 60_000);

  it('are created by operators alone', async () => {
    for (const role of ['platform', 'agent', 'supervisor', 'auditor', 'customer', 'privacy-officer'] as const)
      expect((await service.as({ sub: 'w-9', role, tenant: 'quanpay' }).post('/v1/tenants', lumen)).status).toBe(403);
    const { status, headers, body } = await operator('w-1').post('/v1/tenants', lumen);
    expect([status, headers['location']]).toEqual([201, '/v1/tenants/lumen']);
    expect(body).toMatchObject({ ...lumen, stage: 'open', limits: usualLimits });
    await until(() => known('lumen') !== undefined);
    expect(service.runtime.settings.of('lumen')).toMatchObject({ respondent: lumen.respondent, defaultLanguage: 'en', currency: 'EUR' });
    expect((await operator('w-1').post('/v1/tenants', lumen)).body).toMatchObject({ code: 'tenant-is-created' });
    const list = (await operator('w-1').get('/v1/tenants?limit=2')).body as { items: TenantLine[] };
    expect(list.items.map(({ tenant }) => tenant)).toEqual(['harbour', 'lumen']);
  });

  it('say what is wrong with one, field by field', async () => {
    const wrong = await operator('w-1').post('/v1/tenants', { ...lumen, tenant: 'Lumen!', currency: 'XXQ', languages: [], more: 1 });
    expect(wrong.status).toBe(400);
    expect((wrong.body as { errors: { pointer: string; code: string }[] }).errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(
      expect.arrayContaining([
        '/tenant tenant-malformed',
        '/currency currency-unknown',
        '/languages list-too-short',
        '/more unknown-field',
      ]),
    );
    const zone = await operator('w-1').post('/v1/tenants', { ...lumen, tenant: 'mars', zone: 'Mars/Olympus' });
    expect([zone.status, zone.body]).toEqual([422, expect.objectContaining({ code: 'zone-is-unknown' })]);
    expect((await operator('w-1').get('/v1/tenants/mars')).status).toBe(404);
  });

  it('are limited; whoever counts knows at once', async () => {
    const limited = await operator('w-1').post('/v1/tenants/lumen/limits', {
      rates: { tenant: 90 },
      quotas: { evidenceFilesPerMatter: 3 },
    });
    expect((limited.body as TenantHistory).limits).toEqual({
      ...usualLimits,
      rates: { ...usualLimits.rates, tenant: 90 },
      quotas: { ...usualLimits.quotas, evidenceFilesPerMatter: 3 },
    });
    await until(() => service.runtime.limits.of('lumen').rates.tenant === 90);
    expect(service.runtime.limits.of('quanpay')).toEqual(usualLimits);
  });

  it('are closed by two operators, of whom one may take it back before', async () => {
    const ask = { why: 'contract-ended' };
    const withdrawn = closureOf((await operator('w-1').post('/v1/tenants/lumen/closure', ask)).body as TenantHistory);
    expect((await operator('w-2').post(`/v1/tenants/lumen/closure/${withdrawn}/withdrawal`, {})).body).toMatchObject({
      code: 'somebody-else-asked',
    });
    expect((await operator('w-1').post(`/v1/tenants/lumen/closure/${withdrawn}/withdrawal`, {})).status).toBe(200);
    const decide = (sub: string, request: string) =>
      operator(sub).post(`/v1/tenants/lumen/closure/${request}/decision`, { outcome: 'approved' });
    expect((await decide('w-2', withdrawn)).body).toMatchObject({ code: 'closure-is-decided' });
    const request = closureOf((await operator('w-1').post('/v1/tenants/lumen/closure', ask)).body as TenantHistory);
    expect((await decide('w-1', request)).body).toMatchObject({ code: 'second-person-is-the-first' });
    expect((await decide('w-2', '0190a6f0-7b1c-7e2a-9c1d-3f5b8a6d2e10')).status).toBe(404);
    expect((await platform('lumen').get('/v1/tenants')).body).toMatchObject({ code: 'role-not-allowed' });
    // Eight people agree at the same moment: it is closed once.
    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => decide(`w-${at + 2}`, request)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await service.store.readStream('tenant-lumen')).filter(({ type }) => type === 'TenantClosed')).toHaveLength(1);
    await until(() => known('lumen')?.closedAt !== undefined);
    expect((await operator('w-1').get('/v1/tenants/lumen')).body).toMatchObject({ stage: 'closed' });
    const closed = service.as({ sub: 'w-7', role: 'operator', tenant: 'lumen' });
    expect((await closed.get('/v1/tenants/lumen')).status).toBe(200);
  });
});
