import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager } from 'typeorm';

/** A merchant that has been asked and has not answered: its own clock. */
@Entity('merchant_review')
export class ReviewRow {
  @PrimaryColumn('uuid')
  refund: string;
  @Column('text')
  tenant: string;
  @Column('text')
  stream: string;
  /** In the tenant's own time. */
  @Column('timestamptz')
  due: Date;
}

export const merchantReviewsView: View = {
  name: 'merchant-reviews',
  version: 1,
  entities: [ReviewRow],
  apply(rows, { type, data, tenant, stream }) {
    if (!stream.startsWith('payment-')) return;
    const refund = data['refund'] as string;
    if (type === 'MerchantAsked') rows.put(ReviewRow, { refund, tenant, stream, due: new Date(data['due'] as string) });
    if (type === 'RefundApproved' || type === 'RefundDeclined' || type === 'MerchantReviewLapsed') rows.remove(ReviewRow, { refund });
  },
};

/** Reviews whose time is over by the database's clock, and by the clock of a tenant that has moved its own. */
export const reviewsDue = (manager: EntityManager, now: string): Promise<ReviewRow[]> =>
  manager
    .createQueryBuilder(ReviewRow, 'row')
    .where(
      `row.due <= cast(:now as timestamptz) + interval '1 millisecond' * coalesce((select c.ahead_ms from log.tenant_clock c where c.tenant = row.tenant), 0)`,
      { now },
    )
    .orderBy('row.due')
    .addOrderBy('row.refund')
    .limit(200)
    .getMany();
