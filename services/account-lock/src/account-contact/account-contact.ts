import { never, type Decision } from '@recourse/decider';
import type { Code, Language } from '@recourse/contracts';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { ContactRefusal } from './refusals.js';

export type RouteKind = 'email' | 'sms' | 'push';
export type DistrustReason = Code<'route-distrusted-why'>;

/** What has happened. The address itself is sealed; only the platform registers one, never a complaint. */
export type AccountContactEvent =
  | { type: 'RouteRegistered'; route: string; kind: RouteKind; language: Language; subject?: string; sealed?: readonly SealedRef[] }
  | { type: 'RouteRemoved'; route: string }
  | { type: 'RouteDistrusted'; route: string; why: DistrustReason }
  | { type: 'RouteTrusted'; route: string; proof: Code<'proof-kind'> };

export type Route = { readonly route: string; readonly kind: RouteKind; readonly trusted: boolean };

/** The routes that stand, and which kinds there ever were: a second route of a kind is a change somebody may have made for the owner. */
export type AccountContact = { readonly routes: readonly Route[]; readonly kinds: readonly RouteKind[] };

export type ContactDecision = Decision<AccountContactEvent, ContactRefusal>;
export type Told = { readonly by: By; readonly at: Instant };

export const initial: AccountContact = { routes: [], kinds: [] };

export const evolve = (state: AccountContact, event: AccountContactEvent): AccountContact => {
  const trusting = (trusted: boolean) => state.routes.map((route) => (route.route === event.route ? { ...route, trusted } : route));
  switch (event.type) {
    case 'RouteRegistered':
      return { routes: [...state.routes, { route: event.route, kind: event.kind, trusted: true }], kinds: [...state.kinds, event.kind] };
    case 'RouteRemoved':
      return { ...state, routes: state.routes.filter(({ route }) => route !== event.route) };
    case 'RouteDistrusted':
      return { ...state, routes: trusting(false) };
    case 'RouteTrusted':
      return { ...state, routes: trusting(true) };
    default:
      return never(event);
  }
};
