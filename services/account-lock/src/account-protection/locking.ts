import { refuse } from '@recourse/decider';
import { instantPlus, isInTheFuture, type LockRule } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import {
  sequenceAfter,
  type AccountProtection,
  type AccountProtectionEvent,
  type LockCause,
  type ProtectionDecision,
  type Scope,
  type Told,
} from './account-protection.js';

export type SignalAnomaly = Told & {
  type: 'SignalAnomaly';
  signal: string;
  evidence: string;
  seenAt: Instant;
  rule?: LockRule;
  /** Ids of what may follow. */
  lock: string;
  demand: string;
};
export type LockAccount = Told & {
  type: 'LockAccount';
  lock: string;
  scope: Scope;
  cause: Exclude<LockCause, 'rule' | 'claim'>;
  causeRef: string;
  matter?: string;
  order?: string;
  until?: Instant;
  disclosable?: boolean;
};
export type LockByClaim = Told & {
  type: 'LockByClaim';
  lock: string;
  causeRef: string;
  matter: string;
  reporterVerified: boolean;
  /** The platform's id of whoever says it. */
  reporter?: string;
  until: Instant;
};
export type ConfirmLock = Told & { type: 'ConfirmLock'; lock: string };
export type ConfirmClaim = Told & { type: 'ConfirmClaim'; matter: string; causeRef: string; lock: string };
export type LapseLock = Told & { type: 'LapseLock'; lock: string };
export type LiftLock = Told & { type: 'LiftLock'; lock: string; order?: string };

/** The wallet's risk engine saw something. The platform's rule says whether that locks the account, has it watched, or asks for a code. */
export const signal = (
  { signal: id, evidence, seenAt, rule, lock, demand, at }: SignalAnomaly,
  state: AccountProtection,
): ProtectionDecision => {
  if (state.heard.includes(id)) return [];
  if (!rule) return refuse('rule-is-unknown', { pointers: ['/rule'] });
  if (isInTheFuture(seenAt, at)) return refuse('seen-in-the-future', { pointers: ['/seenAt'] });
  const next = sequenceAfter(state);
  const caused = { cause: 'rule', causeRef: id, rule: rule.rule } as const;
  return [
    { type: 'AnomalySignalled', signal: id, rule: rule.rule, evidence, seenAt },
    rule.action === 'code'
      ? { type: 'CodeDemanded', sequence: next(), demand, causeRef: id, rule: rule.rule }
      : rule.action === 'watch'
        ? { type: 'AccountWatched', sequence: next(), ...caused }
        : { type: 'AccountLocked', sequence: next(), lock, scope: rule.scope, liftableBy: 'proof', disclosable: true, ...caused },
  ];
};

export type MeetDemand = Told & { type: 'MeetDemand'; demand: string; stepUp: string };

/** The owner has typed a code for it, which is used up in the same append. */
export const meetDemand = ({ demand, stepUp }: MeetDemand, state: AccountProtection): ProtectionDecision =>
  state.demands.includes(demand)
    ? [{ type: 'CodeDemandMet', sequence: sequenceAfter(state)(), demand, stepUp }]
    : refuse('code-is-not-demanded');

/** Whose word each role may bring. A case speaks through the service. */
const brings: Readonly<Record<string, readonly LockCause[]>> = {
  customer: ['customer'],
  platform: ['customer', 'partner-bank'],
  agent: ['agent', 'customer', 'partner-bank', 'authority'],
  supervisor: ['agent', 'customer', 'partner-bank', 'authority'],
  service: ['case'],
};

/** Somebody in charge asks for a lock: the customer, an agent, a partner bank, a case, an authority with its order. */
export const lock = (command: LockAccount, state: AccountProtection): ProtectionDecision => {
  const { lock: id, scope, cause, causeRef, matter, order, until, disclosable = true, by, at } = command;
  if (state.heard.includes(causeRef)) return [];
  if (!brings[by.role]?.includes(cause)) return refuse('cause-is-not-yours-to-bring', { pointers: ['/cause'] });
  if (cause === 'authority' && !order) return refuse('authority-order-missing', { pointers: ['/order'] });
  if (until !== undefined && until <= at)
    return cause === 'case'
      ? [{ type: 'LockDeclined', why: 'asked-too-late', cause, causeRef, ...(matter && { matter }) }]
      : refuse('end-is-in-the-past', { pointers: ['/until'] });
  const liftableBy = cause === 'authority' ? 'authority' : until ? 'time' : 'proof';
  return [
    {
      type: 'AccountLocked',
      sequence: sequenceAfter(state)(),
      lock: id,
      scope,
      liftableBy,
      disclosable,
      cause,
      causeRef,
      ...(matter && { matter }),
      ...(order && { order }),
      ...(until && { until }),
    },
  ];
};

