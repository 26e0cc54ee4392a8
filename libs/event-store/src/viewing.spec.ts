import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, Entity, PrimaryColumn, type EntityManager, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { Pace } from './following.js';
import { foldStream, Foldings, type Histories } from './folding.js';
import { secureView } from './migrating.js';
import { PostgresEventStore } from './postgres-event-store.js';
import type { NewEvent, Recorded } from './record.js';
import { requestOf, testStore, type TestStore } from './testing.js';
import { Views, type View, type ViewsOptions } from './viewing.js';

@Entity('caseload')
class CaseloadRow {
  @PrimaryColumn('text') stream!: string;
  @Column('text') tenant!: string;
  @Column('int') notes!: number;
  @Column('text') words!: string;
  @Column('bigint') changedAt!: string;
}

@Entity('tally')
class TallyRow {
  @PrimaryColumn('text') tenant!: string;
  @Column('int') events!: number;
}

class Tables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(
      `create table caseload (stream text collate "C" primary key, tenant text not null, notes int not null, words text not null, "changedAt" bigint not null)`,
    );
    await runner.query(secureView('caseload'));
    await runner.query(`create table tally (tenant text primary key, events int not null)`);
    await runner.query(secureView('tally'));
    await runner.query(`create table forgotten (id text primary key, tenant text not null)`);
  }
  async down() {}
}

type Notes = { readonly count: number; readonly words: readonly string[] };
const histories: Histories = {
  case: (notes: Notes = { count: 0, words: [] }, { data }: Recorded): Notes => ({
    count: notes.count + 1,
    words: [...notes.words, data['word'] as string],
  }),
};

const caseload: View = {
  name: 'caseload',
  version: 1,
  entities: [CaseloadRow],
  apply: async (rows, { stream, tenant, position, type }, history) => {
    if (type !== 'Noted') return;
    const { count, words } = await history<Notes>();
    rows.put(CaseloadRow, { stream, tenant, notes: count, words: words.join(' '), changedAt: `${position}` });
  },
};
const tally: View = {
  name: 'tally',
  version: 1,
  entities: [TallyRow],
  apply: (rows, { tenant }) => rows.change(TallyRow, { tenant }, ({ events }) => ({ events: events + 1 }), { tenant, events: 1 }),
};

const quick: Pace = { beat: 50, silence: 600, look: 200 };
let house: TestStore;
let views: Views;
const optionsFor = (store: PostgresEventStore, more: Partial<ViewsOptions> = {}): ViewsOptions => {
  const { logUrl, webUrl } = house.database;
  return { store, logUrl, webUrl, views: [caseload, tally], histories, pace: quick, ...more };
};
beforeAll(async () => {
  house = await testStore({ migrations: [Tables1700000000000] });
  views = await Views.open(optionsFor(house.store));
});
afterAll(async () => {
  await views.close();
  await house.close();
});

const note = (stream: string, word: string, tenant = 'quanpay') =>
  house.store.append(requestOf(house.store, `case-${tenant}-${stream}`, 'none', [{ type: 'Noted', word } as NewEvent], { tenant }));
const everything = (manager: EntityManager) =>
  Promise.all([manager.find(CaseloadRow, { order: { stream: 'ASC' } }), manager.find(TallyRow, { order: { tenant: 'ASC' } })]);

