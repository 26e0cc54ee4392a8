import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { follow, handling, PostgresEventStore, StoreBusy, StoreUnreachable } from '@recourse/event-store';
import { kafkaTransport, postgresTransport, startInbox, startRelay, type Inbox, type Relay } from '@recourse/relay';
import { forgettingKeys, markingBeforeAck } from './serving/mutating.js';
import type { Instruction, ServicePlan, ServiceState } from './serving/planning.js';
import { announcing, by, hearing, histories, orderOf, type Asked } from './serving/saying.js';

/** A service under test, in a process of its own, until it is told to end or killed: it answers clients, tells its log, hears, follows. */
const plan = JSON.parse(process.argv[2] ?? '{}') as ServicePlan;
process.on('disconnect', () => process.exit(0)); // whoever started us is gone

const { service, logUrl, topic, carrier } = plan;
const store = await PostgresEventStore.open({ service, logUrl, readers: 6, patience: plan.patience ?? 10_000 });
const pace = { beat: 500, silence: 2_000, ask: 100 };
const client =
  carrier.kind === 'kafka'
    ? kafkaTransport({ brokers: carrier.brokers, clientId: service, session: 6_000 })
    : postgresTransport({ url: carrier.url, name: service, poll: 200, pace });
const transport = plan.mutation === 'mark-before-ack' ? markingBeforeAck(client) : client;

const relay: Relay | undefined = plan.speaks
  ? startRelay({
      ...{ service, store, transport, url: logUrl, pool: store.pool, histories, pace },
      announce: { case: announcing(topic) },
      topics: [topic],
      prepare: [{ topic, partitions: 3, retention: 'for-ever' }],
      records: false,
      beatEvery: 500,
    })
  : undefined;

/** What the hearer cannot bear now. A line is `throw <beginning of an operation>`, or `kill <…>`. */
const bear = (op: string): void => {
  if (!plan.poison || !existsSync(plan.poison)) return;
  for (const line of readFileSync(plan.poison, 'utf8').split('\n')) {
    const [does, beginning = ''] = line.split(' ');
    if (!does || !op.startsWith(beginning)) continue;
    appendFileSync(`${plan.poison}.met`, `${does} ${op} ${Date.now()}\n`);
    if (does === 'kill') process.kill(process.pid, 'SIGKILL');
    throw new Error('This handler throws.');
  }
};
const inbox: Inbox | undefined = plan.hears
  ? await startInbox({
      service,
      store: plan.mutation === 'drop-inbox' ? forgettingKeys(store) : store,
      ...{ transport, pool: store.pool, tools: undefined },
      hears: [hearing(topic, ({ data }) => bear(String(data['op'])))],
      pace: { inPlace: [5, 20], parked: [3_600_000], look: 100, lease: 2_000, pause: 200 },
    })
  : undefined;

const follower = plan.follows
  ? follow({
      ...{ name: plan.follows.name, store, pool: store.pool },
      pace: { beat: 500, silence: 2_000, look: 500 },
      effect: async (records, session) => {
        await session.query(
          `insert into faults.effect (follower, version, position, stream, stream_version)
           select $1, $2, * from unnest($3::bigint[], $4::text[], $5::int[])`,
          [
            plan.follows!.name,
            plan.follows!.version,
            ...[records.map(({ position }) => position), records.map(({ stream }) => stream), records.map(({ version }) => version)],
          ],
        );
      },
    })
  : undefined;

/** 201 recorded, 200 the first answer again, 409 the stream is elsewhere, 422 the key is another's, 503 ask again. */
const answer = async (asked: Asked): Promise<{ status: number; positions?: readonly number[]; version?: number }> => {
  const at = store.now('quanpay');
  try {
    if (asked.expected === undefined) {
      const outcome = await handling(store)(orderOf(asked, at));
      if (outcome.kind === 'recorded') return { status: 201, version: outcome.version };
      if (outcome.kind === 'replayed') return { status: 200, ...(outcome.answer && { version: outcome.answer.version }) };
      return { status: 422 };
    }
    const { op, stream, events, expected } = asked;
    const outcome = await store.append({
      ...{ tenant: 'quanpay', at, by, corr: stream },
      writes: [{ stream, expected, events: Array.from({ length: events }, (_, n) => ({ type: 'Said', op, n })) }],
      key: { key: op, fingerprint: op, kind: 'http' },
    });
    if (outcome.kind === 'appended') return { status: 201, positions: outcome.positions };
    if (outcome.kind === 'replayed') return { status: 200 };
    return outcome.kind === 'conflict' ? { status: 409, version: outcome.version } : { status: 422 };
  } catch (error) {
    if (error instanceof StoreBusy || error instanceof StoreUnreachable) return { status: 503 };
    return { status: 500 };
  }
};

let draining = false;
const door = http.createServer((request, reply) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    void (async () => {
      const { status, ...said } = draining ? { status: 503 } : await answer(JSON.parse(body) as Asked);
      reply.writeHead(status, { 'content-type': 'application/json', ...(draining && { connection: 'close' }) }).end(JSON.stringify(said));
    })();
  });
});

/** As a service leaves: no new request, those in hand answered, the relay and the inbox at a clean end, then the store. */
const drain = async () => {
  draining = true;
  await pause(300); // whoever asks in this moment is sent away with a word, not with a broken line
  const closed = new Promise((resolve) => door.close(resolve));
  door.closeIdleConnections();
  await closed;
  await Promise.all([relay?.stop(), inbox?.stop(), follower?.stop()]);
  await transport.close();
  await store.close();
  process.exit(0);
};
process.on('SIGTERM', () => void drain());

const state = async (): Promise<ServiceState> => ({
  leads: relay?.leads ?? false,
  published: relay?.published ?? 0,
  failures: relay?.failures ?? 0,
  paused: inbox?.paused ?? false,
  counts: inbox?.counts ?? { heard: 0, recorded: 0, replayed: 0, refused: 0, failed: 0 },
  parked: (await inbox?.parked().catch(() => [])) ?? [],
  untold: (await relay?.untold().catch(() => [])) ?? [],
  follows: follower?.leads ?? false,
});
const carryOut = async (instruction: Instruction): Promise<unknown> => {
  if (instruction.what === 'rewind') return relay?.rewind('messages', instruction.position);
  if (instruction.what === 'drain') return void drain();
  if (instruction.what === 'retry-parked') return Promise.all(((await inbox?.parked()) ?? []).map((key) => inbox!.retry(key)));
  return state();
};
process.on('message', ({ id, instruction }: { id: number; instruction: Instruction }) => {
  void carryOut(instruction).then(
    (result) => process.send?.({ id, result }),
    (error: Error) => process.send?.({ id, failed: error.message }),
  );
});

door.keepAliveTimeout = 60_000;
door.listen(0, '127.0.0.1', () => process.send?.({ port: (door.address() as AddressInfo).port }));
