import { createHmac } from 'node:crypto';
import pg from 'pg';

export const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'] as const;
export type ServiceName = (typeof services)[number];

export type ProvisionOptions<Service extends string = ServiceName> = {
  /** The password of a role, the same at every call: see `passwordsFrom`. */
  readonly passwords: (role: string) => string;
  readonly services?: readonly Service[];
  /** The one service that may restrict, release and destroy keys: `governance`, when it is among them, unless said otherwise. */
  readonly governor?: string;
  /** Put before the names of databases, `recourse_` unless said otherwise, and of roles, nothing unless said otherwise. */
  readonly prefix?: { readonly databases?: string; readonly roles?: string };
};

/** Where one service finds its own database, three times, and the two it shares. */
export type ServiceDatabases = {
  readonly owner: string;
  readonly log: string;
  readonly web: string;
  readonly keyring: string;
  readonly bus: string;
};
export type Provisioned<Service extends string = ServiceName> = {
  readonly services: Readonly<Record<Service, ServiceDatabases>>;
  readonly keyring: { readonly owner: string };
  readonly bus: { readonly owner: string };
};

/**
 * Makes what is missing of databases, roles and grants, and sets every password anew: run it as often as you like, on any PostgreSQL from 15.
 *
 * A database per service, owned by `<service>_owner` (migrations); `<service>_log` appends, relays and folds, `<service>_web` serves requests
 * under row-level security. Nobody else may even connect. The keyring and the bus are databases of their own: every `_log` role may connect to
 * them and is a member of `keyring_user` and `bus_user`, to which their migrations grant what services may do. What becomes of keys by order is
 * granted to `keyring_governor`, whose one member is the `_log` role of the governor.
 */
export const provision = async <Service extends string = ServiceName>(
  adminUrl: string,
  {
    passwords,
    services: wanted = services as readonly string[] as readonly Service[],
    governor = 'governance',
    prefix = {},
  }: ProvisionOptions<Service>,
): Promise<Provisioned<Service>> => {
  const database = (name: string) => (prefix.databases ?? 'recourse_') + underscored(name);
  const role = (name: string, kind: string) => `${prefix.roles ?? ''}${underscored(name)}_${kind}`;
  const at = (roleName: string, databaseName: string) => {
    const url = new URL(adminUrl);
    Object.assign(url, { username: roleName, password: encodeURIComponent(passwords(roleName)), pathname: `/${databaseName}` });
    return url.href;
  };
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`select pg_advisory_lock(hashtextextended('recourse.provision', 0))`);
    const shared = ['keyring', 'bus'];
    for (const name of shared) {
      await ensureRole(admin, role(name, 'owner'), passwords);
      await ensureRole(admin, role(name, 'user'));
    }
    await ensureRole(admin, role('keyring', 'governor'));
    for (const service of wanted) for (const kind of ['owner', 'log', 'web']) await ensureRole(admin, role(service, kind), passwords);
    for (const service of wanted) {
      await ensureDatabase(admin, database(service), role(service, 'owner'), [role(service, 'log'), role(service, 'web')]);
      for (const name of shared) await admin.query(`grant ${quoted(role(name, 'user'))} to ${quoted(role(service, 'log'))}`);
    }
    for (const service of wanted)
      if (service === governor) await admin.query(`grant ${quoted(role('keyring', 'governor'))} to ${quoted(role(service, 'log'))}`);
    for (const name of shared) await ensureDatabase(admin, database(name), role(name, 'owner'), [role(name, 'user')]);

    const urlsOf = (service: string): ServiceDatabases => ({
      owner: at(role(service, 'owner'), database(service)),
      log: at(role(service, 'log'), database(service)),
      web: at(role(service, 'web'), database(service)),
      keyring: at(role(service, 'log'), database('keyring')),
      bus: at(role(service, 'log'), database('bus')),
    });
    const provisioned = {
      services: Object.fromEntries(wanted.map((service) => [service, urlsOf(service)])) as Record<Service, ServiceDatabases>,
      keyring: { owner: at(role('keyring', 'owner'), database('keyring')) },
      bus: { owner: at(role('bus', 'owner'), database('bus')) },
    };
    for (const service of wanted) await openPublicSchema(urlsOf(service).owner, [role(service, 'log'), role(service, 'web')]);
    await openPublicSchema(provisioned.keyring.owner, [role('keyring', 'user')]);
    await openPublicSchema(provisioned.bus.owner, [role('bus', 'user')]);
    return provisioned;
  } finally {
    await admin.end();
  }
};

/** One secret to keep instead of twenty: every role's password follows from it. */
export const passwordsFrom =
  (secret: string) =>
  (role: string): string =>
    createHmac('sha256', secret).update(`recourse/database-role/v1\0${role}`).digest('base64url');

const ensureRole = async (admin: pg.Client, role: string, passwords?: (role: string) => string) => {
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
  if (!rowCount) await admin.query(`create role ${quoted(role)}`);
  if (passwords) await admin.query(`alter role ${quoted(role)} login password ${pg.escapeLiteral(passwords(role))}`);
  // Only a superuser may give a database to a role he is not a member of.
  await admin.query(`do $$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then execute format('grant %I to current_user', '${role}'); end if;
  end $$`);
};

/** Text sorts by code point in it ("C"), the same on every machine for ever. */
const ensureDatabase = async (admin: pg.Client, database: string, owner: string, guests: readonly string[]) => {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [database]);
  if (!rowCount) {
    await admin.query(
      `create database ${quoted(database)} owner ${quoted(owner)} template template0 encoding 'UTF8' locale_provider libc locale 'C'`,
    );
  }
  await admin.query(`revoke all on database ${quoted(database)} from public`);
  await admin.query(`grant connect on database ${quoted(database)} to ${[owner, ...guests].map(quoted).join(', ')}`);
};

const openPublicSchema = async (ownerUrl: string, guests: readonly string[]) => {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(`revoke all on schema public from public; grant usage on schema public to ${guests.map(quoted).join(', ')}`);
  } finally {
    await owner.end();
  }
};

const underscored = (name: string) => name.replaceAll('-', '_');
const quoted = (name: string) => pg.escapeIdentifier(name);
