import { never, type Decision } from '@recourse/decider';
import type { Code, Money } from '@recourse/contracts';
import type { By, Instant } from '@recourse/event-store';
import type { ProtectionRefusal } from './refusals.js';

export type Scope = Code<'lock-scope'>;
export type LockCause = Code<'lock-cause'>;
export type LimitCause = 'case' | 'customer' | 'agent';
/** `single` bounds one operation, `daily` the sum of a day, which the wallet adds up. */
export type LimitKind = 'single' | 'daily';
export type ProofKind = Code<'proof-kind'>;
export type DenialReason = Code<'unlock-denied-why'>;

/** What caused a change: the event, signal or order itself, so that being told of it twice changes nothing. */
type Caused = { cause: LockCause; causeRef: string; matter?: string; rule?: string };

/** What has happened. `sequence` is the fencing number: every change of what the account may do has a higher one than all before. */
export type AccountProtectionEvent =
  | { type: 'AnomalySignalled'; signal: string; rule: string; evidence: string; seenAt: Instant }
  | ({ type: 'AccountWatched'; sequence: number; reporter?: string; watchedAt?: Instant } & Caused)
  | ({
      type: 'AccountLocked';
      sequence: number;
      lock: string;
      scope: Scope;
      liftableBy: 'proof' | 'authority' | 'time';
      order?: string;
      until?: Instant;
      disclosable: boolean;
    } & Caused)
  | { type: 'CodeDemanded'; sequence: number; demand: string; causeRef: string; rule: string }
  | { type: 'CodeDemandMet'; sequence: number; demand: string; stepUp: string }
  | ({ type: 'LockDeclined'; why: Code<'lock-declined-why'> } & Caused)
  | { type: 'LockConfirmed'; sequence: number; lock: string; causeRef?: string; matter?: string }
  | { type: 'LockLapsed'; sequence: number; lock: string; matter?: string; lapsedAt: Instant }
  | { type: 'LockLifted'; sequence: number; lock: string; matter?: string; request?: string; order?: string }
  | {
      type: 'LimitSet';
      sequence: number;
      limit: string;
      kind: LimitKind;
      amount: Money;
      cause: LimitCause;
      causeRef: string;
      matter?: string;
      until: Instant;
    }
  | { type: 'LimitLifted'; sequence: number; limit: string; matter?: string }
  | { type: 'LimitExpired'; sequence: number; limit: string; matter?: string }
  | {
      type: 'UnlockRequested';
      request: string;
      locks: readonly string[];
      requestedBy: string;
      policy: string;
      needs: readonly (readonly string[])[];
      proofValidFor: string;
    }
  | {
      type: 'OwnershipProofRecorded';
      request: string;
      proof: string;
      kind: ProofKind;
      result: 'accepted' | 'rejected';
      checker: string;
      expires: Instant;
      evidence?: string;
      stepUp?: string;
    }
  | { type: 'IdentityConfirmed'; request: string; kinds: readonly string[]; confirmedAt: Instant }
  | { type: 'UnlockApproved'; request: string; locks: readonly string[] }
  | { type: 'UnlockDenied'; request: string; why: DenialReason }
  | { type: 'AccountUnlocked'; sequence: number; request: string; seconds: number };

export type Lock = Omit<Extract<AccountProtectionEvent, { type: 'AccountLocked' }>, 'type' | 'sequence'> & { readonly confirmed: boolean };
export type Limit = Omit<Extract<AccountProtectionEvent, { type: 'LimitSet' }>, 'type' | 'sequence'>;
export type Proof = Omit<Extract<AccountProtectionEvent, { type: 'OwnershipProofRecorded' }>, 'type' | 'request'>;
export type UnlockRequest = Omit<Extract<AccountProtectionEvent, { type: 'UnlockRequested' }>, 'type'> & {
  readonly stage: 'open' | 'overtaken' | 'approved' | 'denied';
  readonly proofs: readonly Proof[];
  readonly confirmedAt?: Instant;
};

/** Only what stands now, and what has been heard already. */
export type AccountProtection = {
  readonly sequence: number;
  readonly watched: boolean;
  /** Outgoing money waits for a one-time code: something unusual was seen. */
  readonly demands: readonly string[];
  readonly locks: readonly Lock[];
  readonly limits: readonly Limit[];
  readonly requests: readonly UnlockRequest[];
  readonly heard: readonly string[];
  readonly lapsedClaims: readonly Instant[];
  /** Whose word, unproved, has had the account watched, and when. */
  readonly words: readonly { readonly reporter?: string; readonly at: Instant }[];
};

