import { describe, expect, it } from '@jest/globals';
import { compared } from './comparing.js';
import { Drawing } from './drawing.js';

describe('Two samples of times', () => {
  it('are compared as the books do it', () => {
    const first = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
    const second = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.3];
    const { t, medianApart } = compared(first, second);
    expect(t).toBeCloseTo(2.847_204_456_577, 9);
    expect(medianApart).toBeCloseTo(2.4, 9);
  });
  it('of one source lie apart by chance', () => {
    const { next } = new Drawing(7);
    const sample = () => Array.from({ length: 1_000 }, () => 5 + next() * 2);
    expect(Math.abs(compared(sample(), sample()).t)).toBeLessThan(4.5);
  });
  it('of two sources do not, though they overlap', () => {
    const { next } = new Drawing(7);
    const [first, second] = [0, 0.4].map((more) => Array.from({ length: 1_000 }, () => 5 + more + next() * 2)) as [number[], number[]];
    const { t, medianApart } = compared(first, second);
    expect(t).toBeGreaterThan(4.5);
    expect(medianApart).toBeCloseTo(0.4, 0);
  });
  it('without any scatter are equal or are not', () => {
    expect(compared([3, 3, 3], [3, 3, 3])).toEqual({ t: 0, medianApart: 0 });
    expect(compared([3, 3, 3], [4, 4, 4])).toEqual({ t: Infinity, medianApart: 1 });
  });
});
