import type { PublishedSettings } from '@recourse/contracts';
import type { PlatformSettingsOf } from './house.options.js';
import { Platforms } from './platforms/platforms.js';

/** What each platform has decided for itself: terms, unlock steps, intervals. */
export class Settings implements PlatformSettingsOf {
  /** Where nobody heard anything yet: those of contracts/platforms. */
  constructor(private readonly platforms = new Platforms()) {}

  of(tenant: string): PublishedSettings {
    const platform = this.platforms.of(tenant);
    if (!platform) throw new Error(`No settings for the tenant ${tenant}: create it (POST /v1/tenants)`);
    return platform.settings;
  }

  has(tenant: string): boolean {
    return this.platforms.of(tenant) !== undefined;
  }

  tenants(): readonly string[] {
    return this.platforms.all().map(({ tenant }) => tenant);
  }
}
