import { tasks, type Job, type Task } from './tasks.js';

/** A process that measures one thing: gets ready, waits for the word, says what it found, and leaves when it is let go. */
const say = (what: object) => process.send?.(what);

process.once('disconnect', () => process.exit(0)); // heard from the beginning, so that the channel is never closed by us
const { name, options } = JSON.parse(process.argv[2] ?? '{}') as Job;
try {
  const measure = await (tasks[name] as Task<unknown, unknown>)(options);
  say({ ready: true });
  await new Promise((begin) => process.once('message', begin));
  say({ result: await measure() });
} catch (error) {
  say({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