export type ProtectionDecision = Decision<AccountProtectionEvent, ProtectionRefusal>;
/** Every command says who and when. */
export type Told = { readonly by: By; readonly at: Instant };

export const initial: AccountProtection = {
  sequence: 0,
  watched: false,
  demands: [],
  locks: [],
  limits: [],
  requests: [],
  heard: [],
  lapsedClaims: [],
  words: [],
};

/** The fencing numbers of one decision, in order. */
export const sequenceAfter = ({ sequence }: AccountProtection) => {
  let last = sequence;
  return () => ++last;
};

const without = (state: AccountProtection, gone: string): readonly Lock[] => state.locks.filter(({ lock }) => lock !== gone);
const confirmed = ({ until: _lapsedBy, ...lock }: Lock): Lock => ({ ...lock, confirmed: true });
const inRequest = (state: AccountProtection, id: string, change: (request: UnlockRequest) => UnlockRequest): AccountProtection => ({
  ...state,
  requests: state.requests.map((request) => (request.request === id ? change(request) : request)),
});

export const evolve = (before: AccountProtection, event: AccountProtectionEvent): AccountProtection => {
  const state = 'sequence' in event ? { ...before, sequence: event.sequence } : before;
  switch (event.type) {
    case 'AnomalySignalled':
      return { ...state, heard: [...state.heard, event.signal] };
    case 'AccountWatched':
      return {
        ...state,
        watched: true,
        heard: [...state.heard, event.causeRef],
        ...(event.watchedAt && {
          words: [...state.words, { at: event.watchedAt, ...(event.reporter !== undefined && { reporter: event.reporter }) }],
        }),
      };
    case 'CodeDemanded':
      return { ...state, demands: [...state.demands, event.demand], heard: [...state.heard, event.causeRef] };
    case 'CodeDemandMet':
      return { ...state, demands: state.demands.filter((demand) => demand !== event.demand) };
    case 'LockDeclined':
      return { ...state, heard: [...state.heard, event.causeRef] };
    case 'AccountLocked': {
      const { type: _type, sequence: _sequence, ...lock } = event;
      const overtaken = state.requests.map((request) => (request.stage === 'open' ? { ...request, stage: 'overtaken' as const } : request));
      return {
        ...state,
        locks: [...state.locks, { ...lock, confirmed: lock.cause !== 'claim' }],
        requests: overtaken,
        heard: [...state.heard, event.causeRef],
      };
    }
    case 'LockConfirmed':
      return {
        ...state,
        locks: state.locks.map((lock) => (lock.lock === event.lock ? confirmed(lock) : lock)),
        ...(event.causeRef && { heard: [...state.heard, event.causeRef] }),
      };
    case 'LockLapsed': {
      const claimed = state.locks.some(({ lock, cause }) => lock === event.lock && cause === 'claim');
      return { ...state, locks: without(state, event.lock), ...(claimed && { lapsedClaims: [...state.lapsedClaims, event.lapsedAt] }) };
    }
    case 'LockLifted':
      return { ...state, locks: without(state, event.lock) };
    case 'LimitSet': {
      const { type: _type, sequence: _sequence, ...limit } = event;
      return { ...state, limits: [...state.limits, limit], heard: [...state.heard, event.causeRef] };
    }
    case 'LimitLifted':
    case 'LimitExpired':
      return { ...state, limits: state.limits.filter(({ limit }) => limit !== event.limit) };
    case 'UnlockRequested': {
      const { type: _type, ...request } = event;
      return { ...state, requests: [...state.requests, { ...request, stage: 'open', proofs: [] }] };
    }
    case 'OwnershipProofRecorded': {
      const { type: _type, request: id, ...proof } = event;
      return inRequest(state, id, (request) => ({ ...request, proofs: [...request.proofs, proof] }));
    }
    case 'IdentityConfirmed':
      return inRequest(state, event.request, (request) => ({ ...request, confirmedAt: event.confirmedAt }));
    case 'UnlockApproved':
      return inRequest(state, event.request, (request) => ({ ...request, stage: 'approved' }));
    case 'UnlockDenied':
      return inRequest(state, event.request, (request) => ({ ...request, stage: 'denied' }));
    case 'AccountUnlocked':
      return { ...state, watched: false, demands: [] };
    default:
      return never(event);
  }
};
