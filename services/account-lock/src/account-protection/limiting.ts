import { refuse } from '@recourse/decider';
import type { Money } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import {
  sequenceAfter,
  type AccountProtection,
  type LimitCause,
  type LimitKind,
  type ProtectionDecision,
  type Told,
} from './account-protection.js';

export type SetLimit = Told & {
  type: 'SetLimit';
  limit: string;
  kind: LimitKind;
  amount: Money;
  cause: LimitCause;
  causeRef: string;
  matter?: string;
  until: Instant;
};
export type LiftLimit = Told & { type: 'LiftLimit'; limit: string };
export type ExpireLimit = Told & { type: 'ExpireLimit'; limit: string };

/** A limit is temporary by nature: it always says when it ends. Several may stand at once, and the lowest wins. A case's wish is answered, even when it came too late. */
export const setLimit = (
  { limit, kind, amount, cause, causeRef, matter, until, at }: SetLimit,
  state: AccountProtection,
): ProtectionDecision => {
  if (state.heard.includes(causeRef)) return [];
  if (until <= at)
    return cause === 'case'
      ? [{ type: 'LockDeclined', why: 'asked-too-late', cause, causeRef, ...(matter && { matter }) }]
      : refuse('end-is-in-the-past', { pointers: ['/until'] });
  return [{ type: 'LimitSet', sequence: sequenceAfter(state)(), limit, kind, amount, cause, causeRef, ...(matter && { matter }), until }];
};

/** A customer lifts what the customer set; what the desk set for the customer's safety is lifted by the desk. */
export const liftLimit = ({ limit: id, by }: LiftLimit, state: AccountProtection): ProtectionDecision => {
  const standing = state.limits.find(({ limit }) => limit === id);
  if (!standing) return refuse('limit-does-not-stand');
  if (by.role === 'customer' && standing.cause !== 'customer') return refuse('limit-is-not-yours-to-lift');
  return [{ type: 'LimitLifted', sequence: sequenceAfter(state)(), limit: id, ...(standing.matter && { matter: standing.matter }) }];
};

/** Its time is over: what was allowed before is allowed again. */
export const expireLimit = ({ limit: id, at }: ExpireLimit, state: AccountProtection): ProtectionDecision => {
  const standing = state.limits.find(({ limit }) => limit === id);
  if (!standing || standing.until > at) return [];
  return [{ type: 'LimitExpired', sequence: sequenceAfter(state)(), limit: id, ...(standing.matter && { matter: standing.matter }) }];
};
