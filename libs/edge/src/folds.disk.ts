import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * A hash of all code that folds histories (contracts/, where they live, with everything they may import), as it is deployed: an auditor can tell
 * which code gave an answer, and what other code folded is not taken for what this code would.
 */
export const hashOfFolds = (): string => {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@recourse/contracts'));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.d|\.spec)\.[jt]s$/.test(file));
  const sum = createHash('sha256');
  for (const file of files.sort()) sum.update(`${file}\0`).update(readFileSync(path.join(folder, file)));
  return sum.digest('base64url');
};
