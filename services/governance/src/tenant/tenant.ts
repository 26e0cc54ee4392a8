import { limitsWith, usualLimits, type Code, type LimitsGiven, type LimitsOfTenant, type TenantProfile } from '@recourse/contracts';
import { never, type AskedOf, type Decision } from '@recourse/decider';
import type { By, EventMeta, Instant } from '@recourse/event-store';
import type { TenantRefusal } from './refusals.js';

/** A command's time and author. */
export type Told = { readonly by: By; readonly at: Instant };

/** What has happened to a platform. Names are past tense and stored for ever: add a new one, never reword an old one. */
export type TenantEvent = EventMeta &
  (
    | ({ readonly type: 'TenantCreated'; readonly tenant: string } & TenantProfile)
    | { readonly type: 'TenantLimited'; readonly limits: LimitsGiven }
    | {
        readonly type: 'TenantCloseAsked';
        readonly request: string;
        readonly why: Code<'tenant-closed-why'>;
        readonly askedBy: string;
        readonly expiresAt: Instant;
      }
    | { readonly type: 'TenantCloseDenied'; readonly request: string; readonly why: Code<'tenant-close-denied-why'> }
    | { readonly type: 'TenantCloseWithdrawn'; readonly request: string }
    | { readonly type: 'TenantClosed'; readonly request: string; readonly why: Code<'tenant-closed-why'>; readonly askedBy: string }
  );

/** A closure that was asked for: about the platform as it was limited then. */
export type Closure = AskedOf<number> & { readonly request: string; readonly why: Code<'tenant-closed-why'> };

export type Tenant =
  | { readonly stage: 'nobody' }
  | {
      readonly stage: 'open' | 'closed';
      readonly limits: LimitsOfTenant;
      /** How often it was changed: what was asked about an earlier state of it is not decided about this one. */
      readonly changes: number;
      readonly closures: readonly Closure[];
    };
export type LiveTenant = Exclude<Tenant, { readonly stage: 'nobody' }>;
export type TenantDecision = Decision<TenantEvent, TenantRefusal>;

export const initial: Tenant = { stage: 'nobody' };

export const evolve = (tenant: Tenant, event: TenantEvent): Tenant => {
  if (event.type === 'TenantCreated') return { stage: 'open', limits: usualLimits, changes: 0, closures: [] };
  if (tenant.stage === 'nobody') return tenant;
  const to = (request: string, stage: Closure['stage']): LiveTenant => ({
    ...tenant,
    closures: tenant.closures.map((one) => (one.request === request ? { ...one, stage } : one)),
  });
  switch (event.type) {
    case 'TenantLimited':
      return { ...tenant, limits: limitsWith(tenant.limits, event.limits), changes: tenant.changes + 1 };
    case 'TenantCloseAsked': {
      const { request, why, askedBy, expiresAt } = event;
      const asked: Closure = { request, why, askedBy, expiresAt, stage: 'asked', about: tenant.changes };
      return { ...tenant, closures: [...tenant.closures, asked] };
    }
    case 'TenantCloseDenied':
    case 'TenantCloseWithdrawn':
      return to(event.request, 'ended');
    case 'TenantClosed':
      return { ...to(event.request, 'approved'), stage: 'closed' };
    default:
      return never(event);
  }
};
