import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, PostgresEventStore, type SealedRef } from '@recourse/event-store';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import pg from 'pg';
import {
  kekFrom,
  keyringMigration,
  KeyLost,
  KeyRestricted,
  kmsOf,
  postgresGovernor,
  postgresPrivacy,
  WrongKek,
  type Governor,
  type Owner,
} from './index.js';

const kms = kmsOf(kekFrom(Buffer.alloc(32, 7)));
const restricted = kmsOf(kekFrom(Buffer.alloc(32, 8)));
const by = { actor: 'w-t4k9yd2hq7', role: 'agent', client: 'desk' };
const corr = '01890a5d-ac96-774b-bcce-b302099a8057';
const opening = { by, purpose: 'handling-complaint', corr, tenant: 'quanpay' };

let database: TestDatabase;
let store: PostgresEventStore;
let governor: Governor;
let keys: pg.Client;
const services: ReturnType<typeof postgresPrivacy>[] = [];
const service = () => {
  const made = postgresPrivacy({ keyringUrl: database.keyringUrl, kms, store, service: 'test', remembered: { most: 10, forMs: 0 } });
  services.push(made);
  return made;
};

let scopes = 0;
/** Something sealed and recorded, under a key of its own. */
const sealedFor = async (owner: Partial<Owner> = {}): Promise<{ owner: Owner; ref: SealedRef }> => {
  const whose = { tenant: 'quanpay', scope: `matter:${(scopes += 1)}`, subject: 'c-20881', ...owner };
  const { ref, blob } = await service().seal(whose, 'narrative', { text: 'words' });
  const writes = [{ stream: `thing-${ref.id}`, expected: 'none' as const, events: [{ type: 'ThingTold', sealed: [ref] }] }];
  await store.append({ tenant: whose.tenant, at: store.now(), by, corr, writes, blobs: [blob] });
  return { owner: whose, ref };
};
const readable = async (ref: SealedRef) => (await service().open([ref], opening)).has(ref.id);
const rowOf = async (id: string) =>
  (await keys.query<{ kek: string; wrapped: Buffer | null }>('select kek, wrapped from keyring.data_key where id = $1', [id])).rows[0]!;

beforeAll(async () => {
  database = await testDatabase({ governs: true });
  await migrate({ ownerUrl: database.ownerUrl, service: 'test', logDomain: 'recourse.example', migrations: [] });
  store = await PostgresEventStore.open({ service: 'test', logUrl: database.logUrl });
  await keyringMigration(database.keyringOwnerUrl);
  governor = postgresGovernor({ keyringUrl: database.keyringUrl, kms, restricted });
  keys = new pg.Client({ connectionString: database.keyringOwnerUrl });
  await keys.connect();
});
afterAll(async () => {
  for (const one of services) await one.close();
  await governor.close();
  await keys.end();
  await store.close();
  await database.close();
});

describe('The governor', () => {
  it('lists keys by subject, by scope and by id, of one tenant', async () => {
    const subject = 'c-listed';
    const [one, two] = [await sealedFor({ subject }), await sealedFor({ subject })];
    await sealedFor({ subject, tenant: 'tidepay' });
    const all = await governor.keysOf('quanpay', { subject });
    expect(all.map(({ id }) => id).sort()).toEqual([one.ref.key, two.ref.key].sort());
    expect(await governor.keysOf('quanpay', { scope: one.owner.scope })).toMatchObject([
      { id: one.ref.key, scope: one.owner.scope, subject, state: 'active' },
    ]);
    expect(await governor.keysOf('tidepay', { ids: [one.ref.key] })).toEqual([]);
    expect(await governor.keysOf('quanpay', {})).toEqual([]);
  });

  it('restricts: services can neither open nor seal, and what is left is wrapped by a key they do not have', async () => {
    const { owner, ref } = await sealedFor();
    const [standing] = await governor.restrict('quanpay', [ref.key], 'order-1');
    expect(standing).toMatchObject({ id: ref.key, state: 'restricted', order: 'order-1' });
    expect(await readable(ref)).toBe(false);
    await expect(service().seal(owner, 'note', {})).rejects.toThrow(KeyRestricted);
    const { kek, wrapped } = await rowOf(ref.key);
    await expect(kms.unwrap(kek, wrapped!, { id: ref.key, aad: Buffer.alloc(0) })).rejects.toThrow(WrongKek);
  });

  it('releases what it restricted, and nothing is lost by it', async () => {
    const { ref } = await sealedFor();
    await governor.restrict('quanpay', [ref.key], 'order-1');
    expect(await governor.release('quanpay', [ref.key], 'order-2')).toMatchObject([{ state: 'active', order: 'order-2' }]);
    expect(await readable(ref)).toBe(true);
    expect(await governor.release('quanpay', [ref.key], 'order-3')).toMatchObject([{ state: 'active', order: 'order-2' }]);
  });

  it('destroys for ever, active and restricted keys alike, and says when and by which order, however often it is asked', async () => {
    const [one, two] = [await sealedFor(), await sealedFor()];
    await governor.restrict('quanpay', [two.ref.key], 'order-1');
    const ids = [one.ref.key, two.ref.key];
    const first = await governor.destroy('quanpay', ids, 'order-2');
    expect(first.map(({ id, state, order }) => [id, state, order])).toEqual(ids.map((id) => [id, 'destroyed', 'order-2']));
    expect(await governor.destroy('quanpay', ids, 'order-3')).toEqual(first);
    expect(await governor.restrict('quanpay', ids, 'order-4')).toEqual(first);
    expect(await governor.release('quanpay', ids, 'order-5')).toEqual(first);
    for (const { ref } of [one, two]) {
      expect(await readable(ref)).toBe(false);
      expect((await rowOf(ref.key)).wrapped).toBeNull();
    }
  });

  it('asked for the same by several at once changes each key once', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => sealedFor()));
    const ids = made.map(({ ref }) => ref.key);
    const orders = Array.from({ length: 6 }, (_, n) => `order-${n}`);
    const answers = await Promise.all(orders.map((order, n) => governor[n % 2 ? 'restrict' : 'destroy']('quanpay', ids, order)));
    const standings = await governor.keysOf('quanpay', { ids });
    for (const { id, state, order } of standings) {
      expect(state).toBe('destroyed');
      const destroying = answers.flatMap((answer) => answer.filter((standing) => standing.id === id && standing.state === 'destroyed'));
      expect(new Set(destroying.map((standing) => standing.order))).toEqual(new Set([order]));
    }
  });

  it('changes nothing when one of the keys is lost or of another tenant', async () => {
    const [mine, theirs] = [await sealedFor(), await sealedFor({ tenant: 'tidepay' })];
    await expect(governor.destroy('quanpay', [mine.ref.key, theirs.ref.key], 'order-1')).rejects.toThrow(KeyLost);
    await expect(governor.restrict('quanpay', [mine.ref.key, corr], 'order-1')).rejects.toThrow(KeyLost);
    expect(await readable(mine.ref)).toBe(true);
  });
});

