import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant, SealedRef } from '@recourse/event-store';
import type { EndpointRefusal } from './refusals.js';

export type WhyDisabled = 'by-platform' | 'receiver-said-gone' | 'silent-for-five-days';

/** `after` is the number of the last message the endpoint does not want (0: it wants all of them from the first on). */
export type EndpointEvent = EventMeta &
  (
    | { readonly type: 'EndpointRegistered'; readonly endpoint: string; readonly url: string; readonly after: number }
    | { readonly type: 'SecretRotated'; readonly oldUntil: Instant }
    | { readonly type: 'EndpointDisabled'; readonly why: WhyDisabled }
    | { readonly type: 'EndpointEnabled' }
    | { readonly type: 'ReplayAsked'; readonly after: number }
    | { readonly type: 'TestAsked'; readonly test: string }
  );

/** A secret we sign with; the one before it still signs until its time is over. */
export type Secret = { readonly sealed: readonly SealedRef[]; readonly until?: Instant };

export type Endpoint =
  | { readonly stage: 'not-registered' }
  | { readonly stage: 'enabled' | 'disabled'; readonly url: string; readonly secrets: readonly Secret[] };

export type EndpointDecision = Decision<EndpointEvent, EndpointRefusal>;

export const initial: Endpoint = { stage: 'not-registered' };

export const evolve = (state: Endpoint, event: EndpointEvent): Endpoint => {
  if (event.type === 'EndpointRegistered') return { stage: 'enabled', url: event.url, secrets: [{ sealed: event.sealed ?? [] }] };
  if (state.stage === 'not-registered') return state;
  switch (event.type) {
    case 'SecretRotated':
      return {
        ...state,
        secrets: [{ sealed: event.sealed ?? [] }, ...state.secrets.slice(0, 1).map(({ sealed }) => ({ sealed, until: event.oldUntil }))],
      };
    case 'EndpointDisabled':
      return { ...state, stage: 'disabled' };
    case 'EndpointEnabled':
      return { ...state, stage: 'enabled' };
    case 'ReplayAsked':
    case 'TestAsked':
      return state;
    default:
      return never(event);
  }
};