const lapsesBeforeDeclining = 3;
/** How many unproved words of a day are written down on an account, and how many of one reporter: the others add nothing but length. */
const wordsOfOneReporter = 3;
const wordsOfADay = 20;

/**
 * A complaint says the account is in other hands. A verified reporter's word blocks outgoing money for a short time; anyone else's has the
 * account watched, up to so many times a day: each complaint has its case all the same. Whoever lets claim after claim lapse cannot keep somebody's wallet shut: the third lapse of a day declines the next.
 */
export const lockByClaim = (
  { lock: id, causeRef, matter, reporterVerified, reporter, until, at }: LockByClaim,
  state: AccountProtection,
): ProtectionDecision => {
  if (state.heard.includes(causeRef)) return [];
  const caused = { cause: 'claim', causeRef, matter } as const;
  const next = sequenceAfter(state);
  const dayBefore = instantPlus(at, 'P1D', -1);
  if (!reporterVerified) {
    const words = state.words.filter((word) => word.at > dayBefore);
    const ofReporter = words.filter((word) => word.reporter === reporter);
    if (words.length >= wordsOfADay || ofReporter.length >= wordsOfOneReporter) return [];
    return [{ type: 'AccountWatched', sequence: next(), ...caused, watchedAt: at, ...(reporter !== undefined && { reporter }) }];
  }
  if (state.lapsedClaims.filter((lapsedAt) => lapsedAt > dayBefore).length >= lapsesBeforeDeclining)
    return [
      { type: 'LockDeclined', why: 'claims-lapse-unconfirmed', ...caused },
      { type: 'AccountWatched', sequence: next(), ...caused },
    ];
  return [
    { type: 'AccountLocked', sequence: next(), lock: id, scope: 'outgoing', liftableBy: 'proof', until, disclosable: true, ...caused },
  ];
};

/** An agent has looked at a claim and believes it: its lock stands until the owner proves who he is. */
export const confirm = ({ lock: id }: ConfirmLock, state: AccountProtection): ProtectionDecision => {
  const standing = state.locks.find(({ lock }) => lock === id);
  if (!standing) return refuse('lock-does-not-stand');
  return standing.confirmed ? [] : [confirmation(id, sequenceAfter(state)(), standing.matter)];
};

/** The case was assessed as a take-over: what its claim locked is confirmed; what had lapsed, or was only watched, is locked. */
export const confirmClaim = ({ matter, causeRef, lock: id }: ConfirmClaim, state: AccountProtection): ProtectionDecision => {
  if (state.heard.includes(causeRef)) return [];
  const next = sequenceAfter(state);
  const ofMatter = state.locks.filter((standing) => standing.matter === matter);
  if (ofMatter.length === 0)
    return [
      {
        type: 'AccountLocked',
        sequence: next(),
        lock: id,
        scope: 'outgoing',
        liftableBy: 'proof',
        disclosable: true,
        cause: 'case',
        causeRef,
        matter,
      },
    ];
  return ofMatter.filter(({ confirmed }) => !confirmed).map(({ lock }) => ({ ...confirmation(lock, next(), matter), causeRef }));
};

/** Nobody confirmed it in time. Said twice, or too early, it changes nothing. */
export const lapse = ({ lock: id, at }: LapseLock, state: AccountProtection): ProtectionDecision => {
  const standing = state.locks.find(({ lock }) => lock === id);
  if (!standing?.until || standing.until > at) return [];
  return [
    { type: 'LockLapsed', sequence: sequenceAfter(state)(), lock: id, ...(standing.matter && { matter: standing.matter }), lapsedAt: at },
  ];
};

/** Only an authority's own lock is lifted by hand, and only on the authority's word; everything else needs the owner's proof or its time. */
export const lift = ({ lock: id, order }: LiftLock, state: AccountProtection): ProtectionDecision => {
  const standing = state.locks.find(({ lock }) => lock === id);
  if (!standing) return refuse('lock-does-not-stand');
  if (standing.liftableBy !== 'authority') return refuse('lock-needs-a-proven-owner');
  if (!order) return refuse('authority-order-missing', { pointers: ['/order'] });
  return [{ type: 'LockLifted', sequence: sequenceAfter(state)(), lock: id, ...(standing.matter && { matter: standing.matter }), order }];
};

const confirmation = (lock: string, sequence: number, matter?: string): Extract<AccountProtectionEvent, { type: 'LockConfirmed' }> => ({
  type: 'LockConfirmed',
  sequence,
  lock,
  ...(matter && { matter }),
});
