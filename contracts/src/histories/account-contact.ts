import type { Past, SealedPointer } from './past.js';

/** A way by which the platform says the owner of an account is reached. The address is sealed. */
export type RouteHistory = {
  readonly route: string;
  readonly kind: 'email' | 'sms' | 'push';
  readonly language: string;
  /** The platform's id of the customer whose address it is. */
  readonly subject?: string;
  readonly state: 'trusted' | 'distrusted' | 'removed';
  readonly distrustedWhy?: string;
  /** When it is believed again by itself. */
  readonly distrustedUntil?: string;
  readonly registeredAt: string;
  readonly changedAt?: string;
  readonly address: SealedPointer | null;
};

/** Where the owner of an account is reached, as GET /v1/accounts/{id}/contact shows it. */
export type AccountContactHistory = { readonly routes: readonly RouteHistory[] };

export const noContact: AccountContactHistory = { routes: [] };

export const accountContactHistory = (
  history: AccountContactHistory = noContact,
  { type, at, data, sealed }: Past,
): AccountContactHistory => {
  const change = (how: (route: RouteHistory) => RouteHistory): AccountContactHistory => ({
    routes: history.routes.map((one) => (one.route === data['route'] ? { ...how(one), changedAt: at } : one)),
  });
  switch (type) {
    case 'RouteRegistered': {
      const { registeredAt: _at, ...said } = data as Pick<RouteHistory, 'route' | 'kind' | 'language' | 'subject' | 'registeredAt'>;
      const address = sealed?.find(({ group }) => group === 'route-address') ?? null;
      return { routes: [...history.routes, { ...said, state: 'trusted', registeredAt: at, address }] };
    }
    case 'RouteRemoved':
      return change((one) => ({ ...one, state: 'removed' }));
    case 'RouteDistrusted':
      return change(({ distrustedUntil: _until, ...one }) => ({
        ...one,
        state: 'distrusted',
        distrustedWhy: data['why'] as string,
        ...(data['until'] !== undefined && { distrustedUntil: data['until'] as string }),
      }));
    case 'RouteTrusted':
      return change(({ distrustedWhy: _why, distrustedUntil: _until, ...one }) => ({ ...one, state: 'trusted' }));
    case 'OldRouteAlerted':
      return history;
    default:
      throw new Error(`unknown to an account's contact: ${type}`);
  }
};
