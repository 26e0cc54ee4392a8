import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { NewEvent } from '@recourse/event-store';
import { requestOf, testStore, type TestStore } from '@recourse/event-store/testing';
import { beatOf, open } from './enveloping.js';
import type { Announce, Message } from './message.js';
import { prepareBus } from './postgres.transport.js';
import { relayMigrations } from './relay.migration.js';
import { rewindRelay, startRelay, type Relay, type RelayOptions } from './relay.worker.js';
import { aGroup, aTopic, clientOf, Heard, until } from './testing/carrying.js';
import { heaviestMessage, type TopicPlan, type Transport } from './transport.js';

type Notes = { readonly notes: readonly string[] };
const notes = {
  initial: { notes: [] } as Notes,
  evolve: ({ notes }: Notes, { data }: { data: { text?: string } }) => ({ notes: [...notes, data.text ?? ''] }),
};

let house: TestStore;
let transport: Transport;
let plan: TopicPlan;
let records: TopicPlan;
const relays: Relay[] = [];
let stopHearing: () => Promise<void> = async () => undefined;
beforeAll(async () => {
  house = await testStore({ service: 'case-tracking', migrations: relayMigrations as never });
  await prepareBus(house.database.busOwnerUrl);
  transport = clientOf({ kind: 'postgres', url: house.database.busUrl });
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await stopHearing();
  stopHearing = async () => undefined;
  await house.store.pool.query('delete from relay.untold');
  await house.store.pool.query('delete from relay.cursor');
});
afterAll(async () => {
  await transport.close();
  await house.close();
});

const noted = (text: string) => ({ type: 'Noted', text }) as NewEvent;
const append = (stream: string, ...texts: readonly string[]) =>
  house.store.append(requestOf(house.store, stream, 'none', texts.map(noted)));
const aCase = () => `case-${randomUUID()}`;

/** Each note is announced with how many there were by then. */
const announceNotes: Announce = ({ stream, type, data }, history) =>
  type === 'Noted'
    ? [{ topic: plan.topic, key: stream, type: 'NoteTaken', data: { text: data['text'], of: (history as Notes).notes.length } }]
    : [];

const start = async (more: Partial<RelayOptions> = {}) => {
  const relay = startRelay({
    service: 'case-tracking',
    store: house.store,
    transport,
    url: house.database.logUrl,
    pool: house.store.pool,
    announce: { case: announceNotes },
    histories: { case: notes as never },
    topics: [plan.topic],
    prepare: [plan, records],
    records: false,
    beatEvery: 100,
    pace: { beat: 200, silence: 1_500, ask: 100 },
    ...more,
  });
  relays.push(relay);
  return relay;
};
const hear = async (topics: readonly string[] = [plan.topic]) => {
  const heard = new Heard();
  const consumption = await transport.consume(aGroup(), topics, heard.hear);
  stopHearing = () => consumption.stop();
  return heard;
};
const messages = (heard: Heard): Message[] => heard.all.filter((one) => !beatOf(one)).map(open);

