import { instantPlus, type Money } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import type { Scope, Told } from './account-protection.js';
import type { ProtectionCommand } from './deciding.js';

/** What intake said, as far as it matters to the account. */
export type ClaimHeard = {
  readonly matter: string;
  readonly category?: string;
  readonly account?: string;
  readonly capacity?: string;
  readonly reporterVerified?: boolean;
  /** The platform's id of the reporter, and how the platform knows that it is he. */
  readonly subject?: string;
  readonly verifiedHow?: string;
};
/** What case-tracking said. */
export type AssessmentHeard = {
  readonly matter: string;
  readonly account?: string;
  readonly category?: string;
  readonly causeFamily?: string;
};
export type WishHeard = {
  readonly matter: string;
  readonly account?: string;
  readonly request: string;
  readonly kind: 'lock' | 'limit';
  readonly scope: string;
  readonly amount?: Money;
  readonly until?: Instant;
};

type Because = { readonly cause: string; readonly id: string };
type Reaction = (told: Told) => ProtectionCommand;

const claims: ReadonlySet<string> = new Set(['account-taken-over', 'scam', 'device-lost']);
const limitedFor = 'P7D';

/**
 * Whenever a complaint says the account is in danger, its claim locks or has the account watched. Only the verified holder's word locks. A
 * customer's token says who he is, not whose the account is: that the platform has said when it registered the account's routes.
 */
export const whenComplaintReceived = (
  heard: ClaimHeard,
  { cause, id }: Because,
  claimLockFor: string,
  holders: readonly string[],
): Reaction | undefined => {
  const { matter, category = '', account, capacity = 'holder', reporterVerified = false, subject, verifiedHow } = heard;
  const holds = capacity === 'holder' && (verifiedHow !== 'token-exchange' || (subject !== undefined && holders.includes(subject)));
  if (!account || !claims.has(category)) return undefined;
  return (told) => ({
    type: 'LockByClaim',
    ...told,
    lock: id,
    causeRef: cause,
    matter,
    reporterVerified: reporterVerified && holds,
    ...(subject !== undefined && { reporter: subject }),
    until: instantPlus(told.at, claimLockFor),
  });
};

/** Whenever a case is assessed as a take-over, its claim is confirmed. No case's end ever unlocks anything: only a proven owner does. */
export const whenCaseAssessed = (
  { matter, account, category, causeFamily }: AssessmentHeard,
  { cause, id }: Because,
): Reaction | undefined =>
  account && (category === 'account-taken-over' || causeFamily === 'take-over')
    ? (told) => ({ type: 'ConfirmClaim', ...told, matter, causeRef: cause, lock: id })
    : undefined;

/** Whenever a case asks for protection, the account is locked or limited: for a week, unless the case says how long. */
export const whenProtectionAsked = (heard: WishHeard, id: string): Reaction | undefined => {
  const { matter, account, request, kind, scope, amount, until } = heard;
  if (!account) return undefined;
  const wished = { cause: 'case', causeRef: request, matter } as const;
  if (kind === 'lock')
    return (told) => ({ type: 'LockAccount', ...told, ...wished, lock: id, scope: scopeOf(scope), ...(until && { until }) });
  return amount
    ? (told) => ({
        type: 'SetLimit',
        ...told,
        ...wished,
        limit: id,
        kind: scope === 'daily' ? 'daily' : 'single',
        amount,
        until: until ?? instantPlus(told.at, limitedFor),
      })
    : undefined;
};

const scopeOf = (scope: string): Scope => (scope === 'all' ? 'all' : 'outgoing');
