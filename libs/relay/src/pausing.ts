/** Resolves after `ms`, or as soon as the signal aborts. */
export const pauseFor = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });

/** Resolves when the work is done, however it ended, or after `ms`. */
export const atMost = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const done = new AbortController();
  await Promise.race([
    work.then(
      () => undefined,
      () => undefined,
    ),
    pauseFor(ms, done.signal),
  ]);
  done.abort();
};
