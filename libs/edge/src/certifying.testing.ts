import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether certificates can be made here; if not, one sentence says what is left out. */
export const canCertify = (whatNeedsIt: string): boolean => {
  const here = spawnSync('openssl', ['version']).status === 0;
  if (!here) process.stderr.write(`${whatNeedsIt} is left out: openssl is not here (Debian: apt-get install openssl).\n`);
  return here;
};

/** Runs the commands that docs/transport-security.md gives an operator, and makes a certificate that nobody trusts: `other.crt`. */
export const certifyIn = (folder: string): void => {
  const told = readFileSync(new URL('../../../docs/transport-security.md', import.meta.url), 'utf8');
  execFileSync('sh', ['-euc', /```sh\n(.*?)```/s.exec(told)?.[1] ?? 'exit 1'], { cwd: folder, stdio: 'pipe' });
  const stranger = 'req -x509 -newkey rsa:2048 -nodes -subj /CN=stranger -keyout other.key -out other.crt';
  execFileSync('openssl', stranger.split(' '), { cwd: folder, stdio: 'pipe' });
};
