import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { provision, startPostgres, type RunningPostgres, type ServiceDatabases } from '@recourse/embedded';
import { migrate } from '@recourse/event-store';
import pg from 'pg';
import { median } from './weighing.js';

const service = 'bench';
const gigabyte = 1024 ** 3;

/**
 * As durable as in production: fsync and synchronous_commit are on, a commit is on the disk. Enough memory for everything that is measured, and
 * a log so large that no checkpoint falls into a run by itself; one is made before each.
 */
const durable = (memory: number): Readonly<Record<string, string>> => ({
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'replica',
  shared_buffers: memory > 12 * gigabyte ? '2GB' : memory > 6 * gigabyte ? '1GB' : '256MB',
  wal_buffers: '64MB',
  max_wal_size: '16GB',
  min_wal_size: '1GB',
  checkpoint_timeout: '1h',
  max_connections: '200',
});

/** A database of ours, fresh: migrated, and the addresses of its three roles. */
export type StoreDatabase = Pick<ServiceDatabases, 'owner' | 'log' | 'web'> & { readonly name: string };

const quoted = (name: string) => pg.escapeIdentifier(name);
const at = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;

/** One PostgreSQL for everything that is compared: the embedded one, on a data directory that is thrown away. */
export class Server {
  #made = 0;
  readonly #kept = new Map<string, Promise<unknown>>();
  private constructor(
    private readonly running: RunningPostgres,
    private readonly admin: pg.Client,
    private readonly template: ServiceDatabases,
    readonly dataDir: string,
  ) {}

  static async start(parent: string, more: Readonly<Record<string, string>> = {}): Promise<Server> {
    const dataDir = path.join(parent, `bench-${process.pid}-${Math.trunc(performance.now())}`);
    mkdirSync(parent, { recursive: true });
    const settings = { ...durable(os.totalmem()), ...more };
    const running = await startPostgres({ dataDir, port: 0, password: 'bench', throwAway: true, settings });
    const admin = new pg.Client({ connectionString: running.url });
    admin.on('error', () => undefined);
    await admin.connect();
    const provisioned = await provision(running.url, { services: [service], passwords: () => 'bench' });
    const template = provisioned.services[service];
    await migrate({ ownerUrl: template.owner, service, logDomain: 'recourse.example' });
    return new Server(running, admin, template, dataDir);
  }

  /** A log of its own, empty but for its first record. */
  async freshStore(): Promise<StoreDatabase> {
    return this.copyOf({ ...this.template, name: new URL(this.template.owner).pathname.slice(1) });
  }

  /** The same once more, so that what is done to it leaves the first as it was. Nobody may be connected to that one. */
  async copyOf({ name: original, owner, log, web }: StoreDatabase): Promise<StoreDatabase> {
    const name = await this.fresh(original, new URL(owner).username);
    return { name, owner: at(owner, name), log: at(log, name), web: at(web, name) };
  }

  /** An empty database for a baseline, or a copy of one, entered as superuser. */
  async freshDatabase(like = 'template0'): Promise<{ readonly name: string; readonly url: string }> {
    const name = await this.fresh(like, new URL(this.running.url).username);
    return { name, url: at(this.running.url, name) };
  }

  private async fresh(like: string, owner: string): Promise<string> {
    const name = `bench_${++this.#made}`;
    await this.admin.query(`create database ${name} owner ${quoted(owner)} template ${quoted(like)} strategy file_copy`);
    return name;
  }

  /** What was written so far goes to the disk now, not during the measurement. */
  async settle(): Promise<void> {
    await this.admin.query('checkpoint');
  }

  /** As it will be once PostgreSQL has had time for it: statistics, visibility, everything on the disk. */
  async tidy(name: string): Promise<void> {
    const client = new pg.Client({ connectionString: at(this.running.url, name) });
    await client.connect();
    try {
      await client.query('vacuum analyze');
    } finally {
      await client.end();
    }
    await this.settle();
  }

  async drop(name: string): Promise<void> {
    await this.admin.query(`drop database ${quoted(name)} with (force)`);
  }

  /** What several benchmarks need is made once, and goes when the server does. */
  once<Made>(name: string, make: () => Promise<Made>): Promise<Made> {
    const made = (this.#kept.get(name) as Promise<Made> | undefined) ?? make();
    this.#kept.set(name, made);
    return made;
  }

  async query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.admin.query<Row>(sql, values)).rows;
  }

  async stop(): Promise<void> {
    await this.admin.end();
    await this.running.stop();
  }
}

/** What a commit costs on this disk: the median of 200 fdatasync after 8 KiB, in milliseconds. */
export const syncTime = (parent: string): number => {
  mkdirSync(parent, { recursive: true });
  const file = path.join(parent, `sync-${process.pid}`);
  const handle = openSync(file, 'w');
  const page = Buffer.alloc(8192, 1);
  try {
    const times = Array.from({ length: 200 }, () => {
      writeSync(handle, page);
      const begun = performance.now();
      fdatasyncSync(handle);
      return performance.now() - begun;
    });
    return median(times);
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
};
