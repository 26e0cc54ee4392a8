import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { ComplaintRefusal } from '../complaint/refusals.js';
import type { EvidenceRefusal } from './refusals.js';

/** The one envelope for evidence: a file and its place in the complaint's list, all or nothing. */
export class ForEvidence extends Command<Outcome<EvidenceRefusal | ComplaintRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForEvidence)
export class ForEvidenceHandler implements ICommandHandler<ForEvidence> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForEvidence): Promise<Outcome<EvidenceRefusal | ComplaintRefusal>> {
    return handling(this.store)<EvidenceRefusal | ComplaintRefusal>(order);
  }
}
