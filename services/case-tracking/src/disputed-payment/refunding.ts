import { refuse } from '@recourse/decider';
import type { Money } from '@recourse/contracts';
import type { Instant, SealedRef } from '@recourse/event-store';
import { ceiling, spokenFor } from './counting.js';
import type { DeclineReason, DisputedPayment, PaymentDecision, RefundPath, RefundReason, Told } from './disputed-payment.js';

export type RequestRefund = Told & {
  type: 'RequestRefund';
  refund: string;
  /** The case that asks; it must dispute this payment. */
  matter: string;
  amount: Money;
  reason: RefundReason;
  path: RefundPath;
  /** Version of the platform's refund policy. */
  policy: string;
};
export type DecideRefund = Told & { type: 'DecideRefund'; refund: string } & (
    { approved: Money; declined?: never } | { approved?: never; declined: DeclineReason }
  );
export type NoteStepUp = Told & { type: 'NoteStepUp'; refund: string; stepUp: string; usableUntil: Instant };
export type SetRefundTarget = Told & { type: 'SetRefundTarget'; refund: string; stepUp: string; sealed: readonly SealedRef[] };

/** Never more than was paid, over all paths and all cases together: what is asked for must leave room for what flows already. */
export const request = ({ refund, matter, amount, reason, path, policy, by }: RequestRefund, state: DisputedPayment): PaymentDecision => {
  if (state.refunds[refund]) return [];
  if (!state.disputes[matter]) return refuse('case-does-not-dispute-this-payment', { pointers: ['/matter'] });
  const no = beyond(state, amount, '/amount', 0);
  return no ?? [{ type: 'RefundRequested', refund, matter, amount, reason, path, policy, requestedBy: by.actor }];
};

/** Paths without a merchant, and refunds a merchant left unanswered, are decided here, by somebody who did not ask for them. */
export const decide = ({ refund: id, approved, declined, by }: DecideRefund, state: DisputedPayment): PaymentDecision => {
  const refund = state.refunds[id];
  if (!refund) throw new Error('this refund stands in another stream');
  if (refund.stage === 'merchant-asked') return refuse('merchant-review-still-running', { facts: { due: refund.due ?? '' } });
  if (refund.stage === 'approved' || refund.stage === 'declined') return refuse('refund-is-decided');
  if (refund.requestedBy === by.actor) return refuse('second-person-is-the-first');
  if (declined) return [{ type: 'RefundDeclined', refund: id, why: declined, by: 'platform' }];
  const no = notGrantable(state, id, approved);
  return no ?? [{ type: 'RefundApproved', refund: id, amount: approved, by: 'platform' }];
};

/** account-lock says the customer has passed a one-time code for this refund. */
export const noteStepUp = ({ refund: id, stepUp, usableUntil }: NoteStepUp, state: DisputedPayment): PaymentDecision =>
  state.refunds[id] ? [{ type: 'StepUpNoted', refund: id, stepUp, usableUntil }] : [];

/** Where the money goes is the customer's own business, said after a one-time code and before it is on its way. */
export const setTarget = ({ refund: id, stepUp, sealed, at }: SetRefundTarget, state: DisputedPayment): PaymentDecision => {
  const refund = state.refunds[id];
  if (!refund) throw new Error('this refund stands in another stream');
  if (refund.stage === 'declined') return refuse('refund-is-decided');
  if (Object.values(state.credits).some((credit) => credit.refund === id && credit.stage !== 'failed'))
    return refuse('credit-is-under-way');
  const usableUntil = refund.stepUps[stepUp];
  if (!usableUntil && Object.values(state.refunds).some(({ stepUps }) => stepUps[stepUp]))
    return refuse('step-up-is-for-something-else', { pointers: ['/stepUp'] });
  if (!usableUntil || usableUntil <= at) return refuse('step-up-missing', { pointers: ['/stepUp'] });
  return [{ type: 'RefundTargetSet', refund: id, stepUp, sealed }];
};

/** Granting less than was asked for is fine, granting more is not. */
export const notGrantable = (state: DisputedPayment, id: string, approved: Money) => {
  const { amount } = state.refunds[id]!;
  if (approved.currency !== amount.currency) return refuse('currency-differs', { pointers: ['/amount/currency'] });
  if (approved.value > amount.value) return refuse('approval-exceeds-request', { pointers: ['/amount'] });
  return beyond(state, approved, '/amount', amount.value);
};

/** `freed`: what this very refund speaks for already. */
const beyond = (state: DisputedPayment, amount: Money, pointer: string, freed: number) => {
  const most = ceiling(state);
  if (!most) return refuse('payment-is-not-disputed');
  if (amount.currency !== most.currency) return refuse('currency-differs', { pointers: [`${pointer}/currency`] });
  const left = most.value - spokenFor(state) + freed;
  return amount.value > left
    ? refuse('refund-exceeds-payment', { pointers: [pointer], facts: { left: Math.max(0, left), currency: most.currency } })
    : undefined;
};
