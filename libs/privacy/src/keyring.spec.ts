import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Recorded } from '@recourse/event-store';
import { testStore, type TestStore } from '@recourse/event-store/testing';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import {
  KeyGone,
  KeyLost,
  kekFrom,
  kmsOf,
  keyringMigration,
  KeyRestricted,
  postgresPrivacy,
  SealBroken,
  WrongKek,
  type Opening,
  type Owner,
  type SealedFile,
} from './index.js';
import { wholeOf } from './chunking.js';
import { Keyring } from './keyring.js';
import { sealed } from './sealing.js';

const kek = kekFrom(Buffer.alloc(32, 7));
const by = { actor: 'w-t4k9yd2hq7', role: 'agent', client: 'desk' };
const matter = '01890a5d-ac96-774b-bcce-b302099a8057';
const owner: Owner = { tenant: 'quanpay', scope: `matter:${matter}`, subject: 'c-20881' };
const opening: Opening = { by, purpose: 'handling-complaint', corr: matter, tenant: 'quanpay' };

let house: TestStore;
let keys: pg.Client;
let privacy: ReturnType<typeof postgresPrivacy>;
const alsoOpened: { close(): Promise<void> }[] = [];

/** Another instance of the service: the same keyring, nothing remembered. */
const another = (options: Partial<Parameters<typeof postgresPrivacy>[0]> = {}) => {
  const made = postgresPrivacy({ keyringUrl: house.database.keyringUrl, kms: kmsOf(kek), store: house.store, service: 'test', ...options });
  alsoOpened.push(made);
  return made;
};

/** Seals and records, as a service does: the reference in the record, the blob beside it. */
const recorded = async (whose: Owner, group: string, value: object) => {
  const { ref, blob } = await privacy.seal(whose, group, value);
  const stream = `thing-${ref.id}`;
  const event = { type: 'ThingTold', sealed: [ref] };
  const write = { stream, expected: 'must-not-exist' as const, events: [event] };
  await house.store.append({ tenant: whose.tenant, at: house.store.now(), by, corr: matter, writes: [write], blobs: [blob] });
  return ref;
};

const destroy = (key: string) => keys.query('select keyring.destroy($1, $2, $3)', ['quanpay', key, 'order-1']);

const openings = (corr: string): Promise<readonly Recorded[]> => house.store.readStream(`opening-${corr}`);

beforeAll(async () => {
  house = await testStore();
  await keyringMigration(house.database.keyringOwnerUrl);
  keys = new pg.Client({ connectionString: house.database.keyringOwnerUrl });
  await keys.connect();
  privacy = another();
});

afterAll(async () => {
  for (const one of alsoOpened) await one.close();
  await keys.end();
  await house.close();
});

describe('sealing and opening', () => {
  it('gives back what was sealed, and keeps nothing of it in clear', async () => {
    const ref = await recorded(owner, 'narrative', { text: '凌晨两点有人从我的数字钱包转走了1280元' });
    const opened = await privacy.open([ref], opening);
    expect(opened.get(ref.id)).toEqual({ text: '凌晨两点有人从我的数字钱包转走了1280元' });
    const stored = (await house.store.blobs([ref.id])).get(ref.id)!;
    expect(Buffer.from(stored.blob).includes('1280')).toBe(false);
  });

  it('records who opened what and for which purpose before it shows anything', async () => {
    const ref = await recorded(owner, 'complainant', { name: '王小明' });
    const corr = '01890a5d-ac96-774b-bcce-b302099a0001';
    await privacy.open([ref], { ...opening, corr });
    const [record] = await openings(corr);
    expect(record).toMatchObject({
      type: 'GroupsOpened',
      tenant: 'quanpay',
      corr,
      by,
      data: { purpose: 'handling-complaint', client: 'test', groups: [{ id: ref.id, group: 'complainant' }] },
    });
    expect(record!.text).not.toContain('王小明');
  });

  it('shows nothing when the opening cannot be recorded', async () => {
    const ref = await recorded(owner, 'complainant', { name: '王小明' });
    const store = { ...bound(house.store), append: () => Promise.reject(new Error('the log does not answer')) };
    await expect(another({ store }).open([ref], opening)).rejects.toThrow('the log does not answer');
  });

  it('records a long list as several events of one opening', async () => {
    const refs = [];
    for (let n = 0; n < 130; n++) refs.push(await recorded(owner, 'contact-text', { n }));
    const corr = '01890a5d-ac96-774b-bcce-b302099a0002';
    expect((await privacy.open(refs, { ...opening, corr })).size).toBe(130);
    const groups = (await openings(corr)).flatMap(({ data }) => data['groups'] as { id: string }[]);
    expect(groups.map(({ id }) => id)).toEqual(refs.map(({ id }) => id));
  });

  it('asks and records nothing when there is nothing to open', async () => {
    const corr = '01890a5d-ac96-774b-bcce-b302099a0003';
    expect((await privacy.open([], { ...opening, corr })).size).toBe(0);
    expect(await openings(corr)).toEqual([]);
  });

  it('refuses another tenant, and a group under another name', async () => {
    const ref = await recorded(owner, 'narrative', { text: 'x' });
    await expect(privacy.open([ref], { ...opening, tenant: 'tidepay' })).rejects.toThrow(KeyLost);
    await expect(privacy.open([{ ...ref, group: 'complainant' }], opening)).rejects.toThrow(SealBroken);
    const elsewhere = await recorded({ ...owner, tenant: 'tidepay' }, 'narrative', { text: 'y' });
    await expect(privacy.open([{ ...ref, id: elsewhere.id, h: elsewhere.h }], opening)).rejects.toThrow(SealBroken);
  });

  it('refuses bytes that are not those the record names, and bytes that are missing', async () => {
    const ref = await recorded(owner, 'narrative', { text: 'x' });
    const other = await recorded(owner, 'narrative', { text: 'z' });
    await expect(privacy.open([{ ...ref, h: other.h }], opening)).rejects.toThrow(/not those the record names/);
    const { ref: neverTold } = await privacy.seal(owner, 'narrative', { text: 'never recorded' });
    await expect(privacy.open([neverTold], opening)).rejects.toThrow(/not in this log/);
  });
});

