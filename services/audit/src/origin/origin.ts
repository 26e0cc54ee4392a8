import { never, type Decision } from '@recourse/decider';
import type { EventMeta } from '@recourse/event-store';

/** What the notary noticed about one log: a service's records, as they were told. Nothing here is ever taken back. */
export type OriginEvent = EventMeta &
  (
    | { readonly type: 'GapSeen'; readonly origin: string; readonly from: number; readonly to: number }
    | { readonly type: 'GapClosed'; readonly origin: string; readonly from: number; readonly to: number }
    /** The same position was told twice, and not as the same record. */
    | { readonly type: 'ForkSeen'; readonly origin: string; readonly position: number; readonly known: string; readonly told: string }
    /** A record does not follow the one before it in its stream. */
    | {
        readonly type: 'ChainBroken';
        readonly origin: string;
        readonly position: number;
        readonly stream: string;
        readonly version: number;
      }
  );

export type Gap = { readonly from: number; readonly to: number };
export type Origin = { readonly gaps: readonly Gap[]; readonly stopped: boolean };

export type OriginDecision = Decision<OriginEvent, never>;

export const initial: Origin = { gaps: [], stopped: false };

export const evolve = (state: Origin, event: OriginEvent): Origin => {
  switch (event.type) {
    case 'GapSeen':
      return { ...state, gaps: [...state.gaps, { from: event.from, to: event.to }] };
    case 'GapClosed':
      return { ...state, gaps: state.gaps.filter(({ from, to }) => from !== event.from || to !== event.to) };
    case 'ForkSeen':
    case 'ChainBroken':
      return { ...state, stopped: true };
    default:
      return never(event);
  }
};
