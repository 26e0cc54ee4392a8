import { describe, expect, it } from '@jest/globals';
import { contractsFolder, disputedPaymentHistory, type DisputedPaymentHistory } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { announcePayment } from './announcing.js';
import type { DisputedPaymentEvent } from './disputed-payment.js';

const matter = '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22';
const otherMatter = '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b23';
const refund = '019aa001-3d10-7b22-8e11-6c5d4b3a2f10';
const credit = '019aa105-77c0-7d33-9f22-1a2b3c4d5e6f';
const instruction = '019aa105-77c1-7e44-8a33-2b3c4d5e6f70';
const at = '2026-11-18T09:00:00.000Z';
const amount = { currency: 'USD', value: 20_000 };
const sealed = [{ id: '1', group: 'refund-target', key: 'k', h: 'h' }];
const about = { matter: otherMatter, reference: 'R7K3-M9QX-2E', account: 'wallet-8843', subject: 'cus-0012', language: 'en' } as const;

/** One of each, in an order in which they can happen; the refund is asked for by the second case. */
const events: { [Type in DisputedPaymentEvent['type']]: Extract<DisputedPaymentEvent, { type: Type }> } = {
  PaymentDisputed: { type: 'PaymentDisputed', payment: 't-1', transaction: 't-1', ...about, claimed: amount, possibleDuplicateOf: matter },
  PaymentConfirmed: { type: 'PaymentConfirmed', paid: amount, merchant: 'merchant-7', occurredAt: at, source: 'ledger' },
  RefundRequested: {
    type: 'RefundRequested',
    refund,
    matter: otherMatter,
    amount,
    reason: 'goods',
    path: 'merchant',
    policy: 'refunds-7',
    requestedBy: 'agent-0102',
  },
  MerchantAsked: { type: 'MerchantAsked', refund, merchant: 'merchant-7', due: at, then: 'escalate' },
  MerchantReviewLapsed: { type: 'MerchantReviewLapsed', refund, then: 'escalate' },
  RefundDeclined: { type: 'RefundDeclined', refund, why: 'used', by: 'merchant' },
  RefundApproved: { type: 'RefundApproved', refund, amount, by: 'platform' },
  StepUpNoted: { type: 'StepUpNoted', refund, stepUp: 's1', usableUntil: at },
  RefundTargetSet: { type: 'RefundTargetSet', refund, stepUp: 's1', sealed },
  CreditOrdered: { type: 'CreditOrdered', credit, matter: otherMatter, refund, amount, kind: 'provisional', instruction, due: at },
  CreditFailed: { type: 'CreditFailed', credit, why: 'timed-out' },
  CreditConfirmed: { type: 'CreditConfirmed', credit, amount, ledgerReference: 'ledger-1', creditedAt: at },
  CreditMadeFinal: { type: 'CreditMadeFinal', credit },
  CreditReversalAnnounced: { type: 'CreditReversalAnnounced', credit, on: at, amount },
  CreditReversed: { type: 'CreditReversed', credit, amount, ledgerReference: 'ledger-2' },
};
const recorded = ({ type, sealed: refs, ...data }: DisputedPaymentEvent & { sealed?: typeof sealed }, version: number) =>
  ({
    type,
    data,
    version,
    at,
    stream: 'payment-tidepay-t-1',
    tenant: 'tidepay',
    by: { actor: 'agent-0102', role: 'agent', client: 'console' },
    ...(refs && { sealed: refs }),
  }) as unknown as Recorded;

const first = { ...events.PaymentDisputed, matter, reference: 'R7K3-M9QX-2D', possibleDuplicateOf: undefined };
const past = [first, ...Object.values(events)].map((event, version) =>
  recorded(event as DisputedPaymentEvent & { sealed?: typeof sealed }, version),
);
const historyAfter = (records: readonly Recorded[]) =>
  records.reduce<DisputedPaymentHistory | undefined>((history, record) => disputedPaymentHistory(history, record), undefined)!;
const messages = past.flatMap((record, version) => announcePayment(record, historyAfter(past.slice(0, version + 1)))).slice(1);

describe('What a disputed payment tells', () => {
  it.each(messages.map((message) => [message.type, message] as const))('%s is as its schema promises', (type, { data }) => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
    addFormats.default(ajv);
    const check = ajv.compile(JSON.parse(readFileSync(contractsFolder(`events/recourse.case.v1/${type}.v1.json`), 'utf8')) as object);
    expect({ errors: check(data) ? [] : check.errors }).toEqual({ errors: [] });
  });
  it('is every step of the money; codes and targets stay in the house', () =>
    expect(messages.map(({ type }) => type)).toEqual(
      Object.keys(events).filter((type) => type !== 'StepUpNoted' && type !== 'RefundTargetSet'),
    ));
  it('goes to the case whose refund or credit it is, and otherwise to the first case that disputed the payment', () =>
    expect(Object.fromEntries(messages.map(({ type, key }) => [type, key]))).toEqual({
      ...Object.fromEntries(messages.map(({ type }) => [type, otherMatter])),
      PaymentConfirmed: matter,
    }));
  it('hands the platform the sealed target together with the order', () =>
    expect(messages.find(({ type }) => type === 'CreditOrdered')).toMatchObject({ sealed }));
  it('always names the payment and whose complaint it is', () => {
    for (const { data } of messages)
      expect(data).toMatchObject({ payment: 't-1', reference: expect.any(String), language: 'en', account: 'wallet-8843' });
  });
});

describe('The history of a disputed payment', () => {
  it('knows every event, and none besides', () => {
    expect(historyAfter(past)).toMatchObject({
      payment: 't-1',
      disputes: [{ matter }, { matter: otherMatter, possibleDuplicateOf: matter }],
      confirmed: { paid: amount },
      refunds: [{ refund, state: 'confirmed', decision: { outcome: 'approved', who: 'platform' }, target: { sealed }, credits: [credit] }],
      credits: [
        { credit, state: 'reversed', kind: 'final', confirmed: { ledgerReference: 'ledger-1' }, reversed: { ledgerReference: 'ledger-2' } },
      ],
    });
    expect(() => disputedPaymentHistory(historyAfter(past), { ...past[0]!, type: 'PaymentPolished' })).toThrow();
  });
});
