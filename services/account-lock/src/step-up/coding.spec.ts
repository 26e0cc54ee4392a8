import { describe, expect, it } from '@jest/globals';
import { Secrets } from '@recourse/edge';
import { Coding } from './coding.chance.js';

const coding = new Coding(new Secrets(new Uint8Array(32)));

describe('A one-time code', () => {
  it('has six digits, leading noughts included', () => {
    for (let i = 0; i < 1_000; i++) expect(coding.draw()).toMatch(/^\d{6}$/);
  });
  it('is drawn evenly: each first digit about as often', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i++) counts[Number(coding.draw()[0])]!++;
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(300);
  });
  it('is recognised by its keyed hash', () => {
    const mac = coding.mac('s1', '012345');
    expect(coding.isRight('s1', '012345', mac)).toBe(true);
    expect(coding.isRight('s1', '012346', mac)).toBe(false);
    expect(coding.isRight('s1', '12345', mac)).toBe(false);
  });
  it('of one step-up is not that of another, nor under another key', () => {
    const mac = coding.mac('s1', '012345');
    expect(coding.isRight('s2', '012345', mac)).toBe(false);
    expect(new Coding(new Secrets(new Uint8Array(32).fill(1))).isRight('s1', '012345', mac)).toBe(false);
  });
  it('does not show in its hash', () => expect(coding.mac('s1', '012345')).not.toContain('012345'));
});
