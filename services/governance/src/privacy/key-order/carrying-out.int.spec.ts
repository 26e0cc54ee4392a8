import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderedKey } from '@recourse/contracts';
import { eventOf, handling, migrate, part, PostgresEventStore, type Outcome, type Part } from '@recourse/event-store';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { fileKms, keyringMigration, postgresGovernor, postgresPrivacy, type Governor } from '@recourse/privacy';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import type { CustodyEvent } from '../custody/custody.js';
import { custody, type CustodyCommand } from '../custody/holding.js';
import { carryOut, destroyAgain, type CarryingOut } from './carrying-out.keys.js';
import { approvedWithin, askedWithin, streamOfCustody, streamOfOrder } from './drafting.js';
import { listOf } from './naming.keys.js';

const home = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../..');
const tenant = 'quanpay';

let folder: string;
let kekFile: string;
let restrictedKekFile: string;
let database: TestDatabase;
let store: PostgresEventStore;
let second: PostgresEventStore;
let governor: Governor;
let privacy: ReturnType<typeof postgresPrivacy>;
let tools: CarryingOut;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'recourse-kek-'));
  [kekFile, restrictedKekFile] = [path.join(folder, 'kek'), path.join(folder, 'restricted')];
  for (const file of [kekFile, restrictedKekFile]) await writeFile(file, randomBytes(32).toString('base64url'));
  database = await testDatabase({ governs: true });
  await keyringMigration(database.keyringOwnerUrl);
  await migrate({ ownerUrl: database.ownerUrl, service: 'governance', logDomain: 'recourse.example', migrations: [] });
  store = await PostgresEventStore.open({ service: 'governance', logUrl: database.logUrl });
  second = await PostgresEventStore.open({ service: 'governance', logUrl: database.logUrl });
  const { keyringUrl } = database;
  governor = postgresGovernor({ keyringUrl, kms: fileKms(kekFile), restricted: fileKms(restrictedKekFile) });
  privacy = postgresPrivacy({ keyringUrl, kms: fileKms(kekFile), store, service: 'governance' });
  tools = { store, governor, backupWindow: 'P14D', services: ['intake'] };
}, 60_000);
afterAll(async () => {
  await Promise.all([privacy.close(), governor.close()]);
  await Promise.all([store.close(), second.close()]);
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const told = (actor: string) => ({ by: { actor, role: 'privacy-officer', client: 'desk' }, at: store.now(tenant) });
const sent = (through: PostgresEventStore, corr: string, parts: readonly [Part, ...Part[]]): Promise<Outcome> =>
  handling(through)({ tenant, corr, parts });

/** A subject with so many keys, each of another matter. */
const keysOf = async (subject: string, count: number): Promise<readonly OrderedKey[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const scope = `matter:${randomUUID()}`;
      return { key: (await privacy.seal({ tenant, scope, subject }, 'note', { text: 'something' })).ref.key, scope, subject };
    }),
  );

const agreedOn = async (keys: readonly OrderedKey[]): Promise<string> => {
  const order = randomUUID();
  const list = listOf(keys);
  const asked = { type: 'AskKeyOrder', order, kind: 'destroy', why: 'authority-order', keys, list, ...told('one') } as const;
  expect(await sent(store, order, askedWithin(tenant, asked))).toMatchObject({ kind: 'recorded' });
  const approved = { type: 'ApproveKeyOrder', order, stands: list, ...told('other') } as const;
  expect(await sent(store, order, approvedWithin(tenant, approved, { kind: 'destroy', why: 'authority-order', keys }))).toMatchObject({
    kind: 'recorded',
  });
  return order;
};

const typesOf = async (stream: string) => (await store.readStream(stream)).map(({ type }) => type);
const custodyOf = async () => (await store.readStream(streamOfCustody(tenant))).map((record) => eventOf<CustodyEvent>(record));
const states = async (keys: readonly OrderedKey[]) =>
  (await governor.keysOf(tenant, { ids: keys.map(({ key }) => key) })).map(({ state }) => state);

