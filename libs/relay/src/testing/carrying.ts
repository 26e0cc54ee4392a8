import { randomUUID } from 'node:crypto';
import { kafkaTransport } from '../kafka.transport.js';
import { postgresTransport } from '../postgres.transport.js';
import type { HeardMessage, Log, OutgoingMessage, TopicPlan, Transport } from '../transport.js';

/** Enough to make a client of a carrier anywhere, in this process or in a child. */
export type Carrier = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'kafka'; readonly brokers: readonly string[] };

/** A new client, as another process would have it. Seats change hands within a second, so that tests need not wait. */
export const clientOf = (carrier: Carrier, name = 'test', log?: Log): Transport =>
  carrier.kind === 'postgres'
    ? postgresTransport({ url: carrier.url, name, poll: 200, pace: { beat: 300, silence: 2_000, ask: 200 }, ...(log && { log }) })
    : kafkaTransport({ brokers: carrier.brokers, clientId: name, session: 6_000, ...(log && { log }) });

/** A topic nobody else has. */
export const aTopic = (partitions = 3, retention: TopicPlan['retention'] = 'for-ever'): TopicPlan => ({
  topic: `test.${randomUUID()}.v1`,
  partitions,
  retention,
});
export const aGroup = () => `test-${randomUUID()}`;

export const aMessage = (topic: string, key: string, value: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  topic,
  key,
  value,
  headers: { ce_id: `${key}/${value}` },
  ...more,
});

/** Resolves when the condition holds. It gives up long after jest did, only so that the process can end. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let asked = 0; !(await holds()); asked++) {
    if (asked > 9_000) throw new Error('It never came to hold.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** What was heard, in the order of hearing, per key. */
export class Heard {
  readonly all: HeardMessage[] = [];
  readonly hear = async (message: HeardMessage): Promise<void> => {
    this.all.push(message);
  };
  values(key?: string): string[] {
    return this.all.filter((message) => key === undefined || message.key === key).map(({ value }) => value);
  }
  /** Each once, in the order of the first time. */
  distinct(key?: string): string[] {
    return [...new Set(this.values(key))];
  }
}
