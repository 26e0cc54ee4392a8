import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { CaseRefusal } from '../complaint-case/refusals.js';
import type { PaymentRefusal } from './refusals.js';

/** The one envelope for disputed payments. A confirmed credit takes the case along, whose measure it completes: both or neither. */
export class ForPayment extends Command<Outcome<PaymentRefusal | CaseRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForPayment)
export class ForPaymentHandler implements ICommandHandler<ForPayment> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForPayment): Promise<Outcome<PaymentRefusal | CaseRefusal>> {
    return handling(this.store)<PaymentRefusal | CaseRefusal>(order);
  }
}
