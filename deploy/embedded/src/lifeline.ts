/**
 * Loaded into every service before its own code (`node --import`). Its standard input is a pipe the starter holds; when the pipe ends, the
 * starter is gone, however it went, and the service ends too: in good order if it can, by force if it cannot.
 */
const patience = 3_000;

const follow = (): void => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), patience).unref();
  process.kill(process.pid, 'SIGTERM');
};

process.stdin
  .once('close', follow)
  .on('error', () => undefined)
  .resume();
(process.stdin as typeof process.stdin & { unref?(): void }).unref?.();
