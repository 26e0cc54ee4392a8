import { followerStandings, migrate, PostgresEventStore, Views } from '@recourse/event-store';
import { remembering, verifierOf } from '@recourse/identity';
import { openKms, postgresPrivacy } from '@recourse/privacy';
import { relayMigrations } from '@recourse/relay';
import { Closing } from './closing.js';
import { houseVariables as variables, type Configuration } from './configuring.js';
import { startDelivery, transportOf, type Delivery } from './delivering.js';
import { DueWorker } from './due.worker.js';
import { ForgettingWorker } from './forgetting/forgetting.worker.js';
import { hashOfFolds } from './folds.disk.js';
import type { HouseOptions, Tools } from './house.options.js';
import type { Log } from './logging.js';
import { measureDelivery } from './measuring.delivery.js';
import { measureDue, measureHouse } from './measuring.house.js';
import { Metrics } from './measuring.js';
import { Overseeing } from './operations/overseeing.pg.js';
import { Operations1700000000003 } from './operations/operations.migration.js';
import { startOperating } from './operations/operating.worker.js';
import type { Readiness, Runtime } from './runtime.js';
import { limitsAmong } from './platforms/limiting.js';
import { Platforms1700000000004 } from './platforms/platforms.migration.js';
import { Platforms } from './platforms/platforms.js';
import { KeepingPlatforms } from './platforms/platforms.worker.js';
import { secretsOf } from './secrets.js';
import { Settings } from './settings.js';
import { issuersOf } from './trusting.disk.js';

/** Brings the service's database up to date: the log, what relay and inbox remember, then the views' tables. */
export const migrateHouse = ({ service, migrations = [] }: HouseOptions, configuration: Configuration): Promise<void> =>
  migrate({
    ownerUrl: configuration.of(variables.owner),
    service,
    logDomain: configuration.of(variables.logDomain),
    migrations: [...relayMigrations, Operations1700000000003, Platforms1700000000004, ...migrations],
  });

export type OpenHouse = Runtime & {
  readonly store: PostgresEventStore;
  /** From here on the service tells, hears and looks after what is due. */
  begin(): Promise<void>;
};

/** Opens everything a service leans on. What it opened it closes in the opposite order: who asks before who is asked. */
export const openHouse = async (house: HouseOptions, configuration: Configuration, log: Log): Promise<OpenHouse> => {
  const { service, views: viewed = [], histories, entities = [] } = house;
  const logUrl = configuration.of(variables.log);
  const keyringUrl = configuration.of(variables.keyring);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse())
      await step().catch((error: unknown) => log.error({ err: error }, 'something did not close'));
  };
  try {
    const issuers = issuersOf(configuration);
    const keepers = configuration.of(variables.keepers);
    const kms = await openKms(keepers);
    closers.push(async () => kms.close());
    const store = await PostgresEventStore.open({ service, logUrl, ...(house.upcasters && { upcasters: house.upcasters }) });
    closers.push(() => store.close());
    const privacy = postgresPrivacy({ store, service, keyringUrl, kms });
    closers.push(() => privacy.close());
    const failed = (view: string, error: unknown) => log.error({ err: error, view }, 'a view could not take in a record');
    const differs = () => log.error('a snapshot was not what its stream folds to; none is used from now on');
    const fold = hashOfFolds();
    log.info({ fold }, 'the code that folds histories');
    const webUrl = configuration.of(variables.web);
    const views = await Views.open({ store, logUrl, webUrl, views: viewed, histories, entities, fold, failed, differs });
    closers.push(() => views.close());
    const transport = transportOf(service, configuration, log);
    closers.push(() => transport.close());
    const metrics = new Metrics(service);
    measureHouse(metrics, store, views, privacy);
    const platforms = new Platforms();
    const keeping = new KeepingPlatforms({ platforms, store, log });
    await keeping.catchUp();
    const settings = new Settings(platforms, (tenant) => store.now(tenant));
    const tools: Tools = { store, views, privacy, settings };
    let carried = false;
    let delivery: Delivery | undefined;
    const topics = [...new Set((house.hears ?? []).flatMap((hearing) => hearing.topics))];
    const overseeing = new Overseeing({ service, store, transport, topics, delivery: () => delivery });
    return {
      ...{ configuration, log, metrics, store, privacy, views, transport, overseeing, platforms, settings, close },
      closing: new Closing(),
      secrets: await secretsOf(keyringUrl, kms, keepers),
      limits: limitsAmong(platforms),
      verify: remembering(verifierOf(issuers)),
      readiness: async () => {
        // Once is enough: a carrier that goes away later keeps nobody from complaining, the log waits for it.
        carried ||= await transport.ready();
        return readinessOf(store, views, carried);
      },
      begin: async () => {
        keeping.begin();
        closers.push(() => keeping.stop());
        const begun = await startDelivery({ house, configuration, log, transport, store, tools });
        closers.push(() => begun.stop());
        delivery = begun;
        const operating = startOperating({ service, store, pool: store.pool, log });
        closers.push(() => operating.stop());
        const forgetting = new ForgettingWorker({ pool: store.pool, privacy, keeps: house.keeps?.(configuration) ?? [], log });
        closers.push(() => forgetting.stop());
        const worker = new DueWorker({ ...tools, service, due: house.due ?? [], watermarks: begun.inbox.watermarks, log });
        closers.push(() => worker.stop());
        measureDelivery(metrics, { ...begun, overseeing, transport, now: () => store.now() });
        measureDue(metrics, worker);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const readinessOf = async (store: PostgresEventStore, views: Views, carried: boolean): Promise<Readiness> => {
  const head = await store.head().catch(() => undefined);
  const lags = views
    .positions()
    .filter(({ leads, state }) => leads && state === 'live' && head !== undefined)
    .map(({ name, position }) => [`view ${name}`, position >= (head ?? 0) ? 'up to date' : `${(head ?? 0) - position} behind`]);
  const halted = (await followerStandings(store.pool).catch(() => []))
    .filter(({ stopped }) => stopped !== null)
    .map(({ name, stopped }) => [`follower ${name}`, `stopped: ${stopped}`]);
  return {
    ready: head !== undefined && carried,
    parts: {
      ...{ database: head === undefined ? 'away' : 'there', carrier: carried ? 'there' : 'not there yet' },
      ...Object.fromEntries([...lags, ...halted]),
    },
  };
};
