import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { provision, startPostgres, type Provisioned, type RunningPostgres, type ServiceDatabases } from '@recourse/embedded';
import pg from 'pg';
import type { AppendRequest, EventStore, Expected } from './append.js';
import { migrate, type Migrating } from './migrating.js';
import { PostgresEventStore, type StoreOptions } from './postgres-event-store.js';
import type { NewEvent } from './record.js';

export type TestHouse<Service extends string> = Provisioned<Service> & {
  /** The superuser's address, in the `postgres` database. */
  readonly adminUrl: string;
  /** Drops the databases and roles. */
  close(): Promise<void>;
};

/** Fresh databases for these services, with keyring and bus, as `provision` makes them everywhere, on the one server of this test process. */
export const testHouse = <Service extends string>(...services: readonly Service[]): Promise<TestHouse<Service>> => houseFor(services);

const houseFor = async <Service extends string>(services: readonly Service[], governor?: Service): Promise<TestHouse<Service>> => {
  const { url: adminUrl } = await testServer();
  const prefix = `t${randomBytes(4).toString('hex')}_`;
  const named = { databases: prefix, roles: prefix };
  const provisioned = await provision(adminUrl, { services, passwords: () => 'test', prefix: named, ...(governor && { governor }) });
  return { ...provisioned, adminUrl, close: () => demolish(adminUrl, prefix) };
};

export type TestDatabase = {
  readonly ownerUrl: string;
  readonly logUrl: string;
  readonly webUrl: string;
  readonly keyringUrl: string;
  readonly busUrl: string;
  readonly keyringOwnerUrl: string;
  readonly busOwnerUrl: string;
  readonly adminUrl: string;
  close(): Promise<void>;
};

/** One service's databases, empty: no schema yet. A governor may restrict, release and destroy keys. */
export const testDatabase = async ({ governs = false } = {}): Promise<TestDatabase> => {
  const house = await houseFor(['test'], governs ? 'test' : undefined);
  const { owner, log, web, keyring, bus }: ServiceDatabases = house.services.test;
  return {
    ownerUrl: owner,
    logUrl: log,
    webUrl: web,
    keyringUrl: keyring,
    busUrl: bus,
    keyringOwnerUrl: house.keyring.owner,
    busOwnerUrl: house.bus.owner,
    adminUrl: house.adminUrl,
    close: house.close,
  };
};

export type TestStore = { readonly store: PostgresEventStore; readonly database: TestDatabase; close(): Promise<void> };

/** A store on a database of its own, migrated and opened. */
export const testStore = async (
  options: Partial<Pick<Migrating, 'service' | 'logDomain' | 'migrations'> & Omit<StoreOptions, 'logUrl'>> = {},
): Promise<TestStore> => {
  const { service = 'test', logDomain = 'recourse.example', migrations = [], ...more } = options;
  const database = await testDatabase();
  await migrate({ ownerUrl: database.ownerUrl, service, logDomain, migrations });
  const store = await PostgresEventStore.open({ service, logUrl: database.logUrl, ...more });
  return {
    store,
    database,
    close: async () => {
      await store.close();
      await database.close();
    },
  };
};

/** A request as an agent of quanpay makes it: one write to one stream, unless `more` says otherwise. */
export const requestOf = (
  store: Pick<EventStore, 'now'>,
  stream: string,
  expected: Expected,
  events: readonly NewEvent[],
  more: Partial<AppendRequest> = {},
): AppendRequest => ({
  tenant: 'quanpay',
  at: store.now('quanpay'),
  by: { actor: 'agent-0417', role: 'agent', client: 'desk' },
  corr: randomUUID(),
  writes: [{ stream, expected, events }],
  ...more,
});

const demolish = async (adminUrl: string, prefix: string) => {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const databases = await admin.query<{ name: string }>('select datname as name from pg_database where starts_with(datname, $1)', [
      prefix,
    ]);
    for (const { name } of databases.rows) await admin.query(`drop database ${pg.escapeIdentifier(name)} with (force)`);
    const roles = await admin.query<{ name: string }>('select rolname as name from pg_roles where starts_with(rolname, $1)', [prefix]);
    for (const { name } of roles.rows) await admin.query(`drop role ${pg.escapeIdentifier(name)}`);
  } finally {
    await admin.end();
  }
};

/**
 * One server per process, however many test files it runs. Jest gives every file its own modules and globals, but Node's own modules are the
 * same objects for all, so the server is kept on one of them. It stops, and its data goes, when the process does.
 */
const testServer = (): Promise<RunningPostgres> => {
  const key = Symbol.for('recourse.test-postgres');
  const shelf = net as unknown as Record<symbol, Promise<RunningPostgres> | undefined>;
  return (shelf[key] ??= startPostgres({
    dataDir: path.join(tmpdir(), `recourse-test-${process.pid}-${randomBytes(4).toString('hex')}`),
    port: 0,
    password: 'test',
    throwAway: true,
    // A test never survives its machine: what makes PostgreSQL durable only makes it slow here.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', scram_iterations: '1', max_connections: '200' },
  }));
};
