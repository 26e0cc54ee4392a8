import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { v7 as uuid } from 'uuid';
import { indexKeyFrom, type IndexKey } from './indexing.js';
import type { Kms } from './kms.js';
import { keyLength } from './sealing.js';
import { indexKeyBinding } from './wrapping.js';

type Row = { id: string; epoch: number; kek: string; wrapped: Buffer };

/**
 * The keys of blind indexes: in the keyring, wrapped through the same port, in a table apart from data keys. They open nothing; whoever has one can only
 * ask whether a text he knows already stands somewhere. Of several epochs all are asked with until whatever was made in the older ones is made anew.
 */
export class IndexKeys {
  readonly #unwrapped = new Map<string, Promise<IndexKey>>();

  constructor(
    private readonly pool: pg.Pool,
    private readonly kms: Kms,
  ) {}

  /** Every epoch that is asked with, the oldest first; the first one is made when there is none. Which there are is asked each time: others may begin one. */
  async of(tenant: string, purpose: string): Promise<readonly IndexKey[]> {
    const rows = await this.#list(tenant, purpose);
    if (rows.length > 0) return Promise.all(rows.map((row) => this.#unwrap(row, tenant, purpose)));
    await this.begin(tenant, purpose, 1);
    return this.of(tenant, purpose);
  }

  /** Begins an epoch: of several who do so at once one makes it. Any other than the next one changes nothing. */
  async begin(tenant: string, purpose: string, epoch: number): Promise<void> {
    const id = uuid();
    const { kek, wrapped } = await this.kms.wrap(randomBytes(keyLength), indexKeyBinding(id, { tenant, purpose, epoch }));
    await this.pool.query('select keyring.begin_index_epoch($1, $2, $3, $4, $5, $6)', [id, tenant, purpose, epoch, kek, wrapped]);
  }

  /** Destroys the keys of all epochs before this one: nothing may be left that was made with them. */
  async end(tenant: string, purpose: string, before: number): Promise<void> {
    await this.pool.query('select keyring.end_index_epochs($1, $2, $3)', [tenant, purpose, before]);
  }

  async #list(tenant: string, purpose: string): Promise<readonly Row[]> {
    const { rows } = await this.pool.query<Row>({
      name: 'index_keys',
      text: 'select * from keyring.index_keys($1, $2)',
      values: [tenant, purpose],
    });
    return rows;
  }

  /** Asked for with every search, so kept for as long as it stands wrapped like this; a rotation of the wrapping key asks once more. */
  #unwrap({ id, epoch, kek, wrapped }: Row, tenant: string, purpose: string): Promise<IndexKey> {
    const name = `${id} ${kek} ${wrapped.toString('base64url')}`;
    const known = this.#unwrapped.get(name);
    if (known) return known;
    const owner = { tenant, purpose, epoch };
    const key = this.kms.unwrap(kek, wrapped, indexKeyBinding(id, owner)).then((secret) => indexKeyFrom(secret, owner));
    if (this.#unwrapped.size >= 500) this.#unwrapped.clear();
    this.#unwrapped.set(name, key);
    key.catch(() => this.#unwrapped.delete(name));
    return key;
  }
}
