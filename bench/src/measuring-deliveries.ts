import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { migrate } from '@recourse/event-store';
import { relayMigrations } from '@recourse/relay';
import { Missing, type Benchmark, type Course } from './planning.js';
import type { Server } from './serving.pg.js';
import type { Carrier, DeliveringOptions, Moments } from './tasks/delivering.js';
import { quantile, type Figure } from './weighing.js';
import { workTogether } from './working.js';

const perSecond = 200;

/** A carrier for one measurement, with what undoes it. */
type Carrying = (server: Server) => Promise<{ readonly carrier: Carrier; readonly release: () => Promise<void> }>;

/** From the commit in one service to the commit of its effect in the next: two processes, two logs, a relay, a carrier, an inbox. */
const deliver = async (course: Course, carrying: Carrying): Promise<Figure> => {
  const { server } = course;
  const { carrier, release } = await carrying(server);
  const [from, to] = [await service(server), await service(server)];
  try {
    return await between(course, { carrier, topic: topicName() }, from.log, to.log);
  } finally {
    for (const { name } of [from, to]) await server.drop(name);
    await release();
  }
};

/** The same messages at the same pace through the carrier alone. */
const carry = async (course: Course, carrying: Carrying): Promise<Figure> => {
  const { carrier, release } = await carrying(course.server);
  try {
    return await between(course, { carrier, topic: topicName() });
  } finally {
    await release();
  }
};

const between = async (
  { seconds, warmUp, profile, server }: Course,
  where: Pick<DeliveringOptions, 'carrier' | 'topic'>,
  from?: string,
  to?: string,
): Promise<Figure> => {
  await server.settle();
  const messages = Math.round((warmUp + seconds) * perSecond);
  const options = (logUrl?: string): DeliveringOptions => ({ ...where, perSecond, messages, ...(logUrl && { logUrl }) });
  const [heard, said] = (await workTogether(
    [
      { name: 'hearing', options: options(to) },
      { name: 'speaking', options: options(from) },
    ],
    profile,
  )) as [Moments, Moments];
  const counted = Array.from({ length: messages }, (_, number) => number).slice(Math.round(warmUp * perSecond));
  const times = counted.map((number) => Number(BigInt(heard[number]!) - BigInt(said[number]!)) / 1e6);
  const p99 = quantile(times, 0.99);
  return {
    value: p99,
    details: { 'p50 ms': quantile(times, 0.5), 'p99 ms': p99, 'longest ms': Math.max(...times), messages: times.length },
  };
};

const service = async (server: Server) => {
  const database = await server.freshStore();
  await migrate({ ownerUrl: database.owner, service: 'bench', logDomain: 'recourse.example', migrations: [...relayMigrations] });
  return database;
};
const topicName = () => `bench.${randomUUID()}.v1`;

const throughPostgres: Carrying = async (server) => {
  const { name, url } = await server.freshDatabase();
  return { carrier: { kind: 'postgres', url }, release: () => server.drop(name) };
};

type Broker = { readonly brokers: string; stop(): Promise<void> };
let broker: Broker;

/** From the jars; where they cannot be had, its own sentence says why. */
const startBroker = async (data: string, say: (sentence: string) => void): Promise<Broker> => {
  const { startKafka, CannotStart } = (await import(new URL('../../deploy/kafka/start.mjs', import.meta.url).href)) as {
    startKafka(options: { port: number; data: string; say: (sentence: string) => void }): Promise<Broker>;
    CannotStart: new () => Error;
  };
  mkdirSync(data, { recursive: true });
  try {
    return await startKafka({ port: 0, data, say });
  } catch (error) {
    throw error instanceof CannotStart ? new Missing(error.message) : error;
  }
};

const delivery = (name: string, below: number, carrying: Carrying, more: Pick<Benchmark, 'prepare'> = {}): Benchmark => ({
  name,
  what: `${perSecond} events a second: from the commit to the commit of the effect in the next service, 99 of 100`,
  unit: 'ms',
  better: 'lower',
  ...more,
  measure: (course) => deliver(course, carrying),
  baselines: [
    {
      against: 'produce to consume through the carrier alone',
      goal: { of: 'value', below },
      measure: (course) => carry(course, carrying),
    },
  ],
});

export const deliveries: readonly Benchmark[] = [
  delivery(
    'deliver.kafka',
    150,
    () => Promise.resolve({ carrier: { kind: 'kafka', brokers: broker.brokers }, release: () => Promise.resolve() }),
    {
      prepare: async ({ server }, say) => {
        const data = path.join(path.dirname(server.dataDir), `${path.basename(server.dataDir)}-kafka`);
        say('starting Kafka');
        broker = await startBroker(data, say);
        return async () => {
          await broker.stop();
          rmSync(data, { recursive: true, force: true });
        };
      },
    },
  ),
  delivery('deliver.postgres', 30, throughPostgres),
];
