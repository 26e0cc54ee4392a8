import type { Transport } from '@recourse/relay';
import type { Delivery } from './delivering.js';
import type { Measured, Metrics } from './measuring.js';
import type { Overseeing } from './operations/overseeing.pg.js';

type Measuring = Pick<Delivery, 'relay' | 'inbox'> & {
  readonly overseeing: Overseeing;
  readonly transport: Transport;
  /** The database's clock. */
  readonly now: () => string;
};

const one = (value: number) => [{ labels: {}, value }];

/** What is told and heard, and what waits. Labels name consumers and topics, never a tenant, a key or an account. */
export const measureDelivery = (metrics: Metrics, measuring: Measuring): void => {
  measureTelling(metrics, measuring);
  measureHearing(metrics, measuring);
  measureWaiting(metrics, measuring);
};

const measureTelling = (metrics: Metrics, { relay, overseeing }: Measuring): void => {
  metrics.gauge('recourse_relay_leader', '1 where this instance tells the log; the sum over a service is 1.', [], () =>
    one(relay.leads ? 1 : 0),
  );
  metrics.gauge('recourse_relay_lag', 'Records that have not been told yet, by cursor.', ['cursor'], async () =>
    Object.entries(await relay.lag()).map(([cursor, value]) => ({ labels: { cursor }, value })),
  );
  metrics.gauge(
    'recourse_relay_oldest_seconds',
    'How long the oldest record that has not been told yet waits, by cursor.',
    ['cursor'],
    async () => (await overseeing.untold()).map(({ cursor, oldestSeconds }) => ({ labels: { cursor }, value: oldestSeconds })),
  );
  metrics.counter(
    'recourse_relay_total',
    'What the relay did since the start: messages published, attempts that failed.',
    ['result'],
    () => [
      { labels: { result: 'published' }, value: relay.published },
      { labels: { result: 'failed' }, value: relay.failures },
    ],
  );
};

const measureHearing = (metrics: Metrics, { inbox, overseeing, transport, now }: Measuring): void => {
  metrics.counter(
    'recourse_inbox_total',
    'Messages by what became of them, since the start; replayed are duplicates, skipped were let go by two people before.',
    ['result'],
    () => Object.entries(inbox.counts).map(([result, value]) => ({ labels: { result }, value })),
  );
  metrics.gauge('recourse_inbox_paused', '1 while nothing is heard because of a systemic fault.', [], () => one(inbox.paused ? 1 : 0));
  metrics.gauge(
    'recourse_inbox_unheard',
    'Messages a group has still to hear, by topic and partition. Left out while the carrier does not answer.',
    ['group', 'topic', 'partition'],
    async () =>
      (await transport.unheard()).map(({ group, topic, partition, messages }) => ({
        labels: { group, topic, partition: String(partition) },
        value: messages,
      })),
  );
  metrics.gauge(
    'recourse_inbox_behind_seconds',
    'How long ago the instant lies up to which a topic has been heard completely: no message still unheard is older.',
    ['topic'],
    () =>
      overseeing
        .completeUpTo()
        .flatMap(({ topic, until }) =>
          until === undefined ? [] : [{ labels: { topic }, value: Math.max(0, (Date.parse(now()) - Date.parse(until)) / 1000) }],
        ),
  );
};

const measureWaiting = (metrics: Metrics, { overseeing }: Measuring): void => {
  const { waiting } = overseeing;
  const summed = (name: string, help: string, what: (key: { readonly messages: number }) => number) =>
    metrics.gauge(name, help, ['consumer'], async () => {
      const sums = new Map<string, number>();
      for (const key of await waiting.list({ limit: 10_000 })) sums.set(key.consumer, (sums.get(key.consumer) ?? 0) + what(key));
      return [...sums].map(([consumer, value]): Measured<'consumer'> => ({ labels: { consumer }, value }));
    });
  summed('recourse_parked_keys', 'Keys that wait: a message of theirs could not be handled, or (relay:…) not be told.', () => 1);
  summed('recourse_parked_messages', 'Messages that wait with their keys.', ({ messages }) => messages);
  metrics.counter('recourse_skipped_total', 'Messages that two people let go, ever.', ['consumer', 'topic'], async () =>
    (await waiting.skipped()).map(({ consumer, topic, count }) => ({ labels: { consumer, topic }, value: count })),
  );
};
