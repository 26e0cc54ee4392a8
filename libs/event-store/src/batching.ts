/** One thing that waits to be sent. Two that touch the same thing (a stream, a key) never travel in one batch. */
export type Waiting = { readonly rows: number; readonly bytes: number; readonly touches: readonly string[] };

export type Limits = {
  /** Most rows and bytes of one batch; a single larger request travels alone. */
  readonly batchRows: number;
  readonly batchBytes: number;
  /** Most requests and bytes that may wait; one more is refused with StoreBusy. */
  readonly waiting: number;
  readonly waitingBytes: number;
};

export const usualLimits: Limits = { batchRows: 500, batchBytes: 1_000_000, waiting: 4_000, waitingBytes: 32_000_000 };

/** More is asked than can be written. Nothing was recorded; ask again after `retryAfter` seconds. */
export class StoreBusy extends Error {
  readonly retryAfter = 1;
  constructor() {
    super('The event store has more to write than it can take in at once.');
    this.name = 'StoreBusy';
  }
}

/** With fewer than this nothing is gained by halving: a batch has its own cost, and where several instances share the log they pay it under one lock. */
const worthHalving = 64;

/**
 * Adaptive group commit. What arrives while batches are on their way is the next one. There is no timer: alone, a request leaves at once, and
 * the slower the disk or the longer the queue for the lock, the larger the batches become.
 *
 * Two batches are on their way at once: while the database writes one, this process prepares the other, and the database finds it waiting at the
 * lock. More than two would only wait there.
 */
export class Batcher<Item extends Waiting> {
  #queue: Item[] = [];
  #bytes = 0;
  /** What is on its way touches these: whoever touches them too waits, because only then is it known where he comes to stand. */
  readonly #underway = new Set<string>();
  readonly #free: number[];
  #departing = false;
  #drained: (() => void)[] = [];

  /** `send` settles every item it is given and never rejects; on each lane one batch is on its way at a time. */
  constructor(
    private readonly send: (batch: Item[], lane: number) => Promise<void>,
    private readonly limits: Limits = usualLimits,
    private readonly lanes = 2,
  ) {
    this.#free = Array.from({ length: lanes }, (_, lane) => lane);
  }

  get waiting(): number {
    return this.#queue.length;
  }

  add(item: Item): void {
    if (this.#queue.length >= this.limits.waiting || this.#bytes + item.bytes > this.limits.waitingBytes) throw new StoreBusy();
    this.#queue.push(item);
    this.#bytes += item.bytes;
    this.#departSoon();
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async drained(): Promise<void> {
    if (this.#queue.length > 0 || this.#free.length < this.lanes) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** A microtask later, so that requests of one moment share a batch. */
  #departSoon() {
    if (this.#departing) return;
    this.#departing = true;
    void Promise.resolve().then(() => {
      this.#departing = false;
      this.#depart();
    });
  }

  #depart() {
    while (this.#free.length > 0 && this.#queue.length > 0) {
      const batch = this.#take();
      if (batch.length === 0) return; // all of it waits for what is on its way
      const lane = this.#free.pop()!;
      for (const { touches } of batch) for (const thing of touches) this.#underway.add(thing);
      void this.send(batch, lane).then(() => this.#arrived(batch, lane));
    }
  }

  #arrived(batch: readonly Item[], lane: number) {
    for (const { touches } of batch) for (const thing of touches) this.#underway.delete(thing);
    this.#free.push(lane);
    if (this.#queue.length > 0) return this.#departSoon();
    if (this.#free.length === this.lanes) for (const resolve of this.#drained.splice(0)) resolve();
  }

  #take(): Item[] {
    const batch: Item[] = [];
    const left: Item[] = [];
    const passed = new Set<string>(); // by those left behind too: nobody overtakes on a stream
    const idle = this.#free.length === this.lanes;
    const most = idle && this.lanes > 1 && this.#queue.length >= worthHalving ? Math.ceil(this.#queue.length / 2) : Infinity;
    let rows = 0;
    let bytes = 0;
    let at = 0;
    for (; at < this.#queue.length && batch.length < most && rows < this.limits.batchRows; at++) {
      const item = this.#queue[at]!;
      const fits = batch.length === 0 || (rows + item.rows <= this.limits.batchRows && bytes + item.bytes <= this.limits.batchBytes);
      if (fits && !item.touches.some((thing) => passed.has(thing) || this.#underway.has(thing))) {
        batch.push(item);
        rows += item.rows;
        bytes += item.bytes;
      } else left.push(item);
      for (const thing of item.touches) passed.add(thing);
    }
    this.#queue = left.length === 0 ? this.#queue.slice(at) : [...left, ...this.#queue.slice(at)];
    this.#bytes -= bytes;
    return batch;
  }
}
