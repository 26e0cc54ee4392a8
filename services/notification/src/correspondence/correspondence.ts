import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { Language } from '@recourse/contracts';

/** Whom a matter concerns, as its first message said. */
export type Whom = {
  readonly reference: string;
  readonly language: Language;
  readonly account?: string;
  readonly subject?: string;
  readonly category?: string;
  /** Nobody complained: a case opened to protect the account. Its steps are the desk's own. */
  readonly protective?: true;
};

/** What every letter about a matter has to know: whom it concerns, and which updates are still promised. */
export type CorrespondenceEvent = EventMeta &
  (
    | ({ readonly type: 'CorrespondenceOpened' } & Whom)
    | { readonly type: 'CategoryNoted'; readonly category: string }
    | { readonly type: 'UpdateAwaited'; readonly promise: string; readonly due: Instant }
    /** A message already says by when: the promise itself needs no mail of its own. */
    | { readonly type: 'UpdateTold'; readonly due: Instant }
    | { readonly type: 'UpdateSettled'; readonly promise: string; readonly how: 'kept' | 'missed' }
  );

export type Correspondence = {
  readonly whom?: Whom;
  readonly awaited: Readonly<Record<string, Instant>>;
  readonly told: readonly Instant[];
};

export type CorrespondenceDecision = Decision<CorrespondenceEvent, never>;

export const initial: Correspondence = { awaited: {}, told: [] };

export const evolve = (state: Correspondence, event: CorrespondenceEvent): Correspondence => {
  switch (event.type) {
    case 'CorrespondenceOpened': {
      const { type: _type, sealed: _sealed, ...whom } = event;
      return { ...state, whom };
    }
    case 'CategoryNoted':
      return state.whom ? { ...state, whom: { ...state.whom, category: event.category } } : state;
    case 'UpdateAwaited':
      return { ...state, awaited: { ...state.awaited, [event.promise]: event.due } };
    case 'UpdateTold':
      return { ...state, told: [...state.told, event.due] };
    case 'UpdateSettled': {
      const { [event.promise]: _, ...awaited } = state.awaited;
      return { ...state, awaited };
    }
    default:
      return never(event);
  }
};

/** When the customer hears next: the earliest update promised and still to come. */
export const nextUpdate = ({ awaited }: Correspondence, at: Instant): Instant | undefined =>
  Object.values(awaited)
    .filter((due) => due > at)
    .sort()[0];
