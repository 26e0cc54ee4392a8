import { refuse } from '@recourse/decider';
import type { Code, Language } from '@recourse/contracts';
import type { SealedRef } from '@recourse/event-store';
import type { AccountContact, ContactDecision, DistrustReason, RouteKind, Told } from './account-contact.js';

export type RegisterRoute = Told & {
  type: 'RegisterRoute';
  route: string;
  kind: RouteKind;
  language: Language;
  /** The platform's id of the customer whose address it is: this customer may look at the account. */
  subject?: string;
  sealed: readonly SealedRef[];
};
export type RemoveRoute = Told & { type: 'RemoveRoute'; route: string };
export type DistrustRoute = Told & { type: 'DistrustRoute'; route: string; why: DistrustReason };
export type TrustRoute = Told & { type: 'TrustRoute'; route: string; proof: Code<'proof-kind'> };

/**
 * The platform says where its customer is reached. The first route of a kind is believed; another one may be a thief's own telephone,
 * so codes and lock notices do not use it before somebody has proved whose it is.
 */
export const register = ({ route, kind, language, subject, sealed }: RegisterRoute, state: AccountContact): ContactDecision => [
  { type: 'RouteRegistered', route, kind, language, ...(subject && { subject }), sealed },
  ...(state.kinds.includes(kind) ? [{ type: 'RouteDistrusted', route, why: 'changed-recently' } as const] : []),
];

export const remove = ({ route }: RemoveRoute, state: AccountContact): ContactDecision =>
  routeOf(state, route) ? [{ type: 'RouteRemoved', route }] : refuse('route-is-not-registered');

/** Distrusting again says nothing new. */
export const distrust = ({ route, why }: DistrustRoute, state: AccountContact): ContactDecision => {
  const known = routeOf(state, route);
  if (!known) return refuse('route-is-not-registered');
  return known.trusted ? [{ type: 'RouteDistrusted', route, why }] : [];
};

/** A code sent to a route cannot prove that the route is the owner's. */
export const trust = ({ route, proof }: TrustRoute, state: AccountContact): ContactDecision => {
  const known = routeOf(state, route);
  if (!known) return refuse('route-is-not-registered');
  if (proof === 'one-time-code') return refuse('code-does-not-prove-a-route', { pointers: ['/proof'] });
  return known.trusted ? [] : [{ type: 'RouteTrusted', route, proof }];
};

const shapes: Readonly<Record<RouteKind, RegExp>> = {
  email: /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/,
  sms: /^\+[1-9]\d{6,14}$/,
  push: /^[\x21-\x7e]{16,254}$/,
};

/** Whether an address is of its kind at all. */
export const fits = (kind: RouteKind, address: string): boolean => shapes[kind].test(address);

const routeOf = ({ routes }: AccountContact, id: string) => routes.find(({ route }) => route === id);
