import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testStore, type TestStore } from '@recourse/event-store/testing';
import pg from 'pg';
import { kekFrom, keyringMigration, kmsOf, postgresPrivacy, WrongKek, type IndexKey } from './index.js';

const kek = kekFrom(Buffer.alloc(32, 7));
const other = kekFrom(Buffer.alloc(32, 8));

let house: TestStore;
let keyring: pg.Client;
const opened: { close(): Promise<void> }[] = [];
const instance = (kms = kmsOf(kek)) => {
  const made = postgresPrivacy({ keyringUrl: house.database.keyringUrl, kms, store: house.store, service: 'test' });
  opened.push(made);
  return made.indexes;
};

beforeAll(async () => {
  house = await testStore();
  await keyringMigration(house.database.keyringOwnerUrl);
  keyring = new pg.Client({ connectionString: house.database.keyringOwnerUrl });
  await keyring.connect();
});
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await keyring.end();
  await house.close();
});

const epochs = (keys: readonly IndexKey[]) => keys.map(({ epoch }) => epoch);
const telephone = '+86 138 1234 5678';

describe('The keys of a blind index', () => {
  it('are made once by however many instances ask at once, and give every one of them the same tokens', async () => {
    const found = await Promise.all(Array.from({ length: 8 }, () => instance().of('quanpay', 'search')));
    expect(found.map(epochs)).toEqual(Array.from({ length: 8 }, () => [1]));
    expect(new Set(found.map(([key]) => key!.tokenOf('telephone', telephone))).size).toBe(1);
    const { rows } = await keyring.query('select count(*)::int as rows from keyring.index_key');
    expect(rows).toEqual([{ rows: 1 }]);
  });

  it('have nothing in common between tenants, purposes, fields and epochs', async () => {
    const indexes = instance();
    await indexes.begin('harbour', 'search', 1);
    await indexes.begin('harbour', 'search', 2);
    const keys = [
      ...(await indexes.of('quanpay', 'search')),
      ...(await indexes.of('quanpay', 'linking')),
      ...(await indexes.of('harbour', 'search')),
    ];
    // One value may meet another by chance, 16 bits are few; a dozen do not.
    const values = Array.from({ length: 12 }, (_, at) => `1381234567${at}`);
    const tokens = keys.flatMap((key) =>
      (['telephone', 'account'] as const).map((field) => values.map((value) => key.tokenOf(field, value)).join()),
    );
    expect(new Set(tokens).size).toBe(8);
  });

  it('keep 16 bits of whole values and 20 of words, so that some of them meet', async () => {
    const [key] = await instance().of('quanpay', 'search');
    const tokens = Array.from({ length: 3_000 }, (_, at) => key!.tokenOf('account', `wallet-${at}`)!);
    expect(Math.max(...tokens)).toBeLessThan(2 ** 16);
    expect(Math.max(...tokens)).toBeGreaterThan(2 ** 15);
    expect(new Set(tokens).size).toBeLessThan(3_000);
    const words = [...key!.tokensIn(Array.from({ length: 3_000 }, (_, at) => `word${at}`).join(' ')).values()];
    expect(words).toHaveLength(3_000);
    expect(Math.max(...words)).toBeLessThan(2 ** 20);
    expect(Math.max(...words)).toBeGreaterThan(2 ** 19);
  });

  it('follow one another: only the next epoch begins, all are asked with, and those before an epoch end', async () => {
    const indexes = instance();
    await Promise.all(Array.from({ length: 5 }, () => indexes.begin('tidepay', 'search', 1)));
    await indexes.begin('tidepay', 'search', 3);
    expect(epochs(await indexes.of('tidepay', 'search'))).toEqual([1]);
    await Promise.all(Array.from({ length: 5 }, () => indexes.begin('tidepay', 'search', 2)));
    expect(epochs(await instance().of('tidepay', 'search'))).toEqual([1, 2]);
    await indexes.end('tidepay', 'search', 2);
    expect(epochs(await indexes.of('tidepay', 'search'))).toEqual([2]);
    await indexes.end('tidepay', 'search', 99);
    expect(epochs(await indexes.of('tidepay', 'search'))).toEqual([2]);
    const { rows } = await keyring.query(
      `select epoch, wrapped is null as gone from keyring.index_key where tenant = 'tidepay' order by epoch`,
    );
    expect(rows).toEqual([
      { epoch: 1, gone: true },
      { epoch: 2, gone: false },
    ]);
  });

  it('are wrapped, belong to their row, and are read by no service itself', async () => {
    await instance().of('quanpay', 'search');
    await expect(instance(kmsOf(other)).of('quanpay', 'search')).rejects.toThrow(WrongKek);
    await keyring.query(
      `update keyring.index_key t set wrapped = f.wrapped from keyring.index_key f
       where t.tenant = 'quanpay' and t.purpose = 'linking' and f.tenant = 'quanpay' and f.purpose = 'search'`,
    );
    await expect(instance().of('quanpay', 'linking')).rejects.toThrow('changed, or belongs to somebody else');
    const service = new pg.Client({ connectionString: house.database.keyringUrl });
    await service.connect();
    await expect(service.query('select * from keyring.index_key')).rejects.toThrow('permission denied');
    await service.end();
  });
});
