import type { Code, OrderedKey } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { PrivacyRefusal } from '../refusals.js';

/** What a hold keeps: everything of a matter, of a subject, or of an account. */
export type HoldScope = Code<'hold-scope'>;

/** What happened about holds of one platform, and when destruction of something began. One stream, so that neither overtakes the other. */
export type CustodyEvent = EventMeta &
  (
    | {
        readonly type: 'HoldAsked';
        readonly hold: string;
        readonly scope: HoldScope;
        readonly of: string;
        readonly why: Code<'hold-why'>;
        readonly authority: string;
        readonly askedBy: string;
        readonly expiresAt: Instant;
      }
    | {
        readonly type: 'HoldPlaced';
        readonly hold: string;
        readonly scope: HoldScope;
        readonly of: string;
        /** Orders that were destroying something of it already. */
        readonly tooLateFor?: readonly string[];
      }
    | { readonly type: 'HoldDenied'; readonly hold: string; readonly why: Code<'hold-denied-why'> }
    | { readonly type: 'HoldWithdrawn'; readonly hold: string }
    | {
        readonly type: 'HoldReleaseAsked';
        readonly hold: string;
        readonly why: Code<'hold-release-why'>;
        readonly askedBy: string;
        readonly expiresAt: Instant;
      }
    | { readonly type: 'HoldReleased'; readonly hold: string; readonly scope: HoldScope; readonly of: string }
    | { readonly type: 'HoldReleaseDenied'; readonly hold: string; readonly why: Code<'hold-denied-why'> }
    | { readonly type: 'HoldReleaseWithdrawn'; readonly hold: string }
    /** No hold stood in the way: from here on the keys of this order are being destroyed. */
    | { readonly type: 'DestructionBegun'; readonly order: string; readonly keys: readonly OrderedKey[] }
    | { readonly type: 'DestructionEnded'; readonly order: string }
  );

export type Hold = {
  readonly hold: string;
  readonly scope: HoldScope;
  readonly of: string;
  readonly stage: 'asked' | 'placed' | 'release-asked' | 'ended';
  /** Who asked last, for the hold or for its release. */
  readonly askedBy: string;
  readonly expiresAt: Instant;
};
export type Custody = {
  readonly holds: readonly Hold[];
  /** Every order whose destruction ever began. */
  readonly begun: readonly string[];
  /** Those under way, with their keys. */
  readonly destroying: readonly { readonly order: string; readonly keys: readonly OrderedKey[] }[];
};
export type CustodyDecision = Decision<CustodyEvent, PrivacyRefusal>;

export const initial: Custody = { holds: [], begun: [], destroying: [] };

export const evolve = (state: Custody, event: CustodyEvent): Custody => {
  const change = (hold: string, news: Partial<Hold>): Custody => ({
    ...state,
    holds: state.holds.map((one) => (one.hold === hold ? { ...one, ...news } : one)),
  });
  switch (event.type) {
    case 'HoldAsked': {
      const { hold, scope, of, askedBy, expiresAt } = event;
      return { ...state, holds: [...state.holds, { hold, scope, of, stage: 'asked', askedBy, expiresAt }] };
    }
    case 'HoldPlaced':
    case 'HoldReleaseDenied':
    case 'HoldReleaseWithdrawn':
      return change(event.hold, { stage: 'placed' });
    case 'HoldReleaseAsked':
      return change(event.hold, { stage: 'release-asked', askedBy: event.askedBy, expiresAt: event.expiresAt });
    case 'HoldDenied':
    case 'HoldWithdrawn':
    case 'HoldReleased':
      return change(event.hold, { stage: 'ended' });
    case 'DestructionBegun': {
      const { order, keys } = event;
      return { ...state, begun: [...state.begun, order], destroying: [...state.destroying, { order, keys }] };
    }
    case 'DestructionEnded':
      return { ...state, destroying: state.destroying.filter(({ order }) => order !== event.order) };
    default:
      return never(event);
  }
};
