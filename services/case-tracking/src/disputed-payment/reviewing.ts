import { refuse } from '@recourse/decider';
import type { Money } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import type { DeclineReason, DisputedPayment, OnLapse, PaymentDecision, Refund, Told } from './disputed-payment.js';
import { notGrantable } from './refunding.js';

export type AskMerchant = Told & { type: 'AskMerchant'; refund: string; due: Instant; then: OnLapse };
export type RecordMerchantDecision = Told & { type: 'RecordMerchantDecision'; refund: string } & (
    { approved: Money; declined?: never } | { approved?: never; declined: DeclineReason }
  );
export type LetReviewLapse = Told & { type: 'LetReviewLapse'; refund: string };

/** The merchant's own clock starts, and what its silence will mean is pinned: it is not the customer's fault when it runs out. */
export const ask = ({ refund: id, due, then }: AskMerchant, state: DisputedPayment): PaymentDecision => {
  const refund = refundOf(state, id);
  if (refund.path !== 'merchant') return refuse('refund-is-not-for-the-merchant');
  if (refund.stage !== 'requested') return [];
  return [{ type: 'MerchantAsked', refund: id, ...(state.merchant && { merchant: state.merchant }), due, then }];
};

/** The platform relays what the merchant said: all of it, a part of it, or nothing. After a review that lapsed to us, late is better than never. */
export const record = ({ refund: id, approved, declined }: RecordMerchantDecision, state: DisputedPayment): PaymentDecision => {
  const { stage } = refundOf(state, id);
  if (stage === 'requested') return refuse('merchant-was-not-asked');
  if (stage === 'approved' || stage === 'declined') return refuse('refund-is-decided');
  if (declined) return [{ type: 'RefundDeclined', refund: id, why: declined, by: 'merchant' }];
  return notGrantable(state, id, approved) ?? [{ type: 'RefundApproved', refund: id, amount: approved, by: 'merchant' }];
};

/** The merchant's time is over: what that means was pinned when the merchant was asked. */
export const lapse = ({ refund: id, at }: LetReviewLapse, state: DisputedPayment): PaymentDecision => {
  const { stage, due, then = 'escalate', amount } = refundOf(state, id);
  if (stage !== 'merchant-asked' || !due) return [];
  if (due > at) return refuse('merchant-review-still-running', { facts: { due } });
  const lapsed = { type: 'MerchantReviewLapsed', refund: id, then } as const;
  switch (then) {
    case 'escalate':
      return [lapsed];
    case 'decline':
      return [lapsed, { type: 'RefundDeclined', refund: id, why: 'merchant-did-not-answer', by: 'lapse' }];
    case 'approve':
      // More than was paid is never granted by the clock: then somebody has to look.
      return notGrantable(state, id, amount)
        ? [{ ...lapsed, then: 'escalate' }]
        : [lapsed, { type: 'RefundApproved', refund: id, amount, by: 'lapse' }];
  }
};

const refundOf = ({ refunds }: DisputedPayment, id: string): Refund => {
  const refund = refunds[id];
  if (!refund) throw new Error('this refund stands in another stream');
  return refund;
};
