import type { Type } from '@nestjs/common';
import { KeepersWrong, KeysUnreachable } from '@recourse/privacy';
import { setTimeout as pause } from 'node:timers/promises';
import { buildService, type BuildOptions } from './building.http.js';
import { configure, ConfigurationWrong, houseVariables, migrationVariables, type Configuration, type Variable } from './configuring.js';
import type { HouseOptions } from './house.options.js';
import { houseOf } from './house.module.js';
import { makeLog, type Log } from './logging.js';
import { migrateHouse, openHouse } from './opening.js';

export type StartOptions = BuildOptions & {
  /** Variables of this service alone; the house's own are always read. */
  readonly variables?: readonly Variable<unknown>[];
};

/** A tool that writes documents puts a function here before it runs main.ts: it is told what would be started, and nothing is. */
export const DESCRIBING = Symbol.for('recourse.describing');
export type Describe = (module: Type, options: StartOptions) => Promise<void>;

/** Starts a service, or with `--migrate` only brings its database up to date. The whole of a service's main.ts. */
export const startService = async (module: Type, options: StartOptions): Promise<void> => {
  const describe = (globalThis as { [DESCRIBING]?: Describe })[DESCRIBING];
  if (describe) return describe(module, options);
  const onlyMigrate = process.argv.includes('--migrate');
  const configuration = configured(options, onlyMigrate);
  if (!configuration) return;
  const log = makeLog(options.service, configuration.of(houseVariables.logLevel));
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'a promise failed that nobody waited for');
    process.exit(1);
  });
  try {
    const house = houseOf(module);
    if (!house) throw new Error(`${module.name} has no house: add House.of({…}) to its imports`);
    await waitingForDatabase(log, () => migrateHouse(house, configuration));
    if (onlyMigrate) log.info('the database is up to date');
    else await run(module, options, house, configuration, log);
  } catch (error) {
    const code = knownFault(error);
    log.fatal(code ? { code } : isSentence(error) ? {} : { err: error }, `${options.service} cannot start: ${wordsFor(error)}`);
    process.exit(1);
  }
};

const configured = ({ service, variables = [] }: StartOptions, onlyMigrate: boolean): Configuration | undefined => {
  try {
    return configure(service, process.env, onlyMigrate ? migrationVariables : [...Object.values(houseVariables), ...variables]);
  } catch (error) {
    if (!(error instanceof ConfigurationWrong)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return undefined;
  }
};

const run = async (module: Type, options: StartOptions, house: HouseOptions, configuration: Configuration, log: Log): Promise<void> => {
  const runtime = await openHouse(house, configuration, log);
  try {
    const app = await buildService(module, options, runtime);
    await runtime.begin();
    await app.listen(configuration.of(houseVariables.port), configuration.of(houseVariables.host));
  } catch (error) {
    await runtime.close();
    throw error;
  }
  log.info({ port: configuration.of(houseVariables.port) }, 'ready');
};

const databaseComesWithinMs = 30_000;

/** In a fresh set of containers the database may need a while longer than we do. */
const waitingForDatabase = async (log: Log, work: () => Promise<void>): Promise<void> => {
  const deadline = Date.now() + databaseComesWithinMs;
  for (let wait = 250; ; wait = Math.min(wait * 2, 4_000)) {
    try {
      return await work();
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      const mayCome = typeof code === 'string' && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|57P03)$/.test(code);
      if (!mayCome || Date.now() + wait > deadline) throw error;
      log.info({ code }, 'waiting for the database');
      await pause(wait);
    }
  }
};

const faults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'its port is taken by another program (RECOURSE_SERVICE_PORT)',
  EACCES: 'it may not listen on its port (RECOURSE_SERVICE_PORT)',
  ECONNREFUSED: 'the database does not answer (DATABASE_OWNER_URL, DATABASE_LOG_URL, DATABASE_WEB_URL)',
  ENOTFOUND: 'the host of the database is not known (DATABASE_OWNER_URL, DATABASE_LOG_URL, DATABASE_WEB_URL)',
  '28P01': 'the database does not accept the password of one of its roles',
  '28000': 'the database does not let one of its roles in',
  '3D000': 'the database does not exist yet: run the provisioning',
};

const knownFault = (error: unknown): string | undefined => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && code in faults ? code : undefined;
};

/** Says all there is to say in one sentence. */
const isSentence = (error: unknown): boolean => error instanceof KeepersWrong || error instanceof KeysUnreachable;

const wordsFor = (error: unknown): string => faults[knownFault(error) ?? ''] ?? (error instanceof Error ? error.message : 'unknown');
