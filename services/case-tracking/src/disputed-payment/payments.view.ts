import type { DisputedPaymentHistory, DisputedPaymentShown } from '@recourse/contracts';
import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager, type SelectQueryBuilder } from 'typeorm';

/** One line for each disputed payment. */
@Entity('disputed_payment')
export class PaymentRow {
  @PrimaryColumn('text')
  tenant: string;
  @PrimaryColumn('text')
  payment: string;
  @Column('text', { nullable: true })
  transaction: string | null;
  @Column('uuid', { array: true })
  cases: string[];
  @Column('text')
  currency: string;
  @Column('bigint')
  claimed: string;
  @Column('bigint', { nullable: true })
  paid: string | null;
  @Column('bigint')
  credited: string;
  @Column('integer')
  openRefunds: number;
  @Column('timestamptz')
  disputedAt: Date;
}

const settled: ReadonlySet<string> = new Set(['confirmed', 'declined']);

export const paymentsView: View = {
  name: 'payments',
  version: 1,
  entities: [PaymentRow],
  async apply(rows, record, history) {
    if (!record.stream.startsWith('payment-')) return;
    const { payment, transaction, disputes, confirmed, refunds, credits } = await history<DisputedPaymentHistory>();
    const claimed = disputes.map((dispute) => dispute.claimed).reduce((most, one) => (one.value > most.value ? one : most));
    const arrived = credits.filter(({ state }) => state === 'confirmed' || state === 'reversed');
    const credited = arrived.reduce((sum, { amount, reversed }) => sum + amount.value - (reversed?.amount.value ?? 0), 0);
    rows.put(PaymentRow, {
      tenant: record.tenant,
      payment,
      transaction: transaction ?? null,
      cases: disputes.map(({ matter }) => matter),
      currency: confirmed?.paid.currency ?? claimed.currency,
      claimed: String(claimed.value),
      paid: confirmed ? String(confirmed.paid.value) : null,
      credited: String(credited),
      openRefunds: refunds.filter(({ state }) => !settled.has(state)).length,
      disputedAt: new Date(disputes[0]!.at),
    });
  },
};

type Filter = { readonly transaction?: string; readonly case?: string };

/** The payments a filter asks for, unordered. */
export const disputedPayments = (manager: EntityManager, { transaction, case: matter }: Filter): SelectQueryBuilder<PaymentRow> => {
  const rows = manager.createQueryBuilder(PaymentRow, 'payment').where('true');
  if (transaction) rows.andWhere('payment.transaction = :transaction', { transaction });
  if (matter) rows.andWhere(':matter = any(payment.cases)', { matter });
  return rows;
};

export const paymentListed = ({
  payment,
  transaction,
  cases,
  currency,
  claimed,
  paid,
  credited,
  openRefunds,
  disputedAt,
}: PaymentRow): DisputedPaymentShown => ({
  payment,
  ...(transaction !== null && { transaction }),
  cases,
  claimed: { currency, value: Number(claimed) },
  ...(paid !== null && { paid: { currency, value: Number(paid) } }),
  credited: { currency, value: Number(credited) },
  openRefunds,
  disputedAt: disputedAt.toISOString(),
});
