import type { Money } from '@recourse/contracts';
import type { Credit, DisputedPayment, Refund } from './disputed-payment.js';

/** The most that may ever flow back: what was paid; until the platform has confirmed that, the most that was claimed. */
export const ceiling = ({ paid, disputes }: DisputedPayment): Money | undefined =>
  paid ??
  Object.values(disputes).reduce<Money | undefined>((most, claimed) => (most && most.value >= claimed.value ? most : claimed), undefined);

/** Credited and ordered, over all paths and all cases. Part of a credit may have been taken back. */
export const credited = ({ credits }: DisputedPayment): number => Object.values(credits).reduce((sum, credit) => sum + standing(credit), 0);

/** Credited, ordered, approved and asked for: what a further refund has to leave room for. */
export const spokenFor = (state: DisputedPayment): number =>
  credited(state) + Object.keys(state.refunds).reduce((sum, id) => sum + pending(state, id), 0);

/** What was granted and not ordered yet. */
export const grantedLeft = (state: DisputedPayment, id: string): number => {
  const refund = state.refunds[id];
  return refund?.stage === 'approved' ? Math.max(0, refund.amount.value - orderedFor(state, id)) : 0;
};

const pending = (state: DisputedPayment, id: string): number => {
  const { stage, amount } = state.refunds[id] as Refund;
  if (stage === 'declined') return 0;
  return stage === 'approved' ? grantedLeft(state, id) : amount.value;
};

const orderedFor = ({ credits }: DisputedPayment, refund: string): number =>
  Object.values(credits).reduce(
    (sum, credit) => sum + (credit.refund === refund && credit.stage !== 'failed' ? credit.amount.value : 0),
    0,
  );

const standing = ({ stage, amount, reversal }: Credit): number => {
  if (stage === 'failed') return 0;
  return stage === 'reversed' ? amount.value - (reversal?.amount.value ?? amount.value) : amount.value;
};
