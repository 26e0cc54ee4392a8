import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CaseHistory, CreditShown, DisputedPaymentShown, PaymentShown, RefundShown } from '@recourse/contracts';
import { Settings } from '@recourse/edge';
import { serviceUnderTest, type Answered, type Somebody } from '@recourse/edge/testing';
import { part, type PostgresEventStore } from '@recourse/event-store';
import type { Message } from '@recourse/relay';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { CaseTrackingModule } from '../case-tracking.module.js';
import { complaintCase } from '../complaint-case/deciding.js';
import { stepUpHearing } from './disputed-payment.inbox.js';
import { ReviewRow, reviewsDue } from './merchant-reviews.view.js';
import { PaymentRow } from './payments.view.js';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let platform: Somebody;
let agent: Somebody;
let supervisor: Somebody;
beforeAll(async () => {
  service = await serviceUnderTest(CaseTrackingModule, { service: 'case-tracking' });
  platform = service.as({ sub: 'tidepay', role: 'platform', tenant: 'tidepay' });
  agent = service.as({ sub: 'agent-0102', role: 'agent', tenant: 'tidepay', badge: '0102', skills: ['payment-failed'] });
  supervisor = service.as({ sub: 'supervisor-0003', role: 'supervisor', tenant: 'tidepay' });
});
afterAll(() => service.close());

const body = <T>(answer: Answered): T => answer.body as T;
const code = ({ status, body: problem }: Answered) => [status, (problem as { code?: string }).code];
const usd = (value: number) => ({ currency: 'USD', value });
const digits = () => randomUUID().slice(0, 8);

const caseOpened = async (transaction: string | undefined, subject = 'cus-1', category = 'payment-failed'): Promise<string> => {
  const matter = uuid();
  const at = service.store.now('tidepay');
  const command = {
    type: 'OpenCase',
    kind: 'complaint',
    reference: 'R7K3-M9QX-2D',
    respondent: 'Tidepay Inc.',
    language: 'en',
    receivedAt: at,
    policy: 'sha256:0',
    subject,
    known: [],
    facts: { account: 'wallet-1', category, amount: usd(32_900), ...(transaction && { transaction }) },
    by: { actor: 'service:case-tracking', role: 'service', client: 'case-tracking' },
    at,
  } as const;
  await service.send({ tenant: 'tidepay', corr: matter, parts: [part(complaintCase, `case-${matter}`, command)] });
  return matter;
};
const disputed = async (): Promise<{ matter: string; transaction: string }> => {
  const transaction = `txn-${digits()}`;
  const matter = await caseOpened(transaction);
  expect((await agent.post('/v1/payments', { matter })).status).toBe(201);
  return { matter, transaction };
};
const confirmedPayment = async () => {
  const { matter, transaction } = await disputed();
  const books = { paid: usd(32_900), merchant: 'merchant-7', occurredAt: '2026-01-01T00:00:00Z' };
  expect((await platform.post(`/v1/payments/${transaction}/confirmation`, books)).status).toBe(200);
  return { matter, transaction };
};
const refundAsked = async (payment: string, amount = 32_900, more = {}) =>
  agent.post('/v1/refunds', { payment, amount: usd(amount), reason: 'service-not-met', path: 'merchant', ...more });
const creditOrdered = async (payment: string, amount: number, more = {}) =>
  body<CreditShown>(await agent.post('/v1/credit-orders', { payment, amount: usd(amount), ...more })).credit;
const booked = (amount: number, ledgerReference = `ledger-${digits()}-x`) => ({
  amount: usd(amount),
  ledgerReference,
  creditedAt: '2026-01-02T00:00:00Z',
});