it('Every service hears which keys were ordered into another state, and nothing about those that were not', async () => {
  const { rows: now } = await keys.query<{ now: Date }>('select clock_timestamp() as now');
  const [kept, gone] = [await sealedFor(), await sealedFor()];
  const { since } = (await governor.destroy('quanpay', [gone.ref.key], 'order-9'))[0]!;
  const changes = await service().ordered(now[0]!.now.toISOString());
  expect(changes).toEqual([{ id: gone.ref.key, tenant: 'quanpay', state: 'destroyed', since, order: 'order-9' }]);
  expect(changes.some(({ id }) => id === kept.ref.key)).toBe(false);
});

describe('Services acknowledge an order', () => {
  const named = (name: string) => {
    const made = postgresPrivacy({ keyringUrl: database.keyringUrl, kms, store, service: name });
    services.push(made);
    return made;
  };

  it('key by key and once, however often and by however many instances at once', async () => {
    const [one, two] = [(await sealedFor()).ref.key, (await sealedFor()).ref.key];
    await governor.destroy('quanpay', [one, two], 'order-20');
    expect(await governor.acknowledged('order-20')).toEqual([]);
    const instances = [named('intake'), named('intake'), named('intake')];
    const answers = await Promise.all(
      instances.flatMap((instance) => [one, two].map((key) => instance.acknowledge('order-20', key, { blobs: 2, files: 1 }))),
    );
    expect(new Set(answers)).toEqual(new Set([true]));
    await named('audit').acknowledge('order-20', one, { blobs: 5 });
    expect(await instances[0]!.acknowledge('order-20', one, { blobs: 99 })).toBe(true);
    const heard = await governor.acknowledged('order-20');
    expect(heard).toMatchObject([
      { service: 'audit', keys: [one], counts: { blobs: 5 } },
      { service: 'intake', keys: [one, two].sort(), counts: { blobs: 4, files: 2 } },
    ]);
    expect(heard.every(({ at }) => at.endsWith('Z'))).toBe(true);
  });

  it('and nothing that no order has done: not an untouched key, not the order before the last', async () => {
    const [key, untouched] = [(await sealedFor()).ref.key, (await sealedFor()).ref.key];
    await governor.restrict('quanpay', [key], 'order-21');
    await governor.destroy('quanpay', [key], 'order-22');
    const intake = named('intake');
    expect(await intake.acknowledge('order-21', key, {})).toBe(false);
    expect(await intake.acknowledge('order-22', untouched, {})).toBe(false);
    expect(await intake.acknowledge('order-22', key, {})).toBe(true);
    expect(await governor.acknowledged('order-21')).toEqual([]);
    expect(await governor.acknowledged('order-22')).toMatchObject([{ service: 'intake', keys: [key], counts: {} }]);
  });

  it('and ask how keys stand, of their own tenant alone', async () => {
    const [key, untouched] = [(await sealedFor()).ref.key, (await sealedFor()).ref.key];
    const [standing] = await governor.restrict('quanpay', [key], 'order-23');
    const standings = await named('intake').standings('quanpay', [key, untouched, corr]);
    expect(standings.get(key)).toEqual(standing);
    expect(standings.get(untouched)).toMatchObject({ state: 'active' });
    expect(standings.has(corr)).toBe(false);
    expect(await named('intake').standings('tidepay', [key])).toEqual(new Map());
  });
});

it('An instance that is told to forget its keys does not seal with a destroyed one any more, not even for the seconds it would have', async () => {
  const instance = postgresPrivacy({
    keyringUrl: database.keyringUrl,
    kms,
    store,
    service: 'test',
    remembered: { most: 10, forMs: 600_000 },
  });
  services.push(instance);
  const owner = { tenant: 'quanpay', scope: 'matter:remembered', subject: 'c-remembered' };
  const { ref } = await instance.seal(owner, 'note', {});
  await governor.destroy('quanpay', [ref.key], 'order-24');
  expect((await instance.seal(owner, 'note', {})).ref.key).toBe(ref.key);
  instance.forgetKeys();
  expect((await instance.seal(owner, 'note', {})).ref.key).not.toBe(ref.key);
});
