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

/**
 * Adaptive group commit. At most one batch is on its way; what arrives meanwhile is the next one. There is no timer: alone, a request leaves
 * at once, and the slower the disk or the longer the queue for the lock, the larger the batches become.
 */
export class Batcher<Item extends Waiting> {
  #queue: Item[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;

  /** `send` settles every item it is given and never rejects. */
  constructor(
    private readonly send: (batch: Item[]) => Promise<void>,
    private readonly limits: Limits = usualLimits,
  ) {}

  get waiting(): number {
    return this.#queue.length;
  }

  add(item: Item): void {
    if (this.#queue.length >= this.limits.waiting || this.#bytes + item.bytes > this.limits.waitingBytes) throw new StoreBusy();
    this.#queue.push(item);
    this.#bytes += item.bytes;
    this.#running ??= Promise.resolve().then(() => this.#run()); // a microtask later, so that requests of one moment share a batch
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run() {
    while (this.#queue.length > 0) await this.send(this.#take());
    this.#running = undefined;
  }

  #take(): Item[] {
    const batch: Item[] = [];
    const left: Item[] = [];
    const touched = new Set<string>(); // also by those left behind: nobody overtakes on a stream
    let rows = 0;
    let bytes = 0;
    for (const item of this.#queue) {
      const fits = batch.length === 0 || (rows + item.rows <= this.limits.batchRows && bytes + item.bytes <= this.limits.batchBytes);
      if (fits && !item.touches.some((thing) => touched.has(thing))) {
        batch.push(item);
        rows += item.rows;
        bytes += item.bytes;
      } else left.push(item);
      for (const thing of item.touches) touched.add(thing);
    }
    this.#queue = left;
    this.#bytes -= bytes;
    return batch;
  }
}
