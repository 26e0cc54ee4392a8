// npm run bench: how fast the engine is, compared in the same run on the same PostgreSQL. --help says more.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { home, prepare } from './preparing.mjs';

const help = `How fast the engine is, next to what PostgreSQL itself (pgbench) and Emmett 0.42 do in the same run.

  npm run bench -- [names] [options]

  names         append, append.32, append.full, replay, … ; left out, everything (about 20 minutes). A name stands for all that begin with it
  --list        what there is
  --rounds n    ours and each baseline take turns so often; medians are compared (3)
  --seconds n   of each measurement, after a second that does not count (4)
  --short       a smoke run: one round, fractions of a second, small logs. Its figures mean nothing
  --grow n      how many events grow fills the log to (1000000)
  --json        one object a line: name, value, baseline, ratio, unit, goal, met
  --write       puts table, machine and versions into docs/performance.md
  --strict      exit code 1 when a goal is not met or could not be measured
  --profile dir CPU profiles of our own processes go there (chrome://inspect opens them)
  --data dir    where PostgreSQL keeps its data meanwhile: a real disk, please (.recourse/bench)
  --help        this page

Nothing is installed. What is missing here (pgbench, Java and Maven for Kafka) is named and left out.
`;

const fail = (sentence, code = 2) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
};

const asked = () => {
  try {
    const [text, flag] = [{ type: 'string' }, { type: 'boolean', default: false }];
    const flags = { list: flag, short: flag, json: flag, write: flag, strict: flag, help: flag };
    return parseArgs({ allowPositionals: true, options: { ...flags, rounds: text, seconds: text, grow: text, profile: text, data: text } });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run bench -- --help`);
  }
};

const { values, positionals } = asked();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const number = (name, otherwise, lowest) => {
  if (values[name] === undefined) return otherwise;
  const given = Number(values[name]);
  return given >= lowest ? given : fail(`--${name} is a number from ${lowest}, not ${values[name]}.`);
};
const { short } = values;
const manner = {
  names: positionals,
  rounds: Math.round(number('rounds', short ? 1 : 3, 1)),
  seconds: number('seconds', short ? 0.5 : 4, 0.1),
  warmUp: short ? 0.2 : 1,
  grow: Math.round(number('grow', short ? 4_000 : 1_000_000, 1_000)),
  short,
  json: values.json,
  write: values.write,
  strict: values.strict,
  list: values.list,
  data: resolve(values.data ?? join(home, '.recourse', 'bench')),
  ...(values.profile && { profile: resolve(values.profile) }),
};
if (values.write && short) fail('A smoke run measures nothing that could be written down: leave out --short or --write.');
if (manner.profile) mkdirSync(manner.profile, { recursive: true });

process.env.RECOURSE_NO_INSTALL = '1'; // a benchmark installs nothing
await prepare();
const { bench } = await import('../bench/dist/main.js');
try {
  process.exitCode = await bench(manner);
} catch (error) {
  fail(`The benchmark ended early: ${error.message.split('\n')[0]}${process.env.DEBUG ? `\n${error.stack}` : ' (DEBUG=1 shows where)'}`, 1);
}
