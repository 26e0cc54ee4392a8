import type { DisputedPaymentHistory } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import type { DisputedPaymentEvent } from './disputed-payment.js';

type Type = DisputedPaymentEvent['type'];

/** What a message keeps of its event. Who asked, by which policy and with which code stays in the house. */
const told: Readonly<Partial<Record<Type, readonly string[]>>> = {
  PaymentDisputed: ['transaction', 'claimed', 'possibleDuplicateOf'],
  PaymentConfirmed: ['paid', 'merchant', 'occurredAt'],
  RefundRequested: ['refund', 'amount', 'reason', 'path'],
  MerchantAsked: ['refund', 'merchant', 'due'],
  RefundApproved: ['refund', 'amount', 'by'],
  RefundDeclined: ['refund', 'why', 'by'],
  MerchantReviewLapsed: ['refund', 'then'],
  CreditOrdered: ['credit', 'refund', 'redress', 'amount', 'kind', 'instruction', 'due'],
  CreditConfirmed: ['credit', 'amount', 'ledgerReference', 'creditedAt'],
  CreditFailed: ['credit', 'why'],
  CreditMadeFinal: ['credit'],
  CreditReversalAnnounced: ['credit', 'on', 'amount'],
  CreditReversed: ['credit', 'amount', 'ledgerReference'],
};

/** Told under the matter it concerns: a refund's and a credit's own; what is about the payment alone, under the first case that disputes it. */
export const announcePayment = (event: Recorded, state: unknown): readonly Announcement[] => {
  const fields = told[event.type as Type];
  if (!fields) return [];
  const history = state as DisputedPaymentHistory;
  const { data } = event;
  const credit = history.credits.find((one) => one.credit === data['credit']);
  const refund = history.refunds.find((one) => one.refund === (credit?.refund ?? data['refund']));
  const matter = data['matter'] ?? credit?.matter ?? refund?.matter ?? history.disputes[0]?.matter;
  const dispute = history.disputes.find((one) => one.matter === matter);
  if (!dispute) return [];
  const { reference, account, subject, language } = dispute;
  const said = {
    matter: dispute.matter,
    reference,
    ...(account && { account }),
    ...(subject && { subject }),
    language,
    payment: history.payment,
    ...(credit?.refund && { refund: credit.refund }),
    ...Object.fromEntries(fields.filter((field) => data[field] !== undefined).map((field) => [field, data[field]])),
  };
  const target = event.type === 'CreditOrdered' ? refund?.target?.sealed : undefined;
  return [{ topic: 'recourse.case.v1', key: dispute.matter, type: event.type, data: said, ...(target && { sealed: target }) }];
};
