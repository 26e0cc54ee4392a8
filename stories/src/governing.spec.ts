import { services, type ServiceName } from '@recourse/embedded';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, type Json } from './front.js';
import { Inside } from './peeking.js';
import { settled } from './settling.js';
import { unshownShapes } from './storing-shapes.js';
import { everybody, type Everybody } from './signing-in.js';
import { freePorts, StandingApart } from './standing-apart.js';

const home = fs.mkdtempSync(path.join(tmpdir(), 'recourse-governing-'));
const house = new StandingApart(home);
/** Nobody takes mail here: it waits. */
const noMail = 'smtp://127.0.0.1:9';
let inside: Inside;
let who: Everybody;
beforeAll(async () => {
  const { url, adminUrl } = await house.start(await freePorts(), noMail);
  inside = new Inside(adminUrl);
  who = everybody(url);
}, 120_000);
afterAll(async () => {
  await inside?.close();
  await house.stop();
  fs.rmSync(home, { recursive: true, force: true });
}, 60_000);

const tenant = 'lumen';
/** A route of each service that a platform may ask, and what it answers when the platform is let in. */
const doors: Readonly<Partial<Record<ServiceName, string>>> = {
  intake: '/v1/complaints',
  'case-tracking': '/v1/payments',
  'account-lock': '/v1/accounts/wallet-1/protection',
  notification: '/v1/webhook-endpoints',
  governance: '/v1/policies',
};
const atEveryDoor = async (path: (service: ServiceName) => string | undefined = (service) => doors[service]): Promise<readonly string[]> =>
  Promise.all(
    services.flatMap((service) => {
      const asked = path(service);
      return asked === undefined
        ? []
        : [
            who
              .platform(tenant)
              .ask('GET', asked)
              .then(({ status, body }) => `${service} ${status === 403 ? body.code : 'lets in'}`),
          ];
    }),
  );
const everyDoorSays = (what: string): Promise<unknown> =>
  eventually(`every service says ${what}`, async () => (await atEveryDoor()).every((said) => said.endsWith(` ${what}`)), 60);

/** What a service has written down of the platform, in its order. */
const heardBy = async (service: ServiceName): Promise<readonly string[]> => {
  const rows = await inside.ask<{ heard: string }>(
    service,
    `select concat_ws(' ', record->'data'->>'what', record->'data'->'said'->>'kind', record->'data'->'said'->>'version') as heard
     from log.event where type = 'PlatformHeard' and tenant = $1 order by position`,
    [tenant],
  );
  return rows.map(({ heard }) => heard);
};
const everyServiceHeard = (last: string): Promise<unknown> =>
  eventually(
    `every service heard ${last}`,
    async () => (await Promise.all(services.map(heardBy))).every((heard) => heard.at(-1) === last),
    60,
  );

const intervals = (inquiriesForPriority: number) => ({
  ...{ inquiryInterval: 'PT1S', inquiriesForPriority, idleDraftSubmitAfter: 'PT24H' },
  ...{ restoreTarget: 'PT4H', reopeningWindow: 'P90D', promiseReportGrace: 'P14D' },
});
const complain = async (name: string): Promise<{ readonly noun: string; readonly opened: Json }> => {
  const customer = who.customer(tenant, `customer-${name}`);
  const { matter } = await customer.post('/v1/complaints', {
    ...{ channel: 'app', account: `wallet-${name}`, category: 'fees', submit: true },
    narrative: { text: 'A fee was taken twice.' },
    details: { account: `wallet-${name}`, occurredAt: { at: new Date(Date.now() - 3_600_000).toISOString() } },
  });
  const noun = `/v1/cases/${matter}`;
  return { noun, opened: await eventually('the case is there', () => who.staff(`${tenant}/agent`).see(`${noun}?wait=5`), 60) };
};
/** Asks twice how it stands, as its platform's interval allows. */
const askTwice = async (noun: string, name: string): Promise<string> => {
  const customer = who.customer(tenant, `customer-${name}`);
  for (let count = 1; count <= 2; count++) {
    await eventually(`inquiry ${count} is counted`, async () => {
      const { inquiries } = await customer.post(`${noun}/inquiries`);
      return (inquiries?.count ?? inquiries) >= count;
    });
    await pause(1_100);
  }
  return (await who.staff(`${tenant}/agent`).see(noun)).priority as string;
};

