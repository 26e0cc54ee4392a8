import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from './append.js';

/** Milliseconds between two looks while something is going on, for how long that is taken for so after the log has grown, and after a failure. */
const briefly = 200;
const stirring = 2_000;
const afterFailure = 2_000;

/** What a worker does again and again, and whom it tells that it could not. */
export type Looking = { readonly look: () => Promise<void>; readonly failed: (error: unknown) => void };

/**
 * How long a worker rests between two looks at what its views say is due: briefly while the log has grown a moment ago, since a view is a moment
 * behind it; else until it grows, or for as long as what becomes due by the clock alone may wait.
 */
export class Resting {
  #position = -1;
  #stirredUntil = 0;
  #nudged = new AbortController();

  constructor(
    private readonly store: Pick<EventStore, 'head' | 'waitFor'>,
    private readonly longest: number,
  ) {}

  /** Ends the rest that is taken now, or comes next. */
  nudge(): void {
    this.#nudged.abort();
  }

  /** Looks and rests until the signal aborts. A database that is away is there again at a later look; what is due stands in it. */
  async keepLooking({ look, failed }: Looking, over: AbortSignal): Promise<void> {
    while (!over.aborted)
      try {
        this.#nudged = new AbortController();
        await look();
        await this.rest(AbortSignal.any([over, this.#nudged.signal]));
      } catch (error) {
        failed(error);
        await pause(afterFailure, undefined, { signal: over }).catch(() => undefined);
      }
  }

  private async rest(signal: AbortSignal): Promise<void> {
    const restFor = (ms: number): Promise<void> => pause(ms, undefined, { signal }).catch(() => undefined);
    if (performance.now() < this.#stirredUntil) return restFor(briefly);
    if (!(await this.store.waitFor(this.#position, this.longest, signal))) return;
    const head = await this.store.head().catch(() => undefined);
    if (head === undefined) return restFor(this.longest);
    this.#position = head;
    this.#stirredUntil = performance.now() + stirring;
  }
}
