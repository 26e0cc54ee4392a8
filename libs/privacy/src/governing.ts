import type { Instant } from '@recourse/event-store';
import type pg from 'pg';
import { inTurns, keyringPool, KeyLost, standingOf, type KeyStanding, type KeyState, type StandingRow } from './keyring.js';
import { wrappedAnew, type Kms } from './kms.js';
import { bindingOf } from './wrapping.js';

export type GovernedKey = KeyStanding & { readonly scope: string; readonly subject: string };

/** Whose keys: all of a subject, all of a scope (`matter:<id>`), both, or by id. */
export type WhichKeys = { readonly subject?: string; readonly scope?: string; readonly ids?: readonly string[] };

/** What one service says it has forgotten by an order: which keys, what of each kind over all of them, and when it said so of the last. */
export type Acknowledged = {
  readonly service: string;
  readonly keys: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly at: Instant;
};

/**
 * What becomes of keys by order. Only the role of governance is let in. All three may be repeated, by several at once and after a crash between any two
 * keys: a key that is in the wished state already is left alone and answered as it stands, with the order that brought it there.
 */
export interface Governor {
  keysOf(tenant: string, which: WhichKeys): Promise<readonly GovernedKey[]>;
  /** Storage only: nothing is sealed or opened with them any more. Their bytes are wrapped under the key that services do not have. Destroyed ones stay destroyed. */
  restrict(tenant: string, ids: readonly string[], order: string): Promise<readonly KeyStanding[]>;
  /** Restricted keys are active again, for a hold or a regulator's order. Others are left as they are. */
  release(tenant: string, ids: readonly string[], order: string): Promise<readonly KeyStanding[]>;
  /** For ever. The rows stay, without the keys. */
  destroy(tenant: string, ids: readonly string[], order: string): Promise<readonly KeyStanding[]>;
  /** Every service that has acknowledged keys of this order, by name. A key that a later order has changed first is acknowledged under that one. */
  acknowledged(order: string): Promise<readonly Acknowledged[]>;
  close(): Promise<void>;
}

export type GovernorOptions = {
  /** The keyring database, as a login that is a member of `keyring_governor`. */
  readonly keyringUrl: string;
  /** Wraps active keys: the same as services use. */
  readonly kms: Kms;
  /** Wraps restricted keys: services have no access to it. */
  readonly restricted: Kms;
};

type AcknowledgementRow = { service: string; key: string; counts: Readonly<Record<string, number>>; at: Date };
type GovernedRow = StandingRow & { scope: string; subject: string; kek: string; wrapped: Buffer | null };

export const postgresGovernor = ({ keyringUrl, kms, restricted }: GovernorOptions): Governor => {
  const pool = keyringPool(keyringUrl);

  const governed = async (tenant: string, { subject, scope, ids }: WhichKeys): Promise<readonly GovernedRow[]> =>
    (
      await pool.query<GovernedRow>('select * from keyring.governed($1, $2, $3, $4)', [
        tenant,
        subject ?? null,
        scope ?? null,
        ids ? [...ids] : null,
      ])
    ).rows;

  /** By id, in the order asked for. One that no row stands for is an alarm before anything is changed. */
  const asked = async (tenant: string, ids: readonly string[]): Promise<readonly GovernedRow[]> => {
    const rows = new Map((await governed(tenant, { ids })).map((row) => [row.id, row]));
    const lost = ids.filter((id) => !rows.has(id));
    if (lost.length > 0) throw new KeyLost(lost);
    return [...new Set(ids)].map((id) => rows.get(id)!);
  };

  const moving =
    (name: 'restrict' | 'release', before: KeyState, from: Kms, to: Kms) => (tenant: string, ids: readonly string[], order: string) =>
      asked(tenant, ids).then((rows) =>
        inTurns(rows, async (row) => {
          if (row.state !== before) return standingOf(row);
          const { scope, subject } = row;
          const anew = await wrappedAnew(from, to, { kek: row.kek, wrapped: row.wrapped! }, bindingOf(row.id, { tenant, scope, subject }));
          return standingIn(pool, `select * from keyring.${name}($1, $2, $3, $4, $5)`, [tenant, row.id, order, anew.kek, anew.wrapped]);
        }),
      );

  return {
    keysOf: async (tenant, which) =>
      (await governed(tenant, which)).map((row) => ({ ...standingOf(row), scope: row.scope, subject: row.subject })),
    restrict: moving('restrict', 'active', kms, restricted),
    release: moving('release', 'restricted', restricted, kms),
    destroy: async (tenant, ids, order) =>
      inTurns(await asked(tenant, ids), ({ id }) => standingIn(pool, 'select * from keyring.destroy($1, $2, $3)', [tenant, id, order])),
    acknowledged: async (order) =>
      byService((await pool.query<AcknowledgementRow>('select * from keyring.acknowledged($1)', [order])).rows),
    close: () => pool.end(),
  };
};

const byService = (rows: readonly AcknowledgementRow[]): readonly Acknowledged[] => {
  const services = new Map<string, Acknowledged>();
  for (const { service, key, counts, at } of rows) {
    const sofar = services.get(service);
    const when = at.toISOString();
    services.set(service, {
      service,
      keys: [...(sofar?.keys ?? []), key],
      counts: added(sofar?.counts ?? {}, counts),
      at: sofar && sofar.at > when ? sofar.at : when,
    });
  }
  return [...services.values()];
};

const added = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) =>
  Object.fromEntries([...Object.keys(one), ...Object.keys(other)].map((kind) => [kind, (one[kind] ?? 0) + (other[kind] ?? 0)]));

const standingIn = async (pool: pg.Pool, sql: string, values: readonly unknown[]): Promise<KeyStanding> =>
  standingOf((await pool.query<StandingRow>(sql, [...values])).rows[0]!);
