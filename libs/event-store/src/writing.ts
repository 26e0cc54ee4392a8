import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { AppendOutcome, AppendRequest } from './append.js';
import { appendBatch, type Judged, type Prepared } from './appending.js';
import { Batcher, usualLimits, type Limits } from './batching.js';
import { isLost, isPassing, StoreUnreachable } from './failing.js';
import { Heads } from './heading.js';
import { appendedAt, draftsOf, outcomeOf, place, tryAgain, type Drafts } from './placing.js';
import type { Stamped } from './stamping.js';
import type { Upcasting } from './upcasting.js';

type Pending = {
  readonly request: AppendRequest;
  readonly drafts: Drafts;
  readonly rows: number;
  readonly bytes: number;
  readonly touches: readonly string[];
  stamped?: readonly Stamped[] | undefined;
  /** It was sent and no reply came: it may have been written. */
  inDoubt: boolean;
  chainChecked: boolean;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
};

/** Turns requests into batches, batches into one statement each, and judgements into outcomes. One per store, with connections of its own. */
export class Writer {
  readonly #batcher: Batcher<Pending>;
  readonly #heads: Heads;
  /** Of each lane of the batcher. */
  readonly #clients: (pg.Client | undefined)[] = [];

  constructor(
    private readonly connection: pg.ClientConfig,
    private readonly appended: (head: number) => void,
    heads: Heads,
    private readonly upcasting: Upcasting,
    limits: Limits = usualLimits,
    private readonly patience = 10_000,
  ) {
    this.#heads = heads;
    this.#batcher = new Batcher((batch, lane) => this.#send(batch, lane), limits);
  }

  /** Since the start: batches sent, requests in them, and what was answered without being written. */
  readonly counts = { batches: 0, requests: 0, conflicts: 0, replayed: 0 };

  get waiting(): number {
    return this.#batcher.waiting;
  }

