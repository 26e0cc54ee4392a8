import { refuse } from '@recourse/decider';
import { isInTheFuture, type Money } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import type { About, DisputedPayment, PaymentDecision, PaymentSource, Told } from './disputed-payment.js';

export type DisputePayment = Told & { type: 'DisputePayment'; payment: string; transaction?: string; about: About; claimed: Money };
export type ConfirmPayment = Told & { type: 'ConfirmPayment'; paid: Money; merchant?: string; occurredAt: Instant; source: PaymentSource };

/** A case says this payment is not as it should be. A second case about the same payment is linked as a possible duplicate, never turned away. */
export const dispute = ({ payment, transaction, about, claimed }: DisputePayment, state: DisputedPayment): PaymentDecision => {
  const before = state.disputes[about.matter];
  if (before) return same(before, claimed) ? [] : refuse('case-disputes-this-payment-already');
  const [first] = Object.keys(state.disputes);
  return [
    {
      type: 'PaymentDisputed',
      payment,
      ...(transaction && { transaction }),
      ...about,
      claimed,
      ...(first && { possibleDuplicateOf: first }),
    },
  ];
};

/** The platform's books say what was paid, and when, and to whom. */
export const confirm = ({ paid, merchant, occurredAt, source, at }: ConfirmPayment, state: DisputedPayment): PaymentDecision => {
  if (state.paid) return same(state.paid, paid) ? [] : refuse('payment-was-confirmed-otherwise');
  if (isInTheFuture(occurredAt, at)) return refuse('occurred-in-the-future', { pointers: ['/occurredAt'] });
  return [{ type: 'PaymentConfirmed', paid, ...(merchant && { merchant }), occurredAt, source }];
};

const same = (one: Money, other: Money): boolean => one.currency === other.currency && one.value === other.value;
