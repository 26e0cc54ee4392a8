import { pauseFor } from './pausing.js';

const longestPause = 60_000;

/** Where messages wait while something is wrong that is not the message's fault. Milliseconds. */
export class Gate {
  #closed: Promise<void> | undefined;
  #closings = 0;
  #closedFor = 0;

  constructor(private readonly stopping: AbortSignal) {}

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Resolves when it stands open, or everything stops. */
  async opened(): Promise<void> {
    while (this.#closed && !this.stopping.aborted) await this.#closed;
  }

  /** Closes it for a while that doubles each time, and until `passed` says that it is over. False when it was closed already. */
  close(first: number, passed: () => Promise<boolean> = async () => true): boolean {
    if (this.#closed) return false;
    this.#closed = this.#wait(Math.min(longestPause, first * 2 ** this.#closings++), passed);
    return true;
  }

  async #wait(wait: number, passed: () => Promise<boolean>): Promise<void> {
    const since = performance.now();
    do {
      await pauseFor(wait, this.stopping);
      wait = Math.min(longestPause, wait * 2);
    } while (!this.stopping.aborted && !(await passed()));
    this.#closedFor += performance.now() - since;
    this.#closed = undefined;
  }

  /** A clock that stands still while it is closed: a pause must not make what went wrong before it forgotten. */
  activeTime(): number {
    return performance.now() - this.#closedFor;
  }
}
