// node tools/python.mjs: tools that come as Python packages, in an environment of their own under node_modules/.cache.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { home, stopWith } from './preparing.mjs';

const help = `Makes Python tools ready, once: each in an environment of its own under node_modules/.cache, until packages are installed anew.

  node tools/python.mjs [name]     makes it unless it is there, and prints the path of its interpreter
  node tools/python.mjs --look     only looks: prints the paths of those that are there

  moto     answers as AWS does (KMS, S3), for tests. Those that need it say so and are left out where it is not there
  schemathesis   asks everything an API document allows and forbids, for npm run fuzz

Needs Python 3.10 or newer with venv (Debian: python3-venv), and a package index that pip can reach.
`;

/** Pinned, so that a test means the same tomorrow. */
const tools = { moto: ['moto[kms,s3]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'], schemathesis: ['schemathesis==4.32.5'] };

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(help);
  process.exit(0);
}
const names = args.filter((arg) => !arg.startsWith('-'));
const strange = names.find((name) => !(name in tools)) ?? args.find((arg) => arg.startsWith('-') && arg !== '--look');
if (strange) stopWith(`There is no ${strange}. See: node tools/python.mjs --help`);

const folderOf = (name) => join(home, 'node_modules/.cache/python', name);
const pythonIn = (folder) => join(folder, 'bin/python');
/** Made whole: of another list of packages it is another environment. */
const environmentOf = (name) => folderOf(`${name}-${tools[name][0].split('==')[1]}`);

const run = (command, parameters, whatFailed) =>
  new Promise((resolve) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
    child.on('error', () => stopWith(`${whatFailed}: ${command} cannot be run.`));
    child.on('close', (code) => (code === 0 ? resolve() : stopWith(`${said.trim()}\n${whatFailed} (see above).`)));
  });

const interpreter = () => {
  for (const command of [process.env.PYTHON ?? 'python3', 'python']) {
    try {
      execFileSync(command, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' });
      return command;
    } catch {
      // The next one, perhaps.
    }
  }
  return stopWith('Python 3.10 or newer with venv is needed (Debian: apt-get install python3-venv). PYTHON names another interpreter.');
};

for (const name of names.length > 0 ? names : Object.keys(tools)) {
  const environment = environmentOf(name);
  if (!existsSync(pythonIn(environment))) {
    if (args.includes('--look')) continue;
    const python = interpreter();
    process.stderr.write(`  installing ${tools[name].join(' ')} (once, about half a minute) …\n`);
    // Built beside and moved: half an environment is none, and of two who make it at once both find one.
    const building = `${environment}.${process.pid}`;
    mkdirSync(building, { recursive: true });
    await run(python, ['-m', 'venv', building], 'The environment could not be made');
    await run(pythonIn(building), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...tools[name]], 'pip failed');
    if (existsSync(environment)) rmSync(building, { recursive: true, force: true });
    else renameSync(building, environment);
  }
  process.stdout.write(`${pythonIn(environment)}\n`);
}
