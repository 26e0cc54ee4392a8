import { platformMessage, type PlatformMessage } from '@recourse/contracts';
import type { View } from '@recourse/edge';
import { Column, Entity, MoreThan, PrimaryColumn, type EntityManager } from 'typeorm';

/** The feed as it is read a page at a time: one row a message, under its number. */
@Entity('feed_message')
export class FeedRow {
  @PrimaryColumn('text')
  tenant: string;
  @PrimaryColumn('integer')
  number: number;
  /** A PlatformMessage, kept as it was written: member order too. */
  @Column('json')
  message: object;
}

export const feedView: View = {
  name: 'feed',
  version: 1,
  entities: [FeedRow],
  apply(rows, record) {
    if (record.type !== 'PlatformTold') return;
    const message = platformMessage(record);
    rows.put(FeedRow, { tenant: record.tenant, number: message.number, message });
  },
};

/** Messages after a number, in order, without gaps. */
export const messagesAfter = async (manager: EntityManager, tenant: string, after: number, limit: number): Promise<PlatformMessage[]> => {
  const rows = await manager.find(FeedRow, { where: { tenant, number: MoreThan(after) }, order: { number: 'ASC' }, take: limit });
  return rows.map(({ message }) => message as PlatformMessage);
};

/** The number of the last message, 0 when there is none. */
export const headOfFeed = async (manager: EntityManager, tenant: string): Promise<number> =>
  (await manager.maximum(FeedRow, 'number', { tenant })) ?? 0;