  append(request: AppendRequest): Promise<AppendOutcome> {
    // Before it waits: an event that has no canonical form, or is too large, is refused at once.
    const drafts = draftsOf(request, this.upcasting);
    const sizes = drafts.flat().map(({ bytes }) => bytes);
    const blobs = request.blobs ?? [];
    return new Promise((resolve, reject) => {
      this.#batcher.add({
        request,
        drafts,
        rows: 1 + sizes.length + blobs.length,
        bytes: [...sizes, ...blobs.map(({ blob }) => blob.byteLength)].reduce((sum, size) => sum + size, 200),
        touches: [
          ...request.writes.map(({ stream }) => `stream ${stream}`),
          ...blobs.map(({ id }) => `sealed ${id}`),
          ...(request.key ? [`key ${request.key.key}`] : []),
        ],
        inDoubt: false,
        chainChecked: false,
        resolve,
        reject,
      });
    });
  }

  async close(): Promise<void> {
    await this.#batcher.drained();
    await Promise.all(this.#clients.map(async (client) => client?.end().catch(() => undefined)));
  }

  /** Settles every request of the batch: sends again what must be stamped anew, waits out a lost connection, sets a poisonous one apart. */
  async #send(batch: Pending[], lane: number): Promise<void> {
    const giveUp = performance.now() + this.patience;
    for (let left = batch, failures = 0; left.length > 0;) {
      try {
        left = await this.#sendOnce(left, lane);
        failures = 0;
      } catch (error) {
        if (isPassing(error)) {
          if (performance.now() > giveUp) return left.forEach(({ reject }) => reject(new StoreUnreachable(error)));
          await pause(Math.min(20 * 2 ** failures++, 1_000));
        } else if (left.length === 1) {
          return left[0]!.reject(error);
        } else {
          for (const one of left) await this.#send([one], lane);
          return;
        }
      }
    }
  }

  /** Returns those that have to be sent again, stamped upon another head. */
  async #sendOnce(batch: readonly Pending[], lane: number): Promise<Pending[]> {
    const client = await this.#connected(lane);
    const ready = await this.#prepare(client, batch);
    if (ready.length === 0) return [];
    let judged: Judged[];
    try {
      judged = await appendBatch(client, ready);
    } catch (error) {
      if (isLost(error)) {
        for (const pending of ready) pending.inDoubt = true;
        this.#clients[lane] = undefined;
        void client.end().catch(() => undefined);
      }
      throw error;
    }
    this.counts.batches++;
    this.counts.requests += ready.length;
    const again: Pending[] = [];
    let head = -1;
    for (const [index, pending] of ready.entries()) {
      const judgement = judged[index]!;
      if (judgement.verdict === 'appended') {
        for (const event of pending.stamped) this.#heads.remember(event.stream, event.version, event.leaf);
        head = Math.max(head, judgement.positions.at(-1) ?? -1);
        pending.resolve(appendedAt(judgement.positions, pending.stamped));
      } else if (await this.#landed(client, pending)) {
        continue;
      } else if (this.#mayTryAgain(pending, judgement)) {
        again.push(pending);
      } else this.#settle(pending, judgement);
    }
    if (head >= 0) this.appended(head);
    return again;
  }

  /** Gives every event its version and prev. Where a stream's head is not known it is read; one that cannot fit is answered here. */
  async #prepare(client: pg.Client, batch: readonly Pending[]): Promise<(Pending & Prepared)[]> {
    const unstamped = batch.filter(({ stamped }) => !stamped);
    await this.#heads.fetch(
      client,
      unstamped.flatMap(({ request }) => request.writes),
    );
    for (const pending of unstamped) {
      const { request, drafts } = pending;
      const placing = place(request, drafts, this.#heads);
      if ('stamped' in placing) {
        pending.stamped = placing.stamped;
        continue;
      }
      const known = await answered(client, request);
      this.#settle(pending, known ?? { verdict: 'conflict', ...placing.conflict });
    }
    return batch.filter((pending): pending is Pending & Prepared => pending.stamped !== undefined);
  }

  /** After a lost reply: if our own first event stands where we put it, everything does. */
  async #landed(client: pg.Client, pending: Pending & Prepared): Promise<boolean> {
    const [first] = pending.stamped;
    if (!pending.inDoubt || !first) return false;
    const { rows } = await client.query<{ position: string }>(
      'select position from log.event where stream = $1 and version = $2 and event_id = $3',
      [first.stream, first.version, first.id],
    );
    pending.inDoubt = false; // the stream has moved past that version: what has not landed never will
    if (!rows[0]) return false;
    const start = Number(rows[0].position);
    const positions = pending.stamped.map((_, index) => start + index);
    this.appended(positions.at(-1)!);
    pending.resolve(appendedAt(positions, pending.stamped));
    return true;
  }

  /** Who believed nothing of a version is not disappointed by another one. A broken chain is believed only of a head that was just read. */
  #mayTryAgain(pending: Pending, judgement: Judged): boolean {
    const trust = tryAgain(pending.request, judgement, this.#heads, pending.chainChecked);
    if (trust === 'no') return false;
    if (trust === 'once') pending.chainChecked = true;
    pending.stamped = undefined;
    return true;
  }

  #settle({ request, resolve, reject }: Pending, judgement: Exclude<Judged, { verdict: 'appended' }>): void {
    if (judgement.verdict === 'replayed') this.counts.replayed++;
    if (judgement.verdict === 'conflict') this.counts.conflicts++;
    try {
      resolve(outcomeOf(request, judgement));
    } catch (error) {
      reject(error);
    }
  }

  async #connected(lane: number): Promise<pg.Client> {
    const standing = this.#clients[lane];
    if (standing) return standing;
    const client = new pg.Client({ ...this.connection, keepAlive: true });
    const lost = () => {
      if (this.#clients[lane] === client) this.#clients[lane] = undefined;
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    return (this.#clients[lane] = client);
  }
}

/** The first answer given under a key. */
export const readAnswer = async (database: Pick<pg.Client, 'query'>, key: string) => {
  const { rows } = await database.query<{
    fingerprint: string;
    status: number | null;
    location: string | null;
    stream: string;
    version: number;
  }>({
    name: 'answered',
    text: 'select fingerprint, status, location, stream, version from log.request_key where key = $1',
    values: [key],
  });
  if (!rows[0]) return undefined;
  const { fingerprint, status, location, stream, version } = rows[0];
  return { fingerprint, ...(status !== null && { answer: { status, stream, version, ...(location !== null && { location }) } }) };
};

/** What a request would hear whose key was used before, when it cannot get as far as the log. */
export const answered = async (
  database: Pick<pg.Client, 'query'>,
  { key }: AppendRequest,
): Promise<Exclude<Judged, { verdict: 'appended' }> | undefined> => {
  const first = key && (await readAnswer(database, key.key));
  if (!first) return undefined;
  return first.fingerprint === key.fingerprint ? { verdict: 'replayed', ...first.answer } : { verdict: 'key-reused' };
};
