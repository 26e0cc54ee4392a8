import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { Generations } from './generating.js';
import * as noting from './noting.testing.js';
import { expected, wholeLog } from './noting.testing.js';
import { testStore, type TestStore } from './testing.js';

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

describe('A process that builds and is killed', () => {
  const file = (name: string) => path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../test', name);
  /** Another process that keeps the views, and what it has said. */
  const keeper = (stallAt = '') => {
    const args = ['--conditions=@recourse/source', '--import', pathToFileURL(file('sources.mjs')).href, file('building-until-killed.mjs')];
    const { logUrl, webUrl } = house.database;
    const child: ChildProcess = spawn(process.execPath, [...args, logUrl, webUrl, stallAt], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const gone = new Promise((resolve) => child.once('close', resolve));
    const kill = async () => {
      child.kill('SIGKILL');
      await gone;
    };
    closing.push(kill);
    return { kill, says: (word: string) => until(() => said.includes(word), 20_000) };
  };
  const standing = async (generation: number) => (await catalogue.all('caseload')).find((one) => one.generation === generation)!;

  it('leaves the live view as it was, wherever it dies; another goes on with what it began, or gives it up', async () => {
    await notes(300);
    const first = keeper();
    await until(async () => (await catalogue.all('caseload')).some(({ position }) => position >= 300), 20_000);
    await first.kill();
    const before = await rowsIn('public');
    expect(before).toHaveLength(74);
    const asBefore = async () => {
      expect(await statesOf()).toEqual(['0 live', '1 building']);
      expect((await rowsIn('public')).length).toBe(before.length);
    };

    // In memory, in the middle of the first load.
    await catalogue.begin('caseload');
    const inMemory = keeper('150');
    await inMemory.says('stalled');
    await inMemory.kill();
    await asBefore();
    expect(await rowsIn('public')).toEqual(before);
    expect(await standing(1)).toMatchObject({ position: -1, indexed: false });

    // In the transaction that fills the tables, held up there by a lock.
    await owner.query('begin; lock table view_caseload_1.caseload in share mode');
    const loading = keeper();
    await until(
      async () =>
        Number(
          (
            await owner.query<{ waits: string }>(
              `select count(*) as waits from pg_locks where relation = 'view_caseload_1.caseload'::regclass and not granted`,
            )
          ).rows[0]!.waits,
        ) > 0,
      20_000,
    );
    await loading.kill();
    await owner.query('rollback');
    await asBefore();
    await until(
      async () =>
        (
          await owner.query(
            `select from pg_stat_activity where datname = current_database() and query like 'insert into "view_%' and state <> 'idle'`,
          )
        ).rowCount === 0,
    );
    expect(await rowsIn('view_caseload_1')).toEqual([]);
    expect(await standing(1)).toMatchObject({ position: -1, indexed: false });

    // Killed at random while writes go on, again and again.
    const stop = writing();
    for (let turn = 0; turn < 3; turn++) {
      const random = keeper();
      await random.says('open');
      await pause(Math.random() * 200);
      await random.kill();
      await asBefore();
    }
    const last = keeper();
    await last.says('open');
    await catalogue.builtTo('caseload', 1, await house.store.head(), { ms: 20_000 });
    expect(await catalogue.compare('caseload')).toMatchObject({ equal: true, generations: [0, 1] });
    await catalogue.swap('caseload');
    await stop();
    await catalogue.builtTo('caseload', 1, await house.store.head());
    await catalogue.builtTo('caseload', 0, await house.store.head());
    const [rows] = expected(await wholeLog(house.store));
    for (const schema of ['public', 'view_caseload_1'])
      expect(await rowsIn(schema)).toEqual(
        rows.map(
          ({ stream, tenant, notes: count, words, changedAt }) =>
            `(${stream},${tenant},${count},${/ /.test(words) ? `"${words}"` : words},${changedAt})`,
        ),
      );

    // Given up.
    await last.kill();
    await catalogue.begin('caseload');
    const given = keeper('200');
    await given.says('stalled');
    await given.kill();
    expect(await statesOf()).toEqual(['0 old', '1 live', '2 building']);
    expect(await catalogue.drop('caseload', 2)).toEqual([2]);
    expect(await statesOf()).toEqual(['0 old', '1 live']);
  }, 90_000);
});
