import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE } from '@recourse/edge';
import { handling, type EventStore, type Order, type Outcome } from '@recourse/event-store';
import type { PreferencesRefusal } from './refusals.js';

/** The one envelope for preferences on the command bus. */
export class ForPreferences extends Command<Outcome<PreferencesRefusal>> {
  constructor(readonly order: Order) {
    super();
  }
}

@CommandHandler(ForPreferences)
export class ForPreferencesHandler implements ICommandHandler<ForPreferences> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ order }: ForPreferences): Promise<Outcome<PreferencesRefusal>> {
    return handling(this.store)<PreferencesRefusal>(order);
  }
}
