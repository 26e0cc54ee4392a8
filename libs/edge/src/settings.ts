import type { PolicyVersions, PublishedSettings } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import type { PlatformSettingsOf } from './house.options.js';
import { Platforms, type Platform } from './platforms/platforms.js';
import { settledAs, settledAt } from './platforms/settling.js';

/** What each platform has decided for itself: terms, unlock steps, intervals. As it has published it, and as files said before it published anything. */
export class Settings implements PlatformSettingsOf {
  private readonly made = new WeakMap<Platform, Map<string, PublishedSettings>>();

  /** Where nobody heard anything yet: those of contracts/platforms. */
  constructor(
    private readonly platforms = new Platforms(),
    private readonly now: (tenant: string) => Instant = () => new Date().toISOString(),
  ) {}

  of(tenant: string, at: Instant = this.now(tenant)): PublishedSettings {
    const platform = this.known(tenant);
    const { settings, policies } = platform;
    if (policies.length === 0) return settings;
    const since = policies.reduce(
      (latest, { effectiveFrom }) => (effectiveFrom <= at && effectiveFrom > latest ? effectiveFrom : latest),
      '',
    );
    return this.once(platform, since, () => settledAt(settings, policies, at));
  }

  pinned(tenant: string, versions: PolicyVersions = {}): PublishedSettings {
    const platform = this.known(tenant);
    return this.once(platform, JSON.stringify(versions), () => settledAs(platform.settings, platform.policies, versions));
  }

  has(tenant: string): boolean {
    const platform = this.platforms.of(tenant);
    return platform !== undefined && platform.closedAt === undefined;
  }

  tenants(): readonly string[] {
    return this.platforms.all().flatMap(({ tenant, closedAt }) => (closedAt === undefined ? [tenant] : []));
  }

  private known(tenant: string): Platform {
    const platform = this.platforms.of(tenant);
    if (!platform) throw new Error(`No settings for the tenant ${tenant}: create it (POST /v1/tenants)`);
    return platform;
  }

  /** Hashing takes longer than asking, and is asked for with each command. A platform of which more is heard is another object. */
  private once(platform: Platform, name: string, make: () => PublishedSettings): PublishedSettings {
    const made = this.made.get(platform) ?? new Map<string, PublishedSettings>();
    this.made.set(platform, made);
    const known = made.get(name) ?? make();
    made.set(name, known);
    return known;
  }
}
