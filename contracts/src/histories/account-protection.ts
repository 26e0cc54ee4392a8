import type { Money } from '../money.js';
import type { Past } from './past.js';
import { unlockRequestsAfter, type UnlockRequestHistory } from './unlocking.js';

/** How an account stands: a lock of everything, of outgoing money, a watch, or nothing. */
export type ProtectionState = 'open' | 'watched' | 'outgoing-blocked' | 'locked';

type Ended = {
  readonly how: 'lifted' | 'lapsed' | 'expired';
  readonly at: string;
  readonly by: string;
  readonly request?: string;
  readonly order?: string;
};
type Caused = { readonly cause: string; readonly causeRef: string; readonly matter?: string; readonly rule?: string };

/** One lock, for ever: who set it and why, who may lift it, and how it ended. */
export type LockHistory = Caused & {
  readonly lock: string;
  readonly scope: 'outgoing' | 'all';
  readonly liftableBy: 'proof' | 'authority' | 'time';
  readonly order?: string;
  /** When it lapses unless confirmed. */
  readonly until?: string;
  /** False: an authority ordered that the customer is not told. */
  readonly disclosable: boolean;
  readonly lockedAt: string;
  readonly lockedBy: string;
  readonly confirmedAt?: string;
  readonly confirmedBy?: string;
  readonly ended?: Ended;
};

/** One temporary limit, for ever. */
export type LimitHistory = Caused & {
  readonly limit: string;
  readonly kind: 'single' | 'daily';
  readonly amount: Money;
  readonly until: string;
  readonly setAt: string;
  readonly setBy: string;
  readonly ended?: Ended;
};

type Demand = AccountProtectionHistory['demands'][number];

/** Everything about an account's protection, as GET /v1/accounts/{id}/protection shows it. */
export type AccountProtectionHistory = {
  readonly state: ProtectionState;
  /** The fencing number: a wallet keeps the highest it has seen and ignores what carries a lower one. */
  readonly sequence: number;
  readonly locks: readonly LockHistory[];
  readonly limits: readonly LimitHistory[];
  readonly watches: readonly (Caused & { readonly at: string })[];
  readonly signals: readonly {
    readonly signal: string;
    readonly rule: string;
    readonly evidence: string;
    readonly seenAt: string;
    readonly at: string;
  }[];
  /** One-time codes that something unusual made necessary; outgoing money waits for those that are not met. */
  readonly demands: readonly {
    readonly demand: string;
    readonly rule: string;
    readonly causeRef: string;
    readonly at: string;
    readonly metAt?: string;
    readonly stepUp?: string;
  }[];
  readonly declined: readonly (Caused & { readonly why: string; readonly at: string })[];
  readonly unlockRequests: readonly UnlockRequestHistory[];
  /** The last instant at which a proven owner got the account back. */
  readonly unlockedAt?: string;
};

export const openAccount: AccountProtectionHistory = {
  state: 'open',
  sequence: 0,
  locks: [],
  limits: [],
  watches: [],
  signals: [],
  demands: [],
  declined: [],
  unlockRequests: [],
};

/** Every record of an account's protection, folded into what is shown. */
export const accountProtectionHistory = (before: AccountProtectionHistory = openAccount, record: Past): AccountProtectionHistory => {
  const changed = apply(before, record);
  const sequence = typeof record.data['sequence'] === 'number' ? record.data['sequence'] : before.sequence;
  return { ...changed, sequence, state: protectionStateOf(changed), unlockRequests: unlockRequestsAfter(before.unlockRequests, record) };
};

const apply = (history: AccountProtectionHistory, { type, at, by, data }: Past): AccountProtectionHistory => {
  const { sequence: _sequence, ...said } = data;
  const ended = (how: Ended['how']): Ended => {
    const { request, order } = data as { request?: string; order?: string };
    return { how, at, by: by.actor, ...(request && { request }), ...(order && { order }) };
  };
  const lock = (change: (lock: LockHistory) => LockHistory): AccountProtectionHistory => ({
    ...history,
    locks: history.locks.map((one) => (one.lock === data['lock'] ? change(one) : one)),
  });
  const limit = (change: (limit: LimitHistory) => LimitHistory): AccountProtectionHistory => ({
    ...history,
    limits: history.limits.map((one) => (one.limit === data['limit'] ? change(one) : one)),
  });
  switch (type) {
    case 'AnomalySignalled':
      return { ...history, signals: [...history.signals, { ...(said as Omit<AccountProtectionHistory['signals'][number], 'at'>), at }] };
    case 'AccountWatched': {
      const { reporter: _reporter, watchedAt: _watchedAt, ...watch } = said;
      return { ...history, watches: [...history.watches, { ...(watch as Caused), at }] };
    }
    case 'CodeDemanded':
      return { ...history, demands: [...history.demands, { ...(said as Pick<Demand, 'demand' | 'rule' | 'causeRef'>), at }] };
    case 'CodeDemandMet':
      return {
        ...history,
        demands: history.demands.map((one) =>
          one.demand === data['demand'] ? { ...one, metAt: at, stepUp: data['stepUp'] as string } : one,
        ),
      };
    case 'LockDeclined':
      return { ...history, declined: [...history.declined, { ...(said as Caused & { why: string }), at }] };
    case 'AccountLocked':
      return {
        ...history,
        locks: [...history.locks, { ...(said as Omit<LockHistory, 'lockedAt' | 'lockedBy'>), lockedAt: at, lockedBy: by.actor }],
      };
    case 'LockConfirmed':
      return lock(({ until: _until, ...one }) => ({ ...one, confirmedAt: at, confirmedBy: by.actor }));
    case 'LockLapsed':
      return lock((one) => ({ ...one, ended: ended('lapsed') }));
    case 'LockLifted':
      return lock((one) => ({ ...one, ended: ended('lifted') }));
    case 'LimitSet':
      return {
        ...history,
        limits: [...history.limits, { ...(said as Omit<LimitHistory, 'setAt' | 'setBy'>), setAt: at, setBy: by.actor }],
      };
    case 'LimitLifted':
      return limit((one) => ({ ...one, ended: ended('lifted') }));
    case 'LimitExpired':
      return limit((one) => ({ ...one, ended: ended('expired') }));
    case 'AccountUnlocked':
      return { ...history, unlockedAt: at, watches: [], demands: history.demands.map((one) => (one.metAt ? one : { ...one, metAt: at })) };
    case 'UnlockRequested':
    case 'OwnershipProofRecorded':
    case 'IdentityConfirmed':
    case 'UnlockApproved':
    case 'UnlockDenied':
      return history;
    default:
      throw new Error(`unknown to an account's protection: ${type}`);
  }
};

/** How an account with these locks and watches stands. */
export const protectionStateOf = ({ locks, watches }: Pick<AccountProtectionHistory, 'locks' | 'watches'>): ProtectionState => {
  const standing = locks.filter(({ ended }) => !ended);
  if (standing.some(({ scope }) => scope === 'all')) return 'locked';
  if (standing.length > 0) return 'outgoing-blocked';
  return watches.length > 0 ? 'watched' : 'open';
};
