/** What keeps PostgreSQL from starting. Each message is one sentence that a person without our sources can act on. */
export abstract class PostgresFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

export class DataDirInUse extends PostgresFailure {
  constructor(dataDir: string, pid?: number) {
    super(
      `The data directory ${dataDir} is in use by another PostgreSQL${pid ? ` (process ${pid})` : ''}: stop it, or choose another directory.`,
    );
  }
}

export class PortTaken extends PostgresFailure {
  constructor(readonly port: number) {
    super(`Port ${port} on 127.0.0.1 is taken by another program: stop it, or choose another port.`);
  }
}

export class DiskReadOnly extends PostgresFailure {
  constructor(path: string) {
    super(`${path} cannot be written to (read-only disk or missing permission): choose a directory of your own.`);
  }
}

export class DiskFull extends PostgresFailure {
  constructor(path: string) {
    super(`The disk that holds ${path} is full: free about 200 MB and start again.`);
  }
}

export class DataFromAnotherVersion extends PostgresFailure {
  constructor(dataDir: string) {
    super(`${dataDir} was written by another major version of PostgreSQL: move it away or start that version.`);
  }
}

export class PlatformNotServed extends PostgresFailure {
  constructor(platform: string) {
    super(`There are no embedded PostgreSQL binaries for ${platform}: set DATABASE_URL to a PostgreSQL server of your own.`);
  }
}

export class PostgresDidNotStart extends PostgresFailure {
  constructor(why: string) {
    super(`PostgreSQL did not start: ${why}`);
  }
}

/** Reads what initdb or postgres said last, or what the file system answered, and names the cause. */
export const failureOf = (said: string, about: { dataDir: string; port: number }): PostgresFailure => {
  if (/lock file "postmaster\.pid" already exists|pre-existing shared memory block/.test(said)) return new DataDirInUse(about.dataDir);
  if (/Address already in use|could not create any TCP\/IP sockets|EADDRINUSE/.test(said)) return new PortTaken(about.port);
  if (/No space left on device|ENOSPC|Disk quota exceeded/.test(said)) return new DiskFull(about.dataDir);
  if (/Read-only file system|Permission denied|EROFS|EACCES|EPERM/.test(said)) return new DiskReadOnly(about.dataDir);
  if (/database files are incompatible with server/.test(said)) return new DataFromAnotherVersion(about.dataDir);
  const fatal = said.split('\n').findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? said.trim().split('\n').at(-1);
  return new PostgresDidNotStart((fatal ?? '').replace(/^.*?(FATAL|PANIC|error):\s*/, '').trim() || 'it gave no reason.');
};
