import { webhookReceiver } from './listening.js';
import { eventually, type Json } from './front.js';
import { expects, type Stage } from './telling.js';

const tenant = 'tidepay';
const usd = (value: number) => ({ currency: 'USD', value });

/** Payment failed, then refunded (en): checks in order, a merchant's own clock, never more than was paid, and a webhook endpoint that misses nothing. */
export const paymentFailed = async ({ who, run, step, host }: Stage): Promise<{ readonly reference: string; readonly matter: string }> => {
  const account = `wallet-${run}`;
  const subject = `customer-${run}`;
  const transaction = `payment-${run}`;
  const platform = who.platform(tenant);
  const customer = who.customer(tenant, subject);
  const agent = who.staff('grace-osei');

  step('TidePay registers a webhook endpoint and verifies every signature');
  const receiver = await webhookReceiver(host);
  try {
    const start = (await platform.see('/v1/events?after=0&limit=1')).last;
    const upTo = await headOf(platform, start);
    const endpoint = await platform.post('/v1/webhook-endpoints', { url: receiver.url, after: upTo });
    receiver.believe(endpoint.secret);

    step('A payment of USD 329.00 to a merchant failed though the money left; the customer complains in the app');
    const filed = await customer.post('/v1/complaints', {
      channel: 'app',
      language: 'en',
      account,
      category: 'payment-failed',
      submit: true,
      narrative: { text: 'The checkout said "payment failed" but $329 left my wallet.' },
      details: {
        account,
        transaction,
        merchant: `merchant-${run}`,
        occurredAt: { at: new Date(Date.now() - 3 * 3_600_000).toISOString(), zone: 'America/New_York' },
        amount: usd(32_900),
        method: 'balance',
        operation: 'pay',
      },
    });
    const matter: string = filed.matter;
    const reference: string = filed.reference;
    const noun = `/v1/cases/${matter}`;
    await agent.see(`${noun}?wait=5`);

    step('Triage keeps its order: network, balance, merchant interface, human; each result is recorded');
    await agent.refused('earlier-check-missing', `/v1/complaints/${matter}/checks`, { check: 'merchant-interface', result: 'faulty' });
    for (const [check, result, how] of [
      ['network', 'fine', 'automatic'],
      ['balance', 'fine', 'automatic'],
      ['merchant-interface', 'faulty', 'asked'],
      ['human', 'faulty', 'asked'],
    ])
      await agent.post(`/v1/complaints/${matter}/checks`, { check, result, how });
    await eventually('the case knows the checks', async () => (await agent.see(noun)).checks.length === 4);

    step('Assessed; cause and solution are found');
    await agent.judge(noun, `${noun}/assignment`, {});
    await agent.judge(noun, `${noun}/assessment`, { severity: 'serious', category: 'payment-failed' });
    await agent.judge(noun, `${noun}/cause`, { cause: 'merchant-interface', solution: 'refund-by-merchant' });

    step('The platform’s endpoint goes down for a while; the case goes on');
    receiver.goDown();
    await agent.post('/v1/payments', { transaction, matter, claimed: usd(32_900) });
    await platform.post(`/v1/payments/${transaction}/confirmation`, {
      paid: usd(32_900),
      merchant: `merchant-${run}`,
      occurredAt: new Date(Date.now() - 3 * 3_600_000).toISOString(),
    });

    step('A refund is requested; more than was paid is refused, also through a second case');
    const ask = (amount: number, theCase = matter) => ({
      payment: transaction,
      matter: theCase,
      amount: usd(amount),
      reason: 'service-not-met',
      path: 'merchant',
    });
    await agent.refused('refund-exceeds-payment', '/v1/refunds', ask(32_901));
    const refund: string = (await agent.post('/v1/refunds', ask(32_900))).refund;
    const second = await customer.post('/v1/complaints', {
      channel: 'website',
      language: 'en',
      account,
      category: 'refund',
      submit: true,
      narrative: { text: 'I want my $329 back, I ask once more.' },
      details: {
        account,
        transaction,
        merchant: `merchant-${run}`,
        occurredAt: { at: new Date(Date.now() - 3 * 3_600_000).toISOString() },
        amount: usd(32_900),
      },
    });
    await agent.see(`/v1/cases/${second.matter}?wait=5`);
    await agent.post('/v1/payments', { transaction, matter: second.matter, claimed: usd(32_900) });
    await agent.refused('refund-exceeds-payment', '/v1/refunds', ask(1, second.matter));

    step('The merchant reviews under its own clock and approves USD 200.00');
    const asked = await agent.see(`/v1/refunds/${refund}`);
    expects(
      asked.state === 'merchant-asked' && Date.parse(asked.merchantAsked.due) > Date.now() + 47 * 3_600_000,
      'the merchant has 48 hours',
      asked,
    );
    await platform.post(`/v1/refunds/${refund}/merchant-decision`, { outcome: 'approved', amount: usd(20_000) });
    await agent.judge(noun, `${noun}/measures`, { kind: 'return-money', payment: transaction });

    step('It ends only with the wallet’s confirmation and a ledger reference');
    const ordered = await agent.post('/v1/credit-orders', { payment: transaction, matter, refund, amount: usd(20_000) });
    const credit: string = ordered.credit;
    await platform.refused('amount-differs-from-order', `/v1/credit-orders/${credit}/confirmation`, {
      amount: usd(19_999),
      ledgerReference: `ledger-${run}`,
      creditedAt: new Date(Date.now() - 1_000).toISOString(),
    });
    await platform.post(`/v1/credit-orders/${credit}/confirmation`, {
      amount: usd(20_000),
      ledgerReference: `ledger-${run}`,
      creditedAt: new Date(Date.now() - 1_000).toISOString(),
    });
    await eventually('the measure is done', async () =>
      (await agent.see(noun)).measures.every((measure: Json) => measure.state === 'done'),
    );

    step('Decided, answered, closed with its cause code');
    const seen = await agent.see(noun);
    expects(seen.stage === 'assessed', 'not answered before a letter has left', seen.stage);
    await agent.judge(noun, `${noun}/decision`, { outcome: 'upheld', grounds: ['merchant-mistake'] });
    const issued = await agent.judge(noun, `${noun}/letters`, {
      kind: 'final-response',
      channel: 'platform',
      text: 'The merchant returned USD 200.00; it is in your wallet.',
    });
    const letter: string = issued.letters.at(-1).letter;
    const handed = await eventually('the letter is handed to the platform', async () =>
      (await platform.see(`/v1/notices?letter=${letter}`)).items.find((one: Json) => one.state === 'handed-over'),
    );
    await platform.post(`/v1/notices/${handed.notice}/delivery-reports`, { sentAt: new Date().toISOString() });
    await eventually('the case is answered', async () => (await agent.see(noun)).stage === 'answered');
    const closed = await agent.judge(noun, `${noun}/closure`, { how: 'answered' });
    expects(closed.stage === 'closed' && closed.closure.cause === 'merchant-interface', 'closed with its cause code', closed.closure);

    step('The endpoint comes back: every step arrives in order, signed, none missing, none forged');
    expects(receiver.turnedAway > 0, 'it was down when messages came', receiver.turnedAway);
    receiver.comeBack();
    const told = await eventually('everything the platform may read', async () => {
      const all = await readAll(platform, upTo);
      return all.some(({ type, data }) => type === 'CaseClosed' && data.matter === matter) && all;
    });
    await eventually('the endpoint has every message', async () => receiver.received.length >= told.length, 60);
    const numbers = receiver.received.map(({ body }) => body.number);
    expects(receiver.forged === 0, 'every signature was right', receiver.forged);
    expects(
      new Set(receiver.received.map(({ id }) => id)).size === receiver.received.length || receiver.received.length >= told.length,
      'a message keeps its id',
    );
    expects(
      numbers.every((number, at) => at === 0 || number === numbers[at - 1] + 1 || number === numbers[at - 1]),
      'in order, none missing',
      numbers,
    );
    const mine = receiver.received.filter(({ body }) => body.data.matter === matter).map(({ body }) => body.type);
    for (const type of [
      'ComplaintReceived',
      'CaseOpened',
      'CaseAssessed',
      'RefundRequested',
      'RefundApproved',
      'CreditOrdered',
      'CreditConfirmed',
      'LetterSent',
      'CaseClosed',
    ])
      expects(mine.includes(type), `the endpoint heard ${type}`, mine);

    step(`Event by event:  npm run replay -- ${reference}`);
    return { reference, matter };
  } finally {
    await receiver.close();
  }
};

/** All of the platform's messages after a number. */
const readAll = async (platform: Stage['who']['anyone'], after: number): Promise<Json[]> => {
  const all: Json[] = [];
  for (let at = after; ;) {
    const page = await platform.see(`/v1/events?after=${at}&limit=200`);
    all.push(...page.items);
    if (page.items.length < 200) return all;
    at = page.last;
  }
};
const headOf = async (platform: Stage['who']['anyone'], from: number): Promise<number> =>
  (await readAll(platform, 0)).at(-1)?.number ?? from;
