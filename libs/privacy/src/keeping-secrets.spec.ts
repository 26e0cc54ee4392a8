import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import pg from 'pg';
import { kekFrom, keptSecrets, keyringMigration, kmsOf, WrappingBroken } from './index.js';

const [first, second] = [kekFrom(Buffer.alloc(32, 1)), kekFrom(Buffer.alloc(32, 2))];
const drawnBefore = (purpose: string) => Buffer.alloc(32, purpose);
const before = { purposes: ['fingerprints', 'codes'], draw: drawnBefore };

let database: TestDatabase;
beforeEach(async () => void (database = await testDatabase({ governs: true })));
afterEach(() => database.close());
const secrets = (kms = kmsOf(first), more: Partial<Parameters<typeof keptSecrets>[0]> = {}) =>
  keptSecrets({ keyringUrl: database.keyringUrl, kms, before, ...more });
const asOwner = async (sql: string, ...values: unknown[]) => {
  const client = new pg.Client({ connectionString: database.keyringOwnerUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql, values);
  await client.end();
  return rows;
};

describe('The secret of the house', () => {
  it('is drawn once, though many ask first, and is the same after every key that wrapped it has changed', async () => {
    await keyringMigration(database.keyringOwnerUrl);
    const [one, ...others] = await Promise.all(Array.from({ length: 8 }, () => secrets()));
    for (const { house } of others) expect(house).toEqual(one!.house);
    expect(one!.house).toHaveLength(32);
    expect(one!.inherited.size).toBe(0);
    expect((await secrets(kmsOf(second, first))).house).toEqual(one!.house);
  });

  it('belongs to its name: another secret put in its place does not open', async () => {
    await keyringMigration(database.keyringOwnerUrl);
    await secrets();
    await asOwner('update keyring.inheriting set inheriting = true');
    await asOwner(`insert into keyring.secret (name, kek, wrapped) select 'codes', kek, wrapped from keyring.secret`);
    await expect(secrets()).rejects.toThrow(WrappingBroken);
  });

  it('stands in no table and in no function that services may read in clear', async () => {
    await keyringMigration(database.keyringOwnerUrl);
    const { house } = await secrets();
    const [row] = await asOwner('select wrapped from keyring.secret');
    expect((row!['wrapped'] as Buffer).includes(Buffer.from(house))).toBe(false);
  });
});

describe('A keyring that is older than its secrets', () => {
  it('keeps for each purpose what was drawn from the key file, also when that key has gone', async () => {
    await keyringMigration(database.keyringOwnerUrl, 1);
    await keyringMigration(database.keyringOwnerUrl);
    const { house, inherited } = await secrets();
    expect([...inherited]).toEqual(before.purposes.map((purpose) => [purpose, Buffer.from(drawnBefore(purpose))]));
    const later = await secrets(kmsOf(second, first), { before: { purposes: before.purposes, draw: () => Buffer.alloc(32, 9) } });
    expect([later.house, [...later.inherited]]).toEqual([house, [...inherited]]);
    const withoutFile = await secrets(kmsOf(first), { before: { purposes: before.purposes } });
    expect([...withoutFile.inherited]).toEqual([...inherited]);
  });
});
