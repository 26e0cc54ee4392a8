import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { limitsWith, platformSettings, usualLimits, type LimitsOfTenant } from '@recourse/contracts';
import { DoorsModule } from '../doors.testing.js';
import { Platforms } from '../platforms/platforms.js';
import { doorsUnderTest, type Answered, type DoorsUnderTest } from '../testing.js';
import { keyOf, rateLimitHeaders, refusing, type Counted } from './throttling.js';

/** Platforms that have been created, each for one test. */
const everybody = new Map(
  ['a', 'eight', 'five', 'four', 'one', 'seven', 'six', 'three', 'two'].map((tenant) => [tenant, platformSettings('quanpay')!]),
);

let doors: DoorsUnderTest;
const granted = new Map<string, LimitsOfTenant>();
const grant = (tenant: string, rates: Partial<LimitsOfTenant['rates']>) => void granted.set(tenant, limitsWith(usualLimits, { rates }));

beforeAll(async () => {
  doors = await doorsUnderTest(DoorsModule, {
    service: 'doors',
    environment: { RECOURSE_LOG_LEVEL: 'fatal', RECOURSE_PUBLIC_RATE: '5', RECOURSE_TRUST_PROXY: '127.0.0.1,10.9.0.0/16' },
    runtime: { platforms: new Platforms(everybody), limits: { of: (tenant) => granted.get(tenant) ?? usualLimits } },
  });
});
afterAll(() => doors.close());

const letters = (caller: Parameters<DoorsUnderTest['as']>[0]): Promise<Answered> => doors.as(caller).get('/v1/letters');
const statuses = async (times: number, ask: () => Promise<{ status: number }>): Promise<number[]> => {
  const heard: number[] = [];
  for (let n = 0; n < times; n++) heard.push((await ask()).status);
  return heard;
};
const fromAddress = async (address: string, url = '/v1/trace', headers: Record<string, string> = {}) => {
  const answer = await doors.app.inject({ url, headers: { 'x-forwarded-for': address, ...headers } });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() as Record<string, unknown> };
};