/** A process of its own that carries the order out, and ends in the midst of it. */
const diesCarryingOut = async (order: string, dies: string) => {
  const sources = pathToFileURL(path.join(home, 'libs/event-store/test/sources.mjs')).href;
  const { logUrl, keyringUrl } = database;
  const child = spawn(
    process.execPath,
    [
      '--conditions=@recourse/source',
      '--disable-warning=ExperimentalWarning',
      ...['--import', sources, path.join(home, 'services/governance/test/carrying-out-until-killed.mjs')],
      JSON.stringify({ logUrl, keyringUrl, kekFile, restrictedKekFile, order, dies }),
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
};

describe('A destruction that two people agreed on', () => {
  it.each([
    ['before DestructionBegun', false, ['active', 'active', 'active']],
    ['after DestructionBegun', true, ['active', 'active', 'active']],
    ['between two keys', true, ['active', 'active', 'destroyed']],
    ['before KeysDestroyed', true, ['destroyed', 'destroyed', 'destroyed']],
    ['after KeysDestroyed', false, ['destroyed', 'destroyed', 'destroyed']],
  ])(
    'is brought to its end, once, although the process is killed %s',
    async (dies, isUnderWay, left) => {
      const keys = await keysOf(`cus-${randomUUID().slice(0, 8)}`, 3);
      const order = await agreedOn(keys);
      expect(await diesCarryingOut(order, dies)).toBe('SIGKILL');
      expect([...(await states(keys))].sort()).toEqual(left);
      const done = dies === 'after KeysDestroyed' ? ['KeysDestroyed'] : [];
      expect(await typesOf(streamOfOrder(order))).toEqual(['KeyOrderAsked', 'KeyOrderApproved', ...done]);
      const said = (type: string) => async () =>
        (await custodyOf()).filter((event) => event.type === type && 'order' in event && event.order === order).length;
      expect((await said('DestructionBegun')()) - (await said('DestructionEnded')())).toBe(isUnderWay ? 1 : 0);

      await Promise.all([carryOut(tools, order), carryOut({ ...tools, store: second }, order)]);
      expect(await states(keys)).toEqual(['destroyed', 'destroyed', 'destroyed']);
      expect(await typesOf(streamOfOrder(order))).toEqual(['KeyOrderAsked', 'KeyOrderApproved', 'KeysDestroyed']);
      expect([await said('DestructionBegun')(), await said('DestructionEnded')()]).toEqual([1, 1]);
      const [, , end] = await store.readStream(streamOfOrder(order));
      expect([...(end!.data['keys'] as string[])].sort()).toEqual(keys.map(({ key }) => key).sort());
    },
    60_000,
  );

  it('is not stopped half way by a hold that comes while it is under way, and the hold says so', async () => {
    const subject = `cus-${randomUUID().slice(0, 8)}`;
    const keys = await keysOf(subject, 3);
    const order = await agreedOn(keys);
    expect(await diesCarryingOut(order, 'between two keys')).toBe('SIGKILL');
    const hold = randomUUID();
    await placing(store, hold, subject);
    expect((await custodyOf()).find((event) => event.type === 'HoldPlaced' && event.hold === hold)).toMatchObject({ tooLateFor: [order] });
    await carryOut(tools, order);
    expect(await states(keys)).toEqual(['destroyed', 'destroyed', 'destroyed']);
  }, 60_000);

  it('is blocked by a hold that stands before it begins', async () => {
    const subject = `cus-${randomUUID().slice(0, 8)}`;
    const keys = await keysOf(subject, 1);
    const order = await agreedOn(keys);
    const hold = randomUUID();
    await placing(store, hold, subject);
    await carryOut(tools, order);
    expect(await states(keys)).toEqual(['active']);
    const [, , blocked] = await store.readStream(streamOfOrder(order));
    expect([blocked!.type, blocked!.data['why'], blocked!.data['holds']]).toEqual(['KeyOrderBlocked', 'hold-stands', [hold]]);
    await carryOut(tools, order);
    expect(await states(keys)).toEqual(['active']);
  });
});

/** Asked by one and placed by another one. */
const placing = async (through: PostgresEventStore, hold: string, subject: string): Promise<void> => {
  const ask: CustodyCommand = { type: 'AskHold', hold, scope: 'subject', of: subject, why: 'litigation', authority: 'A-1', ...told('one') };
  const approve: CustodyCommand = { type: 'ApproveHold', hold, ...told('other') };
  for (const command of [ask, approve])
    expect(await sent(through, hold, [part(custody, streamOfCustody(tenant), command)])).toMatchObject({ kind: 'recorded' });
};

describe('A hold raced against a destruction', () => {
  it('two hundred times, by two processes’ worth of stores, is never both: held before, and destroyed', async () => {
    const rounds = 200;
    const outcomes = { held: 0, destroyed: 0 };
    let headStart = 8;
    for (let round = 0; round < rounds; round++) {
      const subject = `cus-${randomUUID().slice(0, 8)}`;
      const keys = await keysOf(subject, 1);
      const order = await agreedOn(keys);
      const hold = randomUUID();
      const ask: CustodyCommand = { type: 'AskHold', hold, scope: 'subject', of: subject, why: 'audit', authority: 'A-1', ...told('one') };
      await sent(store, hold, [part(custody, streamOfCustody(tenant), ask)]);
      const approve: CustodyCommand = { type: 'ApproveHold', hold, ...told('other') };
      // The hold is one append away, the destruction several: it gets a head start, longer after each race it lost, so that neither always wins.
      const late = Math.random() * 2 * headStart;
      await Promise.all([
        carryOut(tools, order),
        pause(late).then(() => sent(second, hold, [part(custody, streamOfCustody(tenant), approve)])),
      ]);

      const events = await custodyOf();
      const at = (find: (event: CustodyEvent) => boolean) => events.findIndex(find);
      const [placed, begun] = [
        at((event) => event.type === 'HoldPlaced' && event.hold === hold),
        at((event) => event.type === 'DestructionBegun' && event.order === order),
      ];
      const [state] = await states(keys);
      expect(placed).toBeGreaterThanOrEqual(0);
      if (state === 'destroyed') {
        expect(begun).toBeGreaterThanOrEqual(0);
        expect(begun).toBeLessThan(placed);
        outcomes.destroyed += 1;
        headStart *= 0.8;
      } else {
        expect([state, begun, await typesOf(streamOfOrder(order))]).toEqual([
          'active',
          -1,
          ['KeyOrderAsked', 'KeyOrderApproved', 'KeyOrderBlocked'],
        ]);
        outcomes.held += 1;
        headStart = Math.min(headStart * 1.25, 200);
      }
    }
    expect(outcomes.held + outcomes.destroyed).toBe(rounds);
    expect(Math.min(outcomes.held, outcomes.destroyed)).toBeGreaterThan(0);
  }, 300_000);
});

describe('An old backup of the keyring that is brought back', () => {
  it('loses again what had been destroyed, under the order that said so, and that is said', async () => {
    const keys = await keysOf(`cus-${randomUUID().slice(0, 8)}`, 2);
    const ids = keys.map(({ key }) => key);
    const owner = new pg.Client({ connectionString: database.keyringOwnerUrl });
    await owner.connect();
    const backup = await owner.query<{ id: string; wrapped: Buffer }>('select id, wrapped from keyring.data_key where id = any ($1)', [
      ids,
    ]);
    const order = await agreedOn(keys);
    await carryOut(tools, order);
    expect(await states(keys)).toEqual(['destroyed', 'destroyed']);
    const tombstones = ids.map((key) => ({ key, tenant, order }));
    expect(await destroyAgain(tools, tombstones)).toBe(0);

    // One key comes back as it was, the other one the backup never knew.
    const [one, other] = backup.rows;
    await owner.query(`update keyring.data_key set state = 'active', wrapped = $2, state_order = null where id = $1`, [
      one!.id,
      one!.wrapped,
    ]);
    await owner.query('delete from keyring.data_key where id = $1', [other!.id]);
    await owner.end();
    expect((await governor.keysOf(tenant, { ids })).map(({ state }) => state)).toEqual(['active']);

    const counts = await Promise.all([destroyAgain(tools, tombstones), destroyAgain({ ...tools, store: second }, tombstones)]);
    expect(Math.max(...counts)).toBe(1);
    expect((await governor.keysOf(tenant, { ids })).map((key) => [key.state, key.order])).toEqual([['destroyed', order]]);
    expect((await typesOf(streamOfOrder(order))).slice(0, 4)).toEqual([
      'KeyOrderAsked',
      'KeyOrderApproved',
      'KeysDestroyed',
      'KeysDestroyedAgain',
    ]);
    const [, , , again] = await store.readStream(streamOfOrder(order));
    expect(again!.data['keys']).toEqual([one!.id]);
    expect(await destroyAgain(tools, tombstones)).toBe(0);
  }, 30_000);
});
