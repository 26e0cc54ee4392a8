import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handling, part, type Follower } from '@recourse/event-store';
import { testStore, type TestStore } from '@recourse/event-store/testing';
import { relayMigrations, startInbox, postgresTransport, prepareBus, WaitingKeys, type Inbox, type Transport } from '@recourse/relay';
import { aTelling, aTopic, tallyHearing, textsOf, until } from '@recourse/relay/testing';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { startOperating } from './operating.worker.js';
import { streamOf } from './parked-keys.http.js';
import { waitingKey } from './skipping.js';

const libs = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const quick = { beat: 100, silence: 1_000, look: 200 };

let house: TestStore;
let transport: Transport;
let inbox: Inbox;
const followers: Follower[] = [];
/** Heals when it is cleared. */
let illFor: string | undefined;
const plan = aTopic(1);
beforeAll(async () => {
  house = await testStore({ service: 'case-tracking', migrations: relayMigrations as never });
  await prepareBus(house.database.busOwnerUrl);
  transport = postgresTransport({ url: house.database.busUrl, name: 'test', poll: 100 });
  await transport.prepare([plan]);
  const chokes = tallyHearing(plan.topic, ({ data }) => {
    if (data['text'] === 'bad' || data['text'] === illFor) throw new Error('not this one');
  });
  const pace = { inPlace: [5], parked: [3_600_000], look: 20, lease: 2_000, pause: 50, watermarks: 50 };
  const { store } = house;
  inbox = await startInbox({ service: 'case-tracking', store, transport, pool: store.pool, hears: [chokes], tools: undefined, pace });
}, 60_000);
afterAll(async () => {
  await Promise.all(followers.map((follower) => follower.stop()));
  await inbox.stop();
  await transport.close();
  await house.close();
});

/** A process of its own that carries decisions out, and ends in the midst of it. */
const diesCarryingOut = async (dies: string) => {
  const sources = pathToFileURL(path.join(libs, 'event-store/test/sources.mjs')).href;
  const child = spawn(
    process.execPath,
    [
      '--conditions=@recourse/source',
      '--disable-warning=ExperimentalWarning',
      ...['--import', sources, path.join(libs, 'edge/test/operating-until-killed.mjs')],
      JSON.stringify({ logUrl: house.database.logUrl, dies }),
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
};

const typesOf = async (id: string) => (await house.store.readStream(streamOf(id))).map(({ type }) => type);

/** One asks, another one agrees; nobody has carried it out yet. */
const agreeOn = async (id: string, consumer: string, topic: string): Promise<string> => {
  const [first] = await new WaitingKeys(house.store.pool).messages({ id, side: 'hearing' });
  const by = (actor: string) => ({ actor, role: 'operator', client: 'desk' });
  const request = randomUUID();
  const common = { request, first, at: house.store.now() };
  const ask = { type: 'AskSkip', key: id, consumer, topic, why: 'cannot-be-read', by: by('one'), ...common } as const;
  const approve = { type: 'ApproveSkip', by: by('other'), ...common } as const;
  const parts = [part(waitingKey, streamOf(id), ask), part(waitingKey, streamOf(id), approve)] as const;
  expect(await handling(house.store)({ tenant: 'house', corr: streamOf(id), parts })).toMatchObject({ kind: 'recorded', events: 2 });
  return request;
};

describe('A skip that two people agreed on', () => {
  it.each(['before-it-is-said', 'after-it-was-said', 'after-it-has-gone'])(
    'takes effect once although the process is killed %s',
    async (dies) => {
      const key = `key-${dies}`;
      await transport.publish(['bad', 'one', 'two'].map((text) => aTelling(plan.topic, key, text)));
      const waiting = new WaitingKeys(house.store.pool);
      await until(async () => (await waiting.list({ limit: 9 })).some(({ messages }) => messages === 3));
      const { id, consumer, topic } = (await waiting.list({ limit: 9 }))[0]!;
      const request = await agreeOn(id, consumer, topic);

      expect(await diesCarryingOut(dies)).toBe('SIGKILL');
      expect(await typesOf(id)).toEqual(['SkipAsked', 'SkipApproved', ...(dies === 'before-it-is-said' ? [] : ['MessageSkipped'])]);
      const remembered = async () => (await house.store.pool.query('select from relay.skipped where request = $1', [request])).rowCount;
      expect(await remembered()).toBe(dies === 'after-it-has-gone' ? 1 : 0);
      // Nobody tries the key while the skip is half done: its first message is spoken for.
      if (dies !== 'after-it-has-gone') {
        await waiting.retry(id);
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(await textsOf(house, key)).toEqual([]);
      }

      const { store } = house;
      const log = pino({ level: 'silent' });
      const two = [0, 1].map(() => startOperating({ service: 'case-tracking', store, pool: store.pool, log, pace: quick }));
      followers.push(...two);
      await until(async () => (await textsOf(house, key)).length === 2);
      await until(async () => (await waiting.find(id)) === undefined);
      const head = await store.head();
      await until(() => two.some(({ position }) => position >= head));
      expect(await textsOf(house, key)).toEqual(['one', 'two']);
      expect(await typesOf(id)).toEqual(['SkipAsked', 'SkipApproved', 'MessageSkipped']);
      expect(await remembered()).toBe(1);
      await Promise.all(two.map((follower) => follower.stop()));
    },
    60_000,
  );

  it('comes too late when the message took effect first, and that is said instead', async () => {
    illFor = 'slow';
    await transport.publish(['slow', 'next'].map((text) => aTelling(plan.topic, 'key-overtaken', text)));
    const waiting = new WaitingKeys(house.store.pool);
    await until(async () => (await waiting.list({ limit: 9 })).some(({ messages }) => messages === 2));
    const { id, consumer, topic } = (await waiting.list({ limit: 9 }))[0]!;
    const request = await agreeOn(id, consumer, topic);
    illFor = undefined;
    await waiting.retry(id);
    await until(async () => (await textsOf(house, 'key-overtaken')).length === 2);
    const { store } = house;
    const log = pino({ level: 'silent' });
    const worker = startOperating({ service: 'case-tracking', store, pool: store.pool, log, pace: quick });
    followers.push(worker);
    await until(async () => (await typesOf(id)).length === 3);
    expect(await typesOf(id)).toEqual(['SkipAsked', 'SkipApproved', 'SkipOvertaken']);
    expect(await textsOf(house, 'key-overtaken')).toEqual(['slow', 'next']);
    expect((await store.pool.query('select from relay.skipped where request = $1', [request])).rowCount).toBe(0);
  }, 60_000);
});
