import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { ContactRefusal } from './refusals.js';

/** The one envelope for the routes of an account. */
export class ForContact extends Command<Outcome<ContactRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForContact)
export class ForContactHandler implements ICommandHandler<ForContact> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForContact): Promise<Outcome<ContactRefusal>> {
    return handling(this.store)<ContactRefusal>(order);
  }
}
