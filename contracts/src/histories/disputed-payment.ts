import type { Money } from '../money.js';
import type { Code } from '../taxonomy.js';
import type { Past, SealedPointer } from './past.js';

type Done = { readonly at: string; readonly by: string };

/** One case's claim on a payment. */
export type PaymentDispute = Done & {
  readonly matter: string;
  readonly reference: string;
  readonly account?: string;
  readonly subject?: string;
  readonly language: string;
  readonly claimed: Money;
  /** Another case claimed the same payment first. */
  readonly possibleDuplicateOf?: string;
};

/** One refund from wish to credit: GET /v1/refunds/{id}. */
export type RefundHistory = {
  readonly refund: string;
  readonly matter: string;
  readonly state: Code<'refund-state'>;
  readonly amount: Money;
  readonly reason: Code<'refund-reason'>;
  readonly path: Code<'refund-path'>;
  /** Version of the platform's refund policy under which it was asked for. */
  readonly policy: string;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly merchantAsked?: {
    readonly at: string;
    readonly due: string;
    readonly merchant?: string;
    readonly lapsedAt?: string;
    readonly then?: string;
  };
  readonly decision?: Done & {
    readonly outcome: 'approved' | 'declined';
    readonly who: 'merchant' | 'platform' | 'lapse';
    readonly amount?: Money;
    readonly why?: string;
  };
  readonly target?: { readonly at: string; readonly sealed: readonly SealedPointer[] };
  /** The credits ordered for it, in order. */
  readonly credits: readonly string[];
};

/** One credit from order to ledger: GET /v1/credit-orders/{id}. */
export type CreditHistory = {
  readonly credit: string;
  readonly matter: string;
  readonly state: 'ordered' | 'confirmed' | 'failed' | 'reversed';
  readonly refund?: string;
  readonly redress?: string;
  readonly amount: Money;
  readonly kind: Code<'credit-kind'>;
  readonly instruction: string;
  readonly due: string;
  readonly orderedAt: string;
  readonly orderedBy: string;
  readonly confirmed?: Done & { readonly ledgerReference: string; readonly creditedAt: string };
  readonly failed?: Done & { readonly why: string };
  readonly madeFinalAt?: string;
  readonly reversalAnnounced?: { readonly at: string; readonly on: string; readonly amount: Money };
  readonly reversed?: Done & { readonly amount: Money; readonly ledgerReference: string };
};

/** Everything about a disputed payment, whichever cases it is about: GET /v1/payments/{id}. */
export type DisputedPaymentHistory = {
  readonly payment: string;
  readonly transaction?: string;
  readonly disputes: readonly PaymentDispute[];
  readonly confirmed?: Done & { readonly paid: Money; readonly merchant?: string; readonly occurredAt: string; readonly source: string };
  readonly refunds: readonly RefundHistory[];
  readonly credits: readonly CreditHistory[];
};

/** What the events say, each its part of it. */
type Said = {
  readonly refund: string;
  readonly credit: string;
  readonly amount: Money;
  readonly by: 'merchant' | 'platform' | 'lapse';
  readonly why: string;
  readonly then: string;
  readonly due: string;
  readonly on: string;
  readonly ledgerReference: string;
  readonly creditedAt: string;
  readonly merchant?: string;
};

export const disputedPaymentHistory = (history: DisputedPaymentHistory | undefined, record: Past): DisputedPaymentHistory => {
  const { type, at, by, sealed = [] } = record;
  const data = record.data as Said;
  if (type === 'PaymentDisputed') {
    const { payment, transaction, ...dispute } = data as unknown as { payment: string; transaction?: string } & Omit<
      PaymentDispute,
      'at' | 'by'
    >;
    const begun = history ?? { payment, ...(transaction && { transaction }), disputes: [], refunds: [], credits: [] };
    return { ...begun, disputes: [...begun.disputes, { ...dispute, at, by: by.actor }] };
  }
  if (!history) throw new Error(`a disputed payment begins with PaymentDisputed, not with ${type}`);
  const done = { at, by: by.actor };
  const refund = (change: (refund: RefundHistory) => RefundHistory, id: string = data.refund): DisputedPaymentHistory => ({
    ...history,
    refunds: history.refunds.map((one) => (one.refund === id ? change(one) : one)),
  });
  const credit = (change: (credit: CreditHistory) => CreditHistory, refundState?: RefundHistory['state']): DisputedPaymentHistory => {
    const of = history.credits.find((one) => one.credit === data.credit)?.refund;
    const changed = of && refundState ? refund((one) => ({ ...one, state: refundState }), of) : history;
    return { ...changed, credits: history.credits.map((one) => (one.credit === data.credit ? change(one) : one)) };
  };
  switch (type) {
    case 'PaymentConfirmed':
      return {
        ...history,
        confirmed: { ...(data as unknown as Omit<NonNullable<DisputedPaymentHistory['confirmed']>, 'at' | 'by'>), ...done },
      };
    case 'RefundRequested': {
      const asked = data as unknown as Pick<RefundHistory, 'refund' | 'matter' | 'amount' | 'reason' | 'path' | 'policy' | 'requestedBy'>;
      return { ...history, refunds: [...history.refunds, { ...asked, state: 'requested', requestedAt: at, credits: [] }] };
    }
    case 'MerchantAsked': {
      const { merchant, due } = data;
      return refund((one) => ({ ...one, state: 'merchant-asked', merchantAsked: { at, due, ...(merchant && { merchant }) } }));
    }
    case 'MerchantReviewLapsed':
      return refund((one) => ({ ...one, state: 'lapsed', merchantAsked: { ...one.merchantAsked!, lapsedAt: at, then: data.then } }));
    case 'RefundApproved':
      return refund((one) => ({
        ...one,
        state: 'approved',
        decision: { outcome: 'approved', who: data.by, amount: data.amount, ...done },
      }));
    case 'RefundDeclined':
      return refund((one) => ({
        ...one,
        state: 'declined',
        decision: { outcome: 'declined', who: data.by, why: data.why, ...done },
      }));
    case 'StepUpNoted':
      return history;
    case 'RefundTargetSet':
      return refund((one) => ({ ...one, target: { at, sealed } }));
    case 'CreditOrdered': {
      const ordered = data as unknown as Omit<CreditHistory, 'state' | 'orderedAt' | 'orderedBy'>;
      const credits = [...history.credits, { ...ordered, state: 'ordered' as const, orderedAt: at, orderedBy: by.actor }];
      const known = ordered.refund
        ? refund((one) => ({ ...one, state: 'ordered', credits: [...one.credits, ordered.credit] }), ordered.refund)
        : history;
      return { ...known, credits };
    }
    case 'CreditConfirmed': {
      const { ledgerReference, creditedAt } = data;
      return credit((one) => ({ ...one, state: 'confirmed', confirmed: { ledgerReference, creditedAt, ...done } }), 'confirmed');
    }
    case 'CreditFailed':
      return credit((one) => ({ ...one, state: 'failed', failed: { why: data.why, ...done } }), 'failed');
    case 'CreditMadeFinal':
      return credit((one) => ({ ...one, kind: 'final', madeFinalAt: at }));
    case 'CreditReversalAnnounced':
      return credit((one) => ({ ...one, reversalAnnounced: { at, on: data.on, amount: data.amount } }));
    case 'CreditReversed':
      return credit((one) => ({
        ...one,
        state: 'reversed',
        reversed: { amount: data.amount, ledgerReference: data.ledgerReference, ...done },
      }));
    default:
      throw new Error(`unknown to a disputed payment: ${type}`);
  }
};
