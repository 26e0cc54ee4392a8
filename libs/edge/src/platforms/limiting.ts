import { usualLimits, type LimitsOfTenant } from '@recourse/contracts';
import type { Platforms } from './platforms.js';

/**
 * The limits of each platform as this process knows them now: injected as a class, and in the runtime for hooks that come before Nest. Ask it where
 * you count, and keep no number: governance may have said another one since.
 */
export abstract class TenantLimits {
  /** Of a tenant nobody has limited: the usual ones. */
  abstract of(tenant: string): LimitsOfTenant;
}

/** As governance has said. */
export const limitsAmong = (platforms: Pick<Platforms, 'of'>): TenantLimits => ({
  of: (tenant) => platforms.of(tenant)?.limits ?? usualLimits,
});
