import { never, type Decision } from '@recourse/decider';
import type { EventMeta, SealedRef } from '@recourse/event-store';
import type { Language } from '@recourse/contracts';

export type RouteKind = 'email' | 'sms' | 'push';

/** What account-lock told us of the routes a platform registered for an account. Nothing here ever comes from a complaint. */
export type RecipientEvent = EventMeta &
  (
    | { readonly type: 'RouteLearned'; readonly route: string; readonly kind: RouteKind; readonly language?: Language }
    | { readonly type: 'RouteForgotten'; readonly route: string }
    | { readonly type: 'RouteDoubted'; readonly route: string; readonly why: string }
    | { readonly type: 'RouteCleared'; readonly route: string }
  );

export type Route = {
  readonly route: string;
  readonly kind: RouteKind;
  readonly language?: Language;
  readonly trusted: boolean;
  readonly address: readonly SealedRef[];
};

/** Routes in the order they were learned. */
export type Recipient = { readonly routes: readonly Route[] };

export type RecipientDecision = Decision<RecipientEvent, never>;

export const initial: Recipient = { routes: [] };

export const evolve = (state: Recipient, event: RecipientEvent): Recipient => {
  const others = state.routes.filter(({ route }) => route !== event.route);
  const trusting = (trusted: boolean): Recipient => ({
    routes: state.routes.map((known) => (known.route === event.route ? { ...known, trusted } : known)),
  });
  switch (event.type) {
    case 'RouteLearned': {
      const { route, kind, language, sealed = [] } = event;
      return { routes: [...others, { route, kind, trusted: true, address: sealed, ...(language && { language }) }] };
    }
    case 'RouteForgotten':
      return { routes: others };
    case 'RouteDoubted':
      return trusting(false);
    case 'RouteCleared':
      return trusting(true);
    default:
      return never(event);
  }
};

/** The way to this customer: the newest trusted mail address, none when there is none. */
export const wayTo = ({ routes }: Recipient): Route | undefined => routes.filter(({ kind, trusted }) => trusted && kind === 'email').at(-1);

export const isTrusted = ({ routes }: Recipient, route: string): boolean => routes.some((known) => known.route === route && known.trusted);
