import { describe, it } from '@jest/globals';
import { given } from '@recourse/decider/testing';
import type { CustodyEvent } from './custody.js';
import { custody } from './holding.js';

const at = '2026-11-18T09:00:00.000Z';
const told = (actor: string, when = at) => ({ by: { actor, role: 'privacy-officer', client: 'desk' }, at: when });
const one = told('officer-1');
const other = told('officer-2');
const expiresAt = '2026-11-21T09:00:00.000Z';
const late = told('officer-2', expiresAt);
const matter = '019a9d10-5b31-7e02-9a44-77c1d20f8e15';
const key = (subject = 'cus-1', account?: string) => ({
  key: `key-of-${subject}`,
  scope: `matter:${matter}`,
  subject,
  ...(account !== undefined && { account }),
});

const asked = { type: 'HoldAsked', hold: 'h1', scope: 'subject', of: 'cus-1', why: 'litigation', authority: 'A-1', askedBy: 'officer-1', expiresAt } as const satisfies CustodyEvent; // prettier-ignore
const placed: CustodyEvent = { type: 'HoldPlaced', hold: 'h1', scope: 'subject', of: 'cus-1' };
const releaseAsked: CustodyEvent = { type: 'HoldReleaseAsked', hold: 'h1', why: 'proceedings-ended', askedBy: 'officer-2', expiresAt };
const begin = { type: 'BeginDestruction', order: 'o1', keys: [key()], ...one } as const;
const approve = { type: 'ApproveHold', hold: 'h1', ...other } as const;

describe('A hold', () => {
  it('is asked for by one person', () =>
    given(custody)()
      .when({ type: 'AskHold', hold: 'h1', scope: 'subject', of: 'cus-1', why: 'litigation', authority: 'A-1', ...one })
      .records(asked));
  it('is placed by another one', () => given(custody)(asked).when(approve).records(placed));
  it('is not placed by whoever asked', () =>
    given(custody)(asked)
      .when({ ...approve, ...one })
      .isRefused('second-person-is-the-first'));
  it('nor by the same person with another client', () =>
    given(custody)(asked)
      .when({ ...approve, by: { ...one.by, client: 'telephone' } })
      .isRefused('second-person-is-the-first'));
  it('nor days later', () =>
    given(custody)(asked)
      .when({ ...approve, ...late })
      .isRefused('request-has-expired'));
  it('nor twice', () => given(custody)(asked, placed).when(approve).isRefused('request-is-decided'));
  it('is taken back by whoever asked alone', () => {
    const withdraw = { type: 'WithdrawHold', hold: 'h1' } as const;
    given(custody)(asked)
      .when({ ...withdraw, ...other })
      .isRefused('somebody-else-asked');
    given(custody)(asked)
      .when({ ...withdraw, ...one })
      .records({ type: 'HoldWithdrawn', hold: 'h1' });
    given(custody)(asked, placed)
      .when({ ...withdraw, ...one })
      .isRefused('request-is-decided');
  });
});

describe('Destruction', () => {
  it('does not begin while a hold stands', () =>
    given(custody)(asked, placed)
      .when(begin)
      .isRefused('hold-stands', { facts: { hold: 'h1' } }));
  it('nor while its release is only asked for', () => given(custody)(asked, placed, releaseAsked).when(begin).isRefused('hold-stands'));
  it('begins when a hold is only asked for, and once', () => {
    given(custody)(asked)
      .when(begin)
      .records({ type: 'DestructionBegun', order: 'o1', keys: [key()] });
    given(custody)({ type: 'DestructionBegun', order: 'o1', keys: [key()] }, asked, placed)
      .when(begin)
      .recordsNothing();
  });
  it('begins again after the release', () =>
    given(custody)(asked, placed, releaseAsked, { type: 'HoldReleased', hold: 'h1', scope: 'subject', of: 'cus-1' })
      .when(begin)
      .records({ type: 'DestructionBegun', order: 'o1', keys: [key()] }));
  it('that has begun is named by a hold that comes too late', () => {
    given(custody)({ type: 'DestructionBegun', order: 'o1', keys: [key()] }, asked)
      .when(approve)
      .records({ ...placed, tooLateFor: ['o1'] } as CustodyEvent);
    given(custody)({ type: 'DestructionBegun', order: 'o1', keys: [key()] }, { type: 'DestructionEnded', order: 'o1' }, asked)
      .when(approve)
      .records(placed);
  });
  it.each([
    ['matter', matter, true],
    ['matter', '019a9d10-5b31-7e02-9a44-77c1d20f8e16', false],
    ['subject', 'cus-1', true],
    ['subject', 'cus-2', false],
    ['account', 'wallet-1', true],
    ['account', 'wallet-2', false],
  ] as const)('of a key is held by a hold of %s %s: %s', (scope, of, held) => {
    const hold: CustodyEvent[] = [
      { ...asked, scope, of },
      { type: 'HoldPlaced', hold: 'h1', scope, of },
    ];
    const beginning = given(custody)(...hold).when({ ...begin, keys: [key('cus-1', 'wallet-1')] });
    if (held) beginning.isRefused('hold-stands');
    else beginning.records({ type: 'DestructionBegun', order: 'o1', keys: [key('cus-1', 'wallet-1')] });
  });
  it('of the key of an account is held by a hold of that account', () =>
    given(custody)({ ...asked, scope: 'account', of: 'wallet-1' }, { type: 'HoldPlaced', hold: 'h1', scope: 'account', of: 'wallet-1' })
      .when({ ...begin, keys: [{ key: 'k', scope: 'account:quanpay:wallet-1', subject: 'cus-9' }] })
      .isRefused('hold-stands'));
});

describe('A release', () => {
  const ask = { type: 'AskHoldRelease', hold: 'h1', why: 'proceedings-ended', ...other } as const;
  it('is for a hold that stands', () => {
    given(custody)(asked).when(ask).isRefused('hold-stands-no-more');
    given(custody)(asked, placed).when(ask).records(releaseAsked);
  });
  it('is asked for once, and again when nobody decided in time', () => {
    given(custody)(asked, placed, releaseAsked).when(ask).isRefused('release-is-asked-for');
    given(custody)(asked, placed, releaseAsked)
      .when({ ...ask, ...late })
      .records({ ...releaseAsked, expiresAt: '2026-11-24T09:00:00.000Z' } as CustodyEvent);
  });
  it('is decided by another person, who may be whoever placed the hold', () => {
    const release = { type: 'ApproveHoldRelease', hold: 'h1' } as const;
    given(custody)(asked, placed, releaseAsked)
      .when({ ...release, ...other })
      .isRefused('second-person-is-the-first');
    given(custody)(asked, placed, releaseAsked)
      .when({ ...release, ...one })
      .records({ type: 'HoldReleased', hold: 'h1', scope: 'subject', of: 'cus-1' });
  });
  it('that is denied or taken back leaves the hold as it was', () => {
    given(custody)(asked, placed, releaseAsked, { type: 'HoldReleaseDenied', hold: 'h1', why: 'look-again' })
      .when(begin)
      .isRefused('hold-stands');
    given(custody)(asked, placed, releaseAsked)
      .when({ type: 'WithdrawHoldRelease', hold: 'h1', ...other })
      .records({ type: 'HoldReleaseWithdrawn', hold: 'h1' });
  });
});
