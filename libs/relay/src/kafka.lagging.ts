import type { Admin } from 'kafkajs';
import type { Unheard } from './transport.js';

/** The end of each partition against what the group has committed; a group that never committed has everything that is kept before it. */
export const unheardBy = async (admin: Admin, group: string, topics: readonly string[]): Promise<readonly Unheard[]> => {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  const lanes = await Promise.all(
    committed.map(async ({ topic, partitions }) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const inOrder = ends.toSorted((one, other) => one.partition - other.partition);
      return inOrder.map(({ partition, high, low }) => {
        const offset = BigInt(partitions.find((one) => one.partition === partition)?.offset ?? '-1');
        const heard = offset < BigInt(low) ? BigInt(low) : offset;
        return { group, topic, partition, messages: Number(BigInt(high) - heard) };
      });
    }),
  );
  return lanes.flat();
};
