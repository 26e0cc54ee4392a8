import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { StepUpRefusal } from './refusals.js';

/** The one envelope for one-time codes. */
export class ForStepUp extends Command<Outcome<StepUpRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForStepUp)
export class ForStepUpHandler implements ICommandHandler<ForStepUp> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForStepUp): Promise<Outcome<StepUpRefusal>> {
    return handling(this.store)<StepUpRefusal>(order);
  }
}
