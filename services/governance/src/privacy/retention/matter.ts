import type { Code, KeptUntil, RetentionFacts } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { PrivacyRefusal } from '../refusals.js';

/** What the neighbours say of a matter that matters for how long it is kept. */
export type MatterNews = Code<'matter-news'>;

export type MatterEvent = EventMeta &
  (
    | {
        readonly type: 'MatterHeard';
        readonly matter: string;
        readonly what: MatterNews;
        readonly happenedAt: Instant;
        readonly account?: string;
        readonly subject?: string;
      }
    /** Until when it is kept, by which version of the platform's table. */
    | ({ readonly type: 'RetentionDated'; readonly matter: string; readonly table: number } & KeptUntil)
    /** Its period has ended: orders to destroy its keys wait for two people. `nextLook`: when they have expired. */
    | { readonly type: 'DestructionProposed'; readonly matter: string; readonly orders: readonly string[]; readonly nextLook: Instant }
    | { readonly type: 'ProposalPutOff'; readonly matter: string; readonly why: PrivacyRefusal; readonly until: Instant }
    /** No key of it is left. */
    | { readonly type: 'MatterForgotten'; readonly matter: string }
  );

export type Matter = {
  readonly stage: 'unknown' | 'open' | 'closed' | 'forgotten';
  readonly facts: RetentionFacts;
  readonly reopenedAt?: Instant;
  readonly kept?: Pick<KeptUntil, 'until' | 'basis'> & { readonly table: number };
  readonly nextLook?: Instant;
};
export type MatterDecision = Decision<MatterEvent, PrivacyRefusal>;

export const initial: Matter = { stage: 'unknown', facts: {} };

export const evolve = (state: Matter, event: MatterEvent): Matter => {
  switch (event.type) {
    case 'MatterHeard': {
      const { what, happenedAt } = event;
      const stage = state.stage === 'unknown' ? 'open' : state.stage;
      if (what === 'opened') return { ...state, stage };
      if (what === 'reopened') return { stage: 'open', facts: state.facts, reopenedAt: happenedAt };
      return { ...state, stage: what === 'closed' ? 'closed' : stage, facts: { ...state.facts, [what]: happenedAt } };
    }
    case 'RetentionDated': {
      const { until, basis, table } = event;
      return { ...state, kept: { until, basis, table }, nextLook: until };
    }
    case 'DestructionProposed':
      return { ...state, nextLook: event.nextLook };
    case 'ProposalPutOff':
      return { ...state, nextLook: event.until };
    case 'MatterForgotten': {
      const { nextLook: _nobody, ...rest } = state;
      return { ...rest, stage: 'forgotten' };
    }
    default:
      return never(event);
  }
};
