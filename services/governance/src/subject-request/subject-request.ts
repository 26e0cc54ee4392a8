import type { Code, ErasureShown } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { SubjectRequestRefusal } from './refusals.js';

type Of = { readonly request: string };

export type SubjectRequestEvent = EventMeta &
  (
    | ({
        readonly type: 'SubjectRequestReceived';
        readonly kind: Code<'subject-request-kind'>;
        readonly subject: string;
        readonly identity: string;
        readonly jurisdiction: Code<'subject-jurisdiction'>;
        readonly dueAt: Instant;
        readonly source: string;
      } & Of)
    | ({ readonly type: 'SubjectRequestAcknowledged' } & Of)
    | ({ readonly type: 'SubjectRequestExtended'; readonly why: Code<'subject-extended-why'>; readonly dueAt: Instant } & Of)
    /** One order for each scope of the subject: destroyed where it may be, else restricted, with the reason. */
    | ({ readonly type: 'ErasureOrdered'; readonly erasures: readonly ErasureShown[] } & Of)
    | ({ readonly type: 'SubjectRequestMissed'; readonly dueAt: Instant } & Of)
    | ({ readonly type: 'SubjectRequestAnswered'; readonly how: Code<'subject-answered-how'> } & Of)
  );

/** What the next decision needs. */
export type SubjectRequest = {
  readonly stage: 'none' | 'received' | 'acknowledged' | 'answered';
  readonly kind: Code<'subject-request-kind'>;
  readonly jurisdiction: Code<'subject-jurisdiction'>;
  readonly dueAt: Instant;
  readonly extended: boolean;
  readonly missed: boolean;
  readonly orders: readonly string[];
};
export type SubjectRequestDecision = Decision<SubjectRequestEvent, SubjectRequestRefusal>;

export const initial: SubjectRequest = {
  ...({ stage: 'none', kind: 'access', jurisdiction: 'eu', dueAt: '' } as const),
  ...{ extended: false, missed: false, orders: [] },
};

export const evolve = (state: SubjectRequest, event: SubjectRequestEvent): SubjectRequest => {
  switch (event.type) {
    case 'SubjectRequestReceived': {
      const { kind, jurisdiction, dueAt } = event;
      return { ...state, stage: 'received', kind, jurisdiction, dueAt };
    }
    case 'SubjectRequestAcknowledged':
      return { ...state, stage: 'acknowledged' };
    case 'SubjectRequestExtended':
      return { ...state, extended: true, dueAt: event.dueAt };
    case 'ErasureOrdered':
      return { ...state, orders: [...state.orders, ...event.erasures.map(({ order }) => order)] };
    case 'SubjectRequestMissed':
      return { ...state, missed: true };
    case 'SubjectRequestAnswered':
      return { ...state, stage: 'answered' };
    default:
      return never(event);
  }
};
