import { refuse } from '@recourse/decider';
import { instantPlus, type Code, type Language } from '@recourse/contracts';
import type { Instant, SealedRef } from '@recourse/event-store';
import type {
  AccountContact,
  AccountContactEvent,
  ContactDecision,
  DistrustReason,
  RouteChange,
  RouteKind,
  Told,
} from './account-contact.js';

export type RegisterRoute = Told & {
  type: 'RegisterRoute';
  route: string;
  kind: RouteKind;
  language: Language;
  /** The platform's id of the customer whose address it is: this customer may look at the account. */
  subject?: string;
  /** How long this platform lets a changed route cool off. */
  distrustFor: string;
  sealed: readonly SealedRef[];
};
export type RemoveRoute = Told & { type: 'RemoveRoute'; route: string };
export type DistrustRoute = Told & { type: 'DistrustRoute'; route: string; why: DistrustReason };
export type DistrustKinds = Told & { type: 'DistrustKinds'; kinds: readonly RouteKind[]; why: DistrustReason; distrustFor: string };
export type EndDistrust = Told & { type: 'EndDistrust'; route: string };
export type TrustRoute = Told & { type: 'TrustRoute'; route: string; proof: Code<'proof-kind'> };

/** Whoever enrols registers all routes at about the same time. */
const enrolment = 'PT1H';

/**
 * The platform says where its customer is reached. What is registered at enrolment is believed; a second route of a kind, or any later one,
 * may be a thief's own telephone, so codes and lock notices do not use it until it has cooled off, or somebody has proved whose it is. The
 * routes that were believed before hear of it meanwhile: the owner, if it was somebody else, still has time.
 */
export const register = (command: RegisterRoute, state: AccountContact): ContactDecision => {
  const { route, kind, language, subject, distrustFor, sealed, at } = command;
  const enrolling = state.kinds.length === 0 || (state.enrolledAt !== undefined && at < instantPlus(state.enrolledAt, enrolment));
  const changed = state.kinds.includes(kind) || !enrolling;
  const registered: AccountContactEvent = {
    type: 'RouteRegistered',
    route,
    kind,
    language,
    ...(subject && { subject }),
    registeredAt: at,
    sealed,
  };
  if (!changed) return [registered];
  const doubt = coolingOff(route, 'changed-recently', at, distrustFor);
  return [registered, doubt, ...alerting(state, 'registered', doubt.until)];
};

/** A route in doubt hears nothing: it may be the thief's. */
const alerting = ({ routes }: AccountContact, change: RouteChange, until?: Instant): readonly AccountContactEvent[] =>
  routes.filter(({ trusted }) => trusted).map(({ route }) => ({ type: 'OldRouteAlerted', route, change, ...(until && { until }) }));

/** Never shorter than a day, never longer than three, whatever a platform says. */
const coolingOff = (route: string, why: DistrustReason, at: Instant, wished: string) => {
  const [soonest, latest, until] = ['PT24H', 'PT72H', wished].map((duration) => instantPlus(at, duration)) as [Instant, Instant, Instant];
  return { type: 'RouteDistrusted', route, why, until: until < soonest ? soonest : until > latest ? latest : until } as const;
};

/** A SIM or a device was changed: what reaches it may reach somebody else. */
export const distrustKinds = ({ kinds, why, distrustFor, at }: DistrustKinds, { routes }: AccountContact): ContactDecision =>
  routes.filter(({ kind, trusted }) => trusted && kinds.includes(kind)).map(({ route }) => coolingOff(route, why, at, distrustFor));

/** It has cooled off. Said twice, or too early, it changes nothing. */
export const endDistrust = ({ route, at }: EndDistrust, state: AccountContact): ContactDecision => {
  const known = routeOf(state, route);
  return known?.until !== undefined && !known.trusted && known.until <= at ? [{ type: 'RouteTrusted', route, after: 'cooling-off' }] : [];
};

/** The route that goes hears of it too, and before it is forgotten: else whoever removes it first changes the rest unseen. */
export const remove = ({ route }: RemoveRoute, state: AccountContact): ContactDecision =>
  routeOf(state, route) ? [...alerting(state, 'removed'), { type: 'RouteRemoved', route }] : refuse('route-is-not-registered');

/** Distrusting again says nothing new, unless it was to end by itself: a person's word does not. */
export const distrust = ({ route, why }: DistrustRoute, state: AccountContact): ContactDecision => {
  const known = routeOf(state, route);
  if (!known) return refuse('route-is-not-registered');
  return known.trusted || known.until !== undefined ? [{ type: 'RouteDistrusted', route, why }] : [];
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
