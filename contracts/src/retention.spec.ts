import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { committedRetention, usualRetention } from './retention.loading.js';
import { calendarPlus, keptUntil, retentionDuration, retentionStarts, type RetentionFacts, type RetentionRow } from './retention.js';

const year2000 = Date.UTC(2000, 0, 1);
const instant = fc.integer({ min: 0, max: 30 * 366 * 86_400_000 }).map((ms) => new Date(year2000 + ms).toISOString());
/** Whole days: of two instants an hour apart, the earlier one may end an hour later where both come to the last day of a shorter month. */
const day = fc.integer({ min: 0, max: 30 * 366 }).map((days) => new Date(year2000 + days * 86_400_000).toISOString());
const duration = fc
  .record({ years: fc.nat(12), months: fc.nat(24), days: fc.nat(60) })
  .map(({ years, months, days }) => `P${years}Y${months}M${days}D`);
const row: fc.Arbitrary<RetentionRow> = fc.record({
  jurisdiction: fc.constantFrom('any', 'cn', 'uk', 'us'),
  product: fc.constantFrom('any', 'wallet', 'investment'),
  starts: fc.constantFrom(...retentionStarts),
  duration,
  basis: fc.constantFrom('a', 'b', 'c'),
  source: fc.constant('s'),
  verified: fc.boolean(),
});
const table = fc.record({
  version: fc.nat(9),
  jurisdictions: fc.subarray(['cn', 'uk', 'us']),
  products: fc.subarray(['wallet', 'investment']),
  rows: fc.array(row, { maxLength: 12 }),
});
const facts = fc.record(
  { received: instant, closed: instant, 'money-moved': instant },
  { requiredKeys: [] },
) as fc.Arbitrary<RetentionFacts>;

describe('The longest period', () => {
  it('is never shorter than any that applies', () =>
    fc.assert(
      fc.property(table, facts, (rules, happened) => {
        const kept = keptUntil(rules, happened);
        for (const one of rules.rows) {
          const alone = keptUntil({ ...rules, rows: [one] }, happened);
          if (alone) expect(kept!.until >= alone.until).toBe(true);
        }
      }),
    ));
  it('is one of those that apply', () =>
    fc.assert(
      fc.property(table, facts, (rules, happened) => {
        const kept = keptUntil(rules, happened);
        const alone = rules.rows.map((one) => keptUntil({ ...rules, rows: [one] }, happened)).filter((one) => one !== undefined);
        expect(kept === undefined).toBe(alone.length === 0);
        if (kept) expect(alone).toContainEqual(kept);
      }),
    ));
  it('does not depend on the order of the rows', () =>
    fc.assert(
      fc.property(table, facts, (rules, happened) => {
        const { duration: _one, ...kept } = keptUntil(rules, happened) ?? { duration: '' };
        const { duration: _other, ...turned } = keptUntil({ ...rules, rows: [...rules.rows].reverse() }, happened) ?? { duration: '' };
        expect({ ...turned, starts: '' }).toEqual({ ...kept, starts: '' });
      }),
    ));
  it('never becomes shorter by another row, another law, or something that happened later', () =>
    fc.assert(
      fc.property(table, facts, row, day, (rules, happened, more, later) => {
        const before = keptUntil(rules, happened)?.until ?? '';
        expect((keptUntil({ ...rules, rows: [...rules.rows, more] }, happened)?.until ?? '') >= before).toBe(true);
        expect((keptUntil({ ...rules, jurisdictions: ['cn', 'uk', 'us'] }, happened)?.until ?? '') >= before).toBe(true);
        const closed = [happened.closed ?? later, later].sort().at(-1)!;
        expect((keptUntil(rules, { ...happened, closed })?.until ?? '') >= before).toBe(true);
      }),
    ));
});

describe('A calendar period', () => {
  it('keeps the time of day and never falls back', () =>
    fc.assert(
      fc.property(instant, duration, (at, length) => {
        const moved = calendarPlus(at, length);
        expect([moved >= at, moved.slice(11)]).toEqual([true, at.slice(11)]);
      }),
    ));
  it.each([
    ['2024-02-29T12:00:00.000Z', 'P1Y', '2025-02-28T12:00:00.000Z'],
    ['2024-02-29T12:00:00.000Z', 'P4Y', '2028-02-29T12:00:00.000Z'],
    ['2026-01-31T00:00:00.000Z', 'P1M', '2026-02-28T00:00:00.000Z'],
    ['2026-11-18T09:00:00.000Z', 'P12M', '2027-11-18T09:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', 'P1D', '2027-01-01T23:59:59.999Z'],
  ])('%s and %s is %s', (at, length, then) => expect(calendarPlus(at, length)).toBe(then));
  it.each(['P', 'P1W', 'PT1H', '3Y', 'P-1Y', ''])('is not %p', (text) => expect(retentionDuration.test(text)).toBe(false));
});

describe('The committed table', () => {
  it('has a period for every platform from the closing of a case on, and a source for every row', () => {
    for (const tenant of [...Object.keys(committedRetention.platforms), 'somebody-new'])
      expect(keptUntil(usualRetention(tenant), { closed: '2026-01-01T00:00:00.000Z' })).toBeDefined();
    for (const { source, duration: length } of committedRetention.rows)
      expect([Object.keys(committedRetention.sources).includes(source), retentionDuration.test(length)]).toEqual([true, true]);
  });
  it('keeps a refund in China ten years from the money on, and a complaint in the United Kingdom three from its receipt or closing', () => {
    const happened = {
      received: '2026-01-01T00:00:00.000Z',
      closed: '2026-02-01T00:00:00.000Z',
      'money-moved': '2026-01-20T00:00:00.000Z',
    };
    expect(keptUntil(usualRetention('quanpay'), happened)).toMatchObject({ until: '2036-01-20T00:00:00.000Z', basis: 'aml-law-2024' });
    expect(keptUntil(usualRetention('harbour'), happened)).toMatchObject({ until: '2029-02-01T00:00:00.000Z', basis: 'house-minimum' });
  });
});
