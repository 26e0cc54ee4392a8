import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import { accountOf } from '../account-protection/announcing.js';
import type { AccountContactEvent } from './account-contact.js';

const told: Readonly<Record<AccountContactEvent['type'], readonly string[]>> = {
  RouteRegistered: ['route', 'kind', 'language', 'subject'],
  RouteRemoved: ['route'],
  RouteDistrusted: ['route', 'why'],
  RouteTrusted: ['route'],
  OldRouteAlerted: ['route', 'change', 'until'],
};

/** Whoever writes to a customer must know the registered routes: the address travels sealed. */
export const announce = (event: Recorded): readonly Announcement[] => {
  const account = accountOf(event, 'contact');
  const fields = told[event.type as AccountContactEvent['type']];
  const said = Object.fromEntries(fields.filter((field) => event.data[field] !== undefined).map((field) => [field, event.data[field]]));
  return [
    {
      topic: 'recourse.account-lock.v1',
      key: `${event.tenant}/${account}`,
      type: event.type,
      data: { account, ...said },
      ...(event.sealed && { sealed: event.sealed }),
    },
  ];
};
