import type { PublishedPolicy } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { EventMeta } from '@recourse/event-store';
import type { PolicyRefusal } from './refusals.js';

/** What a platform has published. Stored for ever: what held when a case was opened can be read years later. */
export type PolicyEvent = EventMeta & { readonly type: 'PolicyPublished' } & PublishedPolicy;

/** Of each kind what was published last. */
export type Policies = { readonly last: { readonly [Kind in PublishedPolicy['kind']]?: Omit<PublishedPolicy, 'body'> } };
export type PolicyDecision = Decision<PolicyEvent, PolicyRefusal>;

export const initial: Policies = { last: {} };

export const evolve = ({ last }: Policies, event: PolicyEvent): Policies => {
  switch (event.type) {
    case 'PolicyPublished': {
      const { kind, version, effectiveFrom, hash } = event;
      return { last: { ...last, [kind]: { kind, version, effectiveFrom, hash } } };
    }
    default:
      return never(event.type);
  }
};
