import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { TenantRefusal } from './refusals.js';

/** The one envelope for everything about a platform. */
export class ForTenant extends Command<Outcome<TenantRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForTenant)
export class ForTenantHandler implements ICommandHandler<ForTenant> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForTenant): Promise<Outcome<TenantRefusal>> {
    return handling(this.store)<TenantRefusal>(order);
  }
}
