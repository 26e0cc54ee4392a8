import type { KeyOrderHistory, KeyOrderLine } from '@recourse/contracts';
import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager, type SelectQueryBuilder } from 'typeorm';

/** One line for each order about keys: what officers look through, and what is still to be carried out. */
@Entity('key_order')
export class KeyOrderRow {
  @PrimaryColumn('uuid')
  id: string;
  @Column('text')
  tenant: string;
  @Column('text')
  kind: KeyOrderHistory['kind'];
  @Column('text')
  stage: KeyOrderHistory['stage'];
  @Column('text')
  why: KeyOrderHistory['why'];
  @Column('text', { nullable: true })
  because: string | null;
  @Column('integer')
  keys: number;
  @Column('timestamptz')
  askedAt: Date;
  @Column('timestamptz')
  expiresAt: Date;
}

/** A key that was destroyed by order: what a restored keyring is held against. */
@Entity('destroyed_key')
export class DestroyedKeyRow {
  @PrimaryColumn('uuid')
  key: string;
  @Column('text')
  tenant: string;
  @Column('uuid')
  order: string;
}

export const keyOrdersView: View = {
  name: 'key-orders',
  version: 1,
  entities: [KeyOrderRow, DestroyedKeyRow],
  async apply(rows, { stream, tenant, type, data }, history) {
    if (!stream.startsWith('key-order-')) return;
    const { order, kind, stage, why, because = null, keys, asked, expiresAt } = await history<KeyOrderHistory>();
    rows.put(KeyOrderRow, {
      ...{ id: order, tenant, kind, stage, why, because },
      keys: keys.length,
      askedAt: new Date(asked.at),
      expiresAt: new Date(expiresAt),
    });
    if (type !== 'KeysDestroyed') return;
    for (const key of data['keys'] as readonly string[]) rows.put(DestroyedKeyRow, { key, tenant, order });
  },
};

/** The orders as asked for. */
export const keyOrders = (
  manager: EntityManager,
  { stage, because }: { readonly stage?: string; readonly because?: string },
): SelectQueryBuilder<KeyOrderRow> => {
  const rows = manager.createQueryBuilder(KeyOrderRow, 'key_order');
  if (stage !== undefined) rows.andWhere('key_order.stage = :stage', { stage });
  if (because !== undefined) rows.andWhere('key_order.because = :because', { because });
  return rows;
};

/** Orders that two people agreed on and nobody has carried out, and those whose services have not all answered. */
export const ordersInHand = (manager: EntityManager): Promise<KeyOrderRow[]> =>
  manager
    .createQueryBuilder(KeyOrderRow, 'key_order')
    .where(`key_order.stage in ('approved', 'done')`)
    .orderBy('key_order.stage') // those to be carried out before those that only wait for an answer
    .addOrderBy('key_order.askedAt')
    .addOrderBy('key_order.id')
    .limit(200)
    .getMany();

/** Keys that were destroyed by order, by portions. */
export const destroyedKeys = (manager: EntityManager, after: string | undefined, limit: number): Promise<DestroyedKeyRow[]> =>
  manager
    .createQueryBuilder(DestroyedKeyRow, 'destroyed')
    .where(after === undefined ? 'true' : 'destroyed.key > :after', { after })
    .orderBy('destroyed.key')
    .limit(limit)
    .getMany();

export const keyOrderLine = ({ id, kind, stage, why, because, keys, askedAt, expiresAt }: KeyOrderRow): KeyOrderLine => ({
  order: id,
  kind,
  stage,
  why,
  ...(because !== null && { because }),
  keys,
  askedAt: askedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});
