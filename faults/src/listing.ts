import type { Run } from './running.js';
import { killingPostgres } from './runs/killing-postgres.js';
import { killingServices } from './runs/killing-services.js';

/** Every run, in the order in which `all` runs them. */
export const runs: readonly Run[] = [killingServices, killingPostgres];
