import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate, PostgresEventStore, type SealedRef } from '@recourse/event-store';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import {
  fileKms,
  keptSecrets,
  keyringMigration,
  postgresGovernor,
  postgresPrivacy,
  rotate,
  vaultKms,
  wrappedBy,
  type Governor,
  type Kms,
} from './index.js';
import { startTransit } from './testing.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'recourse-rotating-'));
const drawn = (byte: number): string => Buffer.alloc(32, byte).toString('base64url');
let changes = 0;
const write = (name: string, ...lines: readonly string[]): string => {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  changes += 1;
  utimesSync(join(folder, name), changes, changes);
  return join(folder, name);
};

let database: TestDatabase;
let store: PostgresEventStore;
let admin: pg.Client;
const open: { close(): Promise<void> }[] = [];
const by = { actor: 'w-t4k9yd2hq7', role: 'agent', client: 'desk' };
const corr = '01890a5d-ac96-774b-bcce-b302099a8057';

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-b', 'libs/privacy'], { cwd: root, stdio: 'inherit' });
  database = await testDatabase({ governs: true });
  await migrate({ ownerUrl: database.ownerUrl, service: 'test', logDomain: 'recourse.example', migrations: [] });
  store = await PostgresEventStore.open({ service: 'test', logUrl: database.logUrl });
  await keyringMigration(database.keyringOwnerUrl);
  admin = new pg.Client({ connectionString: database.keyringOwnerUrl });
  await admin.connect();
}, 120_000);
afterAll(async () => {
  for (const one of open) await one.close();
  await admin.end();
  await store.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

let files: { kek: string; restricted: string };
beforeEach(async () => {
  await admin.query('delete from keyring.data_key; delete from keyring.secret; delete from keyring.index_key');
  files = { kek: write('kek', drawn(1)), restricted: write('restricted', drawn(11)) };
});
const rotateFiles = () => {
  write('kek', drawn(1), `${drawn(2)} current`);
  write('restricted', drawn(11), `${drawn(12)} current`);
};
const forgetOldKeys = () => {
  write('kek', drawn(2));
  write('restricted', drawn(12));
};

const service = (kms: Kms) => {
  const made = postgresPrivacy({ keyringUrl: database.keyringUrl, kms, store, service: 'test', remembered: { most: 10, forMs: 0 } });
  open.push(made);
  return made;
};
const governing = (): Governor => {
  const made = postgresGovernor({ keyringUrl: database.keyringUrl, kms: fileKms(files.kek, 0), restricted: fileKms(files.restricted, 0) });
  open.push(made);
  return made;
};
const rotating = (more: Partial<Parameters<typeof rotate>[0]> = {}) =>
  rotate({ keyringUrl: database.keyringUrl, kms: fileKms(files.kek), restricted: fileKms(files.restricted), ...more });

let scopes = 0;
const sealedBy = async (privacy: ReturnType<typeof service>): Promise<SealedRef> => {
  const owner = { tenant: 'quanpay', scope: `matter:${(scopes += 1)}`, subject: 'c-20881' };
  const { ref, blob } = await privacy.seal(owner, 'narrative', { text: `words ${owner.scope}` });
  const writes = [{ stream: `thing-${ref.id}`, expected: 'none' as const, events: [{ type: 'ThingTold', sealed: [ref] }] }];
  await store.append({ tenant: 'quanpay', at: store.now(), by, corr, writes, blobs: [blob] });
  return ref;
};
const many = (count: number, privacy: ReturnType<typeof service>) => Promise.all(Array.from({ length: count }, () => sealedBy(privacy)));
const openedBy = async (privacy: ReturnType<typeof service>, refs: readonly SealedRef[]) =>
  (await privacy.open(refs, { by, purpose: 'handling-complaint', corr, tenant: 'quanpay' })).size;
const keksIn = async () => (await wrappedBy(database.keyringUrl)).map(({ what, many: count }) => [what, count]);
const bytesIn = async () => {
  const { rows } = await admin.query<{ id: string; wrapped: Buffer }>('select id, wrapped from keyring.data_key where wrapped is not null');
  return new Map(rows.map(({ id, wrapped }) => [id, wrapped.toString('hex')]));
};

describe('A rotation', () => {
  it('wraps the keys of blind indexes anew: what was found before is found after, without the old key', async () => {
    const before = service(fileKms(files.kek, 0));
    await before.indexes.begin('quanpay', 'search', 1);
    await before.indexes.begin('quanpay', 'search', 2);
    await before.indexes.begin('tidepay', 'search', 1);
    const tokens = async (privacy: ReturnType<typeof service>) =>
      (await privacy.indexes.of('quanpay', 'search')).map((key) => key.tokenOf('name', '陈静'));
    const known = await tokens(before);
    rotateFiles();
    expect(await rotating()).toEqual({ done: 3, broken: [], left: 0 });
    forgetOldKeys();
    expect(await tokens(service(fileKms(files.kek, 0)))).toEqual(known);
    expect(await tokens(before)).toEqual(known);
    expect(await keksIn()).toEqual([['index', 3]]);
  });

  it('wraps all that stands in the keyring anew, restricted keys under theirs, and the old keys can go', async () => {
    const refs = await many(25, service(fileKms(files.kek, 0)));
    await governing().restrict(
      'quanpay',
      refs.slice(0, 5).map(({ key }) => key),
      'order-1',
    );
    await governing().destroy(
      'quanpay',
      refs.slice(5, 7).map(({ key }) => key),
      'order-2',
    );
    const secrets = () => keptSecrets({ keyringUrl: database.keyringUrl, kms: fileKms(files.kek), before: { purposes: [] } });
    const { house } = await secrets();
    const blobs = await store.blobs(refs.map(({ id }) => id));
    const before = await bytesIn();

    rotateFiles();
    const told: [number, number][] = [];
    expect(await rotating({ portion: 4, told: (done, all) => told.push([done, all]) })).toEqual({ done: 24, broken: [], left: 0 });
    expect(told.at(-1)).toEqual([24, 24]);
    forgetOldKeys();

    expect(await keksIn()).toEqual([
      ['active', 18],
      ['restricted', 5],
      ['secret', 1],
    ]);
    const after = await bytesIn();
    expect([...after].filter(([id, bytes]) => before.get(id) === bytes)).toEqual([]);
    expect(await store.blobs(refs.map(({ id }) => id))).toEqual(blobs);
    expect(await openedBy(service(fileKms(files.kek)), refs)).toBe(18);
    await governing().release(
      'quanpay',
      refs.slice(0, 5).map(({ key }) => key),
      'order-3',
    );
    expect(await openedBy(service(fileKms(files.kek)), refs)).toBe(23);
    expect((await secrets()).house).toEqual(house);
    expect(await rotating()).toEqual({ done: 0, broken: [], left: 0 });
  }, 60_000);

  it('leaves no key behind while instances that know the new key and instances that do not yet make some all the time', async () => {
    const older = service(fileKms(write('kek-older', `${drawn(1)} current`, drawn(2)), 0));
    const refs = await many(20, older);
    rotateFiles();
    const newer = service(fileKms(files.kek, 0));
    let over = false;
    const working = (privacy: ReturnType<typeof service>) =>
      (async () => {
        while (!over) {
          refs.push(await sealedBy(privacy));
          expect(await openedBy(privacy, refs.slice(-3))).toBe(3);
        }
      })();
    const both = [working(older), working(newer)];
    for (let round = 0; round < 3; round += 1) await rotating({ portion: 3 });
    over = true;
    await Promise.all(both);
    // What an instance made that wraps with the old key is older still; with all of them on the new one nothing is.
    await rotating();
    forgetOldKeys();
    expect(await openedBy(service(fileKms(files.kek)), refs)).toBe(refs.length);
  }, 60_000);

  it('does not bring back what is destroyed, nor undo what is restricted, in the midst of it', async () => {
    const refs = await many(30, service(fileKms(files.kek, 0)));
    rotateFiles();
    const governor = governing();
    const keys = refs.map(({ key }) => key);
    await Promise.all([
      rotating({ portion: 2 }),
      governor.destroy('quanpay', keys.slice(0, 10), 'order-1'),
      governor.restrict('quanpay', keys.slice(10, 20), 'order-2'),
      rotating({ portion: 3 }),
    ]);
    expect((await rotating()).left).toBe(0);
    forgetOldKeys();
    const standings = await governor.keysOf('quanpay', { ids: keys });
    const states = new Map(standings.map(({ id, state }) => [id, state]));
    expect(keys.map((key) => states.get(key))).toEqual([
      ...Array<string>(10).fill('destroyed'),
      ...Array<string>(10).fill('restricted'),
      ...Array<string>(10).fill('active'),
    ]);
    expect(await openedBy(service(fileKms(files.kek)), refs)).toBe(10);
    await governor.release('quanpay', keys.slice(10, 20), 'order-3');
    expect(await openedBy(service(fileKms(files.kek)), refs)).toBe(20);
  }, 60_000);

  it('that is killed loses nothing, and the next one goes on', async () => {
    const refs = await many(60, service(fileKms(files.kek, 0)));
    rotateFiles();
    for (const portions of [1, 3, 5]) {
      const child = spawn(
        process.execPath,
        ['libs/privacy/test/rotate-until-killed.mjs', database.keyringUrl, files.kek, files.restricted],
        {
          cwd: root,
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const gone = once(child, 'exit');
      let lines = 0;
      for await (const chunk of child.stdout) {
        lines += String(chunk).split('\n').length - 1;
        if (lines > portions) break;
      }
      child.kill('SIGKILL');
      await gone;
      expect(await openedBy(service(fileKms(files.kek)), refs)).toBe(60);
    }
    const half = await keksIn();
    expect(half.filter(([what]) => what === 'active')).toHaveLength(2); // some by the old key, some by the new one
    const { left, broken } = await rotating();
    expect([left, broken]).toEqual([0, []]);
    forgetOldKeys();
    expect(await openedBy(service(fileKms(files.kek)), refs)).toBe(60);
  }, 60_000);

  it('names what was changed in the database, and does all the rest', async () => {
    const refs = await many(6, service(fileKms(files.kek, 0)));
    const keys = refs.map(({ key }) => key);
    await admin.query(
      'update keyring.data_key set wrapped = (select wrapped from keyring.data_key where id = $2) where id = $1',
      keys.slice(0, 2),
    );
    rotateFiles();
    expect(await rotating()).toEqual({ done: 5, broken: [keys[0]], left: 1 });
  });

  it('in Vault is a rotation of the key there', async () => {
    const transit = await startTransit();
    try {
      transit.makeKey('recourse');
      const kms = vaultKms({ address: transit.url, tokenFile: write('token', transit.token), key: 'recourse' });
      const refs = await many(5, service(kms));
      transit.rotate('recourse');
      expect(await rotating({ kms })).toEqual({ done: 5, broken: [], left: 0 });
      transit.forgetBefore('recourse', 2);
      expect(await openedBy(service(kms), refs)).toBe(5);
    } finally {
      await transit.close();
    }
  });
});