const sealFile = async (whose: Owner, bytes: Uint8Array) => {
  const id = uuid();
  const { key, sealed: seal } = await privacy.sealStream(whose, id);
  return { id, key, size: bytes.length, tenant: whose.tenant, bytes: await wholeOf(seal(stream(bytes))) };
};
async function* stream(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}
const lying = (bytes: Uint8Array): SealedFile => ({ length: bytes.length, read: ({ from, to }) => stream(bytes.subarray(from, to)) });
const openFile = async (
  file: Omit<Awaited<ReturnType<typeof sealFile>>, 'bytes'>,
  bytes: Uint8Array,
  span = { from: 0, to: file.size },
) => {
  const show = await privacy.openStream(file, lying(bytes));
  return wholeOf(show(span));
};

describe('files', () => {
  it('are sealed and opened byte for byte, under the same key as the groups of their owner', async () => {
    const bytes = randomBytes(300_000);
    const file = await sealFile(owner, bytes);
    const { ref } = await privacy.seal(owner, 'evidence-name', { name: 'chat.png' });
    expect(file.key).toBe(ref.key);
    expect(file.bytes.includes(bytes.subarray(0, 64))).toBe(false);
    expect((await openFile(file, file.bytes)).equals(bytes)).toBe(true);
    expect((await openFile(file, file.bytes, { from: 65_530, to: 131_080 })).equals(bytes.subarray(65_530, 131_080))).toBe(true);
    const changed = Uint8Array.from(file.bytes, (byte, at) => (at === 200_000 ? byte ^ 1 : byte));
    await expect(openFile(file, changed)).rejects.toThrow(SealBroken);
    await expect(openFile({ ...file, tenant: 'tidepay' }, file.bytes)).rejects.toThrow(KeyLost);
    for (const other of [file.bytes.subarray(0, -1), Buffer.concat([file.bytes, Buffer.of(0)]), file.bytes.subarray(0, 40)])
      await expect(openFile(file, other)).rejects.toThrow(SealBroken);
  });

  it('of the form before are opened too, whole or in part', async () => {
    const keyring = new Keyring({ keyringUrl: house.database.keyringUrl, kms: kmsOf(kek) });
    alsoOpened.push(keyring);
    const { id: key, bytes: dataKey } = await keyring.keyFor(owner);
    const [id, bytes] = [uuid(), randomBytes(100_000)];
    const blob = sealed(dataKey, { form: 'bytes', id, tenant: 'quanpay', group: 'evidence' }, bytes, randomBytes(32));
    const file = { id, key, tenant: 'quanpay', size: bytes.length };
    expect((await openFile(file, blob)).equals(bytes)).toBe(true);
    expect((await openFile(file, blob, { from: 90_000, to: 90_010 })).equals(bytes.subarray(90_000, 90_010))).toBe(true);
  });
});

