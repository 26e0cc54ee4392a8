import { decisions, type Decider } from '@recourse/decider';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { Language } from '@recourse/contracts';
import { evolve, initial, type Recipient, type RecipientDecision, type RecipientEvent, type RouteKind } from './recipient.js';

type Heard = { readonly by: By; readonly at: Instant; readonly route: string };

export type LearnRoute = Heard & {
  readonly type: 'LearnRoute';
  readonly kind: RouteKind;
  readonly language?: Language;
  readonly sealed: readonly SealedRef[];
};
export type ForgetRoute = Heard & { readonly type: 'ForgetRoute' };
export type DoubtRoute = Heard & { readonly type: 'DoubtRoute'; readonly why: string };
export type ClearRoute = Heard & { readonly type: 'ClearRoute' };
export type RecipientCommand = LearnRoute | ForgetRoute | DoubtRoute | ClearRoute;

const known = ({ routes }: Recipient, route: string) => routes.find((one) => one.route === route);

const learn = ({ route, kind, language, sealed }: LearnRoute, state: Recipient): RecipientDecision =>
  known(state, route) ? [] : [{ type: 'RouteLearned', route, kind, ...(language && { language }), sealed }];

const forget = ({ route }: ForgetRoute, state: Recipient): RecipientDecision =>
  known(state, route) ? [{ type: 'RouteForgotten', route }] : [];

const doubt = ({ route, why }: DoubtRoute, state: Recipient): RecipientDecision =>
  known(state, route)?.trusted ? [{ type: 'RouteDoubted', route, why }] : [];

const clear = ({ route }: ClearRoute, state: Recipient): RecipientDecision =>
  known(state, route)?.trusted === false ? [{ type: 'RouteCleared', route }] : [];

/** What we remember of a customer's registered routes: account-lock decides about them, we only keep up. */
export const recipient: Decider<RecipientCommand, RecipientEvent, Recipient, never> = {
  initial,
  evolve,
  decide: decisions({ LearnRoute: learn, ForgetRoute: forget, DoubtRoute: doubt, ClearRoute: clear }),
};
