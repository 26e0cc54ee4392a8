import fs from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPorts, claimHome, freePorts, portsFrom, sentenceFor, withItsCause, type Ports } from './claiming.js';
import { PostgresFailure } from './failing.js';
import * as house from './house.js';
import { startPostgres, type RunningPostgres } from './postgres.js';
import { passwordsFrom, provision, services, type Provisioned, type ServiceName } from './provision.js';
import { CannotStart } from './refusing-to-start.js';
import { secretsIn } from './secrets.js';
import { logFileOf, rotate, ServiceProcess } from './supervising.js';

/** Where everything listens, counted from the front door's port. */
export { portsFrom } from './claiming.js';

export type News = { readonly ready: string } | { readonly trouble: string };

export type RecourseOptions = {
  /** Where data, keys and logs are kept. A place of its own that is deleted at the end, unless given. */
  readonly home?: string;
  /** The front door's port; the other ten follow it. Any eleven free ones, unless given. */
  readonly port?: number;
  readonly transport?: 'postgres' | 'kafka';
  /** host:port of Kafka's brokers, separated by commas. */
  readonly brokers?: string;
  /** An administrator's address of a PostgreSQL server; without it one is started from npm binaries. */
  readonly databaseUrl?: string;
  /** Further environment of the services. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told what is ready, and what is wrong while Recourse goes on. */
  readonly tell?: (news: News) => void;
  /** The compiled main file of a service; its own, unless a test says otherwise. */
  readonly entryOf?: (service: ServiceName) => string;
  /** First pause before a crashed service is started again. */
  readonly backoffMs?: number;
};

export type Recourse = {
  /** The front door. */
  readonly url: string;
  /** GET /dev/mail there shows what was sent. */
  readonly mailUrl: string;
  readonly home: string;
  readonly ports: Ports;
  /** The database server's administrator. */
  readonly adminUrl: string;
  readonly databases: Provisioned;
  /** Process ids of the services that run now. */
  readonly pids: Readonly<Partial<Record<ServiceName, number>>>;
  /** Resolves when something cannot be kept running, with the reason in words. */
  readonly broken: Promise<Error>;
  /** kill -9; the service stays down until `restart`. */
  kill(service: ServiceName): Promise<void>;
  /** Ends it if it runs, starts it, waits until it is ready. */
  restart(service: ServiceName): Promise<void>;
  stop(): Promise<void>;
};

/** What was started, in order; it is ended backwards. */
type Undo = (() => Promise<void> | void)[];

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The whole house on one machine: PostgreSQL, six services as processes of their own, and in this process the front door, issuer and mail sink. */
export const startRecourse = async (options: RecourseOptions = {}): Promise<Recourse> => {
  const ports = options.port === undefined ? await freePorts() : portsFrom(options.port);
  const home = path.resolve(options.home ?? fs.mkdtempSync(path.join(tmpdir(), 'recourse-')));
  const undo: Undo = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  if (options.home === undefined) undo.push(() => fs.rmSync(home, { recursive: true, force: true }));
  try {
    return await startIn(home, ports, options, undo, stop);
  } catch (error) {
    await stop();
    throw error instanceof PostgresFailure ? new CannotStart(error.message) : sentenceFor(error, home);
  }
};

const startIn = async (home: string, ports: Ports, options: RecourseOptions, undo: Undo, stop: () => Promise<void>): Promise<Recourse> => {
  const {
    transport = 'postgres',
    brokers = '127.0.0.1:9092',
    databaseUrl,
    tell = () => undefined,
    entryOf = bundleOf,
    environment = {},
    backoffMs,
  } = options;
  const local = (port: number): string => `http://127.0.0.1:${port}`;
  const url = local(ports['front-door']);

  undo.push(claimHome(home, url).release);
  await checkPorts(ports, databaseUrl ? ['postgres'] : []);
  if (transport === 'kafka') await checkBrokers(brokers);
  for (const service of services)
    if (!fs.existsSync(entryOf(service))) throw new CannotStart(`${service} is not built: run npm run build.`);

  const secrets = secretsIn(home);
  let break_: (error: Error) => void = () => undefined;
  const broken = new Promise<Error>((resolve) => (break_ = resolve));

  const adminUrl = databaseUrl ?? (await keepPostgres(home, ports.postgres, secrets.database, tell, break_, undo));
  const databases = await provisioned(adminUrl, secrets.database);
  const { keyringMigration } = await house.privacy();
  const { prepareBus } = await house.bus();
  await Promise.all([keyringMigration(databases.keyring.owner), prepareBus(databases.bus.owner)]);
  tell({ ready: 'databases, keyring and bus' });

  const logOf = (name: string): string => {
    const file = logFileOf(home, name);
    rotate(file);
    return file;
  };
  const processes = Object.fromEntries(
    services.map((service) => {
      const { owner, log, web, keyring, bus } = databases.services[service];
      const supervised = {
        name: service,
        entry: entryOf(service),
        readyUrl: `${local(ports[service])}/readyz`,
        logFile: logOf(service),
        say: (trouble: string) => tell({ trouble: withItsCause(trouble, home) }),
        ...(backoffMs !== undefined && { backoffMs }),
        environment: {
          RECOURSE_SERVICE_PORT: `${ports[service]}`,
          RECOURSE_HOST: '127.0.0.1',
          DATABASE_OWNER_URL: owner,
          DATABASE_LOG_URL: log,
          DATABASE_WEB_URL: web,
          KEYRING_URL: keyring,
          RECOURSE_KEK_FILE: secrets.kekFile,
          ...(service === 'governance' && { RECOURSE_RESTRICTED_KEK_FILE: secrets.restrictedKekFile }),
          RECOURSE_TRANSPORT: transport,
          BUS_URL: bus,
          KAFKA_BROKERS: brokers,
          RECOURSE_ISSUER: `${url}/issuer`,
          RECOURSE_JWKS_URL: `${local(ports.issuer)}/jwks`,
          RECOURSE_EVIDENCE_DIR: path.join(home, 'evidence'),
          SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
          RECOURSE_EGRESS_ALLOW: process.env['RECOURSE_EGRESS_ALLOW'] ?? '127.0.0.1,localhost',
          RECOURSE_DRAIN_MS: '0',
          // Newer Nodes keep compiled code between starts; Node 20 does not know the variable.
          NODE_COMPILE_CACHE: path.join(home, 'compiled'),
          ...environment,
        },
      };
      return [service, new ServiceProcess(supervised)];
    }),
  ) as Record<ServiceName, ServiceProcess>;

  // The services end first, so that no stream is open when the door closes; the door ends before the database.
  const doorstep: (() => Promise<void>)[] = [];
  undo.push(async () => {
    await Promise.all(Object.values(processes).map((one) => one.stop()));
    for (const close of doorstep.reverse()) await close();
  });

  const openingDoor = openDoorstep(home, ports, url, logOf('front-door'), doorstep).then((mailUrl) => {
    tell({ ready: 'front door, issuer and mail sink' });
    return mailUrl;
  });
  const starting = services.map((service) => processes[service].start().then(() => tell({ ready: service })));
  try {
    await Promise.all([openingDoor, ...starting]);
  } catch (error) {
    // Nothing may be half started when the undoing begins.
    await Promise.all(Object.values(processes).map((one) => one.stop()));
    await Promise.allSettled([openingDoor, ...starting]);
    throw error;
  }

  return {
    url,
    mailUrl: await openingDoor,
    home,
    ports,
    adminUrl,
    databases,
    broken,
    get pids() {
      return Object.fromEntries(services.flatMap((service) => (processes[service].pid ? [[service, processes[service].pid]] : [])));
    },
    kill: (service) => processes[service].kill(),
    restart: async (service) => {
      await processes[service].stop();
      await processes[service].start();
    },
    stop,
  };
};

