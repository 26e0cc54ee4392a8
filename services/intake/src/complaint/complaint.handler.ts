import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { ComplaintRefusal } from './refusals.js';

/** The one envelope for everything that is told of a complaint. */
export class ForComplaint extends Command<Outcome<ComplaintRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForComplaint)
export class ForComplaintHandler implements ICommandHandler<ForComplaint> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForComplaint): Promise<Outcome<ComplaintRefusal>> {
    return handling(this.store)<ComplaintRefusal>(order);
  }
}
