import { Module, type DynamicModule } from '@nestjs/common';
import { Desk } from './desk.js';
import { EVENT_STORE, HOUSE, PRIVACY, VIEWS, type HouseOptions } from './house.options.js';
import { Settings } from './settings.js';
import { Streams } from './streaming.js';

/** Store, views, privacy, relay, inbox and due work of one service, started and stopped in the right order. */
@Module({})
export class House {
  static of(options: HouseOptions): DynamicModule {
    return {
      module: House,
      global: true,
      providers: [
        { provide: HOUSE, useValue: options },
        { provide: EVENT_STORE, useValue: null },
        { provide: PRIVACY, useValue: null },
        { provide: VIEWS, useValue: null },
        Settings,
        Desk,
        Streams,
      ],
      exports: [HOUSE, EVENT_STORE, PRIVACY, VIEWS, Settings, Desk, Streams],
    };
  }
}
