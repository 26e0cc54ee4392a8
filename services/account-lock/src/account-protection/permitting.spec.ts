import { describe, expect, it } from '@jest/globals';
import { evolve, initial, type AccountProtectionEvent } from './account-protection.js';
import { permission, unreadable, type Operation } from './permitting.js';

const at = '2026-11-18T08:00:00.000Z';
const yuan = (value: number) => ({ currency: 'CNY', value });
const after = (...events: AccountProtectionEvent[]) => ({
  asking: (operation: Operation, amount = yuan(100), when = at) => permission(events.reduce(evolve, initial), operation, amount, when),
  askingWithoutAmount: (operation: Operation) => permission(events.reduce(evolve, initial), operation, undefined, at),
});
const locked = (sequence: number, scope: 'outgoing' | 'all', until?: string): AccountProtectionEvent => ({
  type: 'AccountLocked',
  sequence,
  lock: `l${sequence}`,
  scope,
  liftableBy: 'proof',
  disclosable: true,
  cause: 'agent',
  causeRef: `c${sequence}`,
  ...(until && { until }),
});
const limit = (sequence: number, kind: 'single' | 'daily', amount: { currency: string; value: number }): AccountProtectionEvent => ({
  type: 'LimitSet',
  sequence,
  limit: `x${sequence}`,
  kind,
  amount,
  cause: 'case',
  causeRef: `r${sequence}`,
  until: '2026-11-25T08:00:00.000Z',
});

describe('A code that is asked for', () => {
  const demanded: AccountProtectionEvent = { type: 'CodeDemanded', sequence: 1, demand: 'd1', causeRef: 's1', rule: 'new-device' };
  it('keeps outgoing money where it is until it is given', () => {
    expect(after(demanded).asking('pay')).toMatchObject({ allowed: false, reasons: ['code-is-demanded'], sequence: 1 });
    expect(after(demanded).asking('receive')).toMatchObject({ allowed: true });
    const met: AccountProtectionEvent = { type: 'CodeDemandMet', sequence: 2, demand: 'd1', stepUp: 'u1' };
    expect(after(demanded, met).asking('pay')).toMatchObject({ allowed: true, sequence: 2 });
    expect(after(demanded, { ...demanded, sequence: 2, demand: 'd2' }, { ...met, sequence: 3 }).asking('pay')).toMatchObject({
      allowed: false,
    });
  });
});

describe('A wallet that asks whether it may', () => {
  it('may, on an account nobody protects', () =>
    expect(after().asking('transfer-out')).toEqual({
      allowed: true,
      reasons: [],
      sequence: 0,
      validUntil: '2026-11-18T08:00:30.000Z',
      limits: [],
    }));

  it.each(['pay', 'transfer-out', 'withdraw'] as const)('may not %s when outgoing money is blocked', (operation) =>
    expect(after(locked(1, 'outgoing')).asking(operation)).toMatchObject({ allowed: false, reasons: ['outgoing-is-blocked'], sequence: 1 }),
  );
  it.each(['transfer-in', 'top-up', 'receive'] as const)('may %s while only outgoing money is blocked', (operation) =>
    expect(after(locked(1, 'outgoing')).asking(operation)).toMatchObject({ allowed: true }),
  );
  it.each(['pay', 'transfer-in', 'top-up', 'receive'] as const)('may not %s when everything is locked', (operation) =>
    expect(after(locked(1, 'all')).asking(operation)).toMatchObject({ allowed: false, reasons: ['account-is-locked'] }),
  );
  it('may not until the last of several locks is gone', () => {
    const one = after(locked(1, 'outgoing'), locked(2, 'outgoing'), { type: 'LockLifted', sequence: 3, lock: 'l1', request: 'u1' });
    expect(one.asking('pay')).toMatchObject({ allowed: false, sequence: 3 });
  });
  it('is told that the account is watched, and may', () =>
    expect(after({ type: 'AccountWatched', sequence: 1, cause: 'rule', causeRef: 's1' }).asking('pay')).toMatchObject({
      allowed: true,
      reasons: ['account-is-watched'],
    }));

  it('may spend up to the limit and not a fen more', () => {
    expect(after(limit(1, 'single', yuan(500))).asking('pay', yuan(500))).toMatchObject({ allowed: true });
    expect(after(limit(1, 'single', yuan(500))).asking('pay', yuan(501))).toMatchObject({ allowed: false, reasons: ['above-limit'] });
  });
  it('is held to the lowest of several limits', () => {
    const several = after(limit(1, 'single', yuan(500)), limit(2, 'single', yuan(200)), limit(3, 'daily', yuan(900)));
    expect(several.asking('pay', yuan(300))).toMatchObject({
      allowed: false,
      limits: [
        { kind: 'single', amount: yuan(200) },
        { kind: 'daily', amount: yuan(900) },
      ],
    });
  });
  it('may not slip under a limit with another currency, or with no amount at all', () => {
    expect(after(limit(1, 'single', yuan(500))).asking('pay', { currency: 'USD', value: 1 })).toMatchObject({
      allowed: false,
      reasons: ['limit-in-another-currency'],
    });
    expect(after(limit(1, 'single', yuan(500))).askingWithoutAmount('pay')).toMatchObject({
      allowed: false,
      reasons: ['amount-is-missing'],
    });
  });
  it('is not limited in what comes in', () =>
    expect(after(limit(1, 'single', yuan(500))).asking('receive', yuan(9000))).toMatchObject({ allowed: true }));

  it('may believe the answer for half a minute, and never longer than a lock or limit stands', () => {
    expect(after(locked(1, 'outgoing', '2026-11-18T08:00:10.000Z')).asking('pay')).toMatchObject({
      validUntil: '2026-11-18T08:00:10.000Z',
    });
    expect(after(locked(1, 'outgoing', '2026-11-18T09:00:00.000Z')).asking('pay')).toMatchObject({
      validUntil: '2026-11-18T08:00:30.000Z',
    });
  });
  it('may not when the time of a lock is over but nobody has recorded that yet: the number it knows says locked', () =>
    expect(after(locked(1, 'outgoing', '2026-11-18T07:59:59.000Z')).asking('pay')).toMatchObject({
      allowed: false,
      validUntil: '2026-11-18T08:00:30.000Z',
    }));
  it('may not when we cannot read how the account stands', () =>
    expect(unreadable(at)).toEqual({ allowed: false, reasons: ['protection-is-unreadable'], validUntil: at, limits: [] }));
});
