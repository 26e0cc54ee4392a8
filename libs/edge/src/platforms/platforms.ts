import {
  allPlatformSettings,
  limitsWith,
  usualLimits,
  usualSettings,
  type LimitsGiven,
  type LimitsOfTenant,
  type PublishedPolicy,
  type PublishedSettings,
  type TenantProfile,
} from '@recourse/contracts';
import { eventOf, type Instant, type Recorded } from '@recourse/event-store';
import type { PlatformHeard } from './platform-heard.js';

/** A platform as this process knows it now. */
export type Platform = {
  readonly tenant: string;
  /** Version 0 of its settings: the file of its name, or the usual ones. */
  readonly settings: PublishedSettings;
  readonly limits: LimitsOfTenant;
  /** In the order in which they were published. */
  readonly policies: readonly PublishedPolicy[];
  readonly createdAt?: Instant;
  readonly closedAt?: Instant;
};

/**
 * Which platforms there are and what each of them has decided, as governance told it: folded in memory from the service's own log, where each thing heard
 * is a record, so that a restart knows as much as the process before it, and so does an instance that did not hear it itself.
 */
export class Platforms {
  private readonly known: Map<string, Platform>;

  /** Those of contracts/platforms are there before anything was heard. */
  constructor(files: ReadonlyMap<string, PublishedSettings> = allPlatformSettings()) {
    this.known = new Map([...files].map(([tenant, settings]) => [tenant, { tenant, settings, limits: usualLimits, policies: [] }]));
  }

  of(tenant: string): Platform | undefined {
    return this.known.get(tenant);
  }

  /** By name. */
  all(): readonly Platform[] {
    return [...this.known.values()].sort((one, other) => (one.tenant < other.tenant ? -1 : 1));
  }

  /** Takes in what was heard. A kind it does not know is for a later release of this service. */
  take(record: Recorded): void {
    const { tenant } = record;
    const { what, said, happenedAt } = eventOf<PlatformHeard>(record);
    const platform = this.known.get(tenant);
    if (what === 'TenantCreated') {
      const settings = platform?.settings ?? usualSettings(tenant, said as unknown as TenantProfile);
      this.known.set(tenant, { limits: usualLimits, policies: [], ...platform, tenant, settings, createdAt: happenedAt });
      return;
    }
    if (!platform) return;
    if (what === 'TenantLimited')
      this.known.set(tenant, { ...platform, limits: limitsWith(platform.limits, said['limits'] as LimitsGiven) });
    if (what === 'PolicyPublished')
      this.known.set(tenant, { ...platform, policies: [...platform.policies, said as unknown as PublishedPolicy] });
    if (what === 'TenantClosed') this.known.set(tenant, { ...platform, closedAt: happenedAt });
  }
}
