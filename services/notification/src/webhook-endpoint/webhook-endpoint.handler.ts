import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { EndpointRefusal } from './refusals.js';

/** The one envelope for webhook endpoints on the command bus. */
export class ForEndpoint extends Command<Outcome<EndpointRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForEndpoint)
export class ForEndpointHandler implements ICommandHandler<ForEndpoint> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForEndpoint): Promise<Outcome<EndpointRefusal>> {
    return handling(this.store)<EndpointRefusal>(order);
  }
}