describe('Requests of one platform', () => {
  it('are counted for the person, the client and the platform, each in a window of its own', async () => {
    grant('one', { tenant: 6, client: 4, subject: 2 });
    const ask = (sub: string, client: string) => letters({ tenant: 'one', role: 'agent', sub, client });
    expect(await statuses(3, () => ask('a', 'desk'))).toEqual([200, 200, 429]);
    // What was refused to one counts for his client and platform too: three of four, three of six.
    expect(await statuses(2, () => ask('b', 'desk'))).toEqual([200, 429]);
    expect(await statuses(2, () => ask('c', 'app'))).toEqual([200, 429]);
  });

  it('leave other platforms alone, whatever these call themselves', async () => {
    grant('two', { subject: 1 });
    expect(await statuses(2, () => letters({ tenant: 'two', role: 'agent', sub: 'a' }))).toEqual([200, 429]);
    expect((await letters({ tenant: 'three', role: 'agent', sub: 'a' })).status).toBe(200);
    expect(keyOf('client', { tenant: 'a b', client: 'c', role: 'agent', sub: 's', skills: [] })).not.toBe(
      keyOf('client', { tenant: 'a', client: 'b c', role: 'agent', sub: 's', skills: [] }),
    );
  });

  it('are counted when they come at once: none slips through', async () => {
    grant('four', { subject: 20 });
    const heard = await Promise.all(Array.from({ length: 50 }, () => letters({ tenant: 'four', role: 'agent', sub: 'a' })));
    expect(heard.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(heard.filter(({ status }) => status === 429)).toHaveLength(30);
  });

  it('may be more from the next one on when the limit is raised', async () => {
    grant('five', { subject: 1 });
    expect(await statuses(2, () => letters({ tenant: 'five', role: 'agent', sub: 'a' }))).toEqual([200, 429]);
    grant('five', { subject: 5 });
    expect((await letters({ tenant: 'five', role: 'agent', sub: 'a' })).status).toBe(200);
  });

  it('are answered with what is granted and what is left', async () => {
    grant('six', { tenant: 90, client: 60, subject: 3 });
    const { headers } = await letters({ tenant: 'six', role: 'agent', sub: 'a' });
    expect(headers['ratelimit-policy']).toBe('"tenant";q=90;w=60, "client";q=60;w=60, "subject";q=3;w=60');
    expect(headers['ratelimit']).toMatch(/^"tenant";r=89;t=\d+, "client";r=59;t=\d+, "subject";r=2;t=\d+$/);
    const customer = await doors.as({ tenant: 'six', role: 'customer', sub: 'a' }).get('/v1/letters');
    expect([customer.status, customer.headers['ratelimit-policy']]).toEqual([403, undefined]);
  });

  it('are refused with a problem that says what to do, before anything is read or done', async () => {
    grant('seven', { subject: 1 });
    await letters({ tenant: 'seven', role: 'agent', sub: 'a' });
    const no = await doors.as({ tenant: 'seven', role: 'agent', sub: 'a' }).post('/v1/letters', { broken: true });
    expect([no.status, no.body]).toEqual([
      429,
      expect.objectContaining({
        code: 'too-many-requests',
        advice: expect.stringContaining('Retry-After'),
        facts: { policy: 'subject', most: 1, seconds: 60 },
      }),
    ]);
    expect(Number(no.headers['retry-after'])).toBeGreaterThan(0);
    expect(no.headers['ratelimit']).toMatch(/"subject";r=0;t=\d+/);
  });
});

describe('Requests of strangers', () => {
  it('are counted by their address, on open routes and without a token anywhere', async () => {
    expect(await statuses(5, () => fromAddress('198.51.100.1'))).toEqual([200, 200, 200, 200, 200]);
    const no = await fromAddress('198.51.100.1', '/v1/letters');
    expect([no.status, no.body['code'], no.headers['ratelimit-policy']]).toEqual([429, 'too-many-requests', '"address";q=5;w=60']);
    expect((await fromAddress('198.51.100.2')).status).toBe(200);
  });

  it('cannot name another address: only a proxy we know is believed', async () => {
    const through = (chain: string) => fromAddress(chain).then(({ status }) => status);
    for (let n = 0; n < 5; n++) expect(await through(`203.0.113.${n}, 198.51.100.3, 10.9.1.1`)).toBe(200);
    expect(await through('203.0.113.9, 198.51.100.3, 10.9.1.1')).toBe(429);
  });

  it('share what is granted to their network in IPv6, where an address costs nothing', async () => {
    for (let n = 1; n <= 5; n++) expect((await fromAddress(`2001:db8:1:1::${n}`)).status).toBe(200);
    expect((await fromAddress('2001:db8:1:1:ffff::9')).status).toBe(429);
    expect((await fromAddress('2001:db8:1:2::1')).status).toBe(200);
  });

  it('count when their tokens are no good, and shut out nobody whose token is', async () => {
    const wrong = await doors.issuer.token({ role: 'agent' }, { foreignKey: true });
    const good = await doors.issuer.token({ role: 'agent', tenant: 'eight' });
    const ask = (token: string) => fromAddress('198.51.100.4', '/v1/letters', { authorization: `Bearer ${token}` });
    expect(await statuses(6, () => ask(wrong))).toEqual([401, 401, 401, 401, 401, 401]);
    expect((await fromAddress('198.51.100.4')).status).toBe(429);
    expect((await ask(good)).status).toBe(200);
  });

  it('may ask for our health as often as they like', async () => {
    for (let n = 0; n < 10; n++) expect((await fromAddress('198.51.100.5', '/readyz')).status).toBe(200);
  });
});

describe('The headers', () => {
  const counted = (policy: Counted['policy'], left: number, endsIn: number): Counted => ({
    policy,
    most: 10,
    left,
    endsIn,
    exceeded: left === 0,
  });
  it('are lists, in seconds from now', () =>
    expect(rateLimitHeaders([counted('client', 3, 20), counted('subject', 0, 7)])).toEqual({
      'ratelimit-policy': '"client";q=10;w=60, "subject";q=10;w=60',
      ratelimit: '"client";r=3;t=20, "subject";r=0;t=7',
    }));
  it('name the wait after which nothing says no', () => {
    expect(refusing([counted('client', 0, 20), counted('subject', 0, 7)])?.endsIn).toBe(20);
    expect(refusing([counted('client', 1, 20)])).toBeUndefined();
  });
});
