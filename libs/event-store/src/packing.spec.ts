import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packedBytes, packedFlags, packedIntegers, packedTexts, packedUuids } from './packing.js';
import { testStore, type TestStore } from './testing.js';

let house: TestStore;
beforeAll(async () => (house = await testStore()));
afterAll(() => house.close());

const echoed = async (type: string, packed: Buffer): Promise<unknown> =>
  (await house.store.pool.query<{ echo: unknown }>(`select $1::${type} as echo`, [packed])).rows[0]!.echo;

describe('A packed array arrives as it was', () => {
  it('of texts and nulls, whatever they hold', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')))), async (values) =>
        expect(await echoed('text[]', packedTexts(values))).toEqual(values),
      ),
      { numRuns: 100 },
    ));
  it('of integers and nulls', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.integer())), async (values) =>
        expect(await echoed('integer[]', packedIntegers(values))).toEqual(values),
      ),
      { numRuns: 50 },
    ));
  it('of flags, ids and bytes', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.uuid(), fc.uint8Array())), async (rows) => {
        expect(await echoed('boolean[]', packedFlags(rows.map(([flag]) => flag)))).toEqual(rows.map(([flag]) => flag));
        expect(await echoed('text[]', packedTexts(rows.map(([, id]) => id)))).toEqual(rows.map(([, id]) => id));
        expect(await echoed('uuid[]', packedUuids(rows.map(([, id]) => id)))).toEqual(rows.map(([, id]) => id));
        const bytes = (await echoed('bytea[]', packedBytes(rows.map(([, , piece]) => piece)))) as Buffer[];
        expect(bytes.map((piece) => piece.toString('hex'))).toEqual(rows.map(([, , piece]) => Buffer.from(piece).toString('hex')));
      }),
      { numRuns: 50 },
    ));
  it('and what is no uuid is refused before it is sent', () => expect(() => packedUuids(['case-1'])).toThrow('no uuid'));
});
