import { never, type Decision } from '@recourse/decider';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { StepUpRefusal } from './refusals.js';

/** What a passed code may be used for, once. */
export const stepUpPurposes = ['unlock', 'refund-target', 'case-access', 'new-device'] as const;
export type StepUpPurpose = (typeof stepUpPurposes)[number];

/** What has happened. The code itself is sealed for whoever sends it; here stands only its keyed hash. */
export type StepUpEvent =
  | {
      type: 'StepUpAsked';
      stepUp: string;
      purpose: StepUpPurpose;
      /** The unlock request, refund or case it is for. */
      boundTo: string;
      route: string;
      mac: string;
      tries: number;
      askedAt: Instant;
      expires: Instant;
      sealed?: readonly SealedRef[];
    }
  | { type: 'CodeSent'; stepUp: string; route: string; sentAt: Instant }
  | { type: 'CodeRejected'; stepUp: string; triesLeft: number; rejectedAt: Instant }
  | { type: 'StepUpPassed'; stepUp: string; purpose: StepUpPurpose; boundTo: string; usableUntil: Instant }
  | { type: 'StepUpUsed'; stepUp: string; purpose: StepUpPurpose; boundTo: string }
  | { type: 'StepUpExhausted'; stepUp: string }
  | { type: 'StepUpExpired'; stepUp: string };

export type OneTimeCode = {
  readonly stepUp: string;
  readonly purpose: StepUpPurpose;
  readonly boundTo: string;
  readonly mac: string;
  readonly expires: Instant;
  readonly triesLeft: number;
  readonly sent: boolean;
  readonly usableUntil?: Instant;
  readonly stage: 'asked' | 'passed' | 'used' | 'exhausted' | 'expired';
};

/** All codes of an account together: tries are counted across them. */
export type StepUp = { readonly codes: readonly OneTimeCode[]; readonly asked: readonly Instant[]; readonly rejected: readonly Instant[] };

export type StepUpDecision = Decision<StepUpEvent, StepUpRefusal>;
export type Told = { readonly by: By; readonly at: Instant };

export const initial: StepUp = { codes: [], asked: [], rejected: [] };

export const evolve = (state: StepUp, event: StepUpEvent): StepUp => {
  const change = (how: Partial<OneTimeCode>): StepUp => ({
    ...state,
    codes: state.codes.map((code) => (code.stepUp === event.stepUp ? { ...code, ...how } : code)),
  });
  switch (event.type) {
    case 'StepUpAsked': {
      const { stepUp, purpose, boundTo, mac, expires, tries, askedAt } = event;
      const replaced = state.codes.map((code) =>
        code.stage === 'asked' && code.purpose === purpose && code.boundTo === boundTo ? { ...code, stage: 'expired' as const } : code,
      );
      const asked: OneTimeCode = { stepUp, purpose, boundTo, mac, expires, triesLeft: tries, sent: false, stage: 'asked' };
      return { ...state, codes: [...replaced, asked], asked: [...state.asked, askedAt] };
    }
    case 'CodeSent':
      return change({ sent: true });
    case 'CodeRejected':
      return { ...change({ triesLeft: event.triesLeft }), rejected: [...state.rejected, event.rejectedAt] };
    case 'StepUpPassed':
      return change({ stage: 'passed', usableUntil: event.usableUntil });
    case 'StepUpUsed':
      return change({ stage: 'used' });
    case 'StepUpExhausted':
      return change({ stage: 'exhausted' });
    case 'StepUpExpired':
      return change({ stage: 'expired' });
    default:
      return never(event);
  }
};
