import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job, Tasks } from './tasks.js';

type Said = { readonly ready: true } | { readonly result: unknown } | { readonly failed: string };

const here = fileURLToPath(import.meta.url);
const worker = path.join(path.dirname(here), `worker.main${path.extname(here)}`);

/**
 * Lets processes of their own do a job, as pgbench is a process of its own: what they compute is not ours, and Node's one thread of each is
 * theirs alone. All prepare first and begin together. Resolves with what each found.
 */
export const work = async <Name extends keyof Tasks>(
  name: Name,
  options: Tasks[Name]['options'],
  { processes = 1, profile }: { readonly processes?: number; readonly profile?: string | undefined } = {},
): Promise<Tasks[Name]['result'][]> => {
  const jobs = Array.from({ length: processes }, () => ({ name, options }) as Job);
  return (await workTogether(jobs, profile)) as Tasks[Name]['result'][];
};

/** The same for jobs of different kinds: nobody begins before everybody is ready. */
export const workTogether = async (jobs: readonly Job[], profile?: string): Promise<unknown[]> => {
  const hired = jobs.map((job) => hire(job, profile));
  try {
    await Promise.all(hired.map(({ ready }) => ready));
    for (const { begin } of hired) begin();
    return await Promise.all(hired.map(({ result }) => result));
  } finally {
    await Promise.all(hired.map(({ leave }) => leave()));
  }
};

const hire = (job: Job, profile: string | undefined) => {
  const execArgv = [...process.execArgv, ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])];
  const child = fork(worker, [JSON.stringify(job)], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  // 'close' never comes after disconnect(), so 'exit' it is; nothing of it is piped.
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = hear(child, (said) => 'ready' in said);
  const result = hear(child, (said) => 'result' in said).then((said) => (said as { result: unknown }).result);
  for (const promise of [ready, result]) promise.catch(() => undefined); // both fail when it dies; whoever awaits one hears it
  return {
    ready,
    result,
    begin: () => child.send('begin'),
    leave: async () => {
      if (child.connected) child.disconnect(); // it ends by itself then, and writes its profile
      const giveUp = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(giveUp);
    },
  };
};

const hear = (child: ChildProcess, wanted: (said: Said) => boolean): Promise<Said> =>
  new Promise((resolve, reject) => {
    child.on('message', (said: Said) => {
      if ('failed' in said) reject(new Error(said.failed));
      else if (wanted(said)) resolve(said);
    });
    child.once('exit', (code, signal) => reject(new Error(`A process that measures ended early (${signal ?? code}).`)));
  });
