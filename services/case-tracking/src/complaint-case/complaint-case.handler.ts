import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { CaseRefusal } from './refusals.js';

/** The one envelope for cases on the command bus. */
export class ForCase extends Command<Outcome<CaseRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForCase)
export class ForCaseHandler implements ICommandHandler<ForCase> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForCase): Promise<Outcome<CaseRefusal>> {
    return handling(this.store)<CaseRefusal>(order);
  }
}
