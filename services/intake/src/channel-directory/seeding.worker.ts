import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EVENT_STORE, Settings } from '@recourse/edge';
import { handling, part, type EventStore, type Order } from '@recourse/event-store';
import { channelDirectory } from './deciding.js';

/** At every start: what the platforms' settings list, and the directory does not know yet, is listed. What a platform changed since stays changed. */
@Injectable()
export class SeedingChannels implements OnApplicationBootstrap {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all(this.settings.tenants().map((tenant) => this.seed(tenant)));
  }

  private async seed(tenant: string): Promise<void> {
    const { channels, zone } = this.settings.of(tenant);
    const stream = `channels-${tenant}`;
    const known = new Set((await this.store.readStream(stream)).map(({ data }) => data['channel']));
    const told = { by: { actor: 'service:intake', role: 'service', client: 'intake' }, at: this.store.now(tenant) };
    const parts = channels
      .filter(({ channel }) => !known.has(channel))
      .flatMap(({ verified, channel, ...listed }) => [
        part(channelDirectory, stream, { type: 'ListChannel', ...told, channel, zone, ...listed }),
        ...(verified ? [part(channelDirectory, stream, { type: 'VerifyChannel', ...told, channel })] : []),
      ]);
    const [first, ...rest] = parts;
    if (!first) return;
    const order: Order = { tenant, corr: stream, parts: [first, ...rest] };
    const outcome = await handling(this.store)(order);
    if (outcome.kind !== 'recorded') throw new Error(`The channels of ${tenant} could not be listed: ${outcome.kind}`);
  }
}
