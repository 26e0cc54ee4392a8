import { allPlatformSettings, type PublishedSettings } from '@recourse/contracts';
import { Injectable } from '@nestjs/common';
import type { PlatformSettingsOf } from './house.options.js';

/** What each platform has decided for itself: terms, unlock steps, intervals. */
@Injectable()
export class Settings implements PlatformSettingsOf {
  private readonly all = allPlatformSettings();

  of(tenant: string): PublishedSettings {
    const settings = this.all.get(tenant);
    if (!settings) throw new Error(`No settings for the tenant ${tenant}: add contracts/platforms/${tenant}/settings.json`);
    return settings;
  }

  has(tenant: string): boolean {
    return this.all.has(tenant);
  }

  tenants(): readonly string[] {
    return [...this.all.keys()].sort();
  }
}
