import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { hearsayHistory, tellingHistory, waitingKeyHistory } from '@recourse/contracts';
import { Closing } from './closing.js';
import { Configuration } from './configuring.js';
import { Desk } from './desk.js';
import { EVENT_STORE, HOUSE, PRIVACY, TRANSPORT, VIEWS, type HouseOptions } from './house.options.js';
import { LOG } from './logging.js';
import { Metrics } from './measuring.js';
import { RUNTIME, type Runtime } from './runtime.js';
import { Secrets } from './secrets.js';
import { Settings } from './settings.js';
import { TenantLimits } from './platforms/limiting.js';
import { Platforms } from './platforms/platforms.js';
import { platformsHeard } from './platforms/platform-heard.js';
import { operationsOf } from './operations/placing.js';
import { operationsRefusals } from './operations/refusals.js';
import { Streams } from './streaming.js';

const part = <Name extends keyof Runtime>(
  provide: symbol | Type | typeof Configuration | typeof TenantLimits | typeof Settings | typeof Platforms,
  name: Name,
) => ({
  provide,
  useFactory: (runtime: Runtime) => runtime[name],
  inject: [RUNTIME],
});

/** Gives a service's classes what they lean on: store, views, privacy, desk, settings. What runs behind them is made by startService. */
@Module({})
export class House {
  static of(given: HouseOptions): DynamicModule {
    const options = withOperations(given);
    const parts = [
      part(EVENT_STORE, 'store'),
      part(PRIVACY, 'privacy'),
      part(VIEWS, 'views'),
      part(TRANSPORT, 'transport'),
      part(LOG, 'log'),
      part(Metrics, 'metrics'),
      part(Configuration, 'configuration'),
      part(Closing, 'closing'),
      part(Secrets, 'secrets'),
      part(TenantLimits, 'limits'),
      part(Platforms, 'platforms'),
      part(Settings, 'settings'),
    ];
    const providers = [{ provide: HOUSE, useValue: options }, ...parts, Desk, Streams];
    return { module: House, global: true, controllers: [...operationsOf(options.service)], providers, exports: providers };
  }
}

/** What operators do, and what is heard of platforms, is recorded in every service's log, and read and refused alike. */
const withOperations = (options: HouseOptions): HouseOptions => ({
  ...options,
  histories: { ...options.histories, parked: waitingKeyHistory, relay: tellingHistory, platform: hearsayHistory },
  hears: [platformsHeard(options.service), ...(options.hears ?? [])],
  refusals: [operationsRefusals, ...[options.refusals].flat()],
});

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
