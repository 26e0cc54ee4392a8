import kafkajs from 'kafkajs';
import type { Carried } from './delivering.js';

/** A topic as it lies on Kafka: every partition from its first offset to where it ended when we began. */
export const topicOnKafka = async (brokers: readonly string[], topic: string): Promise<Carried[]> => {
  const kafka = new kafkajs.Kafka({ clientId: 'checker', brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const ends = new Map(
    offsets.filter(({ low, high }) => BigInt(high) > BigInt(low)).map(({ partition, high }) => [partition, BigInt(high)]),
  );
  const carried: Carried[] = [];
  if (ends.size === 0) return carried;
  const consumer = kafka.consumer({ groupId: `checker-${process.pid}-${topic}-${Math.trunc(performance.now())}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    void consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { key, headers, offset } of batch.messages) {
          const end = ends.get(batch.partition);
          if (end === undefined || BigInt(offset) >= end) break;
          if (BigInt(offset) === end - 1n) ends.delete(batch.partition);
          if (key?.toString() !== 'heartbeat')
            carried.push({ partition: batch.partition, key: key?.toString() ?? '', id: String(headers?.['ce_id'] ?? '') });
        }
        if (ends.size === 0) resolve();
      },
    });
  });
  await consumer.disconnect();
  return carried;
};