describe('A platform, from the day it is created to the day it is closed', () => {
  let first: Awaited<ReturnType<typeof complain>>;

  it('is unknown until an operator creates it, and known everywhere a moment later, without a restart', async () => {
    expect(new Set((await atEveryDoor()).map((said) => said.split(' ')[1]))).toEqual(new Set(['tenant-unknown']));
    await who.staff('he-lan').post('/v1/tenants', {
      ...{ tenant, name: { en: 'Lumen Wallet', 'zh-CN': '流明钱包' }, respondent: 'Lumen Payments Ltd.' },
      ...{ languages: ['en'], currency: 'EUR', zone: 'Europe/Dublin' },
    });
    await everyDoorSays('lets in');
  });

  it('publishes settings, and a complaint that comes through the front door is handled under them', async () => {
    expect(await who.platform(tenant).post('/v1/policies/intervals', intervals(2))).toMatchObject({ kind: 'intervals', version: 1 });
    await everyServiceHeard('PolicyPublished intervals 1');
    await who
      .platform(tenant)
      .post('/v1/channels', { channel: 'app-help', kind: 'app', address: 'https://lumen.example/app', languages: ['en'] });
    first = await complain('first');
    expect(first.opened).toMatchObject({ respondent: 'Lumen Payments Ltd.', language: 'en', policies: { intervals: 1 } });
  });

  it('changes them while services are killed: nothing is lost or doubled, the running case keeps the old ones, a new one gets the new', async () => {
    const second = await who.platform(tenant).post('/v1/policies/intervals', intervals(9));
    await Promise.all((['governance', 'case-tracking'] as const).map((service) => house.killService(service)));
    expect(second).toMatchObject({ version: 2 });
    await everyServiceHeard('PolicyPublished intervals 2');
    await everyDoorSays('lets in');
    const next = await complain('second');
    expect(next.opened.policies).toEqual({ intervals: 2 });
    expect(next.opened.policy).not.toBe(first.opened.policy);
    const [old, fresh] = await Promise.all([askTwice(first.noun, 'first'), askTwice(next.noun, 'second')]);
    expect({ old, fresh }).toEqual({ old: 'high', fresh: 'normal' });
    const { settings } = await who.platform(tenant).see('/v1/policies/in-force');
    expect([settings.policyVersion, settings.inquiriesForPriority]).toEqual([next.opened.policy, 9]);
  });

  it('is limited: each service counts by the new number at once, and the operator lifts it again', async () => {
    const limit = (subject: number) => who.staff('he-lan').post(`/v1/tenants/${tenant}/limits`, { rates: { subject } });
    const grants = async (door: string) => (await who.platform(tenant).ask('GET', door)).headers.get('ratelimit-policy') ?? '';
    await limit(400);
    for (const door of Object.values(doors))
      await eventually(`${door} counts to 400`, async () => (await grants(door)).includes('"subject";q=400;'));
    await limit(1);
    const customer = who.customer(tenant, 'customer-busy');
    const refused = await eventually('somebody asks too much', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => customer.ask('GET', '/v1/complaints')));
      return answers.find(({ status }) => status === 429);
    });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    await limit(6_000);
    await everyDoorSays('lets in');
  });

  it('is closed by two operators, though the services are killed meanwhile; its tokens are refused everywhere, its past can be read', async () => {
    const [one, other] = [who.staff('he-lan'), who.staff('rosa-lind')];
    const withdrawn = (await one.post(`/v1/tenants/${tenant}/closure`, { why: 'contract-ended' })).closures.at(-1).request as string;
    await other.refused('somebody-else-asked', `/v1/tenants/${tenant}/closure/${withdrawn}/withdrawal`);
    await one.post(`/v1/tenants/${tenant}/closure/${withdrawn}/withdrawal`);
    const denied = (await one.post(`/v1/tenants/${tenant}/closure`, { why: 'contract-ended' })).closures.at(-1).request as string;
    await other.post(`/v1/tenants/${tenant}/closure/${denied}/decision`, { outcome: 'denied', why: 'cases-are-open' });
    const asked = (await one.post(`/v1/tenants/${tenant}/closure`, { why: 'contract-ended' })).closures.at(-1).request as string;
    const decision = `/v1/tenants/${tenant}/closure/${asked}/decision`;
    await one.refused('second-person-is-the-first', decision, { outcome: 'approved' });
    await house.killService('account-lock');
    expect((await other.post(decision, { outcome: 'approved' })).stage).toBe('closed');
    await Promise.all((['governance', 'intake'] as const).map((service) => house.killService(service)));
    await everyServiceHeard('TenantClosed');
    await everyDoorSays('tenant-closed');
    for (const somebody of [who.customer(tenant, 'customer-first'), who.staff(`${tenant}/agent`), who.staff(`${tenant}/supervisor`)])
      expect((await somebody.ask('GET', first.noun)).body.code).toBe('tenant-closed');
    const read = await who.staff(`${tenant}/auditor`).see(`/v1/audit${first.noun.replace('/v1', '')}`);
    expect(JSON.stringify(read)).toContain('Lumen Payments Ltd.');
  });

  it('left the same in every service, once and in order, and the notary has all of it', async () => {
    await settled(inside, { sending: false, seconds: 120 });
    const said = [
      ...['TenantCreated', 'PolicyPublished intervals 1', 'PolicyPublished intervals 2'],
      ...['TenantLimited', 'TenantLimited', 'TenantLimited', 'TenantClosed'],
    ];
    for (const service of services) expect({ service, heard: await heardBy(service) }).toEqual({ service, heard: said });
    for (const service of services) {
      const [row] = await inside.ask<{ parked: number }>(service, 'select count(*)::int as parked from relay.parked_key');
      expect({ service, parked: row!.parked }).toEqual({ service, parked: 0 });
    }
  });

  it('left nothing in any log of which contracts/stored has no example', async () =>
    expect(await unshownShapes(inside, process.env['RECOURSE_STORED'] === 'write')).toEqual([]));
});
