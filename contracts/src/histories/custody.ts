import type { Past } from './past.js';
import type { OrderVoice } from './key-order.js';

/** A hold: GET /v1/privacy/holds/{id}. What it covers may be restricted and not destroyed. */
export type HoldShown = {
  readonly hold: string;
  readonly scope: 'matter' | 'subject' | 'account';
  readonly of: string;
  readonly why: string;
  /** Number of the order or file at whoever wants it. */
  readonly authority: string;
  /** It stands while it is `placed` or `release-asked`. */
  readonly stage: 'asked' | 'denied' | 'withdrawn' | 'placed' | 'release-asked' | 'released';
  readonly asked: OrderVoice;
  readonly expiresAt: string;
  readonly placed?: OrderVoice;
  /** Orders whose destruction had begun before the hold was placed: what they name is not held. */
  readonly tooLateFor: readonly string[];
  readonly denied?: OrderVoice & { readonly why: string };
  readonly withdrawnAt?: string;
  readonly releases: readonly {
    readonly asked: OrderVoice;
    readonly why: string;
    readonly expiresAt: string;
    readonly outcome?: 'approved' | 'denied' | 'withdrawn';
    readonly decided?: OrderVoice;
  }[];
};

/** A line of GET /v1/privacy/holds. */
export type HoldLine = Pick<HoldShown, 'hold' | 'scope' | 'of' | 'stage'> & { readonly askedAt: string };

/** The holds of one platform, and which orders destroy at this moment. */
export type CustodyHistory = { readonly holds: readonly HoldShown[]; readonly destroying: readonly string[] };

type Said = Pick<HoldShown, 'hold' | 'scope' | 'of' | 'authority' | 'expiresAt'> & {
  readonly why: string;
  readonly order: string;
  readonly tooLateFor?: readonly string[];
};

export const custodyHistory = (history: CustodyHistory | undefined, { type, at, by, data }: Past): CustodyHistory => {
  const { hold, scope, of, why, authority, expiresAt, order, tooLateFor = [] } = data as Said;
  const before = history ?? { holds: [], destroying: [] };
  const voice = { by: by.actor, at };
  const change = (news: (was: HoldShown) => Partial<HoldShown>): CustodyHistory => ({
    ...before,
    holds: before.holds.map((one) => (one.hold === hold ? { ...one, ...news(one) } : one)),
  });
  const ended = (outcome: 'approved' | 'denied' | 'withdrawn', stage: HoldShown['stage']): CustodyHistory =>
    change(({ releases }) => ({
      stage,
      releases: releases.map((one, index) => (index === releases.length - 1 ? { ...one, outcome, decided: voice } : one)),
    }));
  switch (type) {
    case 'HoldAsked': {
      const asked = { hold, scope, of, why, authority, stage: 'asked', asked: voice, expiresAt, tooLateFor: [], releases: [] } as const;
      return { ...before, holds: [...before.holds, asked] };
    }
    case 'HoldPlaced':
      return change(() => ({ stage: 'placed', placed: voice, tooLateFor }));
    case 'HoldDenied':
      return change(() => ({ stage: 'denied', denied: { ...voice, why } }));
    case 'HoldWithdrawn':
      return change(() => ({ stage: 'withdrawn', withdrawnAt: at }));
    case 'HoldReleaseAsked':
      return change(({ releases }) => ({ stage: 'release-asked', releases: [...releases, { asked: voice, why, expiresAt }] }));
    case 'HoldReleaseDenied':
      return ended('denied', 'placed');
    case 'HoldReleaseWithdrawn':
      return ended('withdrawn', 'placed');
    case 'HoldReleased':
      return ended('approved', 'released');
    case 'DestructionBegun':
      return { ...before, destroying: [...before.destroying, order] };
    case 'DestructionEnded':
      return { ...before, destroying: before.destroying.filter((one) => one !== order) };
    default:
      throw new Error(`unknown to custody: ${type}`);
  }
};
