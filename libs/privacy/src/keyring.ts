import { randomBytes } from 'node:crypto';
import type { Instant } from '@recourse/event-store';
import pg from 'pg';
import { v7 as uuid, validate as isUuid } from 'uuid';
import { IndexKeys } from './index-keys.js';
import type { Owner } from './index.js';
import type { Kms } from './kms.js';
import { keyLength } from './sealing.js';
import { bindingOf } from './wrapping.js';

export type DataKey = { readonly id: string; readonly bytes: Uint8Array };
/** One to open with, and whose it is. */
type OwnedKey = DataKey & Pick<Owner, 'subject'>;

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
  readonly kms: Kms;
  /** How many unwrapped keys may stay in memory, and for how long one is sealed with before the keyring is asked again. */
  readonly remembered?: { readonly most: number; readonly forMs: number };
};

/** What became of a key by order: whoever keeps something made of its contents forgets it, or may make it again. */
export type KeyOrdered = {
  readonly id: string;
  readonly tenant: string;
  readonly state: KeyState;
  readonly since: Instant;
  readonly order: string;
};

export type KeyState = 'active' | 'restricted' | 'destroyed';
/** How a key stands: since when, and by which order (none for a key that has always been active). */
export type KeyStanding = { readonly id: string; readonly state: KeyState; readonly since: Instant; readonly order?: string };
export type StandingRow = { id: string; state: KeyState; since: Date; ordered_by: string | null };

type Row = { id: string; state: KeyState; kek: string; wrapped: Buffer | null };
type OwnedRow = Row & { scope: string; subject: string };

/** The data keys, as a service may reach them. */
export class Keyring {
  readonly #pool: pg.Pool;
  readonly #kms: Kms;
  readonly #sealing: Memory<DataKey>;
  readonly #unwrapped: Memory<Uint8Array>;
  /** Keys that open nothing: what blind indexes are made with. */
  readonly indexes: IndexKeys;

  constructor({ keyringUrl, kms, remembered = { most: 500, forMs: 10_000 } }: KeyringOptions) {
    this.#kms = kms;
    this.#sealing = new Memory(remembered);
    this.#unwrapped = new Memory(remembered);
    this.#pool = keyringPool(keyringUrl);
    this.indexes = new IndexKeys(this.#pool, kms);
  }

  /**
   * The key to seal with, made when the owner has none. Remembered for seconds: a key destroyed meanwhile may still seal what nobody can
   * open any more, which is what destroying it asks for.
   */
  keyFor(owner: Owner): Promise<DataKey> {
    return this.#sealing.recall(`${owner.tenant}\0${owner.scope}\0${owner.subject}`, () => this.#fetchOrMake(owner));
  }

  /** Keys to open with, by id, straight from the keyring: a destroyed or restricted key is missing from the answer at once. */
  async keys(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, OwnedKey>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const { rows } = await this.#pool.query<OwnedRow>({
      name: 'keys',
      text: 'select * from keyring.keys($1, $2)',
      values: [tenant, wanted],
    });
    const lost = wanted.filter((id) => !rows.some((row) => row.id === id));
    if (lost.length > 0) throw new KeyLost(lost);
    const keys = await inTurns(rows, (row) => this.#unwrap(row, tenant));
    return new Map(keys.flatMap((key) => (key ? [[key.id, key]] : [])));
  }

