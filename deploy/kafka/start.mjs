// Starts Apache Kafka from its jars on this machine's Java: no Docker, nothing left behind. cspell:ignore Dinclude Doutput Dorg
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync, createWriteStream } from 'node:fs';
import net from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Where jars and data live unless told otherwise: ignored by git, safe to delete. */
export const kafkaHome = fileURLToPath(new URL('../../.kafka', import.meta.url));

/** Something the person at the keyboard can put right; its message is one whole sentence. */
export class CannotStart extends Error {}

/**
 * Starts one broker and resolves when it serves. `port: 0` takes a free one. `data` is formatted once and found again later.
 * `say(sentence)` hears what takes long. `settings` are further lines of its properties, which win, and `cluster` is the id its brokers share:
 * for several brokers on one machine. The broker ends with `stop()`, and by itself when this process dies, even by kill -9.
 * @returns {Promise<{ brokers: string, port: number, pid: number, log: string, ended: Promise<number | null>, stop: () => Promise<void> }>}
 */
export const startKafka = async ({ port = 9092, data = join(kafkaHome, 'data'), say = () => {}, settings: more = '', cluster } = {}) => {
  const java = findJava();
  const jars = await fetchJars(say);
  const chosen = port === 0 ? await freePort() : port;
  if (!(await isFree(chosen))) throw new CannotStart(`Port ${chosen} is taken: stop what uses it, or choose another with --port.`);
  const folder = resolve(data);
  makeFolder(folder);
  const settings = join(folder, 'server.properties');
  const log = join(folder, 'broker.log');
  writeFileSync(settings, `${await properties(chosen, join(folder, 'logs'))}\n${more}\n`);
  if (!existsSync(join(folder, 'logs', 'meta.properties'))) await format(java, jars, settings, say, cluster);
  const broker = await launch(java, jars, settings, log);
  return { brokers: `127.0.0.1:${chosen}`, port: chosen, log, ...broker };
};

const findJava = () => {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const { error, stdout, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  if (error)
    throw new CannotStart(
      'Kafka needs Java 17 or newer, and no java was found: install a JRE (Debian: apt install openjdk-17-jre-headless).',
    );
  const version = /version "(\d+)/.exec(`${stderr}${stdout}`)?.[1];
  if (!version || Number(version) < 17)
    throw new CannotStart(`Kafka needs Java 17 or newer, this is ${version ?? 'unknown'}: install a newer JRE or point JAVA_HOME at one.`);
  return java;
};

/** Fetched beside their place and moved in when complete, so that an interrupted download is never taken for a whole one. */
const fetchJars = async (say) => {
  const pom = join(here, 'pom.xml');
  const wanted = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 16);
  const libs = join(kafkaHome, `libs-${wanted}`);
  if (existsSync(libs)) return libs;
  const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';
  if (spawnSync(maven, ['--version'], { stdio: 'ignore' }).error)
    throw new CannotStart('Kafka is fetched by Maven once, and no mvn was found: install Maven (Debian: apt install maven).');
  say('Fetching Kafka by Maven (43 MB, once) …');
  makeFolder(kafkaHome);
  const coming = mkdtempSync(join(kafkaHome, '.coming-'));
  try {
    const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${coming}`];
    const { code, output } = await finished(maven, args);
    if (code !== 0) throw new CannotStart(`Maven could not fetch Kafka: ${firstError(output)}`);
    if (!existsSync(libs)) renameSync(coming, libs);
  } finally {
    rmSync(coming, { recursive: true, force: true });
  }
  return libs;
};

const firstError = (output) =>
  output
    .split('\n')
    .find((line) => line.includes('ERROR'))
    ?.replace(/^.*ERROR\]?\s*/, '') ?? 'it said nothing.';

const properties = async (port, data) => {
  const values = { PORT: String(port), CONTROLLER_PORT: String(await freePort()), DATA: data.replaceAll('\\', '/') };
  return readFileSync(join(here, 'server.properties'), 'utf8').replace(/\$\{(\w+)\}/g, (_, name) => values[name]);
};

const format = async (java, jars, settings, say, id = randomBytes(16).toString('base64url')) => {
  say('Preparing its data folder (once) …');
  const { code, output } = await finished(java, [
    '-cp',
    join(jars, '*'),
    'kafka.tools.StorageTool',
    'format',
    `--cluster-id=${id}`,
    '-c',
    settings,
  ]);
  if (code !== 0) throw new CannotStart(`Kafka could not prepare its data folder: ${output.trim().split('\n').pop()}`);
};

const finished = (command, args) =>
  new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', failed);
    child.on('close', (code) => done({ code, output }));
  });

// sh stands between us and the broker as a watchdog: when this process dies, even by kill -9, its end of the pipe closes, and the
// watchdog ends the broker: politely first, for good after three seconds.
const watchdog = `exec 3<&0
"$@" </dev/null 3<&- & broker=$!
( read -r _ <&3; kill -TERM $broker 2>/dev/null; n=0; while kill -0 $broker 2>/dev/null && [ $n -lt 30 ]; do sleep 0.1; n=$((n+1)); done; kill -KILL $broker 2>/dev/null ) &
exec 3<&-
wait $broker`;

const launch = (java, jars, settings, log) =>
  new Promise((started, failed) => {
    const args = [
      ...['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info'],
      ...['-cp', join(jars, '*'), 'kafka.Kafka', settings],
    ];
    const guarded = process.platform !== 'win32';
    const [command, ...rest] = guarded ? ['sh', '-c', watchdog, 'kafka', java, ...args] : [java, ...args];
    // A process group of its own: Ctrl-C reaches us, not the broker, and we end it in order.
    const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'], detached: guarded });
    const file = createWriteStream(log);
    const ended = new Promise((done) => child.once('exit', (code) => done(code)));
    let tail = '';
    const hear = (chunk) => {
      file.write(chunk);
      tail = (tail + chunk).slice(-8000);
      if (!tail.includes('Kafka Server started')) return;
      child.off('exit', early);
      for (const pipe of [child.stdout, child.stderr]) {
        pipe.off('data', hear);
        pipe.on('data', (rest) => file.write(rest));
        pipe.unref();
      }
      child.unref();
      child.stdin.unref();
      started({ pid: child.pid, ended, stop });
    };
    const stop = async () => {
      child.ref();
      if (guarded) child.stdin.end();
      else child.kill();
      await ended;
    };
    const early = (code) => failed(new CannotStart(reason(tail, code, log)));
    child.on('error', failed);
    child.stdin.on('error', () => {});
    child.once('exit', early);
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });

const reason = (tail, code, log) => {
  if (tail.includes('.lock')) return 'Another Kafka uses this data folder: stop it, or choose another folder with --data.';
  if (/No space left/.test(tail)) return 'Kafka could not start: the disk is full.';
  return `Kafka ended while starting (${code ?? 'killed'}); ${log} says why.`;
};

const makeFolder = (folder) => {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new CannotStart(`The folder ${folder} cannot be made (${error.code}): choose another with --data.`);
  }
};

const listening = (port) =>
  new Promise((done, failed) => {
    const server = net.createServer();
    server.once('error', failed);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const { port: got } = server.address();
      server.close(() => done(got));
    });
  });
const freePort = () => listening(0);
const isFree = (port) =>
  listening(port).then(
    () => true,
    () => false,
  );
