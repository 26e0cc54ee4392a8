import type { AccountContactHistory, AccountProtectionHistory, StepUpHistory, UnlockRequestHistory } from './histories/index.js';
import type { Money } from './money.js';

/** An account and everything about its protection, for whoever asks. */
export type ProtectionShown = { readonly account: string } & AccountProtectionHistory;

/** Whether an operation may go ahead now. Only `allowed: true` allows; everything else, and no answer at all, means no. */
export type PermissionShown = {
  readonly allowed: boolean;
  /** Why not, or what to look at twice. */
  readonly reasons: readonly (
    | 'account-is-locked'
    | 'outgoing-is-blocked'
    | 'above-limit'
    | 'limit-in-another-currency'
    | 'amount-is-missing'
    | 'account-is-watched'
    | 'code-is-demanded'
    | 'protection-is-unreadable'
  )[];
  /** The fencing number this answer was given under: it holds no longer than no higher one is heard. Missing when nothing could be read. */
  readonly sequence?: number;
  readonly validUntil: string;
  /** The lowest limit of each kind and currency; a daily one is added up by the wallet. */
  readonly limits: readonly { readonly kind: 'single' | 'daily'; readonly amount: Money }[];
};

/** One unlock request, with this platform's own steps in the caller's language. */
export type UnlockRequestShown = { readonly account: string; readonly steps: readonly string[] } & UnlockRequestHistory;

/** Where the owner of an account is reached. */
export type ContactShown = { readonly account: string } & AccountContactHistory;

/** One one-time code and what became of it. */
export type StepUpShown = { readonly account: string } & StepUpHistory;

/** A line of the list of protected accounts. */
export type ProtectedAccountShown = {
  readonly account: string;
  readonly state: string;
  readonly sequence: number;
  readonly locks: number;
  readonly limits: number;
  readonly changedAt: string;
};
