import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, PostgresEventStore, type SealedRef } from '@recourse/event-store';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { kekFrom, keyringMigration, kmsOf, postgresGovernor, postgresPrivacy, type Governor } from '@recourse/privacy';
import { envelope, relayMigrations } from '@recourse/relay';
import { until } from '@recourse/relay/testing';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pino } from 'pino';
import type { Keeping } from './forgetting.js';
import { ForgettingWorker, type ForgettingPace } from './forgetting.worker.js';

const libs = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const kms = kmsOf(kekFrom(Buffer.alloc(32, 7)));
const restricted = kmsOf(kekFrom(Buffer.alloc(32, 8)));
const by = { actor: 'w-t4k9yd2hq7', role: 'agent', client: 'desk' };
const tenant = 'quanpay';
const log = pino({ level: 'silent' });

let database: TestDatabase;
let store: PostgresEventStore;
let privacy: ReturnType<typeof postgresPrivacy>;
let governor: Governor;
const workers: ForgettingWorker[] = [];

beforeAll(async () => {
  database = await testDatabase({ governs: true });
  await migrate({ ownerUrl: database.ownerUrl, service: 'test', logDomain: 'recourse.example', migrations: relayMigrations as never });
  store = await PostgresEventStore.open({ service: 'test', logUrl: database.logUrl });
  await keyringMigration(database.keyringOwnerUrl);
  privacy = postgresPrivacy({ keyringUrl: database.keyringUrl, kms, store, service: 'test' });
  governor = postgresGovernor({ keyringUrl: database.keyringUrl, kms, restricted });
}, 60_000);
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});
afterAll(async () => {
  await privacy.close();
  await governor.close();
  await store.close();
  await database.close();
});

const others: string[] = [];
/** Something that was made of what keys open, and something that only holds their bytes. */
const words: Keeping = {
  name: 'words',
  opened: true,
  forget: async (_, { key, state }) => others.push(`${key} ${state}`) && 2,
};
const starting = (pace: Partial<ForgettingPace> = {}, keeps: readonly Keeping[] = [words]) => {
  const worker = new ForgettingWorker({ pool: store.pool, privacy, keeps, log, pace: { look: 20, ...pace } });
  workers.push(worker);
  return worker;
};

const told = (ref: SealedRef) => ({
  tenant,
  at: store.now(tenant),
  by,
  corr: randomUUID(),
  writes: [{ stream: `thing-${randomUUID()}`, expected: 'none' as const, events: [{ type: 'ThingTold', sealed: [ref] }] }],
});
/** Three groups under one key, recorded. */
const sealedThings = async () => {
  const owner = { tenant, scope: `matter:${randomUUID()}`, subject: 'c-20881' };
  const things = await Promise.all(['narrative', 'note', 'contact'].map((group) => privacy.seal(owner, group, { text: 'words' })));
  for (const { ref, blob } of things) await store.append({ ...told(ref), blobs: [blob] });
  return { key: things[0]!.ref.key, things };
};
const kept = async (things: readonly { readonly ref: SealedRef }[]) => (await store.blobs(things.map(({ ref }) => ref.id))).size;
const acknowledged = (order: string) => until(async () => (await governor.acknowledged(order)).length > 0);
const countsOf = async (order: string) => (await governor.acknowledged(order)).map(({ counts }) => counts);

const parkedWith = async (
  message: string,
  things: readonly { readonly ref: SealedRef; readonly blob: { readonly blob: Uint8Array } }[],
) => {
  const sealed = things.map(({ ref, blob }) => ({ ...ref, blob: Buffer.from(blob.blob).toString('base64url') }));
  const { headers, value } = envelope({
    ...{
      id: message,
      type: 'ThingTold',
      version: 1,
      source: 'intake',
      topic: 'recourse.complaint.v1',
      key: message,
      tenant,
      time: store.now(),
    },
    ...{
      corr: randomUUID(),
      cause: randomUUID(),
      stream: 'thing',
      streamVersion: 0,
      data: { amount: 12_345_678_901, text: '“零”' },
      sealed,
    },
  });
  await store.pool.query(
    `with queue as (insert into relay.parked_key (consumer, topic, key, partition, why, held, next_try) values ('c', 'recourse.complaint.v1', $1, 0, 'x', true, now()))
     insert into relay.parked_message (consumer, topic, key, message, partition, "offset", headers, value) values ('c', 'recourse.complaint.v1', $1, $1, 0, '0', $2, $3)`,
    [message, JSON.stringify(headers), value],
  );
};
const waiting = async (message: string) => {
  const { rows } = await store.pool.query<{ headers: string; value: string }>(
    'select headers, value from relay.parked_message where message = $1',
    [message],
  );
  return {
    headers: JSON.parse(rows[0]!.headers) as object,
    ...(JSON.parse(rows[0]!.value) as { data: object; sealed: { blob: string }[] }),
  };
};

