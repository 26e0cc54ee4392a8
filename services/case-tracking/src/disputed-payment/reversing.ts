import { refuse } from '@recourse/decider';
import type { Money } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import { creditOf } from './crediting.js';
import type { DisputedPayment, PaymentDecision, Told } from './disputed-payment.js';

export type AnnounceReversal = Told & { type: 'AnnounceReversal'; credit: string; on: Instant; amount: Money };
export type ReverseCredit = Told & { type: 'ReverseCredit'; credit: string; ledgerReference: string };

/** Nobody's money is taken back overnight: the customer is told which day, and how much. */
export const announceReversal = ({ credit: id, on, amount, at }: AnnounceReversal, state: DisputedPayment): PaymentDecision => {
  const { stage, kind, amount: credited, reversal } = creditOf(state, id);
  if (stage !== 'credited') return refuse('credit-has-not-arrived');
  if (kind === 'final') return refuse('credit-is-final');
  if (on <= at) return refuse('reversal-day-has-passed', { pointers: ['/on'] });
  if (amount.currency !== credited.currency) return refuse('currency-differs', { pointers: ['/amount/currency'] });
  if (amount.value > credited.value) return refuse('reversal-exceeds-credit', { pointers: ['/amount'] });
  if (reversal?.on === on && reversal.amount.value === amount.value) return [];
  return [{ type: 'CreditReversalAnnounced', credit: id, on, amount }];
};

/** Only what was announced, and not before the announced day. */
export const reverse = ({ credit: id, ledgerReference, at }: ReverseCredit, state: DisputedPayment): PaymentDecision => {
  const { stage, kind, reversal, ledgerReference: known } = creditOf(state, id);
  if (stage === 'reversed' && known === ledgerReference) return [];
  if (stage !== 'credited') return refuse('credit-has-not-arrived');
  if (kind === 'final') return refuse('credit-is-final');
  if (!reversal || reversal.on > at) return refuse('reversal-was-not-announced', { facts: { on: reversal?.on ?? '' } });
  return [{ type: 'CreditReversed', credit: id, amount: reversal.amount, ledgerReference }];
};
