import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { ForeignRow, Gathering, type RowClass, type Shape } from './gathering.js';
import { load, store, type Target } from './storing.js';
import { testDatabase, type TestDatabase } from './testing.js';

class Line {
  tenant: string;
  shelf: string;
  number: number;
  words: string;
  total: string;
  at: Date | null;
  marks: string[];
  told: object;
}
class Tally {
  tenant: string;
  count: number;
}
const members = (...names: string[]) => names.map((name) => ({ property: name, column: name === 'words' ? 'some Words' : name }));
const shapes = new Map<RowClass, Shape>([
  [
    Line,
    {
      table: 'line',
      members: members('tenant', 'shelf', 'number', 'words', 'total', 'at', 'marks', 'told'),
      key: members('shelf', 'number'),
    },
  ],
  [Tally, { table: 'tally', members: members('tenant', 'count'), key: members('tenant') }],
]);
const shapeOf = (table: RowClass): Shape => shapes.get(table)!;
const target: Target = { schema: 'public', tables: [Line, Tally], shapeOf };

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query(`create table line (tenant text not null, shelf text not null, number integer not null, "some Words" text not null,
      total bigint not null, at timestamptz, marks text[] not null, told json not null, primary key (shelf, number));
    create table tally (tenant text primary key, count integer not null)`);
});
afterAll(async () => {
  await client.end();
  await database.close();
});
beforeEach(() => client.query('truncate line, tally'));

/** One thing a view says about a record; a number in it makes two of a kind differ. */
type Said =
  | { readonly say: 'put' | 'change' | 'remove'; readonly shelf: string; readonly number: number; readonly n: number }
  | { readonly say: 'count'; readonly n: number };
const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({
    say: fc.constantFrom('put' as const, 'change' as const, 'remove' as const),
    shelf: fc.constantFrom('a', 'b"\'\\', '[1]'),
    number: fc.integer({ min: 0, max: 3 }),
    n: fc.integer({ min: 0, max: 1_000 }),
  }),
  fc.record({ say: fc.constant('count' as const), n: fc.integer({ min: 0, max: 1_000 }) }),
);
const lineOf = (shelf: string, number: number, n: number): Line => ({
  ...{ tenant: 'quanpay', shelf, number, words: `w${n} \u{1f4b8} "x"`, total: `${2n ** 52n + BigInt(n)}` },
  ...{ at: n % 3 ? new Date(1_763_900_000_000 + n) : null, marks: n % 2 ? [] : [`m,${n}`, '"{}"'], told: { z: n, a: [1.5, 'é'] } },
});

/** What the tables hold when each thing is done at once, in order: written without any of the code under test. */
const atOnce = (all: readonly Said[]) => {
  const lines = new Map<string, Line>();
  let count = 0;
  for (const one of all) {
    if (one.say === 'count') {
      count++;
      continue;
    }
    const key = `${one.shelf}|${one.number}`;
    const there = lines.get(key);
    if (one.say === 'put') lines.set(key, lineOf(one.shelf, one.number, one.n));
    else if (one.say === 'remove') lines.delete(key);
    else if (there) lines.set(key, { ...there, words: `${there.words}+${one.n}`, at: null });
  }
  return { lines: [...lines.values()], count };
};
const say = (gathering: Gathering, one: Said) => {
  gathering.by({ tenant: 'quanpay' });
  if (one.say === 'count')
    gathering.change(Tally, { tenant: 'quanpay' }, ({ count }) => ({ count: count + 1 }), { tenant: 'quanpay', count: 1 });
  else {
    const { shelf, number, n } = one;
    if (one.say === 'put') gathering.put(Line, lineOf(shelf, number, n));
    else if (one.say === 'remove') gathering.remove(Line, { shelf, number });
    else gathering.change(Line, { shelf, number }, ({ words }) => ({ words: `${words}+${n}`, at: null }));
  }
};
const inTables = async () => {
  const { rows: lines } = await client.query<Line>(
    'select tenant, shelf, number, "some Words" as words, total, at, marks, told from line order by shelf collate "C", number',
  );
  const { rows } = await client.query<Tally>('select * from tally');
  return { lines, count: rows[0]?.count ?? 0 };
};
const sorted = ({ lines, count }: { lines: readonly Line[]; count: number }) => ({
  lines: [...lines].sort((one, other) => (one.shelf === other.shelf ? one.number - other.number : one.shelf < other.shelf ? -1 : 1)),
  count,
});

