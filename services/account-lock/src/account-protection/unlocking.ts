import { refuse } from '@recourse/decider';
import { instantPlus } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import {
  sequenceAfter,
  type AccountProtection,
  type AccountProtectionEvent,
  type DenialReason,
  type Proof,
  type ProofKind,
  type ProtectionDecision,
  type Told,
  type UnlockRequest,
} from './account-protection.js';

export type RequestUnlock = Told & {
  type: 'RequestUnlock';
  request: string;
  /** Left out: every lock an owner's proof can lift. */
  locks?: readonly string[];
  /** The platform's unlock policy of this day, pinned on the request. */
  policy: string;
  needs: readonly (readonly string[])[];
  proofValidFor: string;
};
export type RecordOwnershipProof = Told & {
  type: 'RecordOwnershipProof';
  request: string;
  proof: string;
  kind: ProofKind;
  result: 'accepted' | 'rejected';
  evidence?: string;
  stepUp?: string;
};
export type ApproveUnlock = Told & { type: 'ApproveUnlock'; request: string };
export type DenyUnlock = Told & { type: 'DenyUnlock'; request: string; why?: DenialReason };

/** The owner wants the wallet back. What must be proved is pinned now, as the platform's policy says today. */
export const requestUnlock = (
  { request, locks, policy, needs, proofValidFor, by }: RequestUnlock,
  state: AccountProtection,
): ProtectionDecision => {
  if (state.locks.length === 0) return refuse('account-is-not-locked');
  const liftable = state.locks.filter(({ liftableBy }) => liftableBy !== 'authority').map(({ lock }) => lock);
  const standing = new Set(state.locks.map(({ lock }) => lock));
  if (locks?.some((lock) => !standing.has(lock))) return refuse('lock-does-not-stand', { pointers: ['/locks'] });
  if (liftable.length === 0 || locks?.some((lock) => !liftable.includes(lock))) return refuse('lock-is-not-ours-to-lift');
  const open = state.requests.find(({ stage }) => stage === 'open');
  if (open) return refuse('unlock-request-is-open', { facts: { request: open.request } });
  return [{ type: 'UnlockRequested', request, locks: locks ?? liftable, requestedBy: by.actor, policy, needs, proofValidFor }];
};

/** Which proofs each role may say it has checked. A customer brings only what a machine has checked. */
const checks: Readonly<Record<string, readonly ProofKind[]>> = {
  customer: ['one-time-code'],
  platform: ['one-time-code', 'bank-card-check', 'video-identification'],
  agent: ['one-time-code', 'identity-document', 'video-identification', 'security-questions', 'branch-visit', 'bank-card-check'],
  supervisor: ['one-time-code', 'identity-document', 'video-identification', 'security-questions', 'branch-visit', 'bank-card-check'],
};

/** Each proof names who checked it and when it ends. When together they satisfy the policy, the identity is confirmed, and the clock to restoring starts. */
export const recordProof = (
  { request: id, proof, kind, result, evidence, stepUp, by, at }: RecordOwnershipProof,
  state: AccountProtection,
): ProtectionDecision => {
  const request = requestOf(state, id);
  const closed = refusedWhenClosed(request);
  if (closed) return closed;
  if (!checks[by.role]?.includes(kind)) return refuse('proof-is-not-yours-to-check', { pointers: ['/kind'] });
  if (kind === 'one-time-code' && !stepUp) return refuse('step-up-missing', { pointers: ['/stepUp'] });
  const recorded: Extract<AccountProtectionEvent, { type: 'OwnershipProofRecorded' }> = {
    type: 'OwnershipProofRecorded',
    request: id,
    proof,
    kind,
    result,
    checker: by.actor,
    expires: instantPlus(at, request.proofValidFor),
    ...(evidence && { evidence }),
    ...(stepUp && { stepUp }),
  };
  const before = satisfied(request.needs, request.proofs, at);
  const now = satisfied(request.needs, [...request.proofs, recorded], at);
  return !before && now ? [recorded, { type: 'IdentityConfirmed', request: id, kinds: now, confirmedAt: at }] : [recorded];
};

