import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { whole } from './reading.js';
import { foldStream, Foldings, type Histories } from './folding.js';
import {
  caseload,
  CaseloadRow,
  everything,
  histories,
  note as noteIn,
  quick,
  Tables1700000000000,
  tally,
  TallyRow,
  type Notes,
} from './noting.testing.js';
import { PostgresEventStore } from './postgres-event-store.js';
import { requestOf, testStore, type TestStore } from './testing.js';
import { Views, type ViewsOptions } from './viewing.js';

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

const note = (stream: string, word: string, tenant = 'quanpay') => noteIn(house.store, stream, word, tenant);

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
    expect(await whole(views.readPages('quanpay', 'case-quanpay-1'))).toEqual(await house.store.readStream('case-quanpay-1'));
    expect(await whole(views.readPages('quanpay', 'case-quanpay-1', { version: 1 }))).toHaveLength(2);
    expect(await whole(views.readPages('tidepay', 'case-quanpay-1'))).toEqual([]);
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
    expect(leading()[1]).toBe(0);
    await views.close();
    for (let n = 0; n < 10; n++) await note('1', `more${n}`);
    expect(await rival.caughtUp()).toBe(true);
    expect(rival.positions().filter(({ leads }) => !leads)).toEqual([]);
    const count = await rival.readAll((manager) => manager.findOneByOrFail(TallyRow, { tenant: 'quanpay' }));
    const told = (await house.store.readLog(-1, 10_000)).filter(({ tenant }) => tenant === 'quanpay').length;
    expect(count.events).toBe(told);
    await rival.close();
    await store.close();
    views = await Views.open(optionsFor(house.store));
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
    expect(await foldStream<Notes>(house.store.readPages(stream), histories, stream)).toMatchObject({
      state: { count: 3, words: ['a', 'b', 'c'] },
      version: 2,
      tenant: 'quanpay',
    });
    expect(await foldStream<Notes>(house.store.readPages(stream, { version: 1 }), histories, stream)).toMatchObject({
      state: { count: 2 },
      version: 1,
    });
    expect(await foldStream(house.store.readPages('case-none'), histories, 'case-none')).toBeUndefined();
    await house.store.append(requestOf(house.store, 'unknown-1', 'none', [{ type: 'Noted' }]));
    await expect(foldStream(house.store.readPages('unknown-1'), histories, 'unknown-1')).rejects.toThrow('No history');
  });
  it('belongs to the longest name the stream begins with', async () => {
    const named: Histories = { step: () => 'step', 'step-up': { initial: 'begun', evolve: (state: string) => `${state}!` } };
    await house.store.append(requestOf(house.store, 'step-up-1', 'none', [{ type: 'Noted' }, { type: 'Noted' }]));
    expect(await foldStream(house.store.readPages('step-up-1'), named, 'step-up-1')).toMatchObject({ state: 'begun!!' });
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
