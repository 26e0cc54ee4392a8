import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { sampleRecord } from '../recording.js';
import type { Server } from '../serving.pg.js';

/** Undefined when pgbench is here, else how to get it. */
export const pgbenchMissing = (): string | undefined =>
  spawnSync('pgbench', ['--version']).status === 0
    ? undefined
    : 'pgbench is not installed: it comes with PostgreSQL itself (Debian: apt-get install postgresql, macOS: brew install postgresql).';

/** The same columns, types, checks and indexes as ours; the position from an identity, as most would write it. */
const tables = `
create table event (
  position bigint generated always as identity primary key,
  stream text collate "C" not null, version integer not null check (version >= 0), event_id uuid not null, type text collate "C" not null,
  sv smallint not null, tenant text collate "C" not null, recorded_at timestamptz not null,
  leaf bytea not null check (octet_length(leaf) = 32), record json not null, unique (stream, version));
create table sealed (id uuid primary key, tenant text collate "C" not null, h bytea not null check (octet_length(h) = 32), blob bytea not null);
create table request_key (
  key text collate "C" primary key, fingerprint text collate "C" not null, kind text collate "C" not null check (kind in ('http', 'heard')),
  created timestamptz not null, status smallint, location text, stream text collate "C", version integer);
create index request_key_to_prune on request_key (created) where kind = 'http';`;

const insertEvent = `insert into event (stream, version, event_id, type, sv, tenant, recorded_at, leaf, record)
  values ('case-' || gen_random_uuid(), 0, gen_random_uuid(), 'ContactRecorded', 1, 'quanpay', clock_timestamp(), decode(:leaf, 'hex'), :record::json);`;
const insertKey = `insert into request_key (key, fingerprint, kind, created, status, location, stream, version)
  values (gen_random_uuid()::text, :fingerprint, 'http', clock_timestamp(), 201, '/v1/cases/case-' || :n, 'case-' || :n, 0);`;
const insertSealed = `insert into sealed (id, tenant, h, blob) values (gen_random_uuid(), 'quanpay', decode(:leaf, 'hex'), decode(:blob, 'hex'));`;

const scripts = {
  single: insertEvent,
  full: `\\set n random(1, 1000000000000000)\nbegin;\n${insertEvent}\n${insertKey}\n${insertSealed}\ncommit;`,
};

export type PgbenchOptions = { readonly clients: number; readonly full: boolean; readonly seconds: number; readonly warmUp: number };

/**
 * pgbench inserting such events one by one: prepared statements, and the record sent as a parameter each time, as any client has to. Streams and
 * ids are drawn by the server, which spares the client sending them. Transactions per second.
 */
export const pgbench = async (server: Server, { clients, full, seconds, warmUp }: PgbenchOptions): Promise<number> => {
  const { name, url } = await server.freshDatabase();
  const folder = mkdtempSync(path.join(tmpdir(), 'recourse-pgbench-'));
  try {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(tables);
    await client.end();
    await server.settle();
    const script = path.join(folder, 'script.sql');
    writeFileSync(script, scripts[full ? 'full' : 'single'].replaceAll(/\n {2}/g, ' '));
    await run(url, script, clients, warmUp); // on a busy machine it is over before all have connected: what it says does not count
    // So may a short measurement be; a longer one is not.
    const reports = [await run(url, script, clients, seconds)];
    if (!reports[0]!.includes('tps = ')) reports.push(await run(url, script, clients, seconds + 10));
    return rateOf(reports.at(-1)!);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await server.drop(name);
  }
};

const run = async (url: string, script: string, clients: number, seconds: number): Promise<string> => {
  const { hostname, port, username, password, pathname } = new URL(url);
  const { record, leaf, blob, h } = sampleRecord();
  const values = { record, leaf: leaf.toString('hex'), blob: blob.toString('hex'), fingerprint: h.toString('base64url') };
  const args = [
    ...['-h', hostname, '-p', port, '-U', username, '-n', '-M', 'prepared', '-f', script],
    ...['-c', `${clients}`, '-j', `${Math.min(clients, 2)}`, '-T', `${Math.max(1, Math.round(seconds))}`],
    ...Object.entries(values).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    pathname.slice(1),
  ];
  const { stdout } = await promisify(execFile)('pgbench', args, { env: { ...process.env, PGPASSWORD: password } });
  return stdout;
};

const rateOf = (report: string): number => {
  const rate = Number(/^tps = ([\d.]+)/m.exec(report)?.[1]);
  const failed = /number of failed transactions: [1-9].*/.exec(report)?.[0];
  if (failed || !(rate > 0)) throw new Error(`pgbench counted nothing to compare with: ${failed ?? 'no transaction came to its end'}.`);
  return rate;
};