/** Front door, issuer and mail sink, in this process. */
const openDoorstep = async (home: string, ports: Ports, url: string, logFile: string, opened: (() => Promise<void>)[]): Promise<string> => {
  // One after the other: a test runner's loader does not bear two at once, and they gain nothing by it.
  const { startIssuer } = await house.issuer();
  const { startMailSink } = await import('./mail-sink.js');
  const { startFrontDoor } = await house.frontDoor();
  const issuer = await startIssuer({ port: ports.issuer, publicUrl: `${url}/issuer`, dataDir: path.join(home, 'issuer') });
  opened.push(issuer.stop);
  const sink = await startMailSink({ smtpPort: ports.smtp, httpPort: ports.mail });
  opened.push(sink.stop);
  const log = fs.createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  log.on('error', () => undefined); // a full disk: the door goes on without a log
  const door = await startFrontDoor({
    port: ports['front-door'],
    upstreams: Object.fromEntries(services.map((service) => [service, `http://127.0.0.1:${ports[service]}`])),
    issuer: issuer.url,
    mail: sink.url,
    log: { write: (line) => void log.write(line) },
  });
  opened.push(async () => {
    await door.stop();
    await new Promise((resolve) => log.end(resolve));
  });
  return sink.url;
};

/** The embedded server, started again when it dies under us; when that fails, Recourse is broken. */
const keepPostgres = async (
  home: string,
  port: number,
  password: string,
  tell: (news: News) => void,
  broken: (error: Error) => void,
  undo: Undo,
): Promise<string> => {
  let server: RunningPostgres;
  let stopping = false;
  const start = async (): Promise<void> => {
    server = await startPostgres({ dataDir: path.join(home, 'postgres'), port, password });
    void server.gone.then(async () => {
      if (stopping) return;
      tell({ trouble: withItsCause('PostgreSQL stopped; starting it again.', home) });
      await start().catch(broken);
    });
  };
  await start();
  undo.push(async () => {
    stopping = true;
    await server.stop();
  });
  tell({ ready: 'PostgreSQL' });
  return server!.url;
};

const provisioned = async (adminUrl: string, secret: string): Promise<Provisioned> => {
  try {
    return await provision(adminUrl, { passwords: passwordsFrom(secret) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const { host } = new URL(adminUrl);
    const why = code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? 'nothing answers there' : message || code;
    throw new CannotStart(`The database server at ${host} cannot be prepared (DATABASE_URL): ${why}.`);
  }
};

const checkBrokers = async (brokers: string): Promise<void> => {
  const answers = await Promise.all(
    brokers.split(',').map(
      (broker) =>
        new Promise<boolean>((resolve) => {
          const [host = '127.0.0.1', port = '9092'] = broker.trim().split(':');
          const socket = net.connect({ host, port: Number(port), timeout: 3_000 });
          for (const [event, answer] of [
            ['connect', true],
            ['error', false],
            ['timeout', false],
          ] as const)
            socket.once(event, () => {
              socket.destroy();
              resolve(answer);
            });
        }),
    ),
  );
  if (!answers.some(Boolean))
    throw new CannotStart(`No Kafka answers at ${brokers}: start one with npm run kafka, or name others in KAFKA_BROKERS.`);
};

const bundleOf = (service: ServiceName): string => path.join(root, 'services', service, 'dist', 'bundle.js');