describe('Views', () => {
  it('follow the log, with the history as each record left it', async () => {
    for (const word of ['lost', 'money', 'found']) await note('1', word);
    await note('2', 'other');
    expect(await views.caughtUp()).toBe(true);
    const rows = await views.read('quanpay', (manager) => manager.find(CaseloadRow, { order: { stream: 'ASC' } }));
    expect(rows.map(({ notes, words }) => [notes, words])).toEqual([
      [3, 'lost money found'],
      [1, 'other'],
    ]);
  });

  it('show a tenant his own rows and nobody else’s, and the web role can write nothing', async () => {
    await note('3', 'theirs', 'tidepay');
    await views.caughtUp();
    const streamsOf = (tenant: string) => views.read(tenant, async (manager) => (await manager.find(CaseloadRow)).map((row) => row.tenant));
    expect(new Set(await streamsOf('quanpay'))).toEqual(new Set(['quanpay']));
    expect(await streamsOf('tidepay')).toEqual(['tidepay']);
    expect(await streamsOf('nobody')).toEqual([]);
    expect(await streamsOf('')).toEqual([]);
    await expect(views.read('quanpay', (manager) => manager.delete(CaseloadRow, { tenant: 'quanpay' }))).rejects.toThrow(
      'permission denied',
    );
    await expect(views.read('quanpay', (manager) => manager.query('select * from log.event'))).rejects.toThrow('permission denied');
    // The tenant ends with the transaction: a connection from the pool remembers nobody.
    expect(
      await Promise.all(Array.from({ length: 8 }, (_, n) => streamsOf(n % 2 ? 'quanpay' : 'nobody').then((all) => all.length > 0))),
    ).toEqual(Array.from({ length: 8 }, (_, n) => n % 2 === 1));
  });

  it('show streams to the web role by tenant', async () => {
    expect(await views.readStream('quanpay', 'case-quanpay-1')).toEqual(await house.store.readStream('case-quanpay-1'));
    expect(await views.readStream('quanpay', 'case-quanpay-1', { version: 1 })).toHaveLength(2);
    expect(await views.readStream('tidepay', 'case-quanpay-1')).toEqual([]);
  });

  it('dropped and built again give the same answers byte for byte, also while events arrive', async () => {
    for (let n = 0; n < 60; n++) await note(`${n % 7}`, `word${n}`, n % 3 ? 'quanpay' : 'tidepay');
    await views.caughtUp();
    const before = JSON.stringify(await views.readAll(everything));
    await views.rebuild('caseload');
    await views.rebuild('tally');
    expect(JSON.stringify(await views.readAll(everything))).toBe(before);
    const [, rebuilt] = await Promise.all([
      (async () => {
        for (let n = 0; n < 20; n++) await note(`${n % 5}`, `late${n}`);
      })(),
      views.rebuild('caseload').then(() => true),
    ]);
    expect(rebuilt).toBe(true);
    expect(await views.caughtUp()).toBe(true);
    const live = JSON.stringify(await views.readAll(everything));
    await views.rebuild('caseload');
    await views.rebuild('tally');
    expect(JSON.stringify(await views.readAll(everything))).toBe(live);
    expect(live).toContain('late19');
  });

  it('are written by one instance at a time; a second takes over where the first was', async () => {
    const store = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
    const rival = await Views.open(optionsFor(store));
    const leading = () => [views, rival].map((one) => one.positions().filter(({ leads }) => leads).length);
    expect(leading()).toEqual([2, 0]);
    await views.close();
    for (let n = 0; n < 10; n++) await note('1', `more${n}`);
    expect(await rival.caughtUp()).toBe(true);
    expect(rival.positions().map(({ leads }) => leads)).toEqual([true, true]);
    const count = await rival.readAll((manager) => manager.findOneByOrFail(TallyRow, { tenant: 'quanpay' }));
    const told = (await house.store.readLog(-1, 10_000)).filter(({ tenant }) => tenant === 'quanpay').length;
    expect(count.events).toBe(told);
    await rival.close();
    await store.close();
    views = await Views.open(optionsFor(house.store));
  });

  it('are built anew when their version rises', async () => {
    await views.close();
    const shouting: View = {
      ...caseload,
      version: 2,
      apply: async (rows, { stream, tenant, position, type }, history) => {
        if (type !== 'Noted') return;
        const { count, words } = await history<Notes>();
        rows.put(CaseloadRow, { stream, tenant, notes: count, words: words.join(' ').toUpperCase(), changedAt: `${position}` });
      },
    };
    views = await Views.open(optionsFor(house.store, { views: [shouting, tally] }));
    await views.caughtUp();
    const rows = await views.read('tidepay', (manager) => manager.find(CaseloadRow));
    expect(rows.length).toBeGreaterThan(0);
    for (const { words } of rows) expect(words).toBe(words.toUpperCase());
  });

  it('do not start with a table that nobody secured', async () => {
    @Entity('forgotten')
    class Forgotten {
      @PrimaryColumn('text') id!: string;
      @Column('text') tenant!: string;
    }
    await expect(Views.open(optionsFor(house.store, { views: [], entities: [Forgotten] }))).rejects.toThrow('secureView): forgotten');
  });

  it('say when they are behind', async () => {
    const head = await house.store.head();
    expect(await views.caughtUp(head, 2_000)).toBe(true);
    expect(await views.caughtUp(head + 1, 100)).toBe(false);
    await expect(views.rebuild('nothing')).rejects.toThrow('no view nothing');
  });
});

describe('A history', () => {
  it('is folded as it is now or was then', async () => {
    for (const word of ['a', 'b', 'c']) await note('fold', word);
    const stream = 'case-quanpay-fold';
    expect(await foldStream<Notes>(house.store, histories, stream)).toMatchObject({
      state: { count: 3, words: ['a', 'b', 'c'] },
      version: 2,
      tenant: 'quanpay',
    });
    expect(await foldStream<Notes>(house.store, histories, stream, { version: 1 })).toMatchObject({ state: { count: 2 }, version: 1 });
    expect(await foldStream(house.store, histories, 'case-none')).toBeUndefined();
    await house.store.append(requestOf(house.store, 'unknown-1', 'none', [{ type: 'Noted' }]));
    await expect(foldStream(house.store, histories, 'unknown-1')).rejects.toThrow('No history');
  });
  it('belongs to the longest name the stream begins with', async () => {
    const named: Histories = { step: () => 'step', 'step-up': { initial: 'begun', evolve: (state: string) => `${state}!` } };
    await house.store.append(requestOf(house.store, 'step-up-1', 'none', [{ type: 'Noted' }, { type: 'Noted' }]));
    expect(await foldStream(house.store, named, 'step-up-1')).toMatchObject({ state: 'begun!!' });
  });
  it('at each record of the log is the same, whatever was folded before', async () => {
    const log = (await house.store.readLog(-1, 10_000)).filter(({ stream }) => stream.startsWith('case-'));
    const foldings = new Foldings(house.store, histories);
    const inOrder = [];
    for (const record of log) inOrder.push(await foldings.at<Notes>(record));
    for (let n = 0; n < 50; n++) {
      const index = Math.floor(Math.random() * log.length);
      expect(await foldings.at<Notes>(log[index]!)).toEqual(inOrder[index]);
    }
  });
});
