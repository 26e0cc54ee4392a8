import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonical } from './canonicalising.js';
import { PostgresEventStore } from './postgres-event-store.js';
import type { NewEvent } from './record.js';
import { leafOf } from './stamping.js';
import { requestOf, testStore, type TestStore } from './testing.js';
import { Upcasting, UpcastersBroken, type Upcaster } from './upcasting.js';

const step = (from: string, to: string, upcast: Upcaster['upcast'] = (data) => data): Upcaster => {
  const shape = (text: string) => ({ type: text.split('.')[0]!, sv: Number(text.split('.')[1]) });
  return { from: shape(from), to: shape(to), upcast };
};

describe('Upcasters are checked before anything is read', () => {
  const wrong: readonly (readonly [string, readonly Upcaster[], string])[] = [
    ['a gap', [step('Noted.1', 'Noted.2'), step('Noted.3', 'Noted.4')], 'Noted.v2 leads nowhere'],
    ['a beginning that is missing', [step('Noted.2', 'Noted.3')], 'Noted.v1 leads nowhere'],
    ['a circle', [step('Noted.1', 'Noted.2'), step('Noted.2', 'Noted.1')], 'leads back to itself'],
    ['a circle over another type', [step('Noted.1', 'Told.1'), step('Told.1', 'Noted.1')], 'leads back to itself'],
    ['two ways', [step('Noted.1', 'Noted.2'), step('Noted.1', 'Noted.3')], 'Noted.v1 is led on twice'],
    ['a version below 1', [step('Noted.0', 'Noted.1')], 'below version 1'],
  ];
  it.each(wrong)('%s stops the start', (_what, upcasters, why) => {
    expect(() => new Upcasting(upcasters)).toThrow(UpcastersBroken);
    expect(() => new Upcasting(upcasters)).toThrow(why);
  });
  it('steps over two types are a chain like any other', () => {
    const upcasting = new Upcasting([step('Noted.1', 'Noted.2'), step('Noted.2', 'Told.1'), step('Told.1', 'Told.2')]);
    expect(upcasting.versionOf('Told')).toBe(2);
    expect(upcasting.versionOf('Other')).toBe(1);
    expect(() => upcasting.versionOf('Noted')).toThrow('Noted was given up');
  });
});

describe('What was stored in an earlier shape', () => {
  let house: TestStore;
  let later: PostgresEventStore;
  const upcasters = [
    step('Noted.1', 'Noted.2', ({ text, ...rest }) => ({ ...rest, words: [text] })),
    step('Noted.2', 'Noted.3', ({ words, ...rest }) => ({ ...rest, words, count: (words as string[]).length })),
  ];
  beforeAll(async () => {
    house = await testStore();
    await house.store.append(requestOf(house.store, 'case-1', 'none', [{ type: 'Noted', text: 'a' } as NewEvent]));
    later = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl, upcasters });
    await later.append(requestOf(later, 'case-1', 0, [{ type: 'Noted', words: ['b', 'c'], count: 2 } as NewEvent]));
  });
  afterAll(async () => {
    await later.close();
    await house.close();
  });

  it('is read in today’s shape, from its stream and from the log', async () => {
    const expected = [
      { sv: 3, data: { words: ['a'], count: 1 } },
      { sv: 3, data: { words: ['b', 'c'], count: 2 } },
    ];
    expect(await later.readStream('case-1')).toMatchObject(expected);
    expect(await later.readLog(0, 10)).toMatchObject(expected);
  });
  it('keeps its bytes, and the chain holds across the change', async () => {
    const [first, second] = await later.readStream('case-1');
    expect(JSON.parse(first!.text)).toMatchObject({ sv: 1, data: { text: 'a' } });
    expect(JSON.parse(second!.text)).toMatchObject({ sv: 3, prev: first!.leaf });
    for (const { text, leaf } of [first!, second!]) {
      expect(leafOf(text).toString('base64url')).toBe(leaf);
      expect(canonical(JSON.parse(text))).toBe(text);
    }
  });
  it('is not recorded in a shape that was given up', () =>
    expect(
      PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl, upcasters: [step('Noted.1', 'Told.1')] }).then(
        async (store) => {
          await expect(store.append(requestOf(store, 'case-2', 'none', [{ type: 'Noted' }]))).rejects.toThrow('given up');
          await store.close();
        },
      ),
    ).resolves.toBeUndefined());
});
