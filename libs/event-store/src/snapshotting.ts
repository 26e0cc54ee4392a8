import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { foldOn, type Folded, type Histories } from './folding.js';
import { lastVersion, page, recordedOf, type Queryable } from './reading.js';
import type { Recorded } from './record.js';

type Known = Folded<unknown> | undefined;
type Reading = {
  readonly database: Queryable;
  readonly tenant: string;
  readonly stream: string;
  readonly fold: string;
  readonly upTo?: number;
};

type Store = { readonly pool: pg.Pool; upcast(record: Recorded): Recorded };
type Row = [version: number, position: string | null, recordedAt: string | null, leaf: Buffer, body: string, h: Buffer | null];

export type SnapshotOptions = {
  /** Names the code of all folds, by a hash: what other code folded is not used. Empty: nothing is kept. */
  readonly fold: string;
  /** Records folded since the last snapshot, after which another one is kept. */
  readonly every?: number;
  /** Of so many snapshots used, one is compared with the fold of the whole stream. */
  readonly compareOneOf?: number;
  /** Told when a snapshot was not what its stream folds to; none is used from then on. */
  readonly differs?: (stream: string) => void;
};

const remembered = 500;
/** Nothing is ever kept under it. */
const noFold = '';

/**
 * Streams folded to their head: from what this process remembers, else from the last snapshot, and the records since. A snapshot is kept by
 * whoever had to fold a hundred records: a stream that nobody reads costs nothing. It is never the truth: of those used, now and then one is
 * compared with the whole stream, and the first that differs ends their use.
 */
export class Snapshots {
  readonly #states = new Map<string, Folded<unknown>>();
  readonly #options: Required<SnapshotOptions>;
  #keeping = false;
  #used = 0;
  #trusted: boolean;

  constructor(
    private readonly store: Store,
    private readonly histories: Histories,
    options: SnapshotOptions,
  ) {
    this.#trusted = options.fold !== noFold;
    this.#options = { every: 100, compareOneOf: 64, differs: () => undefined, ...options };
  }

  /** Whether snapshots are used: not any more after one that differed. */
  get trusted(): boolean {
    return this.#trusted;
  }

  /** The stream as it stands now, as this tenant may see it; `database` decides by whose role. */
  async stand<State>(database: Queryable, tenant: string, stream: string): Promise<Folded<State> | undefined> {
    const known = this.#states.get(stream);
    if (known && known.tenant !== tenant) return undefined;
    const reading = { database, tenant, stream, fold: this.#trusted ? this.#options.fold : noFold };
    const { standing, folded, kept } = await this.#lead(reading, known);
    if (!standing) return undefined;
    if (kept && ++this.#used % this.#options.compareOneOf === 0 && !(await this.#isWhole(reading, standing)))
      return this.stand(database, tenant, stream);
    this.#remember(standing);
    if (folded >= this.#options.every) void this.#keep(standing);
    return standing as Folded<State>;
  }

  /** Folds on what is known, or on a snapshot where that reaches further. */
  async #lead(reading: Reading, known: Known): Promise<{ standing: Known; folded: number; kept: boolean }> {
    let standing = known;
    let folded = 0;
    let kept = false;
    for (;;) {
      const rows = await rowsBehind(reading, standing?.version ?? -1);
      const snapshot = rows.find((row) => !isRecord(row));
      if (snapshot) {
        standing = standingIn(snapshot, reading);
        if (!standing) return this.#lead({ ...reading, fold: noFold }, known);
        kept = true;
      }
      const records = rows.filter(isRecord).map((row) => this.store.upcast(recordIn(row)));
      standing = foldOn(this.histories, reading.stream, standing, records);
      folded += records.length;
      if (rows.length < page) return { standing, folded, kept };
    }
  }

  #remember(standing: Folded<unknown>): void {
    this.#states.delete(standing.stream);
    this.#states.set(standing.stream, standing);
    if (this.#states.size > remembered) this.#states.delete(this.#states.keys().next().value!);
  }

  /** Behind the answer, one at a time: a snapshot that is not kept is only a slower read. */
  async #keep(standing: Folded<unknown>): Promise<void> {
    const { stream, version, tenant, leaf } = standing;
    const text = JSON.stringify(standing);
    // What JSON bends (undefined, dates, maps) would not be the same state again.
    if (this.#keeping || !this.#trusted || !isDeepStrictEqual(JSON.parse(text), standing)) return;
    this.#keeping = true;
    try {
      await this.store.pool.query(
        `insert into log.snapshot as s (stream, fold, version, tenant, leaf, h, state) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (stream, fold) do update set version = excluded.version, leaf = excluded.leaf, h = excluded.h, state = excluded.state
         where s.version < excluded.version`,
        [stream, this.#options.fold, version, tenant, Buffer.from(leaf, 'base64url'), hash('sha256', text, 'buffer'), text],
      );
    } catch {
      // The next reader tries again.
    } finally {
      this.#keeping = false;
    }
  }

  /** Whether the stream folded from its beginning stands there too; if not, no snapshot is believed any more. */
  async #isWhole(reading: Reading, standing: Folded<unknown>): Promise<boolean> {
    const whole = await this.#lead({ ...reading, fold: noFold, upTo: standing.version }, undefined);
    if (isDeepStrictEqual(whole.standing, standing)) return true;
    this.#trusted = false;
    this.#states.clear();
    this.#options.differs(standing.stream);
    await this.store.pool.query('delete from log.snapshot where fold = $1', [this.#options.fold]);
    return false;
  }
}

const rowsBehind = async ({ database, tenant, stream, fold, upTo = lastVersion }: Reading, known: number): Promise<readonly Row[]> => {
  const { rows } = await database.query<Row>({
    name: 'read-stream-on',
    text: `select version, position, recorded_at::text, leaf, body, h
           from log.read_stream_on($1, $2, $3, $4, $5, ${page})`,
    values: [tenant, stream, fold, known, upTo],
    rowMode: 'array',
  } as pg.QueryArrayConfig);
  return rows;
};

const isRecord = ([, position]: Row): boolean => position !== null;
const recordIn = ([, position, recordedAt, leaf, text]: Row): Recorded => recordedOf(position!, recordedAt!, leaf, text);

/** The snapshot, if it says of itself what the log says of it, in the bytes that were kept. */
const standingIn = ([version, , , leaf, text, h]: Row, { tenant, stream }: Reading): Known => {
  if (!h?.equals(hash('sha256', text, 'buffer'))) return undefined;
  const standing = JSON.parse(text) as Folded<unknown>;
  const fits = standing.stream === stream && standing.version === version && standing.tenant === tenant;
  return fits && standing.leaf === leaf.toString('base64url') ? standing : undefined;
};