describe('A payment that failed, from dispute to ledger', () => {
  let payment: string;
  let matter: string;
  let refund: string;
  let credit: string;

  it('is disputed with what the case knows', async () => {
    ({ transaction: payment, matter } = await disputed());
    const shown = await agent.get(`/v1/payments/${payment}`);
    expect(body<PaymentShown>(shown)).toMatchObject({
      payment,
      transaction: payment,
      disputes: [{ matter, account: 'wallet-1', claimed: usd(32_900) }],
      left: usd(32_900),
    });
  });

  it('is confirmed by the platform before any money is ordered', async () => {
    expect(code(await agent.post('/v1/credit-orders', { payment, amount: usd(100) }))).toEqual([409, 'payment-not-confirmed']);
    const books = { paid: usd(32_900), merchant: 'merchant-7', occurredAt: '2026-01-01T00:00:00Z' };
    expect(code(await agent.post(`/v1/payments/${payment}/confirmation`, books))).toEqual([403, 'role-not-allowed']);
    expect(code(await platform.post(`/v1/payments/${payment}/confirmation`, { ...books, occurredAt: '2999-01-01T00:00:00Z' }))).toEqual([
      422,
      'occurred-in-the-future',
    ]);
    expect(body<PaymentShown>(await platform.post(`/v1/payments/${payment}/confirmation`, books)).confirmed).toMatchObject({
      paid: usd(32_900),
      merchant: 'merchant-7',
    });
  });

  it('is asked back, and the merchant’s clock starts at once', async () => {
    const key = randomUUID();
    const ask = { payment, amount: usd(32_900), reason: 'service-not-met', path: 'merchant' };
    const answer = await agent.post('/v1/refunds', ask, { key });
    refund = body<RefundShown>(answer).refund;
    expect([answer.status, answer.headers['location']]).toEqual([201, `/v1/refunds/${refund}`]);
    expect(body<RefundShown>(answer)).toMatchObject({
      payment,
      matter,
      state: 'merchant-asked',
      policy: 'tidepay-refunds-7',
      merchantAsked: { merchant: 'merchant-7' },
    });
    expect(body<RefundShown>(await agent.post('/v1/refunds', ask, { key })).refund).toBe(refund);
    const { merchantAsked, requestedAt } = body<RefundShown>(answer);
    expect(Date.parse(merchantAsked!.due) - Date.parse(requestedAt)).toBe(48 * 3_600_000);
  });

  it('never comes back twice: not now, and not through a second case', async () => {
    const second = await caseOpened(payment);
    expect(body<PaymentShown>(await agent.post('/v1/payments', { matter: second })).disputes[1]).toMatchObject({
      matter: second,
      possibleDuplicateOf: matter,
    });
    for (const more of [{}, { matter: second }, { matter: second, path: 'chargeback' }]) {
      const answer = await refundAsked(payment, 1, more);
      expect(code(answer)).toEqual([409, 'refund-exceeds-payment']);
      expect(answer.body).toMatchObject({ errors: [{ pointer: '/amount' }], facts: { left: 0, currency: 'USD' } });
    }
  });

  it('is granted in part by the merchant, once', async () => {
    expect(code(await platform.post(`/v1/refunds/${refund}/merchant-decision`, { outcome: 'approved' }))).toEqual([400, 'request-invalid']);
    const granted = { outcome: 'approved', amount: usd(20_000) };
    expect(body<RefundShown>(await platform.post(`/v1/refunds/${refund}/merchant-decision`, granted))).toMatchObject({
      state: 'approved',
      decision: { who: 'merchant', amount: usd(20_000) },
    });
    expect(code(await platform.post(`/v1/refunds/${refund}/merchant-decision`, granted))).toEqual([409, 'refund-is-decided']);
    expect(body<PaymentShown>(await agent.get(`/v1/payments/${payment}`)).left).toEqual(usd(12_900));
  });

  it('is ordered for what was granted and no more', async () => {
    expect(code(await agent.post('/v1/credit-orders', { payment, refund, amount: usd(20_001) }))).toEqual([409, 'credit-exceeds-approval']);
    const answer = await agent.post('/v1/credit-orders', { payment, refund, amount: usd(20_000) });
    credit = body<CreditShown>(answer).credit;
    expect([answer.status, answer.headers['location'], body<CreditShown>(answer)]).toMatchObject([
      201,
      `/v1/credit-orders/${credit}`,
      { matter, state: 'ordered', kind: 'final' },
    ]);
  });

  it('has come back only when the ledger says so, and then the case’s measure is done in the same append', async () => {
    const etag = (await agent.get(`/v1/cases/${matter}`)).headers['etag']!;
    expect((await agent.post(`/v1/cases/${matter}/measures`, { kind: 'return-money', payment }, { ifMatch: etag })).status).toBe(201);
    const measure = async () => body<CaseHistory>(await agent.get(`/v1/cases/${matter}`)).measures[0];
    expect(await measure()).toMatchObject({ kind: 'return-money', state: 'planned' });

    const right = booked(20_000);
    expect(code(await platform.post(`/v1/credit-orders/${credit}/confirmation`, booked(19_999)))).toEqual([
      409,
      'amount-differs-from-order',
    ]);
    expect(await measure()).toMatchObject({ state: 'planned' });
    const arrived = await platform.post(`/v1/credit-orders/${credit}/confirmation`, right);
    expect([arrived.status, body<CreditShown>(arrived)]).toMatchObject([
      200,
      { state: 'confirmed', confirmed: { ledgerReference: right.ledgerReference } },
    ]);
    expect(await measure()).toMatchObject({ state: 'done', done: { proof: { kind: 'credit-confirmed', ref: credit } } });
    const [confirmed] = (await service.store.readStream(`payment-tidepay-${payment}`)).filter(({ type }) => type === 'CreditConfirmed');
    const done = (await service.store.readStream(`case-${matter}`)).find(({ type }) => type === 'MeasureDone');
    expect(done?.recordedAt).toBe(confirmed?.recordedAt);
    expect((await platform.post(`/v1/credit-orders/${credit}/confirmation`, right)).status).toBe(200);
    expect(body<RefundShown>(await agent.get(`/v1/refunds/${refund}`))).toMatchObject({ state: 'confirmed', credits: [credit] });
  });

  it('is found by its transaction and by its case', async () => {
    expect(await service.views.caughtUp()).toBe(true);
    for (const filter of [`transaction=${payment}`, `case=${matter}`]) {
      const { items } = body<{ items: DisputedPaymentShown[] }>(await agent.get(`/v1/payments?${filter}`));
      expect(items).toMatchObject([{ payment, claimed: usd(32_900), paid: usd(32_900), credited: usd(20_000), openRefunds: 0 }]);
    }
  });
});

