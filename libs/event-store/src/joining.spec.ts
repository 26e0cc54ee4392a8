import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { leafOf } from './stamping.js';
import { requestOf, testStore, type TestStore } from './testing.js';

let house: TestStore;
let client: pg.Client;
beforeAll(async () => {
  house = await testStore();
  client = new pg.Client({ connectionString: house.database.logUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await house.close();
});

const noted = (n: number) => ({ type: 'CaseNoted', n });
const ask = (stream: string, n: number, more: object = {}) => requestOf(house.store, stream, 'none', [noted(n)], more);
const inTransaction = async <Result>(end: 'commit' | 'rollback', work: () => Promise<Result>): Promise<Result> => {
  await client.query('begin');
  const result = await work();
  await client.query(end);
  return result;
};

describe('An append inside a transaction of one’s own', () => {
  it('is there with the transaction, and gone with it', async () => {
    const { store } = house;
    const head = await store.head();
    await inTransaction('rollback', () => store.appendIn(client, ask('case-1', 0)));
    expect([await store.head(), await store.readStream('case-1')]).toEqual([head, []]);
    expect(await inTransaction('commit', () => store.appendIn(client, ask('case-1', 1)))).toEqual({
      kind: 'appended',
      positions: [head + 1],
      versions: { 'case-1': 0 },
    });
    expect(await store.append(ask('case-1', 2))).toMatchObject({ positions: [head + 2], versions: { 'case-1': 1 } });
    const [first, second] = await store.readStream('case-1');
    expect(second!.prev).toBe(leafOf(first!.text).toString('base64url'));
  });

  it('keeps others waiting until it ends, and leaves no gap and no skip', async () => {
    const { store } = house;
    const head = await store.head();
    const seen: number[] = [];
    let over = false;
    const reading = (async () => {
      for (let after = head; !over || after < (await store.head());) {
        const records = await store.readLog(after, 100);
        seen.push(...records.map(({ position }) => position));
        after = records.at(-1)?.position ?? after;
      }
    })();
    const others = Array.from({ length: 20 }, (_, writer) =>
      (async () => {
        for (let n = 0; n < 10; n++) await store.append(ask(`case-other-${writer}`, n));
      })(),
    );
    for (let n = 0; n < 10; n++) await inTransaction(n % 2 === 0 ? 'commit' : 'rollback', () => store.appendIn(client, ask('case-1', n)));
    await Promise.all(others);
    over = true;
    await reading;
    expect(seen).toEqual(Array.from({ length: 205 }, (_, n) => head + 1 + n));
  });

  it('answers a conflict and a key that was used as every append does', async () => {
    const { store } = house;
    const key = { key: 'k-1', fingerprint: 'f', kind: 'http' as const };
    const answer = { status: 201, stream: 'case-2' };
    expect(await inTransaction('commit', () => store.appendIn(client, ask('case-2', 0, { key, answer })))).toMatchObject({
      kind: 'appended',
    });
    expect(await inTransaction('commit', () => store.appendIn(client, ask('case-2', 0, { key, answer })))).toEqual({
      kind: 'replayed',
      answer: { ...answer, version: 0 },
    });
    const exact = requestOf(store, 'case-2', 7, [noted(1)]);
    expect(await inTransaction('rollback', () => store.appendIn(client, exact))).toEqual({
      kind: 'conflict',
      stream: 'case-2',
      version: 0,
    });
    expect(await inTransaction('rollback', () => store.appendIn(client, { ...exact, key }))).toMatchObject({ kind: 'replayed' });
  });
});
