import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Drawing } from './drawing.js';
import { Ground } from './grounding.js';
import { runs } from './listing.js';
import { lineOf, passed, type Given, type Run } from './running.js';
import { writeDown, type Written } from './writing-down.js';
import { foundAs, mutations, type Mutation } from './serving/mutating.js';

/** One attempt at one run: its line, and whether it went as it has to. A mutation has to be found out. */
type Attempt = { readonly line: string; readonly json: object; readonly good: boolean; readonly written?: Written };

/** A run that waits for what never comes ends all the same; its processes go with this one. */
const within = <Value>(ms: number, work: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
};

const attempt = async (run: Run, given: Omit<Given, 'drawing'>, seed: number): Promise<Attempt> => {
  const { mutation } = given;
  const name = mutation ? `${run.name}+${mutation}` : run.name;
  const began = performance.now();
  const took = () => Math.round((performance.now() - began) / 1000);
  try {
    const result = await within(given.long ? 24 * 3_600_000 : 240_000, run.run({ ...given, drawing: new Drawing(seed) }));
    const found = mutation ? result.verdict.findings.counts[foundAs[mutation]] > 0 : !passed(result);
    const { verdict, figures, claims, did } = result;
    const { ok, failed, unknown, findings } = verdict;
    for (const { kind, what } of mutation ? [] : findings.faults) process.stderr.write(`    ${kind}: ${what}\n`);
    const judgement = mutation ? `, ${found ? 'found out, as it must be' : 'NOT FOUND OUT'}` : '';
    return {
      line: `${lineOf({ ...run, name }, result, seed)}${judgement}`,
      json: {
        name,
        seed,
        seconds: took(),
        passed: mutation ? found : !found,
        did,
        ok,
        failed,
        unknown,
        ...findings.counts,
        figures,
        claims,
      },
      good: mutation ? found : !found,
      written: { name, result, seconds: took(), ...(mutation && { foundOut: found }) },
    };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      line: `${name} ${run.title}: could not be run, seed ${seed}: ${why}`,
      json: { name, seed, passed: false, error: why },
      good: false,
    };
  }
};

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: text, mutate: text, carrier: text, events: text, long: flag, short: flag, json: flag, write: flag },
});

const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
};

const wanted = positionals[0] ?? 'list';
if (wanted === 'list') {
  for (const { name, title, does, holds, onlyLong, mutations: broken } of runs) {
    process.stdout.write(`${name === title ? name : `${name} ${title}`}${onlyLong ? ' (--long only)' : ''}\n  ${does}\n  ${holds}\n`);
    for (const mutation of broken ?? []) process.stdout.write(`  --mutate ${mutation} must be found out\n`);
  }
  process.exit(0);
}
const chosen = wanted === 'all' ? runs : runs.filter(({ name, title }) => [name.toLowerCase(), title].includes(wanted.toLowerCase()));
if (chosen.length === 0) fail(`There is no run called ${wanted}. See them all with: npm run faults -- list`);
if (values.seed !== undefined && !/^\d{1,10}$/.test(values.seed)) fail(`--seed is a whole number, not ${values.seed}.`);
if (values.events !== undefined && !/^\d{3,9}$/.test(values.events)) fail(`--events is a number from 100 on, not ${values.events}.`);
if (values.carrier !== undefined && !['kafka', 'postgres'].includes(values.carrier)) fail('--carrier is kafka or postgres.');
if (values.mutate !== undefined && !(mutations as readonly string[]).includes(values.mutate))
  fail(`--mutate is one of ${mutations.join(', ')}.`);
const long = values.long ?? false;
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);

const ground = new Ground(false);
const leave = (code: number) => void ground.close().then(() => process.exit(code));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave(130));

const plays = chosen.flatMap((run): { run: Run; mutation?: Mutation }[] => {
  if (values.mutate !== undefined) return [{ run, mutation: values.mutate as Mutation }];
  if (run.onlyLong && !long) return wanted === 'all' ? [] : fail(`${run.name} needs --long.`);
  return [{ run }, ...(wanted === 'all' ? (run.mutations ?? []).map((mutation) => ({ run, mutation })) : [])];
});
let good = 0;
const written: Written[] = [];
for (const { run, mutation } of plays) {
  const given = {
    long,
    ground,
    carries: (values.carrier ?? 'kafka') as Given['carries'],
    ...(mutation && { mutation }),
    ...(values.events !== undefined && { events: Number(values.events) }),
    say: (sentence: string) => void process.stderr.write(`    ${run.name} ${sentence}\n`),
  };
  const { line, json, good: went, written: row } = await attempt(run, given, seed);
  if (row) written.push(row);
  process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : `${line}\n`);
  if (went) good++;
}
if (values.write) {
  if (wanted === 'all' && good === plays.length) writeDown(written, seed, long);
  else process.stderr.write('docs/faults.md is written by a complete run of all in which everything passed.\n');
}
if (wanted === 'all') process.stdout.write(`${good} passed, ${plays.length - good} failed\n`);
await ground.close();
process.exit(good === plays.length ? 0 : 1);
