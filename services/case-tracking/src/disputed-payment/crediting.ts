import { refuse } from '@recourse/decider';
import { isInTheFuture, type Code, type Money } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import { credited, grantedLeft, spokenFor } from './counting.js';
import type { Credit, CreditKind, DisputedPayment, PaymentDecision, Told } from './disputed-payment.js';

export type OrderCredit = Told & {
  type: 'OrderCredit';
  credit: string;
  matter: string;
  refund?: string;
  redress?: string;
  amount: Money;
  kind: CreditKind;
  instruction: string;
  due: Instant;
};
export type ConfirmCredit = Told & { type: 'ConfirmCredit'; credit: string; amount: Money; ledgerReference: string; creditedAt: Instant };
export type FailCredit = Told & { type: 'FailCredit'; credit: string; why: Code<'credit-failed-why'> };
export type MakeCreditFinal = Told & { type: 'MakeCreditFinal'; credit: string };

/** The wallet is told to pay: what was granted, or what the desk returns by itself, and only after the payment was confirmed. */
export const order = (command: OrderCredit, state: DisputedPayment): PaymentDecision => {
  const { credit, matter, refund, redress, amount, kind, instruction, due } = command;
  if (state.credits[credit]) return [];
  if (!state.disputes[matter]) return refuse('case-does-not-dispute-this-payment', { pointers: ['/matter'] });
  if (!state.paid) return refuse('payment-not-confirmed');
  if (amount.currency !== state.paid.currency) return refuse('currency-differs', { pointers: ['/amount/currency'] });
  if (refund) {
    if (state.refunds[refund]?.stage !== 'approved') return refuse('refund-is-not-approved', { pointers: ['/refund'] });
    const granted = grantedLeft(state, refund);
    if (amount.value > granted)
      return refuse('credit-exceeds-approval', { pointers: ['/amount'], facts: { left: granted, currency: amount.currency } });
  }
  const left = state.paid.value - (refund ? credited(state) : spokenFor(state));
  if (amount.value > left)
    return refuse('refund-exceeds-payment', { pointers: ['/amount'], facts: { left: Math.max(0, left), currency: amount.currency } });
  return [
    { type: 'CreditOrdered', credit, matter, ...(refund && { refund }), ...(redress && { redress }), amount, kind, instruction, due },
  ];
};

/** Only the wallet's ledger says that money has come back: exactly what was ordered, under a reference nobody used before. */
export const confirm = (
  { credit: id, amount, ledgerReference, creditedAt, at }: ConfirmCredit,
  state: DisputedPayment,
): PaymentDecision => {
  const { stage, amount: ordered, ledgerReference: known } = creditOf(state, id);
  if (stage === 'credited' && known === ledgerReference) return [];
  if (stage !== 'ordered') return refuse('credit-is-settled', { facts: { stage } });
  if (amount.currency !== ordered.currency || amount.value !== ordered.value)
    return refuse('amount-differs-from-order', { pointers: ['/amount'] });
  if (isInTheFuture(creditedAt, at)) return refuse('credited-in-the-future', { pointers: ['/creditedAt'] });
  return [{ type: 'CreditConfirmed', credit: id, amount, ledgerReference, creditedAt }];
};

/** The money did not arrive; what was granted may be ordered again. */
export const fail = ({ credit: id, why }: FailCredit, state: DisputedPayment): PaymentDecision => {
  const { stage } = creditOf(state, id);
  if (stage === 'failed') return [];
  return stage === 'ordered' ? [{ type: 'CreditFailed', credit: id, why }] : refuse('credit-is-settled', { facts: { stage } });
};

/** A provisional credit stays for good. */
export const makeFinal = ({ credit: id }: MakeCreditFinal, state: DisputedPayment): PaymentDecision => {
  const { stage, kind } = creditOf(state, id);
  if (stage !== 'credited') return refuse('credit-has-not-arrived');
  return kind === 'final' ? [] : [{ type: 'CreditMadeFinal', credit: id }];
};

export const creditOf = ({ credits }: DisputedPayment, id: string): Credit => {
  const credit = credits[id];
  if (!credit) throw new Error('this credit stands in another stream');
  return credit;
};
