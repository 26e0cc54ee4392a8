import type { Message } from '@recourse/relay';
import type { Told } from '@recourse/edge';
import type { Language } from '@recourse/contracts';
import type { RecipientCommand } from './remembering.js';
import type { RouteKind } from './recipient.js';

type RouteData = {
  readonly account: string;
  readonly route: string;
  readonly kind: RouteKind;
  readonly language?: Language;
  readonly why: string;
};

/** Whenever account-lock says something of a registered route, we remember it. */
export const whenRouteHeard = (message: Pick<Message, 'type' | 'data' | 'sealed'>): ((told: Told) => RecipientCommand) | undefined => {
  const { route, kind, language, why } = message.data as unknown as RouteData;
  const sealed = message.sealed.filter(({ group }) => group === 'route-address').map(({ id, group, key, h }) => ({ id, group, key, h }));
  switch (message.type) {
    case 'RouteRegistered':
      return (told) => ({ type: 'LearnRoute', ...told, route, kind, ...(language && { language }), sealed });
    case 'RouteRemoved':
      return (told) => ({ type: 'ForgetRoute', ...told, route });
    case 'RouteDistrusted':
      return (told) => ({ type: 'DoubtRoute', ...told, route, why });
    case 'RouteTrusted':
      return (told) => ({ type: 'ClearRoute', ...told, route });
    default:
      return undefined;
  }
};
