import { setMaxListeners } from 'node:events';

/** Tells everybody inside the process that it is about to end: first `leaving` (not ready any more), then `over` (streams end). */
export class Closing {
  private readonly ending = new AbortController();
  leaving = false;

  constructor() {
    // Every open stream listens; Node warns from the eleventh on.
    setMaxListeners(0, this.ending.signal);
  }

  get over(): AbortSignal {
    return this.ending.signal;
  }

  endStreams(): void {
    this.ending.abort();
  }
}
