import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { AccountProtectionEvent } from './account-protection.js';
import { accountProtection } from './deciding.js';

const given = givenFor(accountProtection);
const at = '2026-11-18T09:00:00.000Z';
const ninetySecondsLater = '2026-11-18T09:01:30.000Z';
const aWeekLater = '2026-11-25T09:00:00.000Z';
const customer = { actor: 'customer-9', role: 'customer', client: 'quanpay' };
const collector = { actor: 'agent-0417', role: 'agent', client: 'console' };
const decider = { actor: 'supervisor-0003', role: 'supervisor', client: 'console' };

const policy = { policy: 'sha256:1', needs: [['one-time-code', 'identity-document'], ['video-identification']], proofValidFor: 'P7D' };
const locked = {
  type: 'AccountLocked',
  sequence: 1,
  lock: 'l1',
  scope: 'outgoing',
  liftableBy: 'proof',
  disclosable: true,
  cause: 'case',
  causeRef: 'e1',
  matter: 'm1',
} as const;
const lockedAgain = { ...locked, sequence: 2, lock: 'l2', causeRef: 'e2' } as const;
const ordered = {
  ...locked,
  sequence: 2,
  lock: 'l3',
  liftableBy: 'authority',
  cause: 'authority',
  causeRef: 'e3',
  order: 'order-77',
} as const;
const requested = { type: 'UnlockRequested', request: 'u1', locks: ['l1'], requestedBy: 'customer-9', ...policy } as const;
const proof = (kind: 'one-time-code' | 'identity-document' | 'video-identification', more: object = {}): AccountProtectionEvent => ({
  type: 'OwnershipProofRecorded',
  request: 'u1',
  proof: `p-${kind}`,
  kind,
  result: 'accepted',
  checker: 'agent-0417',
  expires: aWeekLater,
  ...more,
});
const code = proof('one-time-code', { stepUp: 's1', checker: 'customer-9' });
const document = proof('identity-document');
const identified = { type: 'IdentityConfirmed', request: 'u1', kinds: ['one-time-code', 'identity-document'], confirmedAt: at } as const;

describe('Asking for the account back', () => {
  const ask = { type: 'RequestUnlock', request: 'u1', ...policy, at, by: customer } as const;
  it('names every lock a proof can lift, and pins what must be proved', () => given(locked).when(ask).records(requested));
  it('needs a lock', () => given().when(ask).isRefused('account-is-not-locked'));
  it('may name one of several', () =>
    given(locked, lockedAgain)
      .when({ ...ask, locks: ['l2'] })
      .records({ ...requested, locks: ['l2'] }));
  it('leaves an authority’s lock to the authority', () => given(locked, ordered).when(ask).records(requested));
  it('cannot name an authority’s lock', () =>
    given(locked, ordered)
      .when({ ...ask, locks: ['l3'] })
      .isRefused('lock-is-not-ours-to-lift'));
  it('is in vain when only an authority’s lock stands', () => given(ordered).when(ask).isRefused('lock-is-not-ours-to-lift'));
  it('cannot name what does not stand', () =>
    given(locked)
      .when({ ...ask, locks: ['l9'] })
      .isRefused('lock-does-not-stand', { pointers: ['/locks'] }));
  it('happens once at a time', () =>
    given(locked, requested)
      .when({ ...ask, request: 'u2' })
      .isRefused('unlock-request-is-open', { facts: { request: 'u1' } }));
  it('happens again when a later lock has overtaken the first', () =>
    given(locked, requested, lockedAgain)
      .when({ ...ask, request: 'u2' })
      .records({ ...requested, request: 'u2', locks: ['l1', 'l2'] }));
});

describe('A proof of ownership', () => {
  const record = {
    type: 'RecordOwnershipProof',
    request: 'u1',
    proof: 'p-identity-document',
    kind: 'identity-document',
    result: 'accepted',
    at,
    by: collector,
  } as const;
  it('names its checker and its end', () => given(locked, requested).when(record).records(document));
  it('of every kind the policy needs confirms the identity', () =>
    given(locked, requested, code).when(record).records(document, identified));
  it('that was rejected is written down and confirms nothing', () =>
    given(locked, requested, code)
      .when({ ...record, result: 'rejected' })
      .records(proof('identity-document', { result: 'rejected' })));
  it('of the other way the policy allows is enough too', () =>
    given(locked, requested)
      .when({ ...record, kind: 'video-identification', proof: 'p-video-identification' })
      .records(proof('video-identification'), { ...identified, kinds: ['video-identification'] }));
  it('by a code needs a code that was passed', () =>
    given(locked, requested)
      .when({ ...record, kind: 'one-time-code' })
      .isRefused('step-up-missing'));
  it('by a document is not for the customer to say that it was checked', () =>
    given(locked, requested)
      .when({ ...record, by: customer })
      .isRefused('proof-is-not-yours-to-check', { pointers: ['/kind'] }));
  it('comes too late when the account was locked again', () =>
    given(locked, requested, lockedAgain).when(record).isRefused('lock-came-after-request'));
  it('confirms again when the first proofs have ended', () =>
    given(locked, requested, code, document, identified, { ...code, expires: '2026-11-26T00:00:00.000Z' } as AccountProtectionEvent)
      .when({ ...record, at: aWeekLater })
      .records(proof('identity-document', { expires: '2026-12-02T09:00:00.000Z' }), { ...identified, confirmedAt: aWeekLater }));
  it('by code alone never confirms, whatever a platform’s policy says', () =>
    given(locked, { ...requested, needs: [['one-time-code']] })
      .when({ ...record, kind: 'one-time-code', proof: 'p-one-time-code', stepUp: 's1' })
      .records(proof('one-time-code', { stepUp: 's1' })));
});