describe('When a key is destroyed, a service', () => {
  it('deletes the bytes it sealed, says how many, and leaves other keys and every record alone', async () => {
    const [gone, left] = [await sealedThings(), await sealedThings()];
    const head = await store.head();
    await governor.destroy(tenant, [gone.key], 'order-1');
    starting();
    await acknowledged('order-1');
    expect([await kept(gone.things), await kept(left.things)]).toEqual([0, 3]);
    expect(await countsOf('order-1')).toEqual([{ blobs: 3, parked: 0, words: 2 }]);
    const records = (await store.readLog(-1, 1_000)).filter(({ sealed }) => sealed?.some(({ key }) => key === gone.key));
    expect(records).toHaveLength(3);
    expect(await store.head()).toBe(head);
  });

  it('keeps no bytes of it that come later, whoever brings them, and records what they came with', async () => {
    const { key, things } = await sealedThings();
    const late = await privacy.seal({ tenant, scope: 'matter:late', subject: 'c-late' }, 'note', { text: 'late' });
    await governor.destroy(tenant, [key, late.ref.key], 'order-2');
    starting();
    await until(async () => (await governor.acknowledged('order-2'))[0]?.keys.length === 2);
    const neighbour = things[0]!;
    for (const { ref, blob } of [late, neighbour])
      expect(await store.append({ ...told(ref), blobs: [blob] })).toMatchObject({ kind: 'appended' });
    expect(await kept([late, neighbour])).toBe(0);
  });

  it('renders messages that wait without its bytes, and those that come to wait later', async () => {
    const [gone, left] = [await sealedThings(), await sealedThings()];
    const all = [gone.things[0]!, left.things[0]!];
    await parkedWith('early', all);
    const before = await waiting('early');
    await governor.destroy(tenant, [gone.key], 'order-3');
    starting();
    await acknowledged('order-3');
    await parkedWith('late', all);
    expect(await countsOf('order-3')).toEqual([{ blobs: 3, parked: 1, words: 2 }]);
    for (const message of ['early', 'late']) {
      const after = await waiting(message);
      expect(after.sealed.map(({ blob }) => blob === '')).toEqual([true, false]);
      expect(after.data).toEqual(before.data);
    }
    expect((await waiting('early')).headers).toEqual(before.headers);
    expect((await waiting('early')).sealed[0]).toMatchObject({ ...gone.things[0]!.ref });
  });

  it('does it once, however many instances do it, and a second time for what was under way', async () => {
    const { key, things } = await sealedThings();
    others.length = 0;
    for (let instance = 0; instance < 3; instance++) starting();
    await governor.destroy(tenant, [key], 'order-4');
    await acknowledged('order-4');
    expect(await countsOf('order-4')).toEqual([{ blobs: 3, parked: 0, words: 2 }]);
    expect(others).toEqual([`${key} destroyed`]);
    expect(await kept(things)).toBe(0);
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    starting({ underWay: 1 });
    await until(async () => others.filter((one) => one === `${key} destroyed`).length > 1);
    expect(await countsOf('order-4')).toEqual([{ blobs: 3, parked: 0, words: 2 }]);
  });

  it('does all of it although it is killed between any two steps', async () => {
    for (const dies of ['before-it-is-committed', 'before-it-is-acknowledged', 'before-that-is-noted']) {
      const { key, things } = await sealedThings();
      const order = `order-${dies}`;
      await governor.destroy(tenant, [key], order);
      expect(await diesForgetting(dies)).toBe('SIGKILL');
      expect(await kept(things)).toBe(dies === 'before-it-is-committed' ? 3 : 0);
      expect(await governor.acknowledged(order)).toHaveLength(dies === 'before-that-is-noted' ? 1 : 0);
      starting({}, [{ ...words, name: 'others', forget: async () => 1 }]);
      await until(async () => {
        const { rows } = await store.pool.query('select from log.key_ordered where key = $1 and acknowledged is not null', [key]);
        return rows.length === 1;
      });
      expect(await kept(things)).toBe(0);
      expect(await countsOf(order)).toEqual([{ blobs: 3, parked: 0, others: 1 }]);
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    }
  }, 60_000);
});

it('When a key is restricted, what was made of its contents goes and its bytes stay; released, it is as before', async () => {
  const { key, things } = await sealedThings();
  starting();
  await governor.restrict(tenant, [key], 'order-5');
  await acknowledged('order-5');
  expect(await countsOf('order-5')).toEqual([{ words: 2 }]);
  expect(await kept(things)).toBe(3);
  await governor.release(tenant, [key], 'order-6');
  await acknowledged('order-6');
  expect(await countsOf('order-6')).toEqual([{}]);
  const opening = { by, purpose: 'handling-complaint', corr: randomUUID(), tenant };
  expect((await privacy.open([things[0]!.ref], opening)).size).toBe(1);
});

it('Writing goes on while keys are destroyed, and afterwards no bytes of theirs are there', async () => {
  const owners = Array.from({ length: 6 }, (_, n) => ({ tenant, scope: `matter:busy-${n}`, subject: 'c-busy' }));
  for (const _ of [1, 2]) starting();
  const keys = new Set<string>();
  const written: SealedRef[] = [];
  let over = false;
  const writing = owners.map(async (owner) => {
    while (!over) {
      const { ref, blob } = await privacy.seal(owner, 'note', { text: 'words' });
      keys.add(ref.key);
      await store.append({ ...told(ref), blobs: [blob] });
      written.push(ref);
    }
  });
  await until(async () => keys.size === owners.length);
  const first = [...keys];
  await governor.destroy(tenant, first, 'order-7');
  await until(async () => (await governor.acknowledged('order-7'))[0]?.keys.length === first.length);
  over = true;
  await Promise.all(writing);
  const { rows } = await store.pool.query<{ key: string }>('select distinct key from log.sealed where key = any($1)', [first]);
  expect(rows).toEqual([]);
  expect(written.filter(({ key }) => first.includes(key)).length).toBeGreaterThan(owners.length - 1);
}, 60_000);

/** A process of its own that forgets, and ends in the midst of it. */
const diesForgetting = async (dies: string) => {
  const sources = pathToFileURL(path.join(libs, 'event-store/test/sources.mjs')).href;
  const child = spawn(
    process.execPath,
    [
      '--conditions=@recourse/source',
      '--disable-warning=ExperimentalWarning',
      ...['--import', sources, path.join(libs, 'edge/test/forgetting-until-killed.mjs')],
      JSON.stringify({ logUrl: database.logUrl, keyringUrl: database.keyringUrl, dies }),
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
};