/** Decided by somebody who neither asked for it nor collected the proof. A lock that came later wins: the owner asks again. */
export const approveUnlock = ({ request: id, by, at }: ApproveUnlock, state: AccountProtection): ProtectionDecision => {
  const request = requestOf(state, id);
  const refused = refusedWhenClosed(request) ?? refusedToFirstPerson(request, by.actor) ?? refusedWithoutProof(request, at);
  if (refused) return refused;
  const lifted = state.locks.filter(({ lock }) => request.locks.includes(lock));
  if (lifted.length === 0) return refuse('account-is-not-locked');
  const next = sequenceAfter(state);
  const events: AccountProtectionEvent[] = [
    { type: 'UnlockApproved', request: id, locks: lifted.map(({ lock }) => lock) },
    ...lifted.map(({ lock, matter }): AccountProtectionEvent => ({
      type: 'LockLifted',
      sequence: next(),
      lock,
      ...(matter && { matter }),
      request: id,
    })),
  ];
  const free = state.locks.length === lifted.length;
  return free
    ? [...events, { type: 'AccountUnlocked', sequence: next(), request: id, seconds: secondsBetween(request.confirmedAt, at) }]
    : events;
};

/** A denial has a reason and a second person too: somebody else has looked at a proof before. */
export const denyUnlock = ({ request: id, why, by }: DenyUnlock, state: AccountProtection): ProtectionDecision => {
  const request = requestOf(state, id);
  if (request.stage === 'approved' || request.stage === 'denied') return refuse('unlock-request-is-decided');
  if (request.proofs.length === 0) return refuse('no-proof-was-recorded');
  if (!why) return refuse('denial-needs-a-reason', { pointers: ['/why'] });
  return refusedToFirstPerson(request, by.actor) ?? [{ type: 'UnlockDenied', request: id, why }];
};

const requestOf = (state: AccountProtection, id: string): UnlockRequest => {
  const found = state.requests.find(({ request }) => request === id);
  if (!found) throw new Error('this unlock request stands in another stream');
  return found;
};

const refusedWhenClosed = ({ stage }: UnlockRequest) =>
  stage === 'overtaken' ? refuse('lock-came-after-request') : stage === 'open' ? undefined : refuse('unlock-request-is-decided');

const refusedToFirstPerson = ({ requestedBy, proofs }: UnlockRequest, actor: string) => {
  if (proofs.some(({ checker }) => checker === actor)) return refuse('decider-collected-the-proof');
  return requestedBy === actor ? refuse('second-person-is-the-first') : undefined;
};

const refusedWithoutProof = ({ needs, proofs, confirmedAt }: UnlockRequest, at: Instant) => {
  if (satisfied(needs, proofs, at)) return undefined;
  if (confirmedAt) return refuse('proof-has-expired');
  const accepted = proofs.filter(({ result }) => result === 'accepted');
  if (accepted.length > 0 && accepted.every(({ kind }) => kind === 'one-time-code')) return refuse('sms-is-not-enough');
  return refuse('identity-is-not-confirmed');
};

/** The first set of kinds that accepted, unexpired proofs fill. A one-time code alone never is enough, whatever a policy says. */
const satisfied = (needs: readonly (readonly string[])[], proofs: readonly Proof[], at: Instant): readonly string[] | undefined => {
  const proved = new Set<string>(proofs.filter(({ result, expires }) => result === 'accepted' && expires > at).map(({ kind }) => kind));
  return needs.find(
    (kinds) => kinds.length > 0 && kinds.every((kind) => proved.has(kind)) && kinds.some((kind) => kind !== 'one-time-code'),
  );
};

const secondsBetween = (from: Instant | undefined, to: Instant): number =>
  Math.max(0, Math.floor((Date.parse(to) - Date.parse(from ?? to)) / 1000));
