import type { Admits, Role } from '@recourse/identity';
import type { Platforms } from './platforms.js';

/** Whoever looks after the house, or into its past, does so when a platform is closed as well. */
const afterwards: ReadonlySet<Role> = new Set<Role>(['operator', 'auditor', 'privacy-officer']);

/** A closed platform's people, clients and customers come in no more, and those of a platform that nobody created do not either. */
export const admitting =
  (platforms: Pick<Platforms, 'of'>): Admits =>
  ({ tenant, role }) => {
    if (afterwards.has(role)) return undefined;
    const platform = platforms.of(tenant);
    if (!platform) return 'tenant-unknown';
    return platform.closedAt === undefined ? undefined : 'tenant-closed';
  };
