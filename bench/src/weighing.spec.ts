import { expect, it } from '@jest/globals';
import { isMet, median, medianOf, quantile, weigh, type Figure } from './weighing.js';

it('takes the middle of the rounds, so that one bad round changes nothing', () => {
  expect(median([3, 1, 1_000])).toBe(3);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow('no median');
});

it('names the value that a share of all does not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 99, 100]);
  expect(quantile([7], 0.99)).toBe(7);
});

it('takes the median of each detail that every round tells', () => {
  const figures: Figure[] = [
    { value: 1, details: { p50: 10, once: 1 } },
    { value: 3, details: { p50: 30 } },
    { value: 2, details: { p50: 20 } },
  ];
  expect(medianOf(figures)).toEqual({ value: 2, details: { p50: 20 } });
});

it('a ratio says how many times better ours is: of rates upwards, of times downwards', () => {
  const about = { name: 'a', unit: 'x', what: '', against: 'theirs', goal: { of: 'ratio', least: 2 } } as const;
  const figures = (...values: number[]) => values.map((value) => ({ value }));
  expect(weigh(about, figures(90, 100, 110), figures(40, 50, 60))).toMatchObject({ value: 100, baseline: 50, ratio: 2, met: true });
  expect(weigh(about, figures(90, 100, 110), figures(51))).toMatchObject({ met: false });
  expect(weigh(about, figures(5), figures(20), 'lower')).toMatchObject({ ratio: 4, met: true });
});

it('says neither met nor missed of what it could not compare, and judges a value without any baseline', () => {
  expect(weigh({ name: 'a', unit: 'x', what: '', against: '', goal: { of: 'ratio', least: 2 } }, [{ value: 1 }], [])).not.toHaveProperty(
    'met',
  );
  expect(isMet({ of: 'value', below: 5 }, { value: 5 })).toBe(false);
  expect(isMet({ of: 'value', below: 5 }, { value: 4.9 })).toBe(true);
  expect(weigh({ name: 'a', unit: 'x', what: '', against: '', missing: 'No Java.' }, [], [])).toMatchObject({ missing: 'No Java.' });
});
