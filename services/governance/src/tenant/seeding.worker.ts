import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { allPlatformSettings, type PublishedSettings } from '@recourse/contracts';
import { EVENT_STORE } from '@recourse/edge';
import { handling, part, type EventStore } from '@recourse/event-store';
import { tenant as decider } from './deciding.js';

/** At every start: the platforms of contracts/platforms are created, if they never were. The house does that itself; one that was closed since stays closed. */
@Injectable()
export class SeedingTenants implements OnApplicationBootstrap {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([...allPlatformSettings().values()].map((settings) => this.seed(settings)));
  }

  private async seed({ tenant, name, respondent, languages, currency, zone }: PublishedSettings): Promise<void> {
    const stream = `tenant-${tenant}`;
    const by = { actor: 'service:governance', role: 'service', client: 'governance' };
    const profile = { tenant, name, respondent, languages, currency, zone };
    const create = part(decider, stream, { type: 'CreateTenant', ...profile, by, at: this.store.now(tenant) });
    const outcome = await handling(this.store)({ tenant, corr: stream, parts: [create] });
    if (outcome.kind !== 'recorded') throw new Error(`The platform ${tenant} could not be created: ${outcome.kind}`);
  }
}