describe('keys', () => {
  const keysOf = async (scope: string) =>
    (await keys.query<{ id: string; state: string }>('select id, state from keyring.data_key where scope = $1 order by made_at', [scope]))
      .rows;

  it('are made once for an owner, however many ask at the same time', async () => {
    const scope = 'matter:many-at-once';
    const instances = Array.from({ length: 4 }, () => another());
    const asking = Array.from({ length: 40 }, (_, n) => instances[n % 4]!.seal({ ...owner, scope }, 'note', { n }));
    const used = new Set((await Promise.all(asking)).map(({ ref }) => ref.key));
    expect(used.size).toBe(1);
    expect(await keysOf(scope)).toEqual([{ id: [...used][0], state: 'active' }]);
  });

  it('belong to one scope and one subject', async () => {
    const one = await privacy.seal(owner, 'note', {});
    for (const other of [{ subject: 'c-2' }, { scope: 'matter:2' }, { tenant: 'harbour' }])
      expect((await privacy.seal({ ...owner, ...other }, 'note', {})).ref.key).not.toBe(one.ref.key);
  });

  it('when destroyed close their groups at once, and leave the groups of others readable', async () => {
    const gone = { ...owner, scope: 'matter:to-be-erased' };
    const destroyed = await recorded(gone, 'narrative', { text: 'erase me' });
    const kept = await recorded(owner, 'narrative', { text: 'keep me' });
    const file = await sealFile(gone, Buffer.from('a file'));
    await destroy(destroyed.key);
    const corr = '01890a5d-ac96-774b-bcce-b302099a0004';
    const opened = await privacy.open([destroyed, kept], { ...opening, corr });
    expect([...opened]).toEqual([[kept.id, { text: 'keep me' }]]);
    expect((await openings(corr))[0]!.data['groups']).toEqual([{ id: kept.id, group: 'narrative' }]);
    await expect(openFile(file, file.bytes)).rejects.toThrow(KeyGone);
    expect((await keys.query('select wrapped, state from keyring.data_key where id = $1', [destroyed.key])).rows).toEqual([
      { wrapped: null, state: 'destroyed' },
    ]);
  });

  it('when destroyed give way to a new key for what comes later', async () => {
    const scope = 'preferences:quanpay:c-9';
    const forgetful = another({ remembered: { most: 10, forMs: 0 } });
    const { ref } = await forgetful.seal({ ...owner, scope }, 'route-address', { email: 'a@example.com' });
    await destroy(ref.key);
    const again = await forgetful.seal({ ...owner, scope }, 'route-address', { email: 'b@example.com' });
    expect(again.ref.key).not.toBe(ref.key);
    expect((await keysOf(scope)).map(({ state }) => state)).toEqual(['destroyed', 'active']);
  });

  it('when restricted neither open nor seal', async () => {
    const held = { ...owner, scope: 'matter:held' };
    const ref = await recorded(held, 'narrative', { text: 'held' });
    await keys.query(`update keyring.data_key set state = 'restricted' where id = $1`, [ref.key]);
    expect((await privacy.open([ref], opening)).size).toBe(0);
    await expect(another().seal(held, 'narrative', {})).rejects.toThrow(KeyRestricted);
  });

  it('that no row stands for are an alarm, not a gap', async () => {
    const ref = await recorded({ ...owner, scope: 'matter:stolen' }, 'narrative', { text: 'x' });
    await keys.query('delete from keyring.data_key where id = $1', [ref.key]);
    await expect(privacy.open([ref], opening)).rejects.toThrow(KeyLost);
  });

  it('are forgotten by memory, the longest unused first', async () => {
    const small = another({ remembered: { most: 2, forMs: 60_000 } });
    const scopes = ['a', 'b', 'a', 'c', 'd'].map((name) => ({ ...owner, scope: `matter:memory-${name}` }));
    for (const one of scopes) await small.seal(one, 'note', {});
    await keys.query(`update keyring.data_key set state = 'restricted' where scope like 'matter:memory-%'`);
    await small.seal(scopes[4]!, 'note', {});
    await small.seal(scopes[3]!, 'note', {});
    await expect(small.seal(scopes[0]!, 'note', {})).rejects.toThrow(KeyRestricted);
  });

  it('cannot be unwrapped with another key file, nor under another owner', async () => {
    const ref = await recorded(owner, 'narrative', { text: 'x' });
    await expect(another({ kms: kmsOf(kekFrom(Buffer.alloc(32, 8))) }).open([ref], opening)).rejects.toThrow(WrongKek);
    const { rows } = await keys.query<{ id: string }>(`update keyring.data_key set subject = 'somebody-else' where id = $1 returning id`, [
      ref.key,
    ]);
    expect(rows).toHaveLength(1);
    await expect(privacy.open([ref], opening)).rejects.toThrow();
    await keys.query('update keyring.data_key set subject = $2 where id = $1', [ref.key, owner.subject]);
  });
});

describe('what a service may do in the keyring', () => {
  it('is to ask its two functions, and nothing else', async () => {
    const service = new pg.Client({ connectionString: house.database.keyringUrl });
    await service.connect();
    try {
      expect((await service.query('select * from keyring.keys($1, $2)', ['quanpay', []])).rows).toEqual([]);
      for (const sql of [
        'select * from keyring.data_key',
        'delete from keyring.data_key',
        `select keyring.destroy('quanpay', '${matter}', 'order')`,
        `select keyring.restrict('quanpay', '${matter}', 'order', 'kek', '\\x00')`,
        `select keyring.release('quanpay', '${matter}', 'order', 'kek', '\\x00')`,
        `select * from keyring.governed('quanpay', 'c-20881', null, null)`,
        'create table keyring.mine ()',
        'create table public.mine ()',
      ])
        await expect(service.query(sql)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await service.end();
    }
  });

  it('is made once, however often and by however many the migration runs', async () => {
    await Promise.all([1, 2, 3].map(() => keyringMigration(house.database.keyringOwnerUrl)));
    const { rows } = await keys.query<{ step: number }>('select step from keyring.migration order by step');
    expect(rows.map(({ step }) => step)).toEqual(rows.map((_, index) => index + 1));
  });
});

const bound = (store: TestStore['store']) => ({
  append: store.append.bind(store),
  blobs: store.blobs.bind(store),
  now: store.now.bind(store),
});
