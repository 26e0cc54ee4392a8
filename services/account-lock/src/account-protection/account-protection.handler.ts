import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { StepUpRefusal } from '../step-up/refusals.js';
import type { ProtectionRefusal } from './refusals.js';

/** The one envelope for an account's protection. A proof by code takes its step-up along: both happen or neither. */
export class ForAccount extends Command<Outcome<ProtectionRefusal | StepUpRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForAccount)
export class ForAccountHandler implements ICommandHandler<ForAccount> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForAccount): Promise<Outcome<ProtectionRefusal | StepUpRefusal>> {
    return handling(this.store)<ProtectionRefusal | StepUpRefusal>(order);
  }
}
