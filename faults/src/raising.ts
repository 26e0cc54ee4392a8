import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Instruction, ServicePlan, ServiceState } from './serving/planning.js';

type Said = { readonly port?: number; readonly id?: number; readonly result?: unknown; readonly failed?: string };

/** A process of a run. It is killed at the end, whatever happens. */
export class Raised {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly gone: Promise<void>;
  readonly ready: Promise<number>;
  #asked = 0;
  #stopped = false;

  /** `program` is a compiled main of this workspace; what it prints goes to a file. */
  constructor(
    program: string,
    plan: object,
    private readonly log: string,
  ) {
    this.#child = fork(fileURLToPath(new URL(`./${program}.main.js`, import.meta.url)), [JSON.stringify(plan)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const file = createWriteStream(log, { flags: 'a' });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.pipe(file, { end: false });
    this.gone = new Promise((resolve) => this.#child.once('close', () => resolve()));
    void this.gone.then(() => {
      file.end();
      for (const { reject } of this.#waiting.values()) reject(new Error('The process is gone.'));
      this.#waiting.clear();
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (said: Said) => {
        if (said.port !== undefined) return resolve(said.port);
        const waiting = this.#waiting.get(said.id ?? -1);
        this.#waiting.delete(said.id ?? -1);
        if (said.failed !== undefined) waiting?.reject(new Error(said.failed));
        else waiting?.resolve(said.result);
      });
      void this.gone.then(() => reject(new Error(`A process ended before it was ready (${path.basename(log)}): ${this.#last()}`)));
    });
    this.ready.catch(() => undefined); // whoever needs it asks
  }

  get pid(): number {
    return this.#child.pid!;
  }
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its exit code, once it has ended by itself. */
  get ended(): number | null {
    return this.#child.exitCode;
  }

  ask<Answer = ServiceState>(instruction: Instruction): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#child.send({ id, instruction }, (error) => error && reject(error));
    });
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    if (this.#stopped) this.thaw();
    await this.gone;
  }
  /** Stopped as it stands, with all its connections; it knows nothing of it when it wakes. */
  freeze(): void {
    this.#stopped = this.#child.kill('SIGSTOP');
  }
  thaw(): void {
    this.#stopped = false;
    this.#child.kill('SIGCONT');
  }

  #last(): string {
    return readFileSync(this.log, 'utf8').trim().split('\n').slice(-4).join(' | ').slice(-400);
  }
}

export const serve = (plan: ServicePlan, log: string): Raised => new Raised('serving', plan, log);
