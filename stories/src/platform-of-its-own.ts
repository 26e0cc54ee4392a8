import { eventually, type Json } from './front.js';
import { expects, type Stage } from './telling.js';

/** A platform of its own (en): created, published for, complained to, limited, and closed by two; a case keeps the settings it was opened under. */
export const platformOfItsOwn = async ({ who, run, step }: Stage): Promise<{ readonly reference: string; readonly matter: string }> => {
  const tenant = `lumen-${run}`;
  const [operator, colleague] = [who.staff('he-lan'), who.staff('rosa-lind')];
  const platform = who.platform(tenant);
  const customer = who.customer(tenant, `customer-${run}`);
  const agent = who.staff(`${tenant}/agent`);
  const isLetIn = async (): Promise<Json> =>
    (await Promise.all(doors.map((door) => platform.ask('GET', door)))).every(({ status }) => status !== 403);

  step('Lumen Wallet is not known here: its tokens are good, and nobody lets them in');
  expects((await platform.ask('GET', '/v1/complaints')).body.code === 'tenant-unknown', 'a platform nobody created is not let in');

  step('An operator creates it; every service hears of it and lets it in, without a restart');
  await operator.post('/v1/tenants', {
    ...{ tenant, name: { en: 'Lumen Wallet', 'zh-CN': '流明钱包' }, respondent: 'Lumen Payments Ltd.' },
    ...{ languages: ['en'], currency: 'EUR', zone: 'Europe/Dublin' },
  });
  await eventually('all services let it in', isLetIn, 60);

  step('The platform lists its app as a channel, and a customer complains under the usual settings');
  await platform.post('/v1/channels', { channel: 'app-help', kind: 'app', address: `https://${tenant}.example/app`, languages: ['en'] });
  const complain = async (about: string): Promise<Json> => {
    const { matter } = await customer.post('/v1/complaints', {
      ...{ channel: 'app', account: `wallet-${run}`, category: 'fees', submit: true },
      narrative: { text: `I was charged ${about}, and nobody can tell me what for.` },
    });
    return eventually('the case is opened', () => agent.see(`/v1/cases/${matter}?wait=5`), 60);
  };
  const first = await complain('a fee');
  expects(first.respondent === 'Lumen Payments Ltd.' && first.policies === undefined, 'the case is Lumen’s, under version 0', first);

  step('It publishes intervals of its own; what is open keeps the old ones, what comes is opened under the new');
  await platform.post('/v1/policies/intervals', {
    ...{ inquiryInterval: 'PT30M', inquiriesForPriority: 2, idleDraftSubmitAfter: 'PT24H' },
    ...{ restoreTarget: 'PT4H', reopeningWindow: 'P90D', promiseReportGrace: 'P14D' },
  });
  const later = await eventually('a new case is opened under them', async () => {
    const opened = await complain('another fee');
    return opened.policies?.intervals === 1 && opened;
  });
  const kept = await agent.see(`/v1/cases/${first.id}`);
  expects(kept.policy === first.policy && later.policy !== first.policy, 'each case keeps the settings it was opened under');
  const { settings } = await platform.see('/v1/policies/in-force');
  expects(settings.policyVersion === later.policy && settings.reopeningWindow === 'P90D', 'what is in force can be read', settings);

  step('An operator limits it to 500 requests a minute for one person; every door counts by that at once');
  await operator.post(`/v1/tenants/${tenant}/limits`, { rates: { subject: 500 } });
  const counts = async (door: string) => (await platform.ask('GET', door)).headers.get('ratelimit-policy')?.includes('"subject";q=500;');
  await eventually('every door counts to 500', async () => (await Promise.all(doors.map(counts))).every(Boolean));

  step('Its contract ends: one operator asks for it to be closed and cannot agree himself, another one agrees');
  const noun = `/v1/tenants/${tenant}/closure`;
  const { closures } = await operator.post(noun, { why: 'contract-ended' });
  const decision = `${noun}/${closures.at(-1).request}/decision`;
  await operator.refused('second-person-is-the-first', decision, { outcome: 'approved' });
  await colleague.post(decision, { outcome: 'approved' });

  step('From then on every door is closed to its tokens, and its auditor still reads what happened');
  const closed = async (door: string) => (await platform.ask('GET', door)).body.code === 'tenant-closed';
  await eventually('every door says so', async () => (await Promise.all(doors.map(closed))).every(Boolean), 60);
  await eventually('the auditor reads it', () => who.staff(`${tenant}/auditor`).see(`/v1/audit/cases/${first.id}`));
  return { reference: first.reference, matter: first.id };
};

/** One address of each service that a platform may ask. */
const doors = ['/v1/complaints', '/v1/payments', '/v1/accounts/wallet-1/protection', '/v1/webhook-endpoints', '/v1/policies'];
