import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { Closing } from './closing.js';
import { Configuration } from './configuring.js';
import { Desk } from './desk.js';
import { EVENT_STORE, HOUSE, PRIVACY, TRANSPORT, VIEWS, type HouseOptions } from './house.options.js';
import { LOG } from './logging.js';
import { RUNTIME, type Runtime } from './runtime.js';
import { Secrets } from './secrets.js';
import { Settings } from './settings.js';
import { Streams } from './streaming.js';

const part = <Name extends keyof Runtime>(provide: symbol | Type | typeof Configuration, name: Name) => ({
  provide,
  useFactory: (runtime: Runtime) => runtime[name],
  inject: [RUNTIME],
});

/** Gives a service's classes what they lean on: store, views, privacy, desk, settings. What runs behind them is made by startService. */
@Module({})
export class House {
  static of(options: HouseOptions): DynamicModule {
    const parts = [
      part(EVENT_STORE, 'store'),
      part(PRIVACY, 'privacy'),
      part(VIEWS, 'views'),
      part(TRANSPORT, 'transport'),
      part(LOG, 'log'),
      part(Configuration, 'configuration'),
      part(Closing, 'closing'),
      part(Secrets, 'secrets'),
    ];
    const providers = [{ provide: HOUSE, useValue: options }, ...parts, Settings, Desk, Streams];
    return { module: House, global: true, providers, exports: providers };
  }
}

/** The options a module was given through House.of; undefined for one without a house. */
export const houseOf = (module: Type): HouseOptions | undefined => {
  const imports = (Reflect.getMetadata('imports', module) ?? []) as readonly (Type | DynamicModule)[];
  for (const imported of imports) {
    if (typeof imported === 'function') {
      const nested = houseOf(imported);
      if (nested) return nested;
    } else if (imported.module === House) {
      const provider = imported.providers?.find((one) => 'provide' in one && one.provide === HOUSE);
      return (provider as { useValue: HouseOptions }).useValue;
    }
  }
  return undefined;
};
