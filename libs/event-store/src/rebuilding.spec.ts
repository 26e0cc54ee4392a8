import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Generations, NotSo } from './generating.js';
import { alterView } from './migrating.js';
import * as noting from './noting.testing.js';
import { caseload, CaseloadRow, everything, expected, histories, quick, tally, TallyRow, wholeLog } from './noting.testing.js';
import { PostgresEventStore } from './postgres-event-store.js';
import { testStore, type TestStore } from './testing.js';
import { Views, type View } from './viewing.js';

let house: TestStore;
let owner: pg.Client;
let catalogue: Generations;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  house = await testStore({ migrations: [noting.Tables1700000000000] });
  owner = new pg.Client({ connectionString: house.database.ownerUrl });
  await owner.connect();
  catalogue = new Generations(house.store.pool);
  closing.push(
    () => house.close(),
    () => owner.end(),
  );
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const note = (stream: string, word: string, tenant?: string) => noting.note(house.store, stream, word, tenant);
const notes = async (count: number, from = 0) => {
  const all = Array.from({ length: count }, (_, n) => note(`${(from + n) % 37}`, `w${from + n}`, n % 3 ? 'quanpay' : 'tidepay'));
  await Promise.all(all);
};
/** The views as one process keeps them. */
const open = async (views: readonly View[] = [caseload, tally]): Promise<Views> => {
  const { logUrl, webUrl } = house.database;
  const store = await PostgresEventStore.open({ service: 'test', logUrl });
  const opened = await Views.open({ store, logUrl, webUrl, views, histories, pace: quick });
  closing.push(
    () => store.close(),
    () => opened.close(),
  );
  return opened;
};
const until = async (true_: () => boolean | Promise<boolean>, ms = 15_000) => {
  for (const giveUp = performance.now() + ms; !(await true_()); await pause(10))
    if (performance.now() > giveUp) throw new Error('It never came true.');
};
/** Writes without pause until told to stop. */
const writing = () => {
  let on = true;
  let written = 0;
  const done = (async () => {
    while (on) await notes(5, (written += 5));
  })();
  return async () => {
    on = false;
    await done;
    return written;
  };
};
const statesOf = async (view = 'caseload') => (await catalogue.all(view)).map(({ generation, state }) => `${generation} ${state}`);
/** As the log role sees them, which is all of them. */
const rowsIn = async (schema: string) =>
  (await house.store.pool.query<{ row: string }>(`select t::text as row from ${schema}.caseload t order by stream`)).rows.map(
    ({ row }) => row,
  );

