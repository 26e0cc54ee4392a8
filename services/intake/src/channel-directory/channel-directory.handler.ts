import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { ChannelRefusal } from './refusals.js';

/** The one envelope for a platform's channels. */
export class ForChannels extends Command<Outcome<ChannelRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForChannels)
export class ForChannelsHandler implements ICommandHandler<ForChannels> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForChannels): Promise<Outcome<ChannelRefusal>> {
    return handling(this.store)<ChannelRefusal>(order);
  }
}
