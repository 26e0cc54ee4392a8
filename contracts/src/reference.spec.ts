import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { exponentOf, idLooksPersonal, instantPlus, millisecondsOf, parseReference, plainMoney, referenceFrom } from './index.js';

describe('A reference', () => {
  it('survives the telephone: lower case, spaces, O for 0 and l for 1', () => {
    for (let i = 0; i < 200; i++) {
      const reference = referenceFrom('R', randomBytes(8));
      expect(reference).toMatch(/^R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{2}$/);
      const heard = reference.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
      expect(parseReference(heard)).toBe(reference);
    }
  });

  it('is not believed with one wrong symbol', () => {
    const reference = referenceFrom('C', Buffer.from('0102030405060708', 'hex'));
    for (let at = 1; at < reference.length; at++)
      for (const symbol of '0123456789ABCDEFGHJKMNPQRSTVWXY')
        if (reference[at] !== '-' && reference[at] !== symbol)
          expect(parseReference(reference.slice(0, at) + symbol + reference.slice(at + 1))).toBeUndefined();
  });

  it('is not believed with two neighbours swapped', () => {
    for (let i = 0; i < 100; i++) {
      const plain = referenceFrom('R', randomBytes(8)).replaceAll('-', '');
      for (let at = 1; at < plain.length - 2; at++)
        if (plain[at] !== plain[at + 1])
          expect(parseReference(plain.slice(0, at) + plain[at + 1] + plain[at] + plain.slice(at + 2))).toBeUndefined();
    }
  });
});

describe('An id that a platform brings', () => {
  it.each(['13800138000', '+86-138-0013-8000', 'someone@example.com', '4111111111111111', '11010519491231002X', '020.7946.0958'])(
    'looks personal: %s',
    (id) => expect(idLooksPersonal(id)).toBe(true),
  );
  it.each(['wallet-8843', 'acc_9f31', 'cus.0012', '123456', '4111111111111112', 'T20261118021400123456789'])('is opaque: %s', (id) =>
    expect(idLooksPersonal(id)).toBe(false),
  );
});

describe('Money and time', () => {
  it('knows the exponents', () => expect(['USD', 'JPY', 'KWD', 'XXX'].map(exponentOf)).toEqual([2, 0, 3, undefined]));
  it('prints plainly', () =>
    expect(
      [
        { currency: 'CNY', value: 128000 },
        { currency: 'JPY', value: 1234567 },
        { currency: 'KWD', value: -5 },
      ].map(plainMoney),
    ).toEqual(['CNY 1,280.00', 'JPY 1,234,567', 'KWD -0.005']));
  it('reads durations', () =>
    expect([millisecondsOf('PT30M'), millisecondsOf('P14D'), millisecondsOf('PT1H30M')]).toEqual([1_800_000, 1_209_600_000, 5_400_000]));
  it('refuses what is none', () => ['P', 'PT', '30M', 'P1M'].forEach((text) => expect(() => millisecondsOf(text)).toThrow()));
  it('moves an instant', () => expect(instantPlus('2026-11-18T00:00:00.000Z', 'PT30M')).toBe('2026-11-18T00:30:00.000Z'));
});