describe('A rebuild', () => {
  it.each([true, false])('beside the live view, while writes go on, gives the same rows at the same position (bulk: %s)', async (bulk) => {
    const views = await open();
    await notes(400);
    await views.caughtUp();
    const stop = writing();
    await pause(50);
    const seen = new Set<string>();
    let reading = true;
    const reader = (async () => {
      for (let before = 0; reading;) {
        const [[mine]] = await views.readAll((manager) => Promise.all([manager.find(TallyRow, { where: { tenant: 'quanpay' } })]));
        expect(mine!.events).toBeGreaterThanOrEqual(before); // nobody goes back in time, nor sees a view grow from nothing
        before = mine!.events;
        seen.add(`${before}`);
      }
    })();
    for (const name of ['caseload', 'tally']) {
      const { comparison, generation } = await views.rebuild(name, { bulk });
      expect(generation).toBe(1);
      expect(comparison).toMatchObject({ view: name, generations: [0, 1], equal: true });
      expect(comparison.position).toBeGreaterThan(400);
    }
    expect(await stop()).toBeGreaterThan(0);
    reading = false;
    await reader;
    expect(seen.size).toBeGreaterThan(1);
    expect(await statesOf()).toEqual(['0 old', '1 live']);
    await views.caughtUp();
    expect(await views.readAll(everything)).toEqual(expected(await wholeLog(house.store)));
  });

  it('makes its tables with the keys, indexes, checks and row-level security of the first', async () => {
    const views = await open();
    await notes(50);
    for (const bulk of [true, false]) await views.rebuild('caseload', { bulk });
    const shapeOf = async (schema: string) => {
      const { rows } = await owner.query<{ made: string }>(
        `select replace(pg_get_indexdef(indexrelid), $1 || '.', '') as made from pg_index where indrelid = ($1 || '.caseload')::regclass
         union all select contype::text || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = ($1 || '.caseload')::regclass
         union all select format('%s %s %s', relrowsecurity, relforcerowsecurity, relacl) from pg_class where oid = ($1 || '.caseload')::regclass
         union all select format('%s %s %s %s', polname, polcmd::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
           from pg_policy where polrelid = ($1 || '.caseload')::regclass`,
        [schema],
      );
      return rows.map(({ made }) => made.replace(/INDEX \S+ ON/, 'INDEX ON')).sort();
    };
    const first = await shapeOf('public');
    expect(first.length).toBeGreaterThan(8);
    expect(await shapeOf('view_caseload_1')).toEqual(first);
    expect(await shapeOf('view_caseload_2')).toEqual(first);
  });

  it('shows a tenant nothing of another’s, and the web role can write to none of its tables', async () => {
    const views = await open();
    await notes(30);
    await views.rebuild('caseload');
    const tenantsOf = (tenant: string) =>
      views.read(tenant, async (manager) => new Set((await manager.find(CaseloadRow)).map((row) => row.tenant)));
    expect(await tenantsOf('quanpay')).toEqual(new Set(['quanpay']));
    expect(await tenantsOf('tidepay')).toEqual(new Set(['tidepay']));
    expect(await tenantsOf('nobody')).toEqual(new Set());
    const web = new pg.Client({ connectionString: house.database.webUrl });
    await web.connect();
    closing.push(() => web.end());
    expect((await web.query('select from view_caseload_1.caseload')).rowCount).toBe(0);
    for (const sql of [
      'delete from view_caseload_1.caseload',
      `select log.begin_generation('caseload', 1, true, true)`,
      'select * from log.view',
    ])
      await expect(web.query(sql)).rejects.toThrow('permission denied');
    await expect(house.store.pool.query('create schema mine')).rejects.toThrow('permission denied');
  });

  it('is read by everybody at once: a reader sees one generation in all of its transaction, and each of them whole', async () => {
    const views = await open();
    await notes(120);
    await views.rebuild('caseload');
    await owner.query(`alter table view_caseload_1.caseload no force row level security; update view_caseload_1.caseload set words = 'one';
      alter table public.caseload no force row level security; update public.caseload set words = 'zero'`);
    let swapping = true;
    const seen = new Map<string, number>();
    const readers = Array.from({ length: 4 }, async () => {
      while (swapping) {
        const words = await views.read('quanpay', async (manager) => {
          const first = await manager.find(CaseloadRow);
          await pause(2);
          return [...first, ...(await manager.find(CaseloadRow))].map((row) => row.words);
        });
        expect(new Set(words).size).toBe(1);
        expect(words.length).toBe(2 * 37);
        seen.set(words[0]!, (seen.get(words[0]!) ?? 0) + 1);
      }
    });
    for (let turn = 0; turn < 20; turn++) {
      await pause(15);
      await catalogue.rollback('caseload'); // and back: what was live is the previous one then
    }
    swapping = false;
    await Promise.all(readers);
    expect([...seen.keys()].sort()).toEqual(['one', 'zero']);
  });
});

it('a view that is far behind gathers what it takes and goes on from there, with its tables and indexes as they are', async () => {
  await notes(60);
  const first = await open();
  expect(await first.caughtUp()).toBe(true);
  for (const close of closing.splice(2).reverse()) await close();
  const head = await house.store.head();
  // Far more than one batch, put there by the owner: only that they are read in order matters here.
  await owner.query(
    `insert into log.event (position, stream, version, event_id, type, sv, tenant, recorded_at, leaf, record)
     select $1::bigint + n, 'case-quanpay-far' || (n - 1) % 50, (n - 1) / 50, gen_random_uuid(), 'Noted', 1, 'quanpay', now(), decode(repeat('00', 32), 'hex'),
       json_build_object('type', 'Noted', 'sv', 1, 'stream', 'case-quanpay-far' || (n - 1) % 50, 'version', (n - 1) / 50, 'tenant', 'quanpay',
         'data', json_build_object('word', 'w' || n))
     from generate_series(1, 13000) n`,
    [head],
  );
  const again = await open();
  expect(await again.caughtUp(undefined, 25_000)).toBe(true);
  expect(await again.readAll(everything)).toEqual(expected(await wholeLog(house.store)));
});

describe('A comparison', () => {
  it('finds a planted difference: a word, a row too few, a row too many', async () => {
    const views = await open();
    await notes(111);
    const { comparison } = await views.rebuild('caseload');
    expect(comparison).toMatchObject({ equal: true, tables: [{ table: 'caseload', rows: [74, 74], onlyIn: [0, 0] }] });
    await owner.query('alter table view_caseload_1.caseload no force row level security');
    await owner.query(`update view_caseload_1.caseload set words = words || '!' where stream = 'case-quanpay-1'`);
    expect(await catalogue.compare('caseload')).toMatchObject({ equal: false, tables: [{ rows: [74, 74], onlyIn: [1, 1] }] });
    await owner.query(`delete from view_caseload_1.caseload where stream = 'case-quanpay-1'`);
    expect(await catalogue.compare('caseload')).toMatchObject({
      equal: false,
      generations: [1, 0],
      tables: [{ rows: [73, 74], onlyIn: [0, 1] }],
    });
    // Rebuilding is what puts it right.
    expect((await views.rebuild('caseload')).comparison).toMatchObject({ equal: false, generations: [1, 2] });
    expect(await catalogue.compare('caseload', 0)).toMatchObject({ equal: true, generations: [2, 0] });
  });

  it('says so when nobody follows one of the two, and leaves nothing held', async () => {
    const views = await open([caseload]);
    await notes(10);
    await views.rebuild('caseload');
    await views.caughtUp();
    await house.store.pool.query(`update log.follower set position = position - 1 where name = 'view:caseload'`);
    for (const close of closing.splice(2).reverse()) await close();
    const { compareGenerations } = await import('./comparing.js');
    await expect(compareGenerations(house.store.pool, 'caseload', [1, 0], 200)).rejects.toThrow('does its service run?');
    expect((await owner.query('select from log.follower where hold is not null')).rowCount).toBe(0);
  });
});

