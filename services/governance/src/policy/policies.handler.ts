import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { PolicyRefusal } from './refusals.js';

/** The one envelope for what a platform publishes. */
export class ForPolicies extends Command<Outcome<PolicyRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForPolicies)
export class ForPoliciesHandler implements ICommandHandler<ForPolicies> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForPolicies): Promise<Outcome<PolicyRefusal>> {
    return handling(this.store)<PolicyRefusal>(order);
  }
}
