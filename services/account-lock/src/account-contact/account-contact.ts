import { never, type Decision } from '@recourse/decider';
import type { Code, Language } from '@recourse/contracts';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { ContactRefusal } from './refusals.js';

export type RouteKind = 'email' | 'sms' | 'push';
export type DistrustReason = Code<'route-distrusted-why'>;
export type RouteChange = 'registered' | 'removed';

/** What has happened. The address itself is sealed; only the platform registers one, never a complaint. */
export type AccountContactEvent =
  | {
      type: 'RouteRegistered';
      route: string;
      kind: RouteKind;
      language: Language;
      subject?: string;
      registeredAt?: Instant;
      sealed?: readonly SealedRef[];
    }
  | { type: 'RouteRemoved'; route: string }
  /** Without `until` it lasts until somebody proves whose the route is. */
  | { type: 'RouteDistrusted'; route: string; why: DistrustReason; until?: Instant }
  | { type: 'RouteTrusted'; route: string; proof?: Code<'proof-kind'>; after?: 'cooling-off' }
  /** A route that was believed hears that another one came, believed from `until` on, or that one was removed. */
  | { type: 'OldRouteAlerted'; route: string; change: RouteChange; until?: Instant };

export type Route = {
  readonly route: string;
  readonly kind: RouteKind;
  readonly trusted: boolean;
  readonly subject?: string;
  readonly until?: Instant;
};

/**
 * The routes that stand, which kinds there ever were, and when the first was registered: whatever comes later is a change somebody may have
 * made for the owner.
 */
export type AccountContact = { readonly routes: readonly Route[]; readonly kinds: readonly RouteKind[]; readonly enrolledAt?: Instant };

export type ContactDecision = Decision<AccountContactEvent, ContactRefusal>;
export type Told = { readonly by: By; readonly at: Instant };

export const initial: AccountContact = { routes: [], kinds: [] };

export const evolve = (state: AccountContact, event: AccountContactEvent): AccountContact => {
  const trusting = (trusted: boolean, until?: Instant) =>
    state.routes.map((one): Route => {
      if (one.route !== event.route) return one;
      const { until: _before, ...route } = one;
      return { ...route, trusted, ...(until !== undefined && { until }) };
    });
  switch (event.type) {
    case 'RouteRegistered':
      return {
        routes: [
          ...state.routes,
          { route: event.route, kind: event.kind, trusted: true, ...(event.subject !== undefined && { subject: event.subject }) },
        ],
        kinds: [...state.kinds, event.kind],
        ...enrolment(state, event.registeredAt),
      };
    case 'RouteRemoved':
      return { ...state, routes: state.routes.filter(({ route }) => route !== event.route) };
    case 'RouteDistrusted':
      return { ...state, routes: trusting(false, event.until) };
    case 'RouteTrusted':
      return { ...state, routes: trusting(true) };
    case 'OldRouteAlerted':
      return state;
    default:
      return never(event);
  }
};

/** Set once, by the first route; the first of an older account says nothing of when it was. */
const enrolment = ({ kinds, enrolledAt }: AccountContact, registeredAt?: Instant) => {
  const since = kinds.length === 0 ? registeredAt : enrolledAt;
  return since === undefined ? {} : { enrolledAt: since };
};
