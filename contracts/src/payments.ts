import type { CreditHistory, DisputedPaymentHistory, RefundHistory } from './histories/index.js';
import type { Money } from './money.js';

/** A disputed payment, and what may still flow back of it. */
export type PaymentShown = DisputedPaymentHistory & {
  /** Paid (or claimed, until the platform has confirmed it) less everything credited, ordered, granted and asked for. */
  readonly left: Money;
};

/** One refund of a disputed payment. */
export type RefundShown = { readonly payment: string } & RefundHistory;

/** One credit ordered for a disputed payment. */
export type CreditShown = { readonly payment: string } & CreditHistory;

/** A line of the list of disputed payments. */
export type DisputedPaymentShown = {
  readonly payment: string;
  readonly transaction?: string;
  readonly cases: readonly string[];
  readonly claimed: Money;
  readonly paid?: Money;
  readonly credited: Money;
  readonly openRefunds: number;
  readonly disputedAt: string;
};
