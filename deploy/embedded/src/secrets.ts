import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export type Secrets = {
  /** Every database password follows from it. */
  readonly database: string;
  /** The file with the key that wraps the data keys. */
  readonly kekFile: string;
};

const secret = (): string => randomBytes(32).toString('base64url');

/** The secrets of this deployment: drawn at the first start, readable by its owner alone, the same ever after. */
export const secretsIn = (home: string): Secrets => {
  const draw = (name: string): string => {
    const file = path.join(home, name);
    if (!fs.existsSync(file)) {
      // Whole or not at all: half a key would make everything sealed under it unreadable.
      fs.writeFileSync(`${file}.new`, `${secret()}\n`, { mode: 0o600 });
      fs.renameSync(`${file}.new`, file);
    }
    return file;
  };
  return { database: fs.readFileSync(draw('database.secret'), 'utf8').trim(), kekFile: draw('keyring.kek') };
};
