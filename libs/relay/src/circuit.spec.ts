import { describe, expect, it } from '@jest/globals';
import { Circuit } from './circuit.js';

const minute = 60_000;
const circuit = (ok: number, failing: number) => {
  const one = new Circuit();
  for (let n = 0; n < ok; n++) one.note(`ok ${n}`, false, n);
  for (let n = 0; n < failing; n++) one.note(`bad ${n}`, true, n);
  return one;
};

describe('The circuit', () => {
  it('blows when more than a fifth of at least ten keys fail', () => {
    expect(circuit(8, 3).blown(0)).toBe(true);
    expect(circuit(8, 2).blown(0)).toBe(false); // a fifth exactly
    expect(circuit(0, 10).blown(0)).toBe(true);
  });
  it('knows too little of fewer than ten keys', () => {
    expect(circuit(0, 9).blown(0)).toBe(false);
  });
  it('counts keys, not failures, and the last word of each', () => {
    const one = circuit(9, 0);
    for (let n = 0; n < 50; n++) one.note('bad', true, n);
    expect(one.blown(50)).toBe(false);
    const healing = circuit(8, 3);
    healing.note('bad 0', false, 10);
    expect(healing.blown(10)).toBe(false);
  });
  it('forgets after a minute', () => {
    expect(circuit(8, 3).blown(minute)).toBe(true);
    expect(circuit(8, 3).blown(minute + 8)).toBe(false);
  });
});