describe('Approving an unlock', () => {
  const approve = { type: 'ApproveUnlock', request: 'u1', at: ninetySecondsLater, by: decider } as const;
  const approved = { type: 'UnlockApproved', request: 'u1', locks: ['l1'] } as const;
  const lifted = { type: 'LockLifted', sequence: 2, lock: 'l1', matter: 'm1', request: 'u1' } as const;
  const proven = [locked, requested, code, document, identified];
  it('lifts the locks, restores the account and measures how long the owner waited', () =>
    given(...proven)
      .when(approve)
      .records(approved, lifted, { type: 'AccountUnlocked', sequence: 3, request: 'u1', seconds: 90 }));
  it('does not restore the account while an authority’s lock remains', () =>
    given(locked, ordered, requested, code, document, identified)
      .when(approve)
      .records(approved, { ...lifted, sequence: 3 }));
  it('is not for whoever collected the proof', () =>
    given(...proven)
      .when({ ...approve, by: collector })
      .isRefused('decider-collected-the-proof'));
  it('is not for whoever collected a proof that was rejected', () =>
    given(locked, requested, proof('video-identification', { result: 'rejected', checker: 'supervisor-0003' }), code, document, identified)
      .when(approve)
      .isRefused('decider-collected-the-proof'));
  it('is not for whoever asked for it, through whatever client', () =>
    given(locked, { ...requested, requestedBy: 'supervisor-0003' }, code, document, identified)
      .when({ ...approve, by: { ...decider, client: 'another-console' } })
      .isRefused('second-person-is-the-first'));
  it('needs more than a code', () => given(locked, requested, code).when(approve).isRefused('sms-is-not-enough'));
  it('needs a confirmed identity', () => given(locked, requested, document).when(approve).isRefused('identity-is-not-confirmed'));
  it('needs proofs that have not ended', () =>
    given(...proven)
      .when({ ...approve, at: aWeekLater })
      .isRefused('proof-has-expired'));
  it('loses against a lock that came after the request', () =>
    given(...proven, lockedAgain)
      .when(approve)
      .isRefused('lock-came-after-request'));
  it('happens once', () =>
    given(...proven, approved, lifted)
      .when(approve)
      .isRefused('unlock-request-is-decided'));
  it('has nothing to lift when the locks ended by themselves', () =>
    given(...proven, { type: 'LockLapsed', sequence: 2, lock: 'l1', lapsedAt: at })
      .when(approve)
      .isRefused('account-is-not-locked'));
});

describe('Denying an unlock', () => {
  const deny = { type: 'DenyUnlock', request: 'u1', why: 'identity-not-proved', at: ninetySecondsLater, by: decider } as const;
  const rejected = proof('identity-document', { result: 'rejected' });
  const denied = { type: 'UnlockDenied', request: 'u1', why: 'identity-not-proved' } as const;
  it('has a reason and lifts nothing', () => given(locked, requested, rejected).when(deny).records(denied));
  it('needs its reason', () =>
    given(locked, requested, rejected)
      .when({ ...deny, why: undefined })
      .isRefused('denial-needs-a-reason', { pointers: ['/why'] }));
  it('needs a second person too', () =>
    given(locked, requested, rejected)
      .when({ ...deny, by: collector })
      .isRefused('decider-collected-the-proof'));
  it('needs somebody to have looked at a proof', () => given(locked, requested).when(deny).isRefused('no-proof-was-recorded'));
  it('may still be said of a request a later lock has overtaken', () =>
    given(locked, requested, rejected, lockedAgain).when(deny).records(denied));
  it('happens once, and the owner may ask again', () => {
    given(locked, requested, rejected, denied).when(deny).isRefused('unlock-request-is-decided');
    given(locked, requested, rejected, denied)
      .when({ type: 'RequestUnlock', request: 'u2', ...policy, at, by: customer })
      .records({ ...requested, request: 'u2' });
  });
});
