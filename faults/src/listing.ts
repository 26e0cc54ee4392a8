import type { Run } from './running.js';
import { editing } from './runs/editing.js';
import { freezingLeader } from './runs/freezing-leader.js';
import { growing } from './runs/growing.js';
import { holdingTransaction } from './runs/holding-transaction.js';
import { killingBrokers } from './runs/killing-brokers.js';
import { killingPostgres } from './runs/killing-postgres.js';
import { killingServices } from './runs/killing-services.js';
import { losingDatabase } from './runs/losing-database.js';
import { poisoning } from './runs/poisoning.js';
import { racingLocks } from './runs/racing-locks.js';
import { rebuildingView } from './runs/rebuilding-view.js';
import { redelivering } from './runs/redelivering.js';
import { rolling } from './runs/rolling.js';
import { rushing } from './runs/rushing.js';
import { soaking } from './runs/soaking.js';
import { stoppingBroker } from './runs/stopping-broker.js';
import { timingStrangers } from './runs/timing-strangers.js';

/** Every run, in the order in which `all` runs them. */
export const runs: readonly Run[] = [
  killingServices,
  killingBrokers,
  stoppingBroker,
  killingPostgres,
  freezingLeader,
  holdingTransaction,
  redelivering,
  poisoning,
  losingDatabase,
  editing,
  rolling,
  rebuildingView,
  racingLocks,
  timingStrangers,
  rushing,
  soaking,
  growing,
];
