import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { PrivacyRefusal } from './refusals.js';

/** The one envelope for what may be forgotten. An order about keys takes the holds and retentions in its way along: one no is a no to all. */
export class ForPrivacy extends Command<Outcome<PrivacyRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForPrivacy)
export class ForPrivacyHandler implements ICommandHandler<ForPrivacy> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForPrivacy): Promise<Outcome<PrivacyRefusal>> {
    return handling(this.store)<PrivacyRefusal>(order);
  }
}
