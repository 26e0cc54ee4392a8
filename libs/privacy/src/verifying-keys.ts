import { inTurns, keyringPool } from './keyring.js';
import { WrappingBroken, WrongKek, type Kms } from './kms.js';
import { bindingOf, secretBinding } from './wrapping.js';

/** What shows of a data key that records name: its row is gone, its bytes or its owner were changed, or nobody ordered the state it is in. Secrets go by name. */
export type WhatShowsOfKey = 'key-missing' | 'key-changed' | 'key-of-another-state' | 'key-without-order' | 'secret-changed';
export type ShownOfKey = { readonly key: string; readonly what: WhatShowsOfKey };

export type VerifyingKeys = {
  /** The keyring, as a service reaches it. */
  readonly keyringUrl: string;
  readonly kms: Kms;
  /** Data keys that records name, by tenant. */
  readonly keys: ReadonlyMap<string, { readonly tenant: string }>;
};

type KeyRow = { id: string; scope: string; subject: string; state: string; kek: string; wrapped: Buffer | null };
type StandingRow = { id: string; ordered_by: string | null };

const portion = 500;

/**
 * Looks at data keys as whoever opens something would: each active one is unwrapped, which only succeeds for the very bytes, owner and id it was made for.
 * One that services could not unwrap because it is wrapped as a restricted key has been made active past the governor.
 */
export const verifyKeys = async ({ keyringUrl, kms, keys }: VerifyingKeys): Promise<readonly ShownOfKey[]> => {
  const pool = keyringPool(keyringUrl);
  const shown: ShownOfKey[] = [];
  const look = async (tenant: string, ids: readonly string[]): Promise<void> => {
    const { rows } = await pool.query<KeyRow>('select * from keyring.keys($1, $2)', [tenant, ids]);
    const { rows: standings } = await pool.query<StandingRow>('select * from keyring.standings($1, $2)', [tenant, ids]);
    const there = new Set(rows.map(({ id }) => id));
    for (const key of ids) if (!there.has(key)) shown.push({ key, what: 'key-missing' });
    const ordered = new Set(standings.filter(({ ordered_by: by }) => by !== null).map(({ id }) => id));
    await inTurns(rows, async ({ id, scope, subject, state, kek, wrapped }) => {
      if (state !== 'active' && !ordered.has(id)) shown.push({ key: id, what: 'key-without-order' });
      if (!wrapped) return;
      try {
        (await kms.unwrap(kek, wrapped, bindingOf(id, { tenant, scope, subject }))).fill(0);
      } catch (error) {
        if (error instanceof WrappingBroken) shown.push({ key: id, what: 'key-changed' });
        else if (error instanceof WrongKek) shown.push({ key: id, what: 'key-of-another-state' });
        else throw error;
      }
    });
  };
  try {
    const byTenant = new Map<string, string[]>();
    for (const [key, { tenant }] of keys) byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), key]);
    for (const [tenant, ids] of byTenant)
      for (let from = 0; from < ids.length; from += portion) await look(tenant, ids.slice(from, from + portion));
    const { rows } = await pool.query<{ kek: string; wrapped: Buffer }>(`select * from keyring.secret_for('house', null, null)`);
    for (const { kek, wrapped } of rows)
      await kms.unwrap(kek, wrapped, secretBinding('house')).catch((error: unknown) => {
        if (!(error instanceof WrappingBroken || error instanceof WrongKek)) throw error;
        shown.push({ key: 'house', what: 'secret-changed' });
      });
    return shown;
  } finally {
    await pool.end();
  }
};
