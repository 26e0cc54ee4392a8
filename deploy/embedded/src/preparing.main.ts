import fs from 'node:fs';
import path from 'node:path';
import * as house from './house.js';
import { provision } from './provision.js';
import { drawSecret } from './secrets.js';

/**
 * Prepares a deployment of containers, once, before the services start; harmless to run again: databases and roles on the server at
 * DATABASE_URL, the keyring, the bus, and, when a file keeps it, the key that wraps the keys (RECOURSE_KEK_FILE) and the one of restricted keys
 * (RECOURSE_RESTRICTED_KEK_FILE). Services bring their own schemas up to date.
 */
const { DATABASE_URL: adminUrl, RECOURSE_DATABASE_PASSWORD: password, RECOURSE_KMS: keeper = 'file' } = process.env;
const { RECOURSE_KEK_FILE: kekFile, RECOURSE_RESTRICTED_KEK_FILE: restrictedKekFile } = process.env;

const prepare = async (): Promise<string> => {
  if (!adminUrl || !password || (keeper === 'file' && !kekFile))
    throw new Error('Set DATABASE_URL (an administrator of the server), RECOURSE_DATABASE_PASSWORD (of every role) and RECOURSE_KEK_FILE.');
  const files = keeper === 'file' ? [kekFile, restrictedKekFile].filter((file) => file !== undefined) : [];
  const fresh = files.map((file) => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return drawSecret(file);
  });
  const databases = await provision(adminUrl, { passwords: () => password });
  const { keyringMigration } = await house.privacy();
  const { prepareBus } = await house.bus();
  await Promise.all([keyringMigration(databases.keyring.owner), prepareBus(databases.bus.owner)]);
  return `Databases, roles, keyring and bus are ready${fresh.includes(true) ? '; what wraps the keys was drawn' : ''}.`;
};

try {
  process.stdout.write(`${await prepare()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
