import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { NoticeRefusal } from './refusals.js';

/** The one envelope for notices on the command bus. */
export class ForNotice extends Command<Outcome<NoticeRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForNotice)
export class ForNoticeHandler implements ICommandHandler<ForNotice> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForNotice): Promise<Outcome<NoticeRefusal>> {
    return handling(this.store)<NoticeRefusal>(order);
  }
}