describe('The relay', () => {
  it('tells each event once it is recorded, in order, with the history as it stood then', async () => {
    [plan, records] = [aTopic(), aTopic(5)];
    const stream = aCase();
    await append(stream, 'a', 'b');
    await start();
    const heard = await hear();
    await append(stream, 'c');
    await until(() => messages(heard).length >= 3);
    const [first, second, third] = messages(heard).filter((message) => message.stream === stream);
    expect([first, second, third].map((message) => message!.data)).toEqual([
      { text: 'a', of: 1 },
      { text: 'b', of: 2 },
      { text: 'c', of: 3 },
    ]);
    const [record] = await house.store.readStream(stream);
    expect(first).toMatchObject({
      id: `${record!.id}.NoteTaken.v1`,
      type: 'NoteTaken',
      version: 1,
      source: 'case-tracking',
      key: stream,
      tenant: 'quanpay',
      time: record!.at,
      cause: record!.id,
      corr: record!.corr,
      stream,
      streamVersion: 0,
      sealed: [],
    });
  });

  it('sends every record to the notary, exactly as it is stored, with the sealed bytes beside it', async () => {
    [plan, records] = [aTopic(), { topic: 'recourse.records.v1', partitions: 5, retention: 'for-ever' }];
    const blob = Buffer.from('sealed bytes');
    const h = (await import('node:crypto')).createHash('sha256').update(blob).digest('base64url');
    const id = '01900000-0000-7000-8000-000000000001';
    const event = { type: 'Noted', text: 'with a seal', sealed: [{ id, group: 'note', key: 'k1', h }] } as NewEvent;
    await house.store.append(requestOf(house.store, aCase(), 'none', [event], { blobs: [{ id, h, blob }] }));
    await start({ records: 1 });
    const heard = await hear([records.topic]);
    const head = await house.store.head();
    await until(() => messages(heard).length > head);
    const log = await house.store.readLog(-1, 1_000);
    expect(messages(heard).map(({ data, position }) => [position, data['record'], data['recordedAt']])).toEqual(
      log.map(({ position, text, recordedAt }) => [position, text, recordedAt]),
    );
    expect(heard.all.every(({ partition }) => partition === 1)).toBe(true);
    expect(Object.keys(JSON.parse(heard.all[0]!.value) as object).sort()).toEqual(['record', 'recordedAt', 'sealed']);
    expect(messages(heard).at(-1)!.sealed).toEqual([{ id, h, blob: blob.toString('base64url') }]);
  });

  it('says up to when everything has been told, and never while an append is under way', async () => {
    [plan, records] = [aTopic(2), aTopic(5)];
    const heard = await hear();
    await start();
    const latest = () =>
      heard.all
        .map(beatOf)
        .filter((beat) => beat !== undefined)
        .map(({ upTo }) => upTo)
        .sort()
        .at(-1) ?? '';
    await until(() => latest() !== '');
    const stream = aCase();
    await append(stream, 'a');
    const { recordedAt } = (await house.store.readStream(stream))[0]!;
    await until(() => latest() > recordedAt);
    const told = heard.all.findIndex((message) => !beatOf(message) && open(message).stream === stream);
    const claimed = heard.all.findIndex(
      (message) => message.partition === heard.all[told]!.partition && (beatOf(message)?.upTo ?? '') >= recordedAt,
    );
    expect(told).toBeGreaterThanOrEqual(0);
    expect(claimed).toBeGreaterThan(told);

    const appending = new pg.Client({ connectionString: house.database.logUrl });
    await appending.connect();
    await appending.query(`begin; select pg_advisory_xact_lock(hashtextextended('recourse.log', 0))`);
    const { rows } = await appending.query<{ now: Date }>('select clock_timestamp() as now');
    const begun = rows[0]!.now.toISOString();
    const beats = () => heard.all.filter(beatOf).length;
    const before = beats();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(latest() < begun).toBe(true);
    expect(beats() - before).toBeLessThanOrEqual(2); // what was on its way
    await appending.query('rollback');
    await until(() => latest() > begun);
    await appending.end();
  });

  it('lets a key wait that the carrier refuses, and tells the rest; later it is told in order', async () => {
    [plan, records] = [aTopic(), aTopic(5)];
    const [heavy, light] = [aCase(), aCase()];
    let enlarged = true;
    const announce: Announce = (event, history) =>
      announceNotes(event, history).map((said) =>
        enlarged && event.data['text'] === 'too heavy' ? { ...said, data: { ...said.data, ballast: 'x'.repeat(heaviestMessage) } } : said,
      );
    const heard = await hear();
    const relay = await start({ announce: { case: announce }, retryEvery: 200 });
    await append(heavy, 'before', 'too heavy', 'after');
    await append(light, '1', '2');
    const texts = (stream: string) =>
      messages(heard)
        .filter((message) => message.stream === stream)
        .map(({ data }) => data['text']);
    await until(() => texts(light).length === 2);
    await until(async () => (await relay.untold()).length === 2);
    expect(texts(heavy)).toEqual(['before']);
    expect((await relay.untold()).map(({ why }) => why)).toEqual(['too-large', 'waits']);
    const beatsNow = heard.all.filter(beatOf).length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(heard.all.filter(beatOf).length).toBe(beatsNow); // "everything has been told" would be a lie

    enlarged = false;
    await append(light, '3'); // wakes it
    await until(() => texts(heavy).length === 3);
    expect(texts(heavy)).toEqual(['before', 'too heavy', 'after']);
    await until(() => heard.all.filter(beatOf).length > beatsNow);
    expect(await relay.untold()).toEqual([]);
  });

  it('lets a stream wait whose event cannot be announced, until a better version tells it', async () => {
    [plan, records] = [aTopic(), aTopic(5)];
    const [bad, good] = [aCase(), aCase()];
    const broken: Announce = (event, history) => {
      if (event.data['text'] === 'broken') throw new Error('a mistake in announcing.ts');
      return announceNotes(event, history);
    };
    const heard = await hear();
    const first = await start({ announce: { case: broken } });
    await append(bad, 'a', 'broken', 'c');
    await append(good, 'g');
    const texts = (stream: string) =>
      messages(heard)
        .filter((message) => message.stream === stream)
        .map(({ data }) => data['text']);
    await until(() => texts(good).length === 1);
    await until(async () => (await first.untold()).length === 2);
    expect(texts(bad)).toEqual(['a']);
    await first.stop();
    await start();
    await until(() => texts(bad).length === 3);
    expect(texts(bad)).toEqual(['a', 'broken', 'c']);
  });

  it('tells again from where it is put back, under the same ids', async () => {
    [plan, records] = [aTopic(), aTopic(5)];
    const stream = aCase();
    await append(stream, 'a', 'b');
    const heard = await hear();
    const relay = await start();
    const mine = () =>
      messages(heard)
        .filter((message) => message.stream === stream)
        .map(({ id }) => id);
    await until(() => mine().length === 2);
    const { position } = (await house.store.readStream(stream))[0]!;
    await rewindRelay(house.store.pool, 'messages', position);
    await until(() => mine().length === 4);
    expect(mine().slice(2)).toEqual(mine().slice(0, 2));
    await until(async () => (await relay.lag()).messages === 0);
  });

  it('loses nothing when the carrier fails, before it has a message or after', async () => {
    [plan, records] = [aTopic(), aTopic(5)];
    const stream = aCase();
    const heard = await hear();
    let sent = 0;
    const failing: Transport = {
      ...transport,
      publish: async (bite) => {
        if (bite.length === 0) return;
        if (sent++ % 3 === 0) throw new Error('not sent');
        await transport.publish(bite);
        if (sent % 3 === 2) throw new Error('sent, but nobody said so');
      },
    };
    const relay = await start({ transport: failing });
    for (const text of ['a', 'b', 'c', 'd']) {
      await append(stream, text);
      await until(async () => (await relay.lag()).messages === 0);
    }
    const texts = () => messages(heard).flatMap((message) => (message.stream === stream ? [message.data['text']] : []));
    await until(() => new Set(texts()).size === 4);
    expect([...new Set(texts())]).toEqual(['a', 'b', 'c', 'd']);
    expect(texts().length).toBeGreaterThan(4);
    expect(relay.failures).toBeGreaterThan(0);
  });

  it('has one leader, and the next one goes on where it stopped', async () => {
    [plan, records] = [aTopic(), aTopic(5)];
    const stream = aCase();
    const heard = await hear();
    const [one, two] = [await start(), await start()];
    await append(stream, 'a');
    await until(() => messages(heard).some((message) => message.stream === stream));
    expect([one.leads, two.leads].filter(Boolean)).toHaveLength(1);
    await (one.leads ? one : two).stop();
    await append(stream, 'b');
    await until(() => messages(heard).filter((message) => message.stream === stream).length === 2);
    expect(one.published + two.published).toBe(messages(heard).length);
  });

  it('is taken over when its connection is cut, without losing or reordering anything', async () => {
    [plan, records] = [aTopic(), aTopic(5)];
    const stream = aCase();
    const heard = await hear();
    await Promise.all([start(), start()]);
    const admin = new pg.Client({ connectionString: house.database.adminUrl });
    await admin.connect();
    for (let n = 0; n < 12; n++) {
      await append(stream, String(n));
      if (n % 3 === 2)
        await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'case-tracking relay'`);
    }
    await admin.end();
    const texts = () => [
      ...new Set(
        messages(heard)
          .filter((message) => message.stream === stream)
          .map(({ data }) => data['text']),
      ),
    ];
    await until(() => texts().length === 12);
    expect(texts()).toEqual(Array.from({ length: 12 }, (_, n) => String(n)));
  });
});
