import type { ServiceName } from '@recourse/embedded';
import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type Standing = { readonly url: string; readonly adminUrl: string; readonly pids: Readonly<Record<ServiceName, number>> };

const program = fileURLToPath(new URL('../dist/apart.main.js', import.meta.url));

export const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });

/** The first of ten ports in a row that nobody listens on. */
export const freePorts = async (): Promise<number> => {
  for (;;) {
    const first = 30_000 + randomInt(200) * 10;
    if (!(await Promise.all(Array.from({ length: 10 }, (_, at) => isOpen(first + at)))).some(Boolean)) return first;
  }
};

/** Kills a process as the kernel does when memory runs out; false when it is not there. */
export const kill = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};

/** A house whose starter is a process of its own, so that each part of it, and all of it, can be killed. */
export class StandingApart {
  private starter: ChildProcess | undefined;

  constructor(private readonly home: string) {}

  async start(port: number, smtp: string): Promise<Standing> {
    this.starter = fork(program, [this.home, String(port), smtp], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [said] = (await once(this.starter, 'message')) as [Standing | { readonly failed: string }];
    if ('failed' in said) throw new Error(said.failed);
    return said;
  }

  async pidOf(service: ServiceName): Promise<number> {
    const answered = once(this.starter!, 'message') as Promise<[Pick<Standing, 'pids'>]>;
    this.starter!.send('who is there?');
    return (await answered)[0].pids[service];
  }

  /** Kills a service, which may be on its way up from the last time. */
  async killService(service: ServiceName): Promise<void> {
    while (!kill(await this.pidOf(service))) await pause(50);
  }

  killAll(): void {
    this.starter!.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    const { starter } = this;
    if (!starter || starter.exitCode !== null || starter.signalCode !== null) return;
    const gone = once(starter, 'exit');
    starter.kill('SIGTERM');
    await gone;
  }
}
