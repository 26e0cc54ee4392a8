import { given as givenFor } from '@recourse/decider/testing';
import type { Money } from '@recourse/contracts';
import { disputedPayment } from './deciding.js';
import type { DisputedPaymentEvent } from './disputed-payment.js';

/** The language of these tests: a payment of USD 329.00 to a merchant. */
export const given = givenFor(disputedPayment);

export const at = '2026-11-18T09:00:00.000Z';
export const later = '2026-11-20T09:00:00.000Z';
export const usd = (value: number): Money => ({ currency: 'USD', value });

export const agent = { at, by: { actor: 'agent-0102', role: 'agent', client: 'console' } };
export const supervisor = { at, by: { actor: 'supervisor-0003', role: 'supervisor', client: 'console' } };
export const platform = { at, by: { actor: 'tidepay', role: 'platform', client: 'tidepay' } };
export const service = { at, by: { actor: 'service:case-tracking', role: 'service', client: 'case-tracking' } };

export const about = { matter: 'm1', reference: 'R7K3-M9QX-2D', account: 'wallet-1', subject: 'cus-1', language: 'en' } as const;
export const disputed = { type: 'PaymentDisputed', payment: 't-1', transaction: 't-1', ...about, claimed: usd(32_900) } as const;
export const disputedAgain = { ...disputed, matter: 'm2', reference: 'R7K3-M9QX-2E', possibleDuplicateOf: 'm1' } as const;
export const confirmed = {
  type: 'PaymentConfirmed',
  paid: usd(32_900),
  merchant: 'merchant-7',
  occurredAt: '2026-11-17T20:00:00.000Z',
  source: 'ledger',
} as const;

type Of<Type extends DisputedPaymentEvent['type']> = Extract<DisputedPaymentEvent, { type: Type }>;
export const requested = (amount = 32_900, more: Partial<Of<'RefundRequested'>> = {}): Of<'RefundRequested'> => ({
  type: 'RefundRequested',
  refund: 'f1',
  matter: 'm1',
  amount: usd(amount),
  reason: 'service-not-met',
  path: 'merchant',
  policy: 'refunds-7',
  requestedBy: 'agent-0102',
  ...more,
});
export const asked: Of<'MerchantAsked'> = { type: 'MerchantAsked', refund: 'f1', merchant: 'merchant-7', due: later, then: 'escalate' };
export const approved = (amount = 20_000, more: Partial<Of<'RefundApproved'>> = {}): Of<'RefundApproved'> => ({
  type: 'RefundApproved',
  refund: 'f1',
  amount: usd(amount),
  by: 'merchant',
  ...more,
});
export const ordered = (amount = 20_000, more: Partial<Of<'CreditOrdered'>> = {}): Of<'CreditOrdered'> => ({
  type: 'CreditOrdered',
  credit: 'c1',
  matter: 'm1',
  refund: 'f1',
  amount: usd(amount),
  kind: 'final',
  instruction: 'i1',
  due: later,
  ...more,
});
export const arrived = (amount = 20_000, more: Partial<Of<'CreditConfirmed'>> = {}): Of<'CreditConfirmed'> => ({
  type: 'CreditConfirmed',
  credit: 'c1',
  amount: usd(amount),
  ledgerReference: 'ledger-1',
  creditedAt: at,
  ...more,
});
