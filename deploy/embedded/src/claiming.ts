import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { CannotStart } from './refusing-to-start.js';

/** A fresh database cluster with its log takes about this much. */
const room = 200 * 1024 * 1024;

type Claim = { readonly pid: number; readonly since: string; readonly url: string };

/** Makes the home of this deployment, sees that it can be written to, and keeps every other starter out of it until `release`. */
export const claimHome = (
  home: string,
  url: string,
  statfs: (path: string) => { bavail: number; bsize: number } = fs.statfsSync,
): { release(): void } => {
  try {
    for (const folder of ['', 'logs', 'issuer', 'evidence']) makeFolder(path.resolve(home, folder));
    const { bavail, bsize } = statfs(home);
    if (bavail * bsize < room) throw noRoom(home, bavail * bsize);
    return claim(home, url);
  } catch (error) {
    throw sentenceFor(error, home);
  }
};

/** Not mkdir's own `recursive`: where a file system answers ENOENT for a parent that is there (/proc does), Node asks it again for ever. */
const makeFolder = (folder: string): void => {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  fs.mkdirSync(folder, { mode: 0o700 });
};

/** What the file system says, in words. Node says ENOENT when it cannot make a directory on a read-only disk. */
export const sentenceFor = (error: unknown, home: string): unknown => {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return noRoom(home, 0);
  if (unwritable.has(code ?? '') || (code === 'ENOENT' && syscall === 'mkdir'))
    return new CannotStart(`${home} cannot be written to: choose another place for the data with RECOURSE_HOME=<directory> npm start.`);
  return error;
};

const unwritable = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST']);

/** A disk without even this much left is full for a database. */
const nothing = 2 * 1024 * 1024;

/** Something went wrong: when the disk is full, that is why. */
export const withItsCause = (trouble: string, home: string): string => {
  try {
    const { bavail, bsize } = fs.statfsSync(home);
    return bavail * bsize < nothing ? `${trouble}\n  The disk that holds ${home} is full: free some.` : trouble;
  } catch {
    return trouble;
  }
};

const noRoom = (home: string, left: number): CannotStart =>
  new CannotStart(
    `The disk that holds ${home} has ${Math.floor(left / 1024 / 1024)} MB left and Recourse needs ${room / 1024 / 1024}: ` +
      'free some, or choose another disk with RECOURSE_HOME=<directory> npm start.',
  );

const claim = (home: string, url: string): { release(): void } => {
  const file = path.join(home, 'starter.json');
  const mine = JSON.stringify({ pid: process.pid, since: startOf(process.pid), url } satisfies Claim);
  // A hard link is made whole or not at all, so that nobody ever reads half a claim.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  fs.writeFileSync(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        fs.linkSync(draft, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
        const other = readClaim(file);
        if (other && other.since === startOf(other.pid))
          throw new CannotStart(
            `Recourse already runs on the data in ${home} (process ${other.pid}, ${other.url}): ` +
              'stop it first, or give this one its own place with RECOURSE_HOME=<directory> RECOURSE_PORT=5000 npm start.',
          );
        fs.rmSync(file, { force: true }); // of a starter that was killed
      }
    }
  } finally {
    fs.rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readClaim(file)?.pid === process.pid) fs.rmSync(file, { force: true });
    },
  };
};

const readClaim = (file: string): Claim | undefined => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Claim;
  } catch {
    return undefined;
  }
};

/** When a process began, so that a number given to another process later is not mistaken for it. Without /proc, that it lives must do. */
const startOf = (pid: number): string => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone';
  }
  try {
    // The 22nd field; the second one is a name in parentheses that may hold anything.
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19]!;
  } catch {
    return 'alive';
  }
};

/** Everything has its place counted from the front door's port. */
export const places = [
  'front-door',
  'intake',
  'case-tracking',
  'account-lock',
  'notification',
  'audit',
  'issuer',
  'smtp',
  'mail',
  'postgres',
  'governance',
] as const;
export type Place = (typeof places)[number];
export type Ports = Readonly<Record<Place, number>>;

export const portsFrom = (first: number): Ports => Object.fromEntries(places.map((place, offset) => [place, first + offset])) as Ports;

/** Sees that all ports are free before anything is started. */
export const checkPorts = async (ports: Ports, without: readonly Place[] = []): Promise<void> => {
  const wanted = places.filter((place) => !without.includes(place));
  const taken = (await Promise.all(wanted.map(async (place) => ((await isFree(ports[place])) ? undefined : place)))).find(
    (place) => place !== undefined,
  );
  if (taken)
    throw new CannotStart(
      `Port ${ports[taken]} (${taken}) is taken by another program: stop it, or move all eleven ports with RECOURSE_PORT=${suggestion(ports['front-door'])} npm start.`,
    );
};

const suggestion = (first: number): number => (first === 5000 ? 6000 : 5000);

/** Eleven free ports in a row, below the range from which systems lend ports to outgoing connections. */
export const freePorts = async (): Promise<Ports> => {
  for (let attempt = 0; attempt < 50; attempt++) {
    const ports = portsFrom(10_000 + (randomBytes(2).readUInt16BE() % 1_000) * 20);
    if ((await Promise.all(Object.values(ports).map(isFree))).every(Boolean)) return ports;
  }
  throw new CannotStart('No eleven free ports in a row were found between 10000 and 30000.');
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
