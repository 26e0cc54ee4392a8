import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from './append.js';

/** Milliseconds between two looks while something is going on, and for how long that is taken for so after the log has grown. */
const briefly = 200;
const stirring = 2_000;

/**
 * How long a worker rests between two looks at what its views say is due: briefly while the log has grown a moment ago, since a view is a moment
 * behind it; else until it grows, or for as long as what becomes due by the clock alone may wait.
 */
export class Resting {
  #position = -1;
  #stirredUntil = 0;

  constructor(
    private readonly store: Pick<EventStore, 'head' | 'waitFor'>,
    private readonly longest: number,
  ) {}

  /** Ends early when the signal aborts. */
  async rest(signal: AbortSignal): Promise<void> {
    const restFor = (ms: number): Promise<void> => pause(ms, undefined, { signal }).catch(() => undefined);
    if (performance.now() < this.#stirredUntil) return restFor(briefly);
    if (!(await this.store.waitFor(this.#position, this.longest, signal))) return;
    const head = await this.store.head().catch(() => undefined);
    if (head === undefined) return restFor(this.longest);
    this.#position = head;
    this.#stirredUntil = performance.now() + stirring;
  }
}