describe('A ledger reference', () => {
  it('proves one credit of a platform, whatever payment it is for', async () => {
    const [one, other] = [await confirmedPayment(), await confirmedPayment()];
    const first = await creditOrdered(one.transaction, 100);
    const second = await creditOrdered(other.transaction, 100);
    const entry = booked(100);
    const answers = await Promise.all([first, second].map((credit) => platform.post(`/v1/credit-orders/${credit}/confirmation`, entry)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409)!;
    expect(refused.body).toMatchObject({ code: 'ledger-reference-already-used', errors: [{ pointer: '/ledgerReference' }] });
  });
});

describe('Many refunds asked for at the same time', () => {
  it('are together no more than was paid', async () => {
    const { transaction } = await confirmedPayment();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refundAsked(transaction, 5_000, { path: 'platform' })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(6);
    expect(body<PaymentShown>(await agent.get(`/v1/payments/${transaction}`)).left).toEqual(usd(2_900));
  });
});

describe('Deciding', () => {
  it('a refund without a merchant takes a second person who has seen it', async () => {
    const { transaction } = await confirmedPayment();
    const asked = await refundAsked(transaction, 1_000, { path: 'platform' });
    const { refund } = body<RefundShown>(asked);
    const url = `/v1/refunds/${refund}/decision`;
    const granted = { outcome: 'approved', amount: usd(1_000) };
    expect((await supervisor.post(url, granted)).status).toBe(428);
    expect(code(await agent.post(url, granted, { ifMatch: asked.headers['etag']! }))).toEqual([403, 'second-person-is-the-first']);
    expect(body<RefundShown>(await supervisor.post(url, granted, { ifMatch: asked.headers['etag']! }))).toMatchObject({
      state: 'approved',
      decision: { who: 'platform' },
    });
  });
  it('waits for the merchant', async () => {
    const { transaction } = await confirmedPayment();
    const asked = await refundAsked(transaction, 1_000);
    const answer = await supervisor.post(
      `/v1/refunds/${body<RefundShown>(asked).refund}/decision`,
      { outcome: 'declined', why: 'used' },
      { ifMatch: asked.headers['etag']! },
    );
    expect(code(answer)).toEqual([409, 'merchant-review-still-running']);
  });
  it('is done by the clock when the merchant’s time is over', async () => {
    const { transaction } = await confirmedPayment();
    const { refund } = body<RefundShown>(await refundAsked(transaction, 1_000));
    const { store, views } = service;
    await views.caughtUp();
    const due = () => views.readAll((manager) => reviewsDue(manager, store.now()));
    expect((await due()).filter((row) => row.refund === refund)).toHaveLength(0);
    await (store as PostgresEventStore).pool.query(`insert into log.tenant_clock (tenant, ahead_ms) values ('tidepay', 172800001)`);
    expect((await due()).filter((row) => row.refund === refund)).toHaveLength(1);
    let shown = body<RefundShown>(await agent.get(`/v1/refunds/${refund}`));
    for (let tries = 0; tries < 150 && shown.state === 'merchant-asked'; tries++) {
      await pause(100);
      shown = body<RefundShown>(await agent.get(`/v1/refunds/${refund}`));
    }
    // This platform's policy says that silence grants.
    expect(shown).toMatchObject({ state: 'approved', merchantAsked: { then: 'approve' }, decision: { who: 'lapse', amount: usd(1_000) } });
    await (store as PostgresEventStore).pool.query(`update log.tenant_clock set ahead_ms = 0 where tenant = 'tidepay'`);
  }, 30_000);
});

describe('The target of a refund', () => {
  it('is set after a code that was passed for it, sealed, and shown only for a purpose', async () => {
    const { transaction } = await confirmedPayment();
    const { refund } = body<RefundShown>(await refundAsked(transaction, 1_000));
    const stepUp = uuid();
    const target = { stepUp, target: 'Example Bank 1234 5678' };
    expect(code(await agent.post(`/v1/refunds/${refund}/target`, target))).toEqual([409, 'step-up-missing']);
    const data = { account: 'wallet-1', stepUp, purpose: 'refund-target', boundTo: refund, usableUntil: '2999-01-01T00:00:00.000Z' };
    const message = { type: 'StepUpPassed', tenant: 'tidepay', cause: uuid(), data, sealed: [] } as unknown as Message;
    const { store, views, privacy } = service;
    const reactions = await stepUpHearing.react(message, { store, views, privacy, settings: new Settings() });
    expect(reactions).toHaveLength(1);
    expect(await stepUpHearing.react({ ...message, tenant: 'quanpay' }, { store, views, privacy, settings: new Settings() })).toEqual([]);
    for (const { corr, parts } of reactions)
      await service.send({
        tenant: 'tidepay',
        corr,
        parts: parts({ by: { actor: 'service:case-tracking', role: 'service', client: 'case-tracking' }, at: store.now() }),
      });
    const set = await agent.post(`/v1/refunds/${refund}/target`, target);
    expect([set.status, set.text.includes('Example Bank'), body<{ target: { sealed: unknown[] } }>(set).target.sealed]).toEqual([
      200,
      false,
      [expect.objectContaining({ sealed: 'refund-target' })],
    ]);
    expect((await agent.get(`/v1/refunds/${refund}?purpose=handling-complaint`)).text).toContain('Example Bank');
    expect((await store.readStream(`payment-tidepay-${transaction}`)).map(({ text }) => text).join()).not.toContain('Example Bank');
    expect(code(await agent.post(`/v1/refunds/${refund}/target`, target))).toEqual([409, 'step-up-missing']);
  });
});

describe('Whose money it is', () => {
  const mine = () => service.as({ sub: 'cus-1', role: 'customer', tenant: 'tidepay' });
  const stranger = () => service.as({ sub: 'cus-2', role: 'customer', tenant: 'tidepay' });
  it('is the customer’s own to see and to ask for', async () => {
    const { transaction } = await confirmedPayment();
    expect((await mine().get(`/v1/payments/${transaction}`)).status).toBe(200);
    const asked = await mine().post('/v1/refunds', { payment: transaction, amount: usd(1_000), reason: 'goods', path: 'merchant' });
    expect([asked.status, body<RefundShown>(asked).requestedBy]).toEqual([201, 'cus-1']);
    expect(code(await stranger().get(`/v1/payments/${transaction}`))).toEqual([404, 'not-found']);
    expect(code(await stranger().get(`/v1/refunds/${body<RefundShown>(asked).refund}`))).toEqual([404, 'not-found']);
  });
  it('shows a second customer of the same payment only the second customer’s part', async () => {
    const { transaction } = await confirmedPayment();
    const theirs = await caseOpened(transaction, 'cus-2');
    await agent.post('/v1/payments', { matter: theirs });
    const { refund } = body<RefundShown>(await refundAsked(transaction, 1_000));
    const seen = body<PaymentShown>(await stranger().get(`/v1/payments/${transaction}`));
    expect([seen.disputes.map(({ matter }) => matter), seen.refunds]).toEqual([[theirs], []]);
    expect(code(await stranger().get(`/v1/refunds/${refund}`))).toEqual([404, 'not-found']);
  });
  it('is not there for another platform, nor for an agent without the skill', async () => {
    const { transaction, matter } = await confirmedPayment();
    const other = service.as({ sub: 'agent-1', role: 'agent', tenant: 'quanpay', skills: ['payment-failed'] });
    expect(code(await other.get(`/v1/payments/${transaction}`))).toEqual([404, 'not-found']);
    expect(code(await other.post('/v1/payments', { matter }))).toEqual([404, 'not-found']);
    const unskilled = service.as({ sub: 'agent-9', role: 'agent', tenant: 'tidepay', skills: ['fees'] });
    expect(code(await unskilled.post('/v1/refunds', { payment: transaction, amount: usd(1), reason: 'goods', path: 'merchant' }))).toEqual([
      403,
      'agent-lacks-skill',
    ]);
  });
  it('without a transaction is named by its matter', async () => {
    const matter = await caseOpened(undefined);
    const { payment } = body<PaymentShown>(await agent.post('/v1/payments', { matter, claimed: usd(500) }));
    expect(payment).toBe(`matter~${matter}`);
    expect(body<PaymentShown>(await agent.get(`/v1/payments/${payment}`)).disputes).toMatchObject([{ matter, claimed: usd(500) }]);
    expect(await service.store.readStream(`payment-${matter}`)).toHaveLength(1);
    expect(code(await agent.post('/v1/payments', { matter, transaction: `matter~${uuid()}` }))).toEqual([400, 'request-invalid']);
  });
});

describe('A provisional credit', () => {
  it('is taken back only as announced, and a final one never', async () => {
    const { transaction } = await confirmedPayment();
    const credit = await creditOrdered(transaction, 1_000, { kind: 'provisional' });
    await platform.post(`/v1/credit-orders/${credit}/confirmation`, booked(1_000));
    const reversal = { ledgerReference: `ledger-${digits()}-r` };
    expect(code(await platform.post(`/v1/credit-orders/${credit}/reversal`, reversal))).toEqual([409, 'reversal-was-not-announced']);
    const on = new Date(Date.parse(service.store.now('tidepay')) + 4_000).toISOString();
    expect((await supervisor.post(`/v1/credit-orders/${credit}/reversal-announcement`, { on, amount: usd(400) })).status).toBe(200);
    expect(code(await platform.post(`/v1/credit-orders/${credit}/reversal`, reversal))).toEqual([409, 'reversal-was-not-announced']);
    while (service.store.now('tidepay') <= on) await pause(100);
    expect(body<CreditShown>(await platform.post(`/v1/credit-orders/${credit}/reversal`, reversal))).toMatchObject({
      state: 'reversed',
      reversed: { amount: usd(400) },
    });
    expect(body<PaymentShown>(await agent.get(`/v1/payments/${transaction}`)).left).toEqual(usd(32_300));
    const lasting = await creditOrdered(transaction, 1_000, { kind: 'provisional' });
    await platform.post(`/v1/credit-orders/${lasting}/confirmation`, booked(1_000));
    expect(body<CreditShown>(await supervisor.post(`/v1/credit-orders/${lasting}/finality`))).toMatchObject({ kind: 'final' });
    expect(
      code(await supervisor.post(`/v1/credit-orders/${lasting}/reversal-announcement`, { on: '2999-01-01T00:00:00Z', amount: usd(1) })),
    ).toEqual([409, 'credit-is-final']);
  });
  it('that failed may be ordered again', async () => {
    const { transaction } = await confirmedPayment();
    const credit = await creditOrdered(transaction, 32_900);
    expect(code(await agent.post('/v1/credit-orders', { payment: transaction, amount: usd(1) }))).toEqual([409, 'refund-exceeds-payment']);
    expect(body<CreditShown>(await platform.post(`/v1/credit-orders/${credit}/failure`, { why: 'account-closed' }))).toMatchObject({
      state: 'failed',
      failed: { why: 'account-closed' },
    });
    expect(await creditOrdered(transaction, 32_900)).not.toBe(credit);
  });
});

describe('The views of payments', () => {
  it('are the same, byte for byte, when they are dropped and built again', async () => {
    const { views } = service;
    const everything = () =>
      views.readAll(async (manager) =>
        JSON.stringify([
          await manager.find(PaymentRow, { order: { tenant: 'ASC', payment: 'ASC' } }),
          await manager.find(ReviewRow, { order: { refund: 'ASC' } }),
        ]),
      );
    await views.caughtUp();
    const before = await everything();
    expect(before).toContain('"credited":"20000"');
    for (const name of ['payments', 'merchant-reviews']) await views.rebuild(name);
    expect(await everything()).toBe(before);
  });
});
