import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { part, PostgresEventStore, type EventStore, type NewEvent } from '@recourse/event-store';
import {
  kafkaTransport,
  postgresTransport,
  startInbox,
  startRelay,
  type Announce,
  type Hearing,
  type OutgoingMessage,
  type TopicPlan,
  type Transport,
} from '@recourse/relay';
import { by } from '../recording.js';
import type { Task } from '../tasks.js';

export type Carrier = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'kafka'; readonly brokers: string };
export type DeliveringOptions = {
  readonly carrier: Carrier;
  readonly topic: string;
  /** The log of the service, or nothing but the transport. */
  readonly logUrl?: string;
  readonly perSecond: number;
  readonly messages: number;
};
/** When each message was said or took effect, in nanoseconds of the machine's one monotonic clock, by its number. */
export type Moments = Readonly<Record<number, string>>;

const service = 'bench';
const tenant = 'quanpay';
const patience = 60_000;
const now = () => `${process.hrtime.bigint()}`;

const transportOf = (carrier: Carrier, name: string): Transport =>
  carrier.kind === 'postgres'
    ? postgresTransport({ url: carrier.url, name })
    : kafkaTransport({ brokers: [carrier.brokers], clientId: name });
const planOf = (topic: string): TopicPlan => ({ topic, partitions: 6, retention: 'limited' });

/** Says so many a second, whether or not the last one is done: a service does not wait for its neighbours either. */
const atPace = async ({ perSecond, messages }: DeliveringOptions, say: (number: number) => Promise<void>): Promise<void> => {
  const begun = performance.now();
  const said: Promise<void>[] = [];
  for (let number = 0; number < messages; number++) {
    const early = begun + (number * 1_000) / perSecond - performance.now();
    if (early > 0) await pause(early);
    said.push(say(number));
  }
  await Promise.all(said);
};

/** The speaking side: appends to its log, whose relay tells it. The moment is that of the commit, as its caller knows it. */
export const speaking: Task<DeliveringOptions, Moments> = async (options) => {
  const { carrier, topic, logUrl } = options;
  const transport = transportOf(carrier, 'bench-speaks');
  const moments: Record<number, string> = {};
  if (!logUrl) return speakingRaw(options, transport, moments);
  const store = await PostgresEventStore.open({ service, logUrl });
  const announce: Announce = ({ stream, data }) => [{ topic, key: stream, type: 'Said', data: { number: data['number'] } }];
  const relay = startRelay({
    service,
    store,
    transport,
    url: logUrl,
    pool: store.pool,
    announce: { case: announce },
    histories: { case: { initial: null, evolve: () => null } },
    topics: [topic],
    prepare: [planOf(topic)],
    records: false,
  });
  await until(() => relay.leads);
  return async () => {
    await atPace(options, async (number) => {
      const event = { type: 'Said', number } as NewEvent;
      const writes = [{ stream: `case-${randomUUID()}`, expected: 'must-not-exist', events: [event] }] as const;
      const { kind } = await store.append({ tenant, at: store.now(tenant), by, corr: randomUUID(), writes });
      moments[number] = now();
      if (kind !== 'appended') throw new Error(`An append was ${kind}.`);
    });
    await until(async () => (await relay.lag()).messages === 0);
    await relay.stop();
    await store.close();
    await transport.close();
    return moments;
  };
};

/** Publishes one request after the other, each with whatever has come since the last one, as the relay does. */
const speakingRaw = async (options: DeliveringOptions, transport: Transport, moments: Record<number, string>) => {
  const { topic } = options;
  await transport.prepare([planOf(topic)]);
  const messageOf = (number: number): OutgoingMessage => ({ topic, key: randomUUID(), headers: {}, value: `${number}` });
  let probing = true;
  const probes = (async () => {
    for (; probing; await pause(200)) await transport.publish([messageOf(-1)]);
  })();
  return async () => {
    probing = false;
    await probes;
    let waiting: OutgoingMessage[] = [];
    let sending: Promise<void> | undefined;
    const send = async () => {
      while (waiting.length > 0) await transport.publish(waiting.splice(0));
      sending = undefined;
    };
    await atPace(options, async (number) => {
      moments[number] = now();
      waiting.push(messageOf(number));
      await (sending ??= send());
    });
    waiting = [];
    await transport.close();
    return moments;
  };
};

type Note = { readonly type: 'Note'; readonly number: number; readonly by: typeof by; readonly at: string };
const notebook = {
  initial: null,
  remembersNothing: true as const,
  decide: ({ number }: Note) => [{ type: 'Noted', number }],
  evolve: () => null,
};

/** The hearing side: each message becomes an event of its own log, once. The moment is that of this commit, as the inbox knows it. */
export const hearing: Task<DeliveringOptions, Moments> = async (options) => {
  const { carrier, topic, logUrl, messages } = options;
  const transport = transportOf(carrier, 'bench-hears');
  const moments: Record<number, string> = {};
  if (!logUrl) return hearingRaw(options, transport, moments);
  const store = await PostgresEventStore.open({ service, logUrl });
  const watched = new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return watchedAppend;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  const watchedAppend: EventStore['append'] = async (request) => {
    const outcome = await store.append(request);
    const noted = request.writes[0]?.events[0] as { readonly number?: number } | undefined;
    if (outcome.kind === 'appended' && noted?.number !== undefined) moments[noted.number] = now();
    return outcome;
  };
  const noting: Hearing = {
    consumer: 'bench',
    topics: [topic],
    react: ({ key, corr, data }) => {
      const stream = `heard-${key}`;
      const number = Number(data['number']);
      return [{ stream, corr, parts: (told) => [part(notebook, stream, { type: 'Note', number, ...told } as Note)] }];
    },
  };
  const inbox = await startInbox({ service, store: watched, transport, pool: store.pool, hears: [noting], tools: {}, topics: [topic] });
  await until(() => inbox.watermarks.of(topic) !== undefined); // a sign of life has come through every partition
  return async () => {
    await until(() => Object.keys(moments).length >= messages);
    await inbox.stop();
    await store.close();
    await transport.close();
    return moments;
  };
};

const hearingRaw = async ({ topic, messages }: DeliveringOptions, transport: Transport, moments: Record<number, string>) => {
  let probes = 0;
  const consumption = await transport.consume(`bench-${randomUUID()}`, [topic], async ({ value }) => {
    if (value === '-1') probes++;
    else moments[Number(value)] = now();
    return Promise.resolve();
  });
  await until(() => probes > 0);
  return async () => {
    await until(() => Object.keys(moments).length >= messages);
    await consumption.stop();
    await transport.close();
    return moments;
  };
};

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const giveUp = performance.now() + patience; !(await holds()); await pause(20))
    if (performance.now() > giveUp) throw new Error('Messages did not come through within a minute.');
};
