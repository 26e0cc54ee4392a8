// Makes a fresh clone ready: the right Node, packages installed, sources built. Needs nothing installed itself.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stale } from './bundle.mjs';

export const home = fileURLToPath(new URL('..', import.meta.url));
const lowest = [20, 19];

/** One sentence and an exit code; nobody needs a stack trace to learn that Node is too old. */
export const stopWith = (sentence) => {
  console.error(sentence);
  process.exit(1);
};

export const checkNode = (version = process.versions.node) => {
  const [major, minor] = version.split('.').map(Number);
  if (major < lowest[0] || (major === lowest[0] && minor < lowest[1]))
    stopWith(`Recourse needs Node ${lowest.join('.')} or newer, this is ${version}: install a current Node and run the command again.`);
};

const age = (file) => (existsSync(file) ? statSync(file).mtimeMs : -1);

/** Runs a command with one line that counts the seconds; its output is shown only when it fails. */
const showing = (what, command, args) =>
  new Promise((resolve, reject) => {
    const started = Date.now();
    const tty = process.stderr.isTTY;
    const line = () => `  ${what} … ${Math.round((Date.now() - started) / 1000)} s`;
    if (!tty) process.stderr.write(`  ${what} …\n`);
    const ticking = tty ? setInterval(() => process.stderr.write(`\r${line()}`), 250) : undefined;
    const child = spawn(command, args, { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(ticking);
      process.stderr.write(tty ? `\r${line()} ${code === 0 ? 'done' : 'failed'}\n` : code === 0 ? '' : `  ${what} failed\n`);
      if (code === 0) return resolve();
      process.stderr.write(output.slice(-6000));
      reject(new Error(what));
    });
  });

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Installs when node_modules is missing or older than the lock file, builds what is stale. */
export const prepare = async () => {
  checkNode();
  process.chdir(home);
  try {
    if (age('node_modules/.package-lock.json') < age('package-lock.json') - 1000 && !process.env.RECOURSE_NO_INSTALL)
      await showing('installing packages (once, about a minute)', npm, ['ci', '--no-audit', '--no-fund']);
    await showing('building what is stale', process.execPath, ['node_modules/typescript7/bin/tsc', '-b']);
    if (stale().length > 0) await showing('bundling the services', process.execPath, ['tools/bundle.mjs']);
  } catch (error) {
    stopWith(`Recourse could not get ready: ${error.message} failed (see above).`);
  }
};
