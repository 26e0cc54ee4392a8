import pg from 'pg';
import type { Answer, AppendOutcome, AppendRequest, EventStore } from './append.js';
import type { Limits } from './batching.js';
import { Heads } from './heading.js';
import { appendIn } from './joining.js';
import { Noticing } from './noticing.js';
import { readHead, readLog, readPages, sessionOptions, whole, type Pages, type Until } from './reading.js';
import type { Instant, Recorded, SealedBlob } from './record.js';
import { DatabaseClock } from './timing.js';
import { Upcasting, type Upcaster } from './upcasting.js';
import { readAnswer, Writer } from './writing.js';

export type StoreOptions = {
  readonly service: string;
  /** As the service's `_log` role. */
  readonly logUrl: string;
  readonly limits?: Limits;
  /** Most connections for reading; one more appends, one more listens. */
  readonly readers?: number;
  /** Of every earlier shape of this service's events. */
  readonly upcasters?: readonly Upcaster[];
  /** How long an append waits for a database that cannot be reached, in milliseconds, before it fails. */
  readonly patience?: number;
};

const pruneEvery = 3_600_000;

/** The log of one service in its own PostgreSQL database: see README.md for what it promises. */
export class PostgresEventStore implements EventStore {
  readonly service: string;
  /** Connections of the log role, for others who work beside the store (followers, inboxes). */
  readonly pool: pg.Pool;
  readonly #writer: Writer;
  readonly #noticing: Noticing;
  readonly #clock: DatabaseClock;
  readonly #heads = new Heads();
  readonly #upcasting: Upcasting;
  #pruning: NodeJS.Timeout | undefined;

  private constructor({ service, logUrl, limits, readers = 3, patience, upcasters }: StoreOptions) {
    this.#upcasting = new Upcasting(upcasters);
    const connection = { connectionString: logUrl, options: sessionOptions, application_name: service };
    this.service = service;
    this.pool = new pg.Pool({ ...connection, max: readers, keepAlive: true });
    this.pool.on('error', () => undefined); // of an idle connection; whoever needs one gets another, or that one's error
    this.#noticing = new Noticing(connection, this.pool, () => readHead(this.pool));
    this.#writer = new Writer(connection, (head) => this.#noticing.appended(head), this.#heads, this.#upcasting, limits, patience);
    this.#clock = new DatabaseClock(this.pool);
  }

  /** Connects, sets the clock, and makes sure that this is the log of this service. */
  static async open(options: StoreOptions): Promise<PostgresEventStore> {
    const store = new PostgresEventStore(options);
    try {
      const [first] = await readLog(store.pool, -1, 1);
      if (first?.type !== 'LogOpened' || first.stream !== `log-${options.service}`) {
        throw new Error(
          first ? `This database holds another log: ${first.stream}.` : 'The log has not been opened: run the migrations first.',
        );
      }
      await store.#clock.start();
    } catch (error) {
      await store.close();
      throw error;
    }
    store.#pruning = setInterval(() => void store.prune().catch(() => undefined), pruneEvery);
    store.#pruning.unref();
    return store;
  }

  async append(request: AppendRequest): Promise<AppendOutcome> {
    return this.#writer.append(request);
  }

  /** The same as the last step of a transaction of the log role's own, for operators' tools alone: see joining.ts. */
  appendIn(transaction: Pick<pg.Client, 'query'>, request: AppendRequest): Promise<AppendOutcome> {
    return appendIn(transaction, request, this.#upcasting);
  }

  async readStream(stream: string, until: Until = {}): Promise<readonly Recorded[]> {
    return whole(this.readPages(stream, until));
  }

  async *readPages(stream: string, until: Until = {}): Pages {
    let last: Recorded | undefined;
    for await (const records of readPages(this.pool, stream, until)) {
      last = records.at(-1) ?? last;
      yield records.map((record) => this.#upcasting.upcast(record));
    }
    const toItsEnd = until.version === undefined && until.position === undefined && until.instant === undefined;
    if (last && toItsEnd) this.#heads.remember(stream, last.version, Buffer.from(last.leaf, 'base64url')); // who reads will write
  }

  async readLog(after: number, limit: number): Promise<readonly Recorded[]> {
    const records = await readLog(this.pool, after, limit);
    return records.map((record) => this.#upcasting.upcast(record));
  }

  /** What was read elsewhere, in today's shape. */
  upcast(record: Recorded): Recorded {
    return this.#upcasting.upcast(record);
  }

  head(): Promise<number> {
    return readHead(this.pool);
  }

  answered(key: string): Promise<{ readonly fingerprint: string; readonly answer?: Answer } | undefined> {
    return readAnswer(this.pool, key);
  }

  async blobs(ids: readonly string[]): Promise<ReadonlyMap<string, SealedBlob>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.pool.query<{ id: string; h: Buffer; blob: Buffer }>({
      name: 'blobs',
      text: 'select id, h, blob from log.sealed where id = any($1::uuid[])',
      values: [ids],
    });
    return new Map(rows.map(({ id, h, blob }) => [id, { id, h: h.toString('base64url'), blob }]));
  }

  now(tenant?: string): Instant {
    return this.#clock.now(tenant);
  }

  /** Puts a sandbox tenant's clock this far ahead of the database's; only ever forwards. */
  async moveClock(tenant: string, aheadMs: number): Promise<void> {
    await this.pool.query(
      `insert into log.tenant_clock as c values ($1, $2) on conflict (tenant) do update set ahead_ms = greatest(c.ahead_ms, excluded.ahead_ms)`,
      [tenant, aheadMs],
    );
    await this.#clock.refresh();
  }

  waitFor(position: number, ms: number, signal?: AbortSignal): Promise<boolean> {
    return this.#noticing.waitFor(position, ms, signal);
  }

  /** Forgets keys of HTTP requests older than 72 hours, a portion at a time. Runs by itself every hour. */
  async prune(): Promise<number> {
    let pruned = 0;
    for (;;) {
      const { rows } = await this.pool.query<{ pruned: number }>('select log.prune_keys() as pruned');
      pruned += rows[0]!.pruned;
      if (rows[0]!.pruned === 0) return pruned;
    }
  }

  /** How many requests wait to be written: for metrics. */
  get waiting(): number {
    return this.#writer.waiting;
  }

  /** What the appends of this process came to since it was opened: for metrics. */
  get counts(): Readonly<Writer['counts']> {
    return this.#writer.counts;
  }

  /** Writes what has been accepted, then lets go of the database. */
  async close(): Promise<void> {
    clearInterval(this.#pruning);
    this.#clock.stop();
    await this.#writer.close();
    await this.#noticing.close();
    await this.pool.end();
  }
}