describe('A batch', () => {
  it('leaves in the tables what record by record would have left, however the records are cut into batches', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(said, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1 }),
        async (all, cuts) => {
          await client.query('truncate line, tally');
          for (let at = 0, turn = 0; at < all.length; turn++) {
            const size = cuts[turn % cuts.length]!;
            const gathering = new Gathering(shapeOf);
            for (const one of all.slice(at, at + size)) say(gathering, one);
            await store(client, gathering, target);
            at += size;
          }
          expect(await inTables()).toEqual(sorted(atOnce(all)));
        },
      ),
      { numRuns: 120 },
    ));

  it('loaded into empty tables leaves the same', () =>
    fc.assert(
      fc.asyncProperty(fc.array(said, { maxLength: 60 }), async (all) => {
        await client.query('truncate line, tally');
        const gathering = new Gathering(shapeOf);
        for (const one of all) say(gathering, one);
        await load(client, gathering, target);
        expect(await inTables()).toEqual(sorted(atOnce(all)));
      }),
      { numRuns: 40 },
    ));

  it('takes a few statements, however many rows it touches, and keeps the bytes of a JSON text', async () => {
    let statements = 0;
    const counted = { query: (...args: Parameters<pg.Client['query']>) => (statements++, client.query(...args)) } as unknown as pg.Client;
    const gathering = new Gathering(shapeOf);
    for (let n = 0; n < 1_500; n++) say(gathering, { say: n % 5 ? 'put' : 'change', shelf: `s${n}`, number: n, n });
    for (let n = 0; n < 1_500; n += 7) say(gathering, { say: 'remove', shelf: `s${n}`, number: n, n });
    await store(counted, gathering, target);
    expect(statements).toBe(3);
    const { rows } = await client.query<{ told: string }>(`select told::text from line where number = 1`);
    expect(rows).toEqual([{ told: '{"z":1,"a":[1.5,"é"]}' }]);
  });
});

describe('A row of another tenant', () => {
  const theirs = { ...lineOf('a', 1, 1), tenant: 'tidepay' };
  const written = async (work: (gathering: Gathering) => void) => {
    const gathering = new Gathering(shapeOf).by({ tenant: 'quanpay' });
    work(gathering);
    await store(client, gathering, target);
  };
  beforeEach(() => written((gathering) => gathering.by(theirs).put(Line, theirs)));

  it.each<[string, (gathering: Gathering) => void]>([
    ['put', (gathering) => gathering.put(Line, theirs)],
    ['put over one that stands', (gathering) => gathering.put(Line, lineOf('a', 1, 2))],
    ['changed', (gathering) => gathering.change(Line, { shelf: 'a', number: 1 }, { words: 'mine' })],
    ['made by a change', (gathering) => gathering.change(Line, { shelf: 'a', number: 9 }, {}, { ...theirs, number: 9 })],
  ])('is never %s', async (_, work) => {
    await expect(written(work)).rejects.toThrow(ForeignRow);
    expect(await inTables()).toMatchObject({ lines: [theirs] });
  });
  it('is never given away, nor removed', async () => {
    await expect(
      written((gathering) => gathering.by(theirs).change(Line, { shelf: 'a', number: 1 }, { tenant: 'quanpay' })),
    ).rejects.toThrow(ForeignRow);
    await written((gathering) => gathering.remove(Line, { shelf: 'a', number: 1 }));
    expect(await inTables()).toMatchObject({ lines: [theirs] });
  });
});

it('a key is whole and stays what it is', () => {
  const gathering = new Gathering(shapeOf).by({ tenant: 'quanpay' });
  expect(() => gathering.remove(Line, { shelf: 'a' })).toThrow('A key without number names no row');
  gathering.put(Line, lineOf('a', 1, 1));
  expect(() => gathering.change(Line, { shelf: 'a', number: 1 }, { number: 2 })).toThrow('cannot change its key');
});
