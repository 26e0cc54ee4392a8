import type { CreditShown, DisputedPaymentHistory, Money, PaymentShown, RefundShown } from '@recourse/contracts';

/** Whether this customer's own case disputes the payment. */
export const isTheirs = ({ disputes }: DisputedPaymentHistory, { role, sub }: { role: string; sub: string }): boolean =>
  role !== 'customer' || disputes.some(({ subject }) => subject === sub);

/** A payment as this caller may see it: a customer sees what concerns the customer's own cases. */
export const paymentShown = (history: DisputedPaymentHistory, { role, sub }: { role: string; sub: string }): PaymentShown => {
  const left = leftOf(history);
  if (role !== 'customer') return { ...history, left };
  const own = new Set(history.disputes.filter(({ subject }) => subject === sub).map(({ matter }) => matter));
  const ofOwn = <Thing extends { readonly matter: string }>(things: readonly Thing[]) => things.filter(({ matter }) => own.has(matter));
  return { ...history, disputes: ofOwn(history.disputes), refunds: ofOwn(history.refunds), credits: ofOwn(history.credits), left };
};

/** One refund; without an id the newest. */
export const refundShown = ({ payment, refunds }: DisputedPaymentHistory, id?: string): RefundShown | undefined => {
  const found = id === undefined ? refunds.at(-1) : refunds.find(({ refund }) => refund === id);
  return found && { payment, ...found };
};

/** One credit; without an id the newest. */
export const creditShown = ({ payment, credits }: DisputedPaymentHistory, id?: string): CreditShown | undefined => {
  const found = id === undefined ? credits.at(-1) : credits.find(({ credit }) => credit === id);
  return found && { payment, ...found };
};

/** What may still flow back: the same sum the guard keeps, told from the history. */
export const leftOf = ({ disputes, confirmed, refunds, credits }: DisputedPaymentHistory): Money => {
  const claimed = disputes.map((dispute) => dispute.claimed).reduce((most, one) => (one.value > most.value ? one : most));
  const { currency, value } = confirmed?.paid ?? claimed;
  const flowing = credits.filter(({ state }) => state !== 'failed');
  const standing = flowing.reduce((sum, { amount, reversed }) => sum + amount.value - (reversed?.amount.value ?? 0), 0);
  const pending = refunds.reduce((sum, { refund, amount, decision }) => {
    if (decision?.outcome === 'declined') return sum;
    if (!decision) return sum + amount.value;
    const ordered = flowing.filter((credit) => credit.refund === refund).reduce((total, credit) => total + credit.amount.value, 0);
    return sum + Math.max(0, (decision.amount?.value ?? 0) - ordered);
  }, 0);
  return { currency, value: Math.max(0, value - standing - pending) };
};
