import { eventually, type Json } from './front.js';
import type { Tenant } from './gathering.js';
import { webhookReceiver } from './listening.js';
import type { Everybody } from './signing-in.js';

export type WebhookReceiver = Awaited<ReturnType<typeof webhookReceiver>>;

const currency = { quanpay: 'CNY', tidepay: 'USD', harbour: 'GBP' } as const;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/**
 * What no story leaves behind: drafts nobody submitted, cases nobody took, promises and questions still open, a merchant who has not answered,
 * accounts that are watched, limited and locked, preferences, and a webhook endpoint that was tested, turned off and on, and told everything twice.
 */
export const furnish = async (who: Everybody, run: string, where: readonly Tenant[]): Promise<readonly WebhookReceiver[]> => {
  if (where.includes('tidepay')) await governOne(who, run);
  return Promise.all(
    where.map(async (tenant) => {
      await furnishOne(who, tenant, run);
      return endpointOf(who, tenant);
    }),
  );
};

/** A platform that was created for nobody, published for, limited, kept twice and closed; and one of ours under settings of its own. */
const governOne = async (who: Everybody, run: string): Promise<void> => {
  const tenant = `created-${run}`;
  const [one, other] = [who.staff('he-lan'), who.staff('rosa-lind')];
  const profile = {
    name: { en: 'Created', 'zh-CN': '新建' },
    respondent: 'Created Ltd.',
    languages: ['en'],
    currency: 'EUR',
    zone: 'Europe/Dublin',
  };
  await one.post('/v1/tenants', { tenant, ...profile });
  await one.post(`/v1/tenants/${tenant}/limits`, { rates: { subject: 600 } });
  await who.platform('tidepay').post('/v1/policies/intervals', {
    ...{ inquiryInterval: 'PT60M', inquiriesForPriority: 3, idleDraftSubmitAfter: 'PT12H' },
    ...{ restoreTarget: 'PT4H', reopeningWindow: 'P180D', promiseReportGrace: 'P14D' },
  });
  const noun = `/v1/tenants/${tenant}/closure`;
  const ask = async (): Promise<string> => (await one.post(noun, { why: 'set-up-by-mistake' })).closures.at(-1).request;
  await one.post(`${noun}/${await ask()}/withdrawal`);
  await other.post(`${noun}/${await ask()}/decision`, { outcome: 'denied', why: 'look-again' });
  await other.post(`${noun}/${await ask()}/decision`, { outcome: 'approved' });
};

/**
 * What privacy officers do: a hold that stands, a draft that was never submitted and whose key is destroyed, a request of a subject that waits for its
 * answer. Which order destroyed the key.
 */
export const forgetSome = async (who: Everybody, run: string): Promise<string> => {
  const [one, other] = [who.staff('dana-cohen'), who.staff('max-orlov')];
  const subject = `forgotten-${run}`;
  const { matter } = await who.customer('tidepay', subject).post('/v1/complaints', { channel: 'app', narrative: { text: 'Never mind.' } });
  const { hold } = await one.post('/v1/privacy/holds', { scope: 'subject', of: `held-${run}`, why: 'litigation', authority: 'A-1' });
  await other.post(`/v1/privacy/holds/${hold}/approval`);
  const asked = await one.post('/v1/privacy/key-orders', { kind: 'destroy', why: 'never-received', matter, because: 'A-1' });
  await other.post(`/v1/privacy/key-orders/${asked.order}/approval`, { list: asked.list });
  await eventually(
    'every service has forgotten it',
    async () => (await one.see(`/v1/privacy/key-orders/${asked.order}`)).stage === 'acknowledged',
    30,
  );
  await one.post('/v1/privacy/subject-requests', { kind: 'access', subject, identity: 'A-1', jurisdiction: 'eu' });
  return asked.order;
};

const furnishOne = async (who: Everybody, tenant: Tenant, run: string): Promise<void> => {
  const platform = who.platform(tenant);
  const subject = `furnished-${run}`;
  const account = `wallet-${subject}`;
  const customer = who.customer(tenant, subject);
  const agent = who.staff(`${tenant}/agent`);
  const amount = { currency: currency[tenant], value: 4_200 };

  await platform.post(`/v1/accounts/${account}/contact`, {
    kind: 'email',
    address: `${subject}@${tenant}.example`,
    language: 'en',
    subject,
  });
  await customer.post('/v1/preferences', { choices: { progress: 'off' } });
  await customer.post('/v1/complaints', { channel: 'app', account, narrative: { text: 'Not finished yet.' } });
  await platform.post('/v1/complaints', {
    channel: 'website',
    subject: `other-${run}`,
    category: 'fees',
    narrative: { text: 'Nor is this.' },
  });

  const complain = async (category: string): Promise<string> => {
    const { matter } = await customer.post('/v1/complaints', {
      channel: 'app',
      account,
      category,
      submit: true,
      narrative: { text: `About ${category}.` },
      details: { account, transaction: `${category}-${run}`, merchant: `merchant-${run}`, occurredAt: { at: inSeconds(-7_200) }, amount },
    });
    await agent.see(`/v1/cases/${matter}?wait=10`);
    return matter;
  };
  const [taken, refund] = [await complain('fees'), await complain('refund'), await complain('scam')];
  await agent.judge(`/v1/cases/${taken}`, `/v1/cases/${taken}/assignment`);
  await agent.post(`/v1/cases/${taken}/promises`, { due: inSeconds(86_400) });
  await agent.post(`/v1/cases/${taken}/information-requests`, { from: 'complainant', what: 'transaction-record', due: inSeconds(86_400) });

  await agent.post('/v1/payments', { transaction: `refund-${run}`, matter: refund, claimed: amount });
  await platform.post(`/v1/payments/refund-${run}/confirmation`, { paid: amount, occurredAt: inSeconds(-7_200) });
  await agent.post('/v1/refunds', { payment: `refund-${run}`, matter: refund, amount, reason: 'other', path: 'merchant' });

  await agent.post(`/v1/accounts/limited-${run}/limits`, { kind: 'single', amount, until: inSeconds(86_400) });
  await agent.post(`/v1/accounts/locked-${run}/locks`, { scope: 'all', until: inSeconds(86_400) });
  const evidence = 'A'.repeat(43);
  await platform.post('/v1/signals', { account: `watched-${run}`, rule: 'many-failed-codes', evidence, seenAt: inSeconds(-60) });
};

/** Registered, tested, turned off and on again, replayed. */
const endpointOf = async (who: Everybody, tenant: string): Promise<WebhookReceiver> => {
  const platform = who.platform(tenant);
  const receiver = await webhookReceiver();
  const { endpoint, secret } = await platform.post('/v1/webhook-endpoints', { url: receiver.url, after: 0 });
  receiver.believe(secret);
  const noun = `/v1/webhook-endpoints/${endpoint}`;
  const has = (what: string, truth: (received: readonly { id: string; body: Json }[]) => boolean) =>
    eventually(what, async () => truth(receiver.received));
  await has('the first messages', (received) => received.length > 3);
  await platform.post(`${noun}/tests`);
  await has('the test', (received) => received.some(({ body }) => body.type === 'EndpointTested'));
  await platform.post(`${noun}/disablement`);
  await platform.post(`${noun}/enablement`);
  await platform.post(`${noun}/replays`, { after: 2 });
  await has('everything once more', (received) => new Set(received.map(({ id }) => id)).size < received.length);
  return receiver;
};
