import { tenantOfTheHouse, limitsWith, tenantName, type LimitsGiven, type TenantProfile } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { Tenant, TenantDecision, Told } from './tenant.js';

export type CreateTenant = Told & { readonly type: 'CreateTenant'; readonly tenant: string } & TenantProfile;
export type LimitTenant = Told & { readonly type: 'LimitTenant'; readonly limits: LimitsGiven };

/** A name is one platform's for ever. What the house itself creates at each start says nothing new the second time. */
export const create = ({ type: _type, by, at: _at, ...tenant }: CreateTenant, { stage }: Tenant): TenantDecision => {
  if (stage !== 'nobody') return by.role === 'service' ? [] : refuse('tenant-is-created', { pointers: ['/tenant'] });
  if (!tenantName.test(tenant.tenant) || tenant.tenant === tenantOfTheHouse)
    return refuse('tenant-name-is-reserved', { pointers: ['/tenant'] });
  if (!isZone(tenant.zone)) return refuse('zone-is-unknown', { pointers: ['/zone'] });
  return [{ type: 'TenantCreated', ...tenant }];
};

/** Only what changes is said. */
export const limit = ({ limits }: LimitTenant, tenant: Tenant): TenantDecision => {
  if (tenant.stage !== 'open') return refuse('tenant-is-closed');
  if (same(limitsWith(tenant.limits, limits), tenant.limits)) return [];
  return [{ type: 'TenantLimited', limits }];
};

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
};

/** Both come out of `limitsWith`: the same members in the same order. */
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
