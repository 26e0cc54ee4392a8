// npm test [-- --tier kafka|containers] [-- jest arguments]: runs a tier of tests and ends in one line of counts.
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { prepare } from './preparing.mjs';

const usage = `npm test                      everything that needs only Node (thoughts, PostgreSQL from npm, the stories over the embedded bus)
npm run test:kafka            the transport contract and the stories over a real Kafka from jars (Java 17, Maven)
npm run test:containers       the stories against docker-compose (Docker)
npm test -- -t 'a sentence'   arguments go to jest`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(usage);
  process.exit(0);
}
const named = args.indexOf('--tier');
const tier = named < 0 ? 'node' : args.splice(named, 2)[1];
const config = { node: 'jest.config.mjs', kafka: 'jest.kafka.config.mjs', containers: 'jest.containers.config.mjs' }[tier];
if (!config) {
  console.error(`There is no tier called ${tier}. The tiers are node, kafka and containers.`);
  process.exit(2);
}

await prepare();
const kafka = tier === 'kafka' ? await broker() : undefined;
const cache = join(tmpdir(), 'recourse-jest');
throwAwayInMemory();
const first = await everything();
/** A machine with too much to do makes a test wait in vain now and then: a few files are asked again, alone, and named if they pass then. */
const again =
  first.failing.length > 0 && first.failing.length <= 5 ? await jest('--runTestsByPath', ...first.failing, '-w', '1') : undefined;
if (again)
  for (const file of first.failing)
    console.error(
      `  ${relative(process.cwd(), file)} failed beside others, and ${again.failing.includes(file) ? 'failed' : 'passed'} alone`,
    );
await kafka?.stop();
const counts = again ? first.instead(again) : first;
const { passed, failed, skipped } = counts;
const line = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
if (process.env.RECOURSE_COUNTS) appendFileSync(process.env.RECOURSE_COUNTS, `${tier} ${passed} ${failed} ${skipped}\n`);
console.log(line);
process.exit(failed > 0 || passed === 0 ? 1 : (again ?? first).code);

/**
 * Of the Node tier first what starts whole houses, seven processes each, two at a time, on one more that is their common stage; then the rest,
 * which waits more than it computes.
 */
async function everything() {
  if (tier !== 'node' || args.length > 0) return jest(...args);
  const houses = ['stories', 'embedded'];
  const whole = await jest('--selectProjects', ...houses);
  const rest = await jest('--ignoreProjects', ...houses, '-w', `${Math.min(8, Math.max(4, availableParallelism()))}`);
  return whole.and(rest);
}

/**
 * What a test writes it throws away, thousands of files of small databases: into memory where there is plenty of it, and it is not the disk
 * that is tested. What a run that was killed has left there goes with the next one.
 */
function throwAwayInMemory() {
  const memory = '/dev/shm';
  const [enough, name] = [6 * 1024 ** 3, 'recourse-test-'];
  if (tier === 'containers' || process.env.TMPDIR || !existsSync(memory)) return;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < enough || freemem() < 2 * enough) return;
  try {
    for (const left of readdirSync(memory).filter((entry) => entry.startsWith(name)))
      if (!existsSync(`/proc/${left.split('-')[2]}`)) rmSync(join(memory, left), { recursive: true, force: true });
    const folder = mkdtempSync(join(memory, `${name}${process.pid}-`));
    chmodSync(folder, 0o755); // PostgreSQL may run as somebody else
    process.env.TMPDIR = folder;
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  } catch {
    // then it is the disk
  }
}

/** Runs jest once: how many tests passed, failed and were skipped, and the files in which one failed. */
async function jest(...more) {
  const folder = mkdtempSync(join(tmpdir(), 'recourse-counts-'));
  const file = join(folder, 'results.json');
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const code = await ran(
    process.execPath,
    [...node, '-c', config, '--forceExit', '--cacheDirectory', cache, '--json', `--outputFile=${file}`, ...more],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, FORCE_COLOR: process.stderr.isTTY ? '1' : '0' },
    },
  );
  let results = [];
  try {
    results = JSON.parse(readFileSync(file, 'utf8')).testResults;
  } catch {
    console.error('jest wrote no results: it did not get as far as running a test.');
    return resultOf([{ name: 'none', status: 'broken', assertionResults: [] }], code);
  }
  rmSync(folder, { recursive: true, force: true });
  return resultOf(results, code);
}

/** What a run of jest came to; `and` with another run of other files, or with `instead` of what failed the same files asked again. */
function resultOf(results, code) {
  const failing = results.filter(({ status }) => status === 'failed').map(({ name }) => name);
  return {
    ...countsOf(results),
    ...{ code, failing, results },
    and: (other) => resultOf([...results, ...other.results], code || other.code),
    instead: (other) => resultOf([...results.filter(({ name }) => !failing.includes(name)), ...other.results], other.code),
  };
}

/** A file that could not even be loaded counts as one that failed, and so does a jest that came to nothing. */
function countsOf(results) {
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
  const broken = results.filter(
    ({ status, assertionResults }) =>
      (status === 'failed' || status === 'broken') && !assertionResults.some((one) => one.status === 'failed'),
  );
  return { passed: count('passed'), failed: count('failed') + broken.length, skipped: count('pending', 'todo', 'skipped') };
}

/** A real broker from jars, for this run alone. */
async function broker() {
  const { startKafka, CannotStart } = await import('../deploy/kafka/start.mjs');
  const data = mkdtempSync(join(tmpdir(), 'recourse-kafka-'));
  try {
    const started = await startKafka({ port: 0, data, say: (sentence) => console.error(`  ${sentence}`) });
    process.env.RECOURSE_TEST_KAFKA = started.brokers;
    return { stop: () => started.stop().then(() => rmSync(data, { recursive: true, force: true })) };
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** Not spawnSync: this process answers for the broker meanwhile. */
function ran(command, args, options) {
  return new Promise((resolve) => spawn(command, args, options).on('close', (code) => resolve(code ?? 1)));
}
