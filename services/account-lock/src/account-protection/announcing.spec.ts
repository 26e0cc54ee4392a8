import { describe, expect, it } from '@jest/globals';
import { accountProtectionHistory, openAccount, type AccountProtectionHistory } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import { announced, historyAfter, recorded, schemasOf, validate } from '../promising.spec-tools.js';
import type { AccountProtectionEvent } from './account-protection.js';
import { announce } from './announcing.js';

const lock = '019a9c3e-8a40-7b10-9c3d-5a1e0c7f2b61';
const request = '019a9d10-5b31-7e02-9a44-77c1d20f8e15';
const matter = '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22';
const limit = '019a9c41-02aa-7d20-8f11-0c9a6f1e3d02';
const until = '2026-11-17T19:11:07.112Z';
const amount = { currency: 'CNY', value: 50_000 };

/** One of each, so that a new event is told, or not told, on purpose. */
const events: { [Type in AccountProtectionEvent['type']]: Extract<AccountProtectionEvent, { type: Type }> } = {
  CodeDemanded: { type: 'CodeDemanded', sequence: 1, demand: request, causeRef: 's0', rule: 'new-device' },
  CodeDemandMet: { type: 'CodeDemandMet', sequence: 1, demand: request, stepUp: request },
  AnomalySignalled: { type: 'AnomalySignalled', signal: 's1', rule: 'many-failed-codes', evidence: 'h', seenAt: until },
  AccountWatched: { type: 'AccountWatched', sequence: 1, cause: 'rule', causeRef: 's1', rule: 'many-failed-codes' },
  LockDeclined: { type: 'LockDeclined', why: 'claims-lapse-unconfirmed', cause: 'claim', causeRef: 'e0', matter },
  AccountLocked: {
    type: 'AccountLocked',
    sequence: 2,
    lock,
    scope: 'outgoing',
    liftableBy: 'authority',
    cause: 'authority',
    causeRef: 'e1',
    matter,
    order: 'order-77',
    until,
    disclosable: false,
  },
  LockConfirmed: { type: 'LockConfirmed', sequence: 3, lock, matter, causeRef: 'e2' },
  LimitSet: { type: 'LimitSet', sequence: 4, limit, kind: 'single', amount, cause: 'case', causeRef: 'e3', matter, until },
  LimitLifted: { type: 'LimitLifted', sequence: 5, limit, matter },
  LimitExpired: { type: 'LimitExpired', sequence: 6, limit, matter },
  UnlockRequested: {
    type: 'UnlockRequested',
    request,
    locks: [lock],
    requestedBy: 'customer-9',
    policy: 'sha256:1',
    needs: [['identity-document']],
    proofValidFor: 'P7D',
  },
  OwnershipProofRecorded: {
    type: 'OwnershipProofRecorded',
    request,
    proof: 'p1',
    kind: 'identity-document',
    result: 'accepted',
    checker: 'agent-0417',
    expires: until,
    evidence: 'ev1',
  },
  IdentityConfirmed: { type: 'IdentityConfirmed', request, kinds: ['identity-document'], confirmedAt: until },
  UnlockApproved: { type: 'UnlockApproved', request, locks: [lock] },
  LockLifted: { type: 'LockLifted', sequence: 7, lock, matter, request },
  LockLapsed: { type: 'LockLapsed', sequence: 8, lock, matter, lapsedAt: until },
  AccountUnlocked: { type: 'AccountUnlocked', sequence: 9, request, seconds: 90 },
  UnlockDenied: { type: 'UnlockDenied', request, why: 'identity-not-proved' },
};
const past = Object.values(events).map((event, version) => recorded('account-quanpay-wallet-8843', event, version));
const messages = announced(past, accountProtectionHistory, announce);

describe('What an account’s protection tells', () => {
  it('is everything but signals, codes and proofs, which stay in the house', () =>
    expect(messages.map(({ type }) => type)).toEqual(
      Object.keys(events).filter((type) => !/^(AnomalySignalled|OwnershipProofRecorded|CodeDemand.*)$/.test(type)),
    ));
  it.each(messages.map((message) => [message.type, message] as const))('%s is as its schema promises', (_type, message) =>
    validate(message),
  );
  it('goes out under the tenant and the account', () =>
    expect(new Set(messages.map(({ key }) => key))).toEqual(new Set(['quanpay/wallet-8843'])));
  it('never names an authority’s order or an owner’s evidence', () => expect(JSON.stringify(messages)).not.toMatch(/order-77|ev1/));
  it('says to the end that a lock is not to be disclosed', () =>
    expect(messages.filter(({ data }) => 'lock' in data).map(({ data }) => data['disclosable'])).toEqual([false, false, false, false]));
  it('has a schema for each, and no schema too many', () =>
    expect(schemasOf('recourse.account-lock.v1').filter((type) => !/^(Route|OldRoute|StepUp)/.test(type))).toEqual(
      messages.map(({ type }) => type).sort(),
    ));
});

describe('The history of an account’s protection', () => {
  it('knows every event, and none besides', () => {
    expect(() => historyAfter(past, accountProtectionHistory)).not.toThrow();
    expect(() => accountProtectionHistory(openAccount, { ...past[0]!, type: 'AccountPolished' })).toThrow();
  });
});

describe('A wallet that hears the changes in any order', () => {
  type Known = { sequence: number; state: AccountProtectionHistory['state'] };
  const hear = (known: Known, { sequence, state }: Known): Known => (sequence > known.sequence ? { sequence, state } : known);
  const change = (version: number, event: AccountProtectionEvent): Recorded => recorded('account-quanpay-wallet-8843', event, version);
  const locked = (sequence: number, id: string, scope: 'outgoing' | 'all' = 'outgoing'): AccountProtectionEvent => ({
    type: 'AccountLocked',
    sequence,
    lock: id,
    scope,
    liftableBy: 'proof',
    cause: 'agent',
    causeRef: id,
    disclosable: true,
  });
  const story = [
    locked(1, 'a'),
    locked(2, 'b', 'all'),
    { type: 'LockLifted', sequence: 3, lock: 'b', request },
    { type: 'LockLifted', sequence: 4, lock: 'a', request },
    locked(5, 'c'),
  ] as const;
  const heard = announced(
    story.map((event, version) => change(version, event)),
    accountProtectionHistory,
    announce,
  ).map(({ data }) => data as unknown as Known);

  const orders = <T>(items: readonly T[]): T[][] =>
    items.length <= 1
      ? [[...items]]
      : items.flatMap((item, at) => orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]));

  it('ends with what is true, whichever of the 120 orders it was', () => {
    for (const order of orders(heard))
      expect(order.reduce(hear, { sequence: 0, state: 'open' })).toEqual({ sequence: 5, state: 'outgoing-blocked' });
  });
  it('stays locked when the unlocking before it arrives late', () =>
    expect([heard[4]!, heard[3]!].reduce(hear, { sequence: 2, state: 'locked' })).toEqual({ sequence: 5, state: 'outgoing-blocked' }));
});
