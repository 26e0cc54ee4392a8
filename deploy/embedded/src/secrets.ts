import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export type Secrets = {
  /** Every database password follows from it. */
  readonly database: string;
  /** The file with the key that wraps the data keys. */
  readonly kekFile: string;
  /** The file with the key that wraps restricted data keys: for governance alone. */
  readonly restrictedKekFile: string;
};

/** Draws 32 random bytes into a file that only its owner may read, unless it is there. True when it was drawn now. */
export const drawSecret = (file: string): boolean => {
  if (fs.existsSync(file)) return false;
  // Whole or not at all: half a key would make everything sealed under it unreadable.
  fs.writeFileSync(`${file}.new`, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
  return true;
};

/** The secrets of this deployment: drawn at the first start, the same ever after. */
export const secretsIn = (home: string): Secrets => {
  const databaseFile = path.join(home, 'database.secret');
  const kekFile = path.join(home, 'keyring.kek');
  const restrictedKekFile = path.join(home, 'restricted.kek');
  for (const file of [databaseFile, kekFile, restrictedKekFile]) drawSecret(file);
  return { database: fs.readFileSync(databaseFile, 'utf8').trim(), kekFile, restrictedKekFile };
};
