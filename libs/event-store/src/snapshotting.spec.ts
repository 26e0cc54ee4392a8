import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Histories } from './folding.js';
import type { NewEvent, Recorded } from './record.js';
import { Snapshots } from './snapshotting.js';
import { requestOf, testStore, type TestStore } from './testing.js';

type State = { readonly count: number; readonly texts: readonly string[] };
const histories: Histories = {
  case: (state: State | undefined, { data }: Recorded): State => ({
    count: (state?.count ?? 0) + 1,
    texts: [...(state?.texts ?? []), data['text'] as string].slice(-3),
  }),
  odd: (state: { at: Date } | undefined) => state ?? { at: new Date(0) },
};

let house: TestStore;
beforeAll(async () => (house = await testStore()));
afterAll(() => house.close());

const noted = (text: string) => ({ type: 'CaseNoted', text }) as NewEvent;
const write = async (stream: string, count: number) => {
  const { store } = house;
  for (let left = count; left > 0; left -= 100) {
    const events = Array.from({ length: Math.min(left, 100) }, (_, n) => noted(`${stream} ${left - n}`));
    expect(await store.append(requestOf(store, stream, 'none', events))).toMatchObject({ kind: 'appended' });
  }
};
const keptOf = async (stream: string) =>
  (await house.store.pool.query<{ fold: string; version: number }>('select fold, version from log.snapshot where stream = $1', [stream]))
    .rows;
const until = async (fits: () => Promise<boolean>) => {
  while (!(await fits())) await new Promise((resolve) => setTimeout(resolve, 10));
};
/** Counts the records that came from the database. */
const counting = () => {
  const counted = { records: 0 };
  const store = {
    pool: house.store.pool,
    upcast: (record: Recorded) => {
      counted.records++;
      return house.store.upcast(record);
    },
  };
  return { counted, store };
};
const another = (fold = 'f1', more: object = {}) => {
  const { counted, store } = counting();
  return { counted, snapshots: new Snapshots(store, histories, { fold, ...more }) };
};
const stand = (snapshots: Snapshots, stream: string, tenant = 'quanpay') => snapshots.stand<State>(house.store.pool, tenant, stream);

describe('A stream folded to its head', () => {
  it('is what its records fold to, whether read whole, from a snapshot, or on what is remembered', async () => {
    await write('case-1', 1_230);
    const first = another();
    const whole = await stand(first.snapshots, 'case-1');
    expect(whole).toMatchObject({ version: 1_229, tenant: 'quanpay', state: { count: 1_230 } });
    expect(first.counted.records).toBe(1_230);
    await until(async () => (await keptOf('case-1')).length === 1);
    await write('case-1', 5);
    const second = another();
    const later = await stand(second.snapshots, 'case-1');
    expect(second.counted.records).toBe(5);
    expect(later).toMatchObject({ version: 1_234, state: { count: 1_235 }, corr: whole!.corr });
    expect(await stand(another('f1-other').snapshots, 'case-1')).toEqual(later);
    await write('case-1', 1);
    expect(await stand(second.snapshots, 'case-1')).toMatchObject({ version: 1_235, state: { count: 1_236 } });
    expect(second.counted.records).toBe(6);
  });

  it('keeps no snapshot of a short stream, nor of a state that JSON would bend', async () => {
    await write('case-short', 99);
    await write('odd-1', 300);
    const { snapshots } = another();
    await stand(snapshots, 'case-short');
    await stand(snapshots, 'odd-1');
    await write('case-long', 100);
    await stand(snapshots, 'case-long');
    await until(async () => (await keptOf('case-long')).length === 1);
    expect([await keptOf('case-short'), await keptOf('odd-1')]).toEqual([[], []]);
  });

  it('is not there for another tenant, whatever this process remembers', async () => {
    const { snapshots } = another();
    expect(await stand(snapshots, 'case-1', 'tidepay')).toBeUndefined();
    expect(await stand(snapshots, 'case-1')).toBeDefined();
    expect(await stand(snapshots, 'case-1', 'tidepay')).toBeUndefined();
    expect(await stand(snapshots, 'case-none')).toBeUndefined();
  });
});

describe('A snapshot that does not fit is as if it were not there', () => {
  const damage: readonly (readonly [string, string])[] = [
    ['of another fold', `fold = 'of old code'`],
    ['whose bytes were changed', `state = replace(state, '"count":200', '"count":201')`],
    ['that stands on another leaf', `leaf = decode(repeat('ab', 32), 'hex')`],
    ['of another version', `version = 150`],
    ['of another tenant', `tenant = 'tidepay'`],
  ];
  it.each(damage)('one %s', async (what, change) => {
    const stream = `case-${what.replaceAll(' ', '-')}`;
    await write(stream, 200);
    const expected = await stand(another().snapshots, stream);
    await until(async () => (await keptOf(stream)).length === 1);
    await house.store.pool.query(`update log.snapshot set ${change} where stream = $1`, [stream]);
    const { snapshots, counted } = another();
    expect(await stand(snapshots, stream)).toEqual(expected);
    expect(counted.records).toBe(200);
  });

  it('one that is whole and wrong is found by comparing, and none is used from then on', async () => {
    await write('case-wrong', 200);
    const right = await stand(another().snapshots, 'case-wrong');
    await until(async () => (await keptOf('case-wrong')).length === 1);
    await house.store.pool.query(
      `update log.snapshot set state = replace(state, '"count":200', '"count":201'),
         h = sha256(convert_to(replace(state, '"count":200', '"count":201'), 'UTF8')) where stream = 'case-wrong'`,
    );
    const differing: string[] = [];
    const { snapshots } = another('f1', { compareOneOf: 1, differs: (stream: string) => differing.push(stream) });
    expect(await stand(snapshots, 'case-wrong')).toEqual(right);
    expect(differing).toEqual(['case-wrong']);
    expect(snapshots.trusted).toBe(false);
    expect(await keptOf('case-wrong')).toEqual([]);
    expect(await stand(snapshots, 'case-1')).toBeDefined();
  });
});
