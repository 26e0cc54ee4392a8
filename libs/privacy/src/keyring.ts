import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import type { Owner } from './index.js';
import { keyLength } from './sealing.js';
import { unwrap, wrap, type Kek } from './wrapping.js';

export type DataKey = { readonly id: string; readonly bytes: Uint8Array };

/** Somebody wants to seal under a key that is restricted: nothing new may be stored about this subject. */
export class KeyRestricted extends Error {
  constructor(id: string) {
    super(`The data key ${id} is restricted: nothing may be sealed or opened with it.`);
  }
}

/** No row stands for this key, not even that of a destroyed one. Nothing lawful does that. */
export class KeyLost extends Error {
  constructor(ids: readonly string[]) {
    super(`The keyring does not know ${ids.join(', ')}: keys were lost, or belong to another tenant.`);
  }
}

export type KeyringOptions = {
  /** The keyring database, as the service's `_log` role. */
  readonly keyringUrl: string;
  readonly kek: Kek;
  /** How many unwrapped keys may stay in memory, and for how long one is sealed with before the keyring is asked again. */
  readonly remembered?: { readonly most: number; readonly forMs: number };
};

type Row = { id: string; state: 'active' | 'restricted' | 'destroyed'; kek: string; wrapped: Buffer | null };
type Remembered = { readonly until: number; readonly key: Promise<DataKey> };

/** The data keys, as a service may reach them. */
export class Keyring {
  readonly #pool: pg.Pool;
  readonly #kek: Kek;
  readonly #most: number;
  readonly #forMs: number;
  readonly #remembered = new Map<string, Remembered>();

  constructor({ keyringUrl, kek, remembered = { most: 500, forMs: 10_000 } }: KeyringOptions) {
    this.#kek = kek;
    this.#most = remembered.most;
    this.#forMs = remembered.forMs;
    this.#pool = new pg.Pool({
      connectionString: keyringUrl,
      max: 2,
      application_name: 'keyring',
      keepAlive: true,
      idleTimeoutMillis: 60_000,
      allowExitOnIdle: true,
    });
    this.#pool.on('error', () => undefined); // of an idle connection; whoever needs one gets another, or that one's error
  }

  /**
   * The key to seal with, made when the owner has none. Remembered for seconds: a key destroyed meanwhile may still seal what nobody can
   * open any more, which is what destroying it asks for.
   */
  keyFor(owner: Owner): Promise<DataKey> {
    const name = `${owner.tenant}\0${owner.scope}\0${owner.subject}`;
    const now = performance.now();
    const known = this.#remembered.get(name);
    this.#remembered.delete(name);
    const entry = known && known.until > now ? known : { until: now + this.#forMs, key: this.#fetchOrMake(owner) };
    this.#remembered.set(name, entry);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= this.#most) break;
      this.#remembered.delete(oldest);
    }
    entry.key.catch(() => {
      if (this.#remembered.get(name) === entry) this.#remembered.delete(name);
    });
    return entry.key;
  }

  /** Keys to open with, by id, straight from the keyring: a destroyed or restricted key is missing from the answer at once. */
  async keys(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const { rows } = await this.#pool.query<Row & { scope: string; subject: string }>({
      name: 'keys',
      text: 'select * from keyring.keys($1, $2)',
      values: [tenant, wanted],
    });
    const lost = wanted.filter((id) => !rows.some((row) => row.id === id));
    if (lost.length > 0) throw new KeyLost(lost);
    const keys = new Map<string, DataKey>();
    for (const { id, scope, subject, kek, wrapped } of rows)
      if (wrapped) keys.set(id, { id, bytes: unwrap(this.#kek, kek, id, { tenant, scope, subject }, wrapped) });
    return keys;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #fetchOrMake(owner: Owner): Promise<DataKey> {
    const candidate = uuid();
    const wrapped = wrap(this.#kek, candidate, owner, randomBytes(keyLength));
    const { rows } = await this.#pool.query<Row>({
      name: 'key_for',
      text: 'select * from keyring.key_for($1, $2, $3, $4, $5, $6)',
      values: [candidate, owner.tenant, owner.scope, owner.subject, this.#kek.name, wrapped],
    });
    const row = rows[0]!;
    if (row.state !== 'active' || !row.wrapped) throw new KeyRestricted(row.id);
    return { id: row.id, bytes: unwrap(this.#kek, row.kek, row.id, owner, row.wrapped) };
  }
}
