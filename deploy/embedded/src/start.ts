import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { demonstrateOnce } from './demonstrating.js';
import { CannotStart } from './refusing-to-start.js';
import { startRecourse, type News, type Recourse } from './starting.js';
import { logFileOf } from './supervising.js';

/** What `npm start` runs once everything is built. It ends when it is told to, or when something cannot be kept running. */

const began = performance.now();
const since = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
const paint = process.stdout.isTTY && !process.env['NO_COLOR'];
const bold = (text: string): string => (paint ? `\x1b[1m${text}\x1b[22m` : text);
const dim = (text: string): string => (paint ? `\x1b[2m${text}\x1b[22m` : text);
const green = (text: string): string => (paint ? `\x1b[32m${text}\x1b[39m` : text);
const print = (text: string): void => void process.stdout.write(`${text}\n`);
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined); // the terminal may be closed before we are

const fail = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
};

const environment = () => {
  const { RECOURSE_PORT = '4000', RECOURSE_HOME, RECOURSE_TRANSPORT = 'postgres', KAFKA_BROKERS, DATABASE_URL } = process.env;
  const port = Number(RECOURSE_PORT);
  if (!/^\d+$/.test(RECOURSE_PORT) || port < 1024 || port > 65_525)
    throw new CannotStart(`RECOURSE_PORT is ${RECOURSE_PORT}; it must be a port from 1024 to 65525.`);
  if (RECOURSE_TRANSPORT !== 'postgres' && RECOURSE_TRANSPORT !== 'kafka')
    throw new CannotStart(`RECOURSE_TRANSPORT is ${RECOURSE_TRANSPORT}; it must be postgres (the default) or kafka.`);
  if (DATABASE_URL !== undefined && !/^postgres(ql)?:\/\//.test(DATABASE_URL))
    throw new CannotStart(
      'DATABASE_URL must be the address of an administrator of a PostgreSQL server: postgres://user:password@host:5432/postgres',
    );
  const home = path.resolve(RECOURSE_HOME ?? fileURLToPath(new URL('../../../.recourse', import.meta.url)));
  return {
    port,
    home,
    transport: RECOURSE_TRANSPORT,
    ...(KAFKA_BROKERS && { brokers: KAFKA_BROKERS }),
    ...(DATABASE_URL && { databaseUrl: DATABASE_URL }),
  } as const;
};

let told = false;
const tell = (news: News): void => {
  if (!told) print('');
  told = true;
  if ('trouble' in news) return void process.stderr.write(`  ${news.trouble}\n`);
  print(`  ${green('✓')} ${news.ready.padEnd(34)}${dim(since())}`);
};

const summary = ({ url, home }: Recourse, transport: string, reference: string | undefined): string => {
  const row = (what: string, where: string): string => `    ${dim(what.padEnd(12))}${where}`;
  const shown = path.relative(process.cwd(), home);
  const place = shown.startsWith('..') ? home : shown || '.';
  const elsewhere = url.endsWith(':4000') ? '' : `RECOURSE_URL=${url} `;
  return [
    '',
    `  ${bold('Recourse is ready')} after ${since()}`,
    '',
    row('front door', bold(url)),
    row('API', `${url}/docs`),
    row('mail', `${url}/dev/mail`),
    row('carried by', transport === 'kafka' ? 'Kafka' : 'PostgreSQL (RECOURSE_TRANSPORT=kafka for a real Kafka)'),
    row('data, logs', `${place}, ${path.join(place, 'logs')}`),
    '',
    row('a token', `${elsewhere}npm run --silent token -- agent`),
    row('try', `curl '${url}/v1/channels?platform=quanpay'`),
    ...(reference ? [row('a case', `${elsewhere}npm run replay -- ${reference}`)] : []),
    row('stories', `${elsewhere}npm run demo`),
    row('stop', 'Ctrl-C'),
    '',
  ].join('\n');
};

/** Whoever started us through npm and was killed has left us behind, and a shell between us may have kept that from us. */
const whenOrphaned = (then: () => void): void => {
  if (!process.env['npm_lifecycle_event']) return;
  const ancestors = (): string => `${process.ppid} ${parentOf(process.ppid)}`;
  const family = ancestors();
  setInterval(() => ancestors() !== family && then(), 500).unref();
};

const parentOf = (pid: number): string => {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]!;
  } catch {
    return ''; // no such file system: the parent alone must do
  }
};

let running: Recourse | undefined;
let stopping: Promise<void> | undefined;
const stop = (): Promise<void> =>
  (stopping ??= (async () => {
    print('\n  Stopping …');
    await running?.stop();
    print(`  ${green('✓')} Nothing is left running. The data stays in ${running?.home}`);
  })());

/** In the middle of a start there is nothing to end in order: everything that was started ends when this process does. */
const leave = (): void => {
  if (!running) process.exit(process.exitCode ?? 130);
  void stop().then(() => process.exit());
};

const unexpected = (error: unknown): void => {
  const sentence = `Recourse failed in a way nobody thought of: ${error instanceof Error ? error.message : String(error)}`;
  try {
    const file = logFileOf(running!.home, 'starter');
    fs.appendFileSync(file, `${new Date().toISOString()} ${error instanceof Error ? error.stack : String(error)}\n`);
    fail(`${sentence}\nMore stands in ${file}`);
  } catch {
    fail(sentence);
  }
  leave();
};

const main = async (): Promise<void> => {
  const options = environment();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
  whenOrphaned(leave);
  process.on('uncaughtException', unexpected);
  process.on('unhandledRejection', unexpected);

  running = await startRecourse({ ...options, tell });
  void running.broken.then((error) => {
    fail(`Recourse cannot go on: ${error.message}`);
    leave();
  });
  let references: readonly string[] = [];
  try {
    references = await demonstrateOnce(running.home, running.url, () => print(`  ${dim('… telling the demonstration, once')}`));
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    if (!stopping) tell({ trouble: `The demonstration could not be told in full; the next start tells it again. (${why})` });
  }
  if (!stopping) print(summary(running, options.transport, references[0]));
};

main().catch((error: unknown) => {
  if (error instanceof CannotStart) fail(error.message);
  else unexpected(error);
  process.exit(process.exitCode ?? 1);
});