describe('A rollback', () => {
  it('is instant, because the generation before is kept up to date; dropped, it is gone', async () => {
    const views = await open();
    await notes(60);
    await views.rebuild('caseload');
    await notes(60, 60);
    await views.caughtUp();
    expect(await catalogue.rollback('caseload')).toBe(0);
    expect(await views.readAll(everything)).toEqual(expected(await wholeLog(house.store)));
    expect(await catalogue.drop('caseload')).toEqual([1]);
    expect(await statesOf()).toEqual(['0 live']);
    await expect(catalogue.rollback('caseload')).rejects.toThrow(NotSo);
    expect((await owner.query(`select from pg_namespace where nspname = 'view_caseload_1'`)).rowCount).toBe(0);
    // The next one has a number of its own, and the first can go as well: its table stays as the pattern of others.
    expect((await views.rebuild('caseload')).generation).toBe(2);
    await expect(catalogue.drop('caseload', 2)).rejects.toThrow('is live');
    expect(await catalogue.drop('caseload', 0)).toEqual([0]);
    expect(await rowsIn('public')).toEqual([]);
    await note('late', 'word');
    expect((await views.rebuild('caseload')).comparison).toMatchObject({ equal: true, generations: [2, 3] });
    expect(await views.readAll(everything)).toEqual(expected(await wholeLog(house.store)));
  });
});

describe('A fold with a higher version', () => {
  const shouting: View = {
    ...caseload,
    version: 2,
    apply: async (rows, { stream, tenant, position, type }, history) => {
      if (type !== 'Noted') return;
      const { count, words } = await history<noting.Notes>();
      rows.put(CaseloadRow, { stream, tenant, notes: count, words: words.join(' ').toUpperCase(), changedAt: `${position}` });
    },
  };
  const wordsOf = (views: Views) =>
    views.read('quanpay', async (manager) =>
      (await manager.find(CaseloadRow, { order: { stream: 'ASC' } })).map(({ words }) => words).join(),
    );

  it('builds its generation by itself and goes live; a process with the older code goes on with its own', async () => {
    const older = await open();
    await notes(200);
    await older.caughtUp();
    const before = await wordsOf(older);
    const newer = await open([shouting, tally]);
    await until(async () => (await statesOf()).join() === '0 old,1 live');
    expect(await wordsOf(older)).toBe(before);
    expect(await wordsOf(newer)).toBe(before.toUpperCase());
    await notes(50, 200);
    expect(await older.caughtUp()).toBe(true);
    expect(await newer.caughtUp()).toBe(true);
    expect(await wordsOf(newer)).toBe((await wordsOf(older)).toUpperCase());
    expect(await older.readAll(everything)).toEqual(expected(await wholeLog(house.store)));
    // Started again, neither begins anything.
    await open();
    await open([shouting, tally]);
    expect(await statesOf()).toEqual(['0 old', '1 live']);
  });

  it('is read as it was before until it is there', async () => {
    await notes(100);
    const older = await open();
    await older.caughtUp();
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const slow = { ...shouting, apply: async (...all: Parameters<View['apply']>) => (await gate, shouting.apply(...all)) };
    const newer = await open([slow, tally]);
    await pause(200);
    expect(await statesOf()).toEqual(['0 live', '1 building']);
    expect(await wordsOf(newer)).toBe(await wordsOf(older));
    go();
    await until(async () => (await statesOf()).join() === '0 old,1 live');
    expect(await wordsOf(newer)).toBe((await wordsOf(older)).toUpperCase());
  });
});

it('a migration that changes a view’s table changes it in every generation', async () => {
  const views = await open();
  await notes(10);
  await views.rebuild('caseload');
  await owner.query(alterView('caseload', `add column mood text not null default 'calm'`));
  for (const schema of ['public', 'view_caseload_1'])
    expect(
      (await owner.query(`select attname from pg_attribute where attrelid = '${schema}.caseload'::regclass and attname = 'mood'`)).rowCount,
    ).toBe(1);
  await note('1', 'after');
  expect(await views.caughtUp()).toBe(true);
});
