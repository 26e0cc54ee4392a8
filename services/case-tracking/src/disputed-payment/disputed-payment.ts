import { never, type Decision } from '@recourse/decider';
import type { Code, Language, Money } from '@recourse/contracts';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { PaymentRefusal } from './refusals.js';

export type RefundReason = Code<'refund-reason'>;
export type RefundPath = Code<'refund-path'>;
export type DeclineReason = Code<'refund-declined-why'>;
export type CreditKind = Code<'credit-kind'>;
/** Whose books say what was paid. */
export type PaymentSource = 'ledger' | 'acquirer' | 'bank' | 'card-scheme';
/** Who said yes or no to a refund: the merchant, the platform's own staff, or the end of the merchant's time. */
export type Decided = 'merchant' | 'platform' | 'lapse';
export type OnLapse = 'approve' | 'decline' | 'escalate';

/** Whose complaint it is: what every message about it begins with. */
export type About = {
  readonly matter: string;
  readonly reference: string;
  readonly account?: string;
  readonly subject?: string;
  readonly language: Language;
};

/** What has happened to the money of one payment, whichever cases it is about. */
export type DisputedPaymentEvent =
  | ({ type: 'PaymentDisputed'; payment: string; transaction?: string; claimed: Money; possibleDuplicateOf?: string } & About)
  | { type: 'PaymentConfirmed'; paid: Money; merchant?: string; occurredAt: Instant; source: PaymentSource }
  | {
      type: 'RefundRequested';
      refund: string;
      matter: string;
      amount: Money;
      reason: RefundReason;
      path: RefundPath;
      policy: string;
      requestedBy: string;
    }
  /** `then`: what the platform's policy of this day says of silence. */
  | { type: 'MerchantAsked'; refund: string; merchant?: string; due: Instant; then: OnLapse }
  | { type: 'RefundApproved'; refund: string; amount: Money; by: Decided }
  | { type: 'RefundDeclined'; refund: string; why: DeclineReason; by: Decided }
  | { type: 'MerchantReviewLapsed'; refund: string; then: OnLapse }
  | { type: 'StepUpNoted'; refund: string; stepUp: string; usableUntil: Instant }
  | { type: 'RefundTargetSet'; refund: string; stepUp: string; sealed?: readonly SealedRef[] }
  | ({ type: 'CreditOrdered' } & Credited)
  | { type: 'CreditConfirmed'; credit: string; amount: Money; ledgerReference: string; creditedAt: Instant }
  | { type: 'CreditFailed'; credit: string; why: Code<'credit-failed-why'> }
  | { type: 'CreditMadeFinal'; credit: string }
  | { type: 'CreditReversalAnnounced'; credit: string; on: Instant; amount: Money }
  | { type: 'CreditReversed'; credit: string; amount: Money; ledgerReference: string };

type Credited = {
  readonly credit: string;
  readonly matter: string;
  readonly refund?: string;
  readonly redress?: string;
  readonly amount: Money;
  readonly kind: CreditKind;
  /** The platform's instruction, by which it keeps from paying twice. */
  readonly instruction: string;
  readonly due: Instant;
};

export type Refund = {
  readonly matter: string;
  readonly path: RefundPath;
  readonly requestedBy: string;
  /** What is asked for; after approval what was granted. */
  readonly amount: Money;
  readonly stage: 'requested' | 'merchant-asked' | 'escalated' | 'approved' | 'declined';
  readonly due?: Instant;
  readonly then?: OnLapse;
  readonly stepUps: Readonly<Record<string, Instant>>;
};
export type Credit = Credited & {
  readonly stage: 'ordered' | 'credited' | 'failed' | 'reversed';
  readonly ledgerReference?: string;
  readonly reversal?: { readonly on: Instant; readonly amount: Money };
};

/** The money, and who may still decide about it. */
export type DisputedPayment = {
  readonly disputes: Readonly<Record<string, Money>>;
  readonly paid?: Money;
  readonly merchant?: string;
  readonly refunds: Readonly<Record<string, Refund>>;
  readonly credits: Readonly<Record<string, Credit>>;
};

export type PaymentDecision = Decision<DisputedPaymentEvent, PaymentRefusal>;
export type Told = { readonly by: By; readonly at: Instant };

export const initial: DisputedPayment = { disputes: {}, refunds: {}, credits: {} };

export const evolve = (state: DisputedPayment, event: DisputedPaymentEvent): DisputedPayment => {
  const refund = (id: string, change: Partial<Refund>): DisputedPayment => ({
    ...state,
    refunds: { ...state.refunds, [id]: { ...state.refunds[id]!, ...change } },
  });
  const credit = (id: string, change: Partial<Credit>): DisputedPayment => ({
    ...state,
    credits: { ...state.credits, [id]: { ...state.credits[id]!, ...change } },
  });
  switch (event.type) {
    case 'PaymentDisputed':
      return { ...state, disputes: { ...state.disputes, [event.matter]: event.claimed } };
    case 'PaymentConfirmed':
      return { ...state, paid: event.paid, ...(event.merchant && { merchant: event.merchant }) };
    case 'RefundRequested': {
      const { matter, path, requestedBy, amount } = event;
      return {
        ...state,
        refunds: { ...state.refunds, [event.refund]: { matter, path, requestedBy, amount, stage: 'requested', stepUps: {} } },
      };
    }
    case 'MerchantAsked':
      return refund(event.refund, { stage: 'merchant-asked', due: event.due, then: event.then });
    case 'RefundApproved':
      return refund(event.refund, { stage: 'approved', amount: event.amount });
    case 'RefundDeclined':
      return refund(event.refund, { stage: 'declined' });
    case 'MerchantReviewLapsed':
      return refund(event.refund, { stage: 'escalated' });
    case 'StepUpNoted':
      return refund(event.refund, { stepUps: { ...state.refunds[event.refund]!.stepUps, [event.stepUp]: event.usableUntil } });
    case 'RefundTargetSet': {
      const { [event.stepUp]: _used, ...left } = state.refunds[event.refund]!.stepUps;
      return refund(event.refund, { stepUps: left });
    }
    case 'CreditOrdered': {
      const { type: _type, ...ordered } = event;
      return { ...state, credits: { ...state.credits, [event.credit]: { ...ordered, stage: 'ordered' } } };
    }
    case 'CreditConfirmed':
      return credit(event.credit, { stage: 'credited', ledgerReference: event.ledgerReference });
    case 'CreditFailed':
      return credit(event.credit, { stage: 'failed' });
    case 'CreditMadeFinal':
      return credit(event.credit, { kind: 'final' });
    case 'CreditReversalAnnounced':
      return credit(event.credit, { reversal: { on: event.on, amount: event.amount } });
    case 'CreditReversed':
      return credit(event.credit, { stage: 'reversed', ledgerReference: event.ledgerReference });
    default:
      return never(event);
  }
};
