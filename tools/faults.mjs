// npm run faults -- <name>: breaks a running system on purpose and lets an independent checker look for what was lost. --help says more.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { prepare, stopWith } from './preparing.mjs';

const usage = `npm run faults -- <name> [options]     breaks a running system on purpose; a checker of its own looks for what was lost, doubled or out of order

  list                what there is: every run, what it does, what must hold
  <name>              one run: F1, F4, …, soak, plans (or its title: kill-services)
  all                 every run and every mutation, one after another; ends in "N passed, M failed"

  --short             as in CI: one broker, about seven minutes for all (this is what happens unless --long is given)
  --long              many more kills and events; F2 needs three brokers; soak writes ten million events
  --seed <n>          draws the same faults again; each run prints its seed
  --events <n>        how many events soak and plans write
  --carrier <which>   kafka (from jars: Java 17 and Maven) or postgres; kafka unless said otherwise
  --mutate <guard>    breaks a guard of ours on purpose: mark-before-ack, drop-inbox, naive-reader. The checker must find it
  --json              one object a run, a line each
  --write             with all: puts the figures into docs/faults.md
  --help              this page

A run ends in one line such as
  F4 postgres-kill: 20 kills, 3,120 ok / 0 failed / 214 unknown, 0 lost, 0 doubled, 0 gaps, seed 42
ok: acknowledged. failed: refused, or never sent. unknown: no reply came, and nobody asked again.`;

const args = process.argv.slice(2);
if (args.includes('--help') || args.length === 0) {
  console.log(usage);
  process.exit(args.length === 0 ? 2 : 0);
}
const known = ['--short', '--long', '--json', '--write', '--seed', '--carrier', '--events', '--mutate'];
const strange = args.find(
  (arg, index) => arg.startsWith('-') && !known.includes(arg.split('=')[0]) && !['--seed'].includes(args[index - 1]),
);
if (strange) stopWith(`${strange} is no option of this command. See: npm run faults -- --help`);

await prepare();
const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'faults/dist/main.js', ...args], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
let last = '';
child.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  last = (last + chunk).slice(-2000);
});
child.on('close', (code) => {
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(last) ?? [];
  if (process.env.RECOURSE_COUNTS && (args[0] === 'all' || passed)) {
    const counts = passed ? `${passed} ${failed}` : '0 1';
    appendFileSync(process.env.RECOURSE_COUNTS, `faults ${counts} 0\n`);
  }
  process.exit(code ?? 1);
});
