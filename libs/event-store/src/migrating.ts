import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { AppendRequest } from './append.js';
import { appendBatch } from './appending.js';
import { logSteps, type Roles } from './log-schema.js';
import { noLeaf, stamp } from './stamping.js';

export type Migrating = {
  /** As the service's `_owner` role. */
  readonly ownerUrl: string;
  readonly service: string;
  /** With the service it names the log for ever: `<log domain>/<service>`. */
  readonly logDomain: string;
  /** Migrations of the service's own tables (views, parked keys), run after the store's. */
  readonly migrations?: DataSourceOptions['migrations'];
};

/** Brings a service's database up to date: the store's own schema, the log's first record, the service's tables. Instances that start together take turns. */
export const migrate = async ({ ownerUrl, service, logDomain, migrations = [] }: Migrating): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl, options: '-c timezone=UTC' });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtextextended('recourse.migrate', 0))`);
    await migrateLog(client);
    await openLog(client, service, `${logDomain}/${service}`);
    const source = new DataSource({ type: 'postgres', url: ownerUrl, migrations, extra: { max: 1, options: '-c timezone=UTC' } });
    await source.initialize();
    try {
      await source.runMigrations({ transaction: 'each' });
    } finally {
      await source.destroy();
    }
  } finally {
    await client.end();
  }
};

/** For a view's migration: only the log role writes the table, and the web role reads in it what has the caller's tenant. */
export const secureView = (table: string): string => `select log.secure_view(${pg.escapeLiteral(pg.escapeIdentifier(table))})`;

/** For a migration that changes a view's table: `alterView('caseload', 'add column channel text')` changes it in every generation. */
export const alterView = (table: string, change: string): string =>
  `select log.alter_view(${pg.escapeLiteral(table)}, ${pg.escapeLiteral(change)})`;

const migrateLog = async (client: pg.Client) => {
  const roles = await rolesOf(client);
  await client.query(
    `create schema if not exists log; create table if not exists log.step (name text primary key, done timestamptz not null)`,
  );
  const { rows } = await client.query<{ name: string }>('select name from log.step');
  const done = new Set(rows.map(({ name }) => name));
  for (const { name, sql } of logSteps) {
    if (done.has(name)) continue;
    await client.query('begin');
    try {
      await client.query(sql(roles));
      await client.query('insert into log.step values ($1, clock_timestamp())', [name]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  }
};

const rolesOf = async (client: pg.Client): Promise<Roles> => {
  const { rows } = await client.query<{ role: string }>('select current_user as role');
  const owner = rows[0]!.role;
  if (!owner.endsWith('_owner')) throw new Error(`Migrations run as the owner of the database (<service>_owner), not as ${owner}.`);
  const stem = owner.slice(0, -'_owner'.length);
  return { owner: pg.escapeIdentifier(owner), log: pg.escapeIdentifier(`${stem}_log`), web: pg.escapeIdentifier(`${stem}_web`) };
};

/** Position 0 says whose log this is, so that a log can never be taken for another's. */
const openLog = async (client: pg.Client, service: string, origin: string) => {
  const { rows } = await client.query<{ record: { data: { origin?: string } }; now: Date }>(
    'select record from log.event where position = 0',
  );
  const opened = rows[0]?.record.data.origin;
  if (opened === origin) return;
  if (opened !== undefined) throw new Error(`This database holds the log of ${opened}, not of ${origin}.`);
  const clock = await client.query<{ now: string }>('select extract(epoch from clock_timestamp()) * 1000 as now');
  const stream = `log-${service}`;
  const event = { type: 'LogOpened', origin };
  const request: AppendRequest = {
    tenant: 'house',
    at: new Date(Math.floor(Number(clock.rows[0]!.now))).toISOString(),
    by: { actor: `service:${service}`, role: 'service', client: service },
    corr: uuidv7(),
    writes: [{ stream, expected: 'must-not-exist', events: [event] }],
  };
  await appendBatch(client, [{ request, stamped: [stamp(event, { id: uuidv7(), stream, version: 0, prev: noLeaf }, request)] }]);
};
