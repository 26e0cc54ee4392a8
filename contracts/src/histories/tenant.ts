import { limitsWith, usualLimits, type LimitsGiven, type LimitsOfTenant, type TenantProfile } from '../tenants.js';
import type { Past } from './past.js';

/** One request to close a platform, and what became of it. */
export type ClosureHistory = {
  readonly request: string;
  readonly why: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly stage: 'asked' | 'approved' | 'denied' | 'withdrawn';
  readonly decision?: { readonly at: string; readonly by: string; readonly why?: string };
};

/** A platform of this house: GET /v1/tenants/{tenant}. */
export type TenantHistory = TenantProfile & {
  readonly tenant: string;
  readonly stage: 'open' | 'closed';
  readonly createdAt: string;
  readonly limits: LimitsOfTenant;
  readonly closures: readonly ClosureHistory[];
  readonly closedAt?: string;
};

/** One platform in the list of them: GET /v1/tenants. */
export type TenantLine = Pick<TenantHistory, 'tenant' | 'name' | 'stage' | 'closedAt'> & { readonly createdAt?: string };

/** Folds the records of a platform. */
export const tenantHistory = (history: TenantHistory | undefined, { type, at, by, data }: Past): TenantHistory => {
  if (type === 'TenantCreated') {
    const profile = data as unknown as TenantProfile & { readonly tenant: string };
    return { ...profile, stage: 'open', createdAt: at, limits: usualLimits, closures: [] };
  }
  if (!history) throw new Error(`a tenant begins with its creation, not with ${type}`);
  const { request, why, expiresAt } = data as Readonly<Record<string, string>>;
  const ended = (stage: ClosureHistory['stage']): Pick<TenantHistory, 'closures'> => ({
    closures: history.closures.map((one) =>
      one.request === request ? { ...one, stage, decision: { at, by: by.actor, ...(why !== undefined && { why }) } } : one,
    ),
  });
  switch (type) {
    case 'TenantLimited':
      return { ...history, limits: limitsWith(history.limits, data['limits'] as LimitsGiven) };
    case 'TenantCloseAsked': {
      const asked = { request, why, expiresAt } as Pick<ClosureHistory, 'request' | 'why' | 'expiresAt'>;
      return { ...history, closures: [...history.closures, { ...asked, askedBy: by.actor, askedAt: at, stage: 'asked' }] };
    }
    case 'TenantCloseDenied':
      return { ...history, ...ended('denied') };
    case 'TenantCloseWithdrawn':
      return { ...history, ...ended('withdrawn') };
    case 'TenantClosed':
      return { ...history, ...ended('approved'), stage: 'closed', closedAt: at };
    default:
      throw new Error(`unknown to a tenant: ${type}`);
  }
};
