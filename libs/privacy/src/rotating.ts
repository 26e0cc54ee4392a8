import type pg from 'pg';
import { inTurns, keyringPool } from './keyring.js';
import { WrappingBroken, type Binding, type Kms, type Wrapped } from './kms.js';
import type { IndexOwner } from './indexing.js';
import { bindingOf, indexKeyBinding, secretBinding } from './wrapping.js';

/** What a key wraps: active or restricted data keys, keys of blind indexes, or secrets of the house. */
export type WrappedBy = { readonly what: 'active' | 'restricted' | 'index' | 'secret'; readonly kek: string; readonly many: number };

export type Rotated = {
  /** Wrapped anew by this run. */
  readonly done: number;
  /** What cannot be unwrapped: changed bytes, or another row's. It stays as it was, and is an alarm. */
  readonly broken: readonly string[];
  /** What is still wrapped by another key than the current one. */
  readonly left: number;
};

export type RotationOptions = {
  /** The keyring database, as a login that is a member of `keyring_governor`. */
  readonly keyringUrl: string;
  readonly kms: Kms;
  /** Restricted keys are left as they are where nobody is there to wrap them. */
  readonly restricted?: Kms;
  /** So many at a time; a run that is ended in between has done whole portions, and the next one goes on behind them. */
  readonly portion?: number;
  readonly told?: (done: number, ofAll: number) => void;
};

type DataKeyRow = { id: string; tenant: string; scope: string; subject: string; kek: string; wrapped: Buffer };
type IndexKeyRow = IndexOwner & { id: string; kek: string; wrapped: Buffer };
type SecretRow = { name: string; kek: string; wrapped: Buffer };

/** How much of the keyring is wrapped by which key. */
export const wrappedBy = (keyringUrl: string): Promise<readonly WrappedBy[]> => withPool(keyringUrl, countsOf);

/**
 * Wraps anew what older keys wrapped, while services run. Data keys stay what they are, so nothing that was sealed changes, neither its bytes nor its
 * hash. A row is changed only if it is still as it was read: what is restricted, released, destroyed or wrapped anew meanwhile is left to whoever does it.
 */
export const rotate = ({ keyringUrl, kms, restricted, portion = 200, told }: RotationOptions): Promise<Rotated> =>
  withPool(keyringUrl, async (pool) => {
    const keepers = [['active', kms] as const, ...(restricted ? [['restricted', restricted] as const] : [])];
    const older = await olderThan(pool, kms, restricted);
    const broken = new Set<string>();
    let done = (await rotateSecrets(pool, kms, broken)) + (await rotateIndexKeys(pool, kms, broken));
    const progress = (more: number) => {
      done += more;
      told?.(done, Math.max(older, done));
    };
    progress(0);
    for (const [state, keeper] of keepers) {
      // Once more for what an instance has made that had not yet seen the new key; never for ever, since somebody may make such keys all the time.
      for (let pass = 0; pass < passes; pass += 1) if ((await rotateAll(pool, state, keeper, portion, broken, progress)) === 0) break;
    }
    return { done, broken: [...broken], left: await olderThan(pool, kms, restricted) };
  });

const passes = 5;
const beforeAll = '00000000-0000-0000-0000-000000000000';

const rotateAll = async (
  pool: pg.Pool,
  state: 'active' | 'restricted',
  kms: Kms,
  portion: number,
  broken: Set<string>,
  progress: (more: number) => void,
): Promise<number> => {
  const current = await kms.current();
  let changed = 0;
  for (let after = beforeAll; ;) {
    const { rows } = await pool.query<DataKeyRow>('select * from keyring.wrapped_otherwise($1, $2, $3, $4)', [
      state,
      current,
      after,
      portion,
    ]);
    if (rows.length === 0) return changed;
    const anew = await inTurns(rows, (row) => rewrapped(kms, row, bindingOf(row.id, row), broken));
    const good = rows.flatMap((row, n) => (anew[n] ? [{ row, ...anew[n] }] : []));
    const { rows: answers } = await pool.query<{ rewrap: string }>('select keyring.rewrap($1, $2, $3, $4)', [
      good.map(({ row }) => row.id),
      good.map(({ row }) => row.wrapped),
      good.map(({ kek }) => kek),
      good.map(({ wrapped }) => Buffer.from(wrapped)),
    ]);
    changed += Number(answers[0]!.rewrap);
    progress(Number(answers[0]!.rewrap));
    after = rows.at(-1)!.id;
  }
};

const rewrapped = async (
  kms: Kms,
  { kek, wrapped }: Pick<DataKeyRow, 'kek' | 'wrapped'>,
  binding: Binding,
  broken: Set<string>,
): Promise<Wrapped | undefined> => {
  try {
    return await kms.rewrap(kek, wrapped, binding);
  } catch (error) {
    if (!(error instanceof WrappingBroken)) throw error;
    broken.add(binding.id);
    return undefined;
  }
};

const rotateSecrets = async (pool: pg.Pool, kms: Kms, broken: Set<string>): Promise<number> => {
  const current = await kms.current();
  const { rows } = await pool.query<SecretRow>('select * from keyring.secrets()');
  let done = 0;
  for (const { name, kek, wrapped } of rows.filter((row) => row.kek !== current)) {
    try {
      const anew = await kms.rewrap(kek, wrapped, secretBinding(name));
      const { rowCount } = await pool.query('select from keyring.rewrap_secret($1, $2, $3, $4) as changed where changed', [
        ...[name, wrapped, anew.kek],
        Buffer.from(anew.wrapped),
      ]);
      done += rowCount ?? 0;
    } catch (error) {
      if (!(error instanceof WrappingBroken)) throw error;
      broken.add(name);
    }
  }
  return done;
};

/** There are a few to a platform: one for each epoch that is asked with. */
const rotateIndexKeys = async (pool: pg.Pool, kms: Kms, broken: Set<string>): Promise<number> => {
  const { rows } = await pool.query<IndexKeyRow>('select * from keyring.index_keys_otherwise($1)', [await kms.current()]);
  let done = 0;
  for (const row of rows) {
    const anew = await rewrapped(kms, row, indexKeyBinding(row.id, row), broken);
    if (!anew) continue;
    const { rowCount } = await pool.query('select from keyring.rewrap_index_key($1, $2, $3, $4) as changed where changed', [
      ...[row.id, row.wrapped, anew.kek],
      Buffer.from(anew.wrapped),
    ]);
    done += rowCount ?? 0;
  }
  return done;
};

const countsOf = async (pool: pg.Pool): Promise<readonly WrappedBy[]> => {
  const { rows } = await pool.query<{ state: WrappedBy['what']; kek: string; many: string }>('select * from keyring.by_kek()');
  return rows.map(({ state, kek, many }) => ({ what: state, kek, many: Number(many) }));
};

/** How many are wrapped by another key than the one that wraps now. Without a keeper of restricted keys those do not count. */
const olderThan = async (pool: pg.Pool, kms: Kms, restricted?: Kms): Promise<number> => {
  const [current, other] = [await kms.current(), await restricted?.current()];
  const now = ({ what, kek }: WrappedBy) => kek === (what === 'restricted' ? (other ?? kek) : current);
  return (await countsOf(pool)).filter((one) => !now(one)).reduce((sum, { many }) => sum + many, 0);
};

const withPool = async <Result>(keyringUrl: string, work: (pool: pg.Pool) => Promise<Result>): Promise<Result> => {
  const pool = keyringPool(keyringUrl);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
};
