import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import type { TenantEvent } from './tenant.js';

/** What every service hears: that a platform is there, what it may do, that it is closed. Who asked for what stays here. */
const told: Readonly<Partial<Record<TenantEvent['type'], readonly string[]>>> = {
  TenantCreated: ['name', 'respondent', 'languages', 'currency', 'zone'],
  TenantLimited: ['limits'],
  TenantClosed: ['why'],
};

/** All that is said of a platform has one key: it is heard in the order in which it was decided. */
export const keyOf = (tenant: string): string => `${tenant}/platform`;

export const announceTenant = ({ type, tenant, data }: Recorded): readonly Announcement[] => {
  const fields = told[type as TenantEvent['type']];
  if (!fields) return [];
  const said = { tenant, ...Object.fromEntries(fields.map((field) => [field, data[field]])) };
  return [{ topic: 'recourse.governance.v1', key: keyOf(tenant), type, data: said }];
};
