// npm test [-- --tier kafka|containers] [-- jest arguments]: runs a tier of tests and ends in one line of counts.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
const folder = mkdtempSync(join(tmpdir(), 'recourse-counts-'));
const results = join(folder, 'results.json');
const run = await ran(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '-c',
    config,
    '--forceExit',
    '--json',
    `--outputFile=${results}`,
    ...args,
  ],
  { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, FORCE_COLOR: process.stderr.isTTY ? '1' : '0' } },
);
let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0 };
try {
  counts = JSON.parse(readFileSync(results, 'utf8'));
} catch {
  console.error('jest wrote no results: it did not get as far as running a test.');
  counts.numFailedTests = 1;
}
rmSync(folder, { recursive: true, force: true });
await kafka?.stop();
const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
const line = `${counts.numPassedTests} passed, ${failed} failed${counts.numPendingTests ? `, ${counts.numPendingTests} skipped` : ''}`;
if (process.env.RECOURSE_COUNTS)
  appendFileSync(process.env.RECOURSE_COUNTS, `${tier} ${counts.numPassedTests} ${failed} ${counts.numPendingTests}\n`);
console.log(line);
process.exit(failed > 0 || counts.numPassedTests === 0 ? 1 : run);

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
