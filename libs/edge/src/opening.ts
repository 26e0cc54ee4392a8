import { migrate, PostgresEventStore, Views } from '@recourse/event-store';
import { remembering, verifier } from '@recourse/identity';
import { postgresPrivacy, readKek } from '@recourse/privacy';
import { Closing } from './closing.js';
import { houseVariables as variables, type Configuration } from './configuring.js';
import { DueWorker } from './due.worker.js';
import type { HouseOptions } from './house.options.js';
import type { Log } from './logging.js';
import { Metrics } from './measuring.js';
import type { Readiness, Runtime } from './runtime.js';
import { Secrets } from './secrets.js';
import { Settings } from './settings.js';

/** Brings the service's database up to date: the log, then the views' tables. */
export const migrateHouse = ({ service, migrations = [] }: HouseOptions, configuration: Configuration): Promise<void> =>
  migrate({
    ownerUrl: configuration.of(variables.owner),
    service,
    logDomain: configuration.of(variables.logDomain),
    migrations: [...migrations],
  });

/** Opens everything a service leans on; what hears, tells and looks begins when `begin` is called. */
export const openHouse = async (house: HouseOptions, configuration: Configuration, log: Log): Promise<Runtime & { begin(): Promise<void> }> => {
  const { service, views: viewed = [], histories, entities = [], due = [] } = house;
  const kek = readKek(configuration.of(variables.kekFile));
  const logUrl = configuration.of(variables.log);
  const closers: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse().splice(0)) await close().catch((error: unknown) => log.error({ err: error }, 'something did not close'));
  };
  try {
    const store = await PostgresEventStore.open({ service, logUrl });
    closers.push(() => store.close());
    const privacy = postgresPrivacy({ store, service, keyringUrl: configuration.of(variables.keyring), kek });
    closers.push(() => privacy.close());
    const views = await Views.open({
      store,
      logUrl,
      webUrl: configuration.of(variables.web),
      views: viewed,
      histories,
      entities,
      failed: (view, error) => log.error({ err: error, view }, 'a view could not take in a record'),
    });
    closers.push(() => views.close());
    const metrics = new Metrics(service);
    measureHouse(metrics, store, views);
    return {
      configuration,
      log,
      metrics,
      closing: new Closing(),
      secrets: new Secrets(kek.key),
      verify: remembering(verifier({ issuer: configuration.of(variables.issuer), jwksUrl: configuration.of(variables.jwks) })),
      store,
      privacy,
      views,
      readiness: () => readinessOf(store, views),
      begin: async () => {
        const worker = new DueWorker({ service, due, store, views, privacy, settings: new Settings(), watermarks: { of: async () => undefined }, log });
        closers.push(() => worker.stop());
        metrics.gauge('recourse_due_total', 'Due work by name and what came of it, since the start.', ['name', 'result'], () =>
          worker.counts.flatMap(({ name, done, failed }) => [
            { labels: { name, result: 'done' }, value: done },
            { labels: { name, result: 'failed' }, value: failed },
          ]),
        );
      },
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
};

const readinessOf = async (store: PostgresEventStore, views: Views): Promise<Readiness> => {
  const parts: Record<string, string> = {};
  const head = await store.head().catch(() => undefined);
  parts['database'] = head === undefined ? 'away' : 'there';
  for (const { name, position, leads } of views.positions())
    if (leads && head !== undefined) parts[name] = position >= head ? 'up to date' : `${head - position} behind`;
  return { ready: head !== undefined, parts };
};

const measureHouse = (metrics: Metrics, store: PostgresEventStore, views: Views): void => {
  const { pool } = store;
  metrics.gauge('recourse_log_head', 'The last position of the log.', [], async () => [{ labels: {}, value: await store.head() }]);
  metrics.gauge('recourse_pool_connections', 'Connections of the store by state; waiting are requests without one.', ['state'], () => [
    { labels: { state: 'open' }, value: pool.totalCount },
    { labels: { state: 'idle' }, value: pool.idleCount },
    { labels: { state: 'waiting' }, value: pool.waitingCount },
  ]);
  metrics.gauge('recourse_view_lag', 'Records a view has still to take in, where this instance leads it.', ['view'], async () => {
    const head = await store.head();
    return views.positions().filter(({ leads }) => leads).map(({ name, position }) => ({ labels: { view: name }, value: head - position }));
  });
};