  /** Keys that an order has brought into another state since then, oldest first. */
  async ordered(since: Instant): Promise<readonly KeyOrdered[]> {
    const { rows } = await this.#pool.query<Omit<KeyOrdered, 'since' | 'order'> & { since: Date; ordered_by: string }>({
      name: 'keys_ordered',
      text: 'select * from keyring.keys_ordered($1)',
      values: [since],
    });
    return rows.map(({ id, tenant, state, since: at, ordered_by: order }) => ({ id, tenant, state, since: at.toISOString(), order }));
  }

  /** Says, once however often it is called, that this service has forgotten what it made of a key's contents. False when that order no longer holds. */
  async acknowledge(service: string, order: string, key: string, counts: Readonly<Record<string, number>>): Promise<boolean> {
    const { rows } = await this.#pool.query<{ acknowledge: boolean }>({
      name: 'acknowledge',
      text: 'select keyring.acknowledge($1, $2, $3, $4)',
      values: [order, service, key, JSON.stringify(counts)],
    });
    return rows[0]!.acknowledge;
  }

  /** How keys stand, by id; one of another tenant or of nobody is not in the answer. */
  async standings(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, KeyStanding>> {
    const wanted = [...new Set(ids)].filter((id) => isUuid(id)); // a record of a neighbour may name anything
    if (wanted.length === 0) return new Map();
    const { rows } = await this.#pool.query<StandingRow>({
      name: 'standings',
      text: 'select * from keyring.standings($1, $2)',
      values: [tenant, wanted],
    });
    return new Map(rows.map((row) => [row.id, standingOf(row)]));
  }

  /** Remembers no key any more: what was ordered holds at once, for sealing too. */
  forget(): void {
    this.#sealing.clear();
    this.#unwrapped.clear();
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** The keyring has just said that it is active and how it is wrapped; only asking whoever keeps the wrapping key is saved by remembering. */
  async #unwrap({ id, scope, subject, kek, wrapped }: OwnedRow, tenant: string): Promise<OwnedKey | undefined> {
    if (!wrapped) return undefined;
    const name = [id, tenant, scope, subject, kek, wrapped.toString('base64url')].join('\0');
    const bytes = await this.#unwrapped.recall(name, () => this.#kms.unwrap(kek, wrapped, bindingOf(id, { tenant, scope, subject })));
    return { id, bytes, subject };
  }

  async #fetchOrMake(owner: Owner): Promise<DataKey> {
    const known = await this.#ask(owner);
    if (known) return known;
    const candidate = uuid();
    const { kek, wrapped } = await this.#kms.wrap(randomBytes(keyLength), bindingOf(candidate, owner));
    return (await this.#ask(owner, { id: candidate, kek, wrapped }))!;
  }

  /** The key of an owner; with a candidate it is made when there is none. Only then is the wrapping key needed twice. */
  async #ask(owner: Owner, candidate?: { id: string; kek: string; wrapped: Uint8Array }): Promise<DataKey | undefined> {
    const { rows } = await this.#pool.query<Row>({
      name: 'key_for',
      text: 'select * from keyring.key_for($1, $2, $3, $4, $5, $6)',
      values: [candidate?.id, owner.tenant, owner.scope, owner.subject, candidate?.kek, candidate?.wrapped],
    });
    const [row] = rows;
    if (!row) return undefined;
    if (row.state !== 'active' || !row.wrapped) throw new KeyRestricted(row.id);
    return { id: row.id, bytes: await this.#kms.unwrap(row.kek, row.wrapped, bindingOf(row.id, owner)) };
  }
}

/** Few connections: a service asks for keys one short question at a time. */
export const keyringPool = (connectionString: string): pg.Pool => {
  const pool = new pg.Pool({
    connectionString,
    max: 2,
    application_name: 'keyring',
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
  });
  pool.on('error', () => undefined); // of an idle connection; whoever needs one gets another, or that one's error
  return pool;
};

/** What was asked for a moment ago, the longest unused forgotten first. A failure is forgotten at once. */
class Memory<Value> {
  readonly #entries = new Map<string, { readonly until: number; readonly value: Promise<Value> }>();

  constructor(private readonly limits: { readonly most: number; readonly forMs: number }) {}

  recall(name: string, ask: () => Promise<Value>): Promise<Value> {
    const now = performance.now();
    const known = this.#entries.get(name);
    this.#entries.delete(name);
    const entry = known && known.until > now ? known : { until: now + this.limits.forMs, value: ask() };
    this.#entries.set(name, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.limits.most) break;
      this.#entries.delete(oldest);
    }
    entry.value.catch(() => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
    });
    return entry.value;
  }

  /** What is being asked for at this moment is answered, and not remembered either. */
  clear(): void {
    this.#entries.clear();
  }
}

export const standingOf = ({ id, state, since, ordered_by: order }: StandingRow): KeyStanding => ({
  id,
  state,
  since: since.toISOString(),
  ...(order !== null && { order }),
});

const atOnce = 8;

/** A keeper of keys somewhere else is asked several things at a time, but not hundreds. */
export const inTurns = async <Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> => {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += atOnce) results.push(...(await Promise.all(items.slice(from, from + atOnce).map(work))));
  return results;
};
