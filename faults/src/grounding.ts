import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres, type RunningPostgres } from '@recourse/embedded';

export type RunningKafka = {
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
};
export const { startKafka } = (await import(new URL('../../deploy/kafka/start.mjs', import.meta.url).href)) as {
  startKafka(options: { port: number; data: string; settings?: string; cluster?: string }): Promise<RunningKafka>;
};

/** What a run stands on: a PostgreSQL server and a Kafka broker of its own, each started when it is first asked for, and all gone at the end. */
export class Ground {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'recourse-faults-'));
  readonly #settings: Readonly<Record<string, string>>;
  #postgres: Promise<RunningPostgres> | undefined;
  #kafka: Promise<RunningKafka> | undefined;

  /** `durable`: the server is going to be killed, so it writes as in production. Without it, what only costs time is left out. */
  constructor(durable: boolean, settings: Readonly<Record<string, string>> = {}) {
    const hasty = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
    this.#settings = { max_connections: '200', scram_iterations: '1', ...(!durable && hasty), ...settings };
  }

  postgres(port = 0): Promise<RunningPostgres> {
    return (this.#postgres ??= startPostgres({ dataDir: this.#dataDir, port, password: 'faults', settings: this.#settings }));
  }

  /** kill -9: the whole server with every backend, or one backend, at which the server throws all others out and recovers. */
  async killPostgres(what: 'server' | 'backend', choose: <Thing>(of: readonly Thing[]) => Thing): Promise<void> {
    const { port, gone } = await this.postgres();
    const postmaster = Number(readFileSync(path.join(this.#dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    const backends = childrenOf(postmaster);
    if (what === 'backend' && backends.length > 0) return void kill(choose(backends));
    for (const pid of [postmaster, ...backends]) kill(pid);
    await gone;
    this.#postgres = undefined;
    for (let tries = 0; ; tries++) {
      try {
        return void (await this.postgres(port));
      } catch (error) {
        this.#postgres = undefined;
        if (tries === 20) throw error;
        await pause(250); // the last of the old one is still going
      }
    }
  }

  kafka(port = 0): Promise<RunningKafka> {
    return (this.#kafka ??= startKafka({ port, data: path.join(this.folder, 'kafka') }));
  }

  /** kill -9 of the broker; it comes back on its port, with its data, by `kafka(port)`. */
  async killKafka(): Promise<number> {
    const { pid, port, ended } = await this.kafka();
    kill(-pid);
    await ended;
    this.#kafka = undefined;
    return port;
  }

  /** The broker stands still with all its connections open, for so long. */
  async freezeKafka(ms: number): Promise<void> {
    const { pid } = await this.kafka();
    process.kill(-pid, 'SIGSTOP');
    try {
      await pause(ms);
    } finally {
      process.kill(-pid, 'SIGCONT');
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#kafka?.then((kafka) => kafka.stop()), this.#postgres?.then((postgres) => postgres.stop())]);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #dataDir() {
    return path.join(this.folder, 'postgres');
  }
}

const childrenOf = (parent: number): number[] =>
  execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid]) => pid!);

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself.
  }
};
