import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@recourse/event-store';
import { requestOf, testStore, type TestStore } from '@recourse/event-store/testing';
import { Cutting, type Point } from './cutting.js';

let house: TestStore;
let cutting: Cutting;
let store: PostgresEventStore;
beforeAll(async () => {
  house = await testStore();
  cutting = await Cutting.before(Number(new URL(house.database.logUrl).port));
});
beforeEach(async () => {
  store = await PostgresEventStore.open({ service: 'test', logUrl: cutting.through(house.database.logUrl), patience: 2_000 });
});
afterAll(async () => {
  await cutting.close();
  await house.close();
});

const stands = async (stream: string) => (await house.store.readStream(stream)).length;
const noted = { type: 'Noted' };

describe('Between a store and its database', () => {
  it.each([
    ['before-insert', 0, 0],
    ['before-commit', 0, 1],
    ['before-reply', 1, 1],
  ] as const)('an append is caught %s: %s stand meanwhile', async (point: Point, meanwhile, uncommitted) => {
    const stream = `case-${point}`;
    const caught = cutting.catch(point);
    const appended = store.append(requestOf(store, stream, 'none', [noted]));
    const { letGo } = await caught;
    expect(await stands(stream)).toBe(meanwhile);
    // Whoever has inserted and not committed holds the lock of the log.
    const { rows } = await house.store.pool.query<{ held: string }>(
      `select count(*) as held from pg_locks where locktype = 'advisory' and granted and objsubid = 1
       and (classid::bigint << 32) | objid::bigint = hashtextextended('recourse.log', 0)
       and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(Number(rows[0]!.held)).toBe(uncommitted - meanwhile);
    letGo();
    expect(await appended).toMatchObject({ kind: 'appended', versions: { [stream]: 0 } });
    expect(await stands(stream)).toBe(1);
    await store.close();
  });

  it.each(['before-insert', 'before-commit', 'before-reply'] as const)(
    'an append whose connection is cut %s happens once',
    async (point) => {
      const stream = `case-cut-${point}`;
      const caught = cutting.catch(point);
      const appended = store.append(requestOf(store, stream, 'none', [noted]));
      (await caught).cut();
      expect(await appended).toMatchObject({ kind: 'appended', versions: { [stream]: 0 } });
      expect(await stands(stream)).toBe(1);
      await store.close();
    },
  );

  it('everything breaks when it is shut, and comes back when it is opened', async () => {
    cutting.shut();
    const appended = store.append(requestOf(store, 'case-shut', 'none', [noted]));
    await expect(store.head()).rejects.toThrow();
    cutting.open();
    expect(await appended).toMatchObject({ kind: 'appended' });
    await store.close();
  });

  it('a trap that has not sprung can be taken away', async () => {
    void cutting.catch('before-mark');
    expect(await store.append(requestOf(store, 'case-untouched', 'none', [noted]))).toMatchObject({ kind: 'appended' });
    expect([cutting.disarm(), cutting.disarm()]).toEqual([true, false]);
    await store.close();
  });
});
