import { chooseKeepers, type Complaint, type Keepers, type WhichKek } from '@recourse/privacy';

type Environment = Readonly<Record<string, string | undefined>>;

/** One environment variable: its name, what is expected of it, and how it is read. */
export type Variable<T> = {
  readonly name: string;
  /** For the message when it is missing or wrong: `a whole number from 1 to 65535`. */
  readonly expected: string;
  /** The value, or undefined when the text is not what is expected. */
  readonly read: (text: string) => T | undefined;
  /** For what several variables say together: all of the environment, and every complaint at once. `name` is the one that leads. */
  readonly gather?: (environment: Environment) => { readonly value: T } | { readonly complaints: readonly Complaint[] };
  /** Used when the variable is not set. Without it the variable is required. */
  readonly otherwise?: { readonly value: T };
  /** Its value never stands in a message: it may hold a password. */
  readonly secret?: boolean;
};

const withOtherwise = <T>(variable: Variable<T>, otherwise: T | undefined): Variable<T> =>
  otherwise === undefined ? variable : { ...variable, otherwise: { value: otherwise } };

export const textVariable = (name: string, expected: string, otherwise?: string): Variable<string> =>
  withOtherwise({ name, expected, read: (text) => text }, otherwise);

export const numberVariable = (name: string, from: number, to: number, otherwise?: number): Variable<number> =>
  withOtherwise(
    {
      name,
      expected: `a whole number from ${from} to ${to}`,
      read: (text) => (/^\d{1,15}$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined),
    },
    otherwise,
  );

/** `protocols` with their colon: `['postgres:', 'postgresql:']`. Never shown in messages: addresses hold passwords. */
export const urlVariable = (name: string, protocols: readonly string[], otherwise?: string): Variable<string> =>
  withOtherwise(
    {
      name,
      expected: `an address beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      read: (text) => (URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined),
      secret: true,
    },
    otherwise,
  );

export const choiceVariable = <T extends string>(name: string, choices: readonly T[], otherwise?: T): Variable<T> =>
  withOtherwise({ name, expected: `one of ${choices.join(', ')}`, read: (text) => choices.find((choice) => choice === text) }, otherwise);

/** Comma-separated; empty when not set. */
export const listVariable = (name: string, expected: string): Variable<readonly string[]> =>
  withOtherwise(
    {
      name,
      expected,
      read: (text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
    },
    [],
  );

/** Where the keys stay that wrap the keys: RECOURSE_KMS and what each kind needs. */
const keepersVariable = (which: WhichKek): Variable<Keepers> => ({
  name: which === 'active' ? 'RECOURSE_KMS' : 'RECOURSE_RESTRICTED_KMS',
  expected: 'one of file, aws, vault',
  read: () => undefined,
  gather: (environment) => {
    const chosen = chooseKeepers(environment, which);
    return 'keepers' in chosen ? { value: chosen.keepers } : chosen;
  },
});

/** The same for restricted keys. Only governance is given any; undefined where none is named. */
const restrictedKeepers: Variable<Keepers | undefined> = {
  ...keepersVariable('restricted'),
  gather: (environment) => {
    const named = environment['RECOURSE_RESTRICTED_KEK_FILE'] || environment['RECOURSE_RESTRICTED_KMS_KEY'];
    return named ? keepersVariable('restricted').gather!(environment) : { value: undefined };
  },
};

const database = ['postgres:', 'postgresql:'];

/** Addresses of proxies: names fastify knows, addresses and networks. Whoever is not among them may say what he likes of where a request comes from. */
const proxy = /^(loopback|linklocal|uniquelocal|[\da-fA-F.:]+(\/\d{1,3})?)$/;

/** What every service needs. */
export const houseVariables = {
  port: numberVariable('RECOURSE_SERVICE_PORT', 1, 65_535),
  host: textVariable('RECOURSE_HOST', 'the address to listen on', '127.0.0.1'),
  owner: urlVariable('DATABASE_OWNER_URL', database),
  log: urlVariable('DATABASE_LOG_URL', database),
  web: urlVariable('DATABASE_WEB_URL', database),
  keyring: urlVariable('KEYRING_URL', database),
  keepers: keepersVariable('active'),
  restrictedKeepers,
  transport: choiceVariable('RECOURSE_TRANSPORT', ['postgres', 'kafka'] as const, 'postgres'),
  bus: {
    ...urlVariable('BUS_URL', database, ''),
    expected: 'the address of the bus, beginning with postgres://, when RECOURSE_TRANSPORT is postgres',
  },
  brokers: listVariable('KAFKA_BROKERS', 'host:port of the brokers, separated by commas, when RECOURSE_TRANSPORT is kafka'),
  issuers: textVariable('RECOURSE_ISSUERS', 'the path of a JSON file with the issuers of tokens', ''),
  issuer: {
    ...urlVariable('RECOURSE_ISSUER', ['http:', 'https:'], ''),
    expected: 'the address of the issuer of tokens, or RECOURSE_ISSUERS with a list of several',
  },
  jwks: urlVariable('RECOURSE_JWKS_URL', ['http:', 'https:'], ''),
  logLevel: choiceVariable('RECOURSE_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const, 'info'),
  logDomain: textVariable('RECOURSE_LOG_DOMAIN', 'the domain in the names of logs', 'recourse.example'),
  drainMs: numberVariable('RECOURSE_DRAIN_MS', 0, 60_000, 0),
  tlsCert: textVariable('RECOURSE_TLS_CERT', 'the path of the certificate (PEM) to listen with', ''),
  tlsKey: textVariable('RECOURSE_TLS_KEY', 'the path of the key of that certificate', ''),
  tlsClientCa: textVariable('RECOURSE_TLS_CLIENT_CA', 'the path of the certificate of who signs the certificates of callers', ''),
  kafkaTls: choiceVariable('KAFKA_TLS', ['on', 'off'] as const, 'off'),
  kafkaCa: textVariable('KAFKA_CA', 'the path of the certificate of who signs those of the brokers', ''),
  kafkaCert: textVariable('KAFKA_CERT', 'the path of our certificate for the brokers', ''),
  kafkaKey: textVariable('KAFKA_KEY', 'the path of the key of that certificate', ''),
  kafkaSasl: choiceVariable('KAFKA_SASL', ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] as const, 'none'),
  kafkaUsername: textVariable('KAFKA_USERNAME', 'our name at the brokers', ''),
  kafkaPassword: { ...textVariable('KAFKA_PASSWORD', 'our password at the brokers', ''), secret: true },
  trustProxy: {
    name: 'RECOURSE_TRUST_PROXY',
    expected:
      'addresses or networks of the proxies in front, separated by commas; loopback, linklocal and uniquelocal are known, none trusts nobody',
    read: (text: string) => {
      const parts = text.split(',').map((part) => part.trim());
      if (text === 'none') return [];
      return parts.every((part) => proxy.test(part)) ? parts : undefined;
    },
    // The front door beside us.
    otherwise: { value: ['loopback'] },
  } satisfies Variable<readonly string[]>,
  publicRate: numberVariable('RECOURSE_PUBLIC_RATE', 1, 10_000_000, 3_000),
  headersTimeoutMs: numberVariable('RECOURSE_HEADERS_TIMEOUT_MS', 100, 600_000, 10_000),
  requestTimeoutMs: numberVariable('RECOURSE_REQUEST_TIMEOUT_MS', 100, 600_000, 30_000),
} as const;

/** What `--migrate` needs. */
export const migrationVariables = [houseVariables.owner, houseVariables.logDomain, houseVariables.logLevel] as const;

/** What the service was started with; injectable. `configuration.of(smtpUrl)` gives the typed value. */
export class Configuration {
  constructor(private readonly values: ReadonlyMap<string, unknown>) {}

  of<T>(variable: Variable<T>): T {
    if (!this.values.has(variable.name)) throw new Error(`${variable.name} was not declared: name it in startService({ variables })`);
    return this.values.get(variable.name) as T;
  }
}

/** One message that names every variable that is missing or wrong. */
export class ConfigurationWrong extends Error {}

/** Reads and checks all variables at once. An empty variable counts as not set, as compose files leave them. */
export const configure = (service: string, environment: Environment, variables: readonly Variable<unknown>[]): Configuration => {
  const values = new Map<string, unknown>();
  const complaints: Complaint[] = [];
  for (const variable of variables) {
    const { name, otherwise, read, expected, secret, gather } = variable;
    if (gather) {
      const gathered = gather(environment);
      if ('value' in gathered) values.set(name, gathered.value);
      else complaints.push(...gathered.complaints.filter((one) => !complaints.some((other) => other.name === one.name)));
      continue;
    }
    const text = environment[name];
    if (text === undefined || text === '') {
      if (otherwise) values.set(name, otherwise.value);
      else complaints.push({ name, text: `is not set; expected ${expected}` });
      continue;
    }
    const value = read(text);
    if (value === undefined)
      complaints.push({ name, text: `is ${secret ? 'set to something else' : JSON.stringify(text)}; expected ${expected}` });
    else values.set(name, value);
  }
  complaints.push(...transportComplaints(values, variables), ...issuerComplaints(values, variables), ...pairComplaints(values));
  if (complaints.length > 0) throw new ConfigurationWrong(messageOf(service, complaints));
  return new Configuration(values);
};

/** One without the other would mean plain text where somebody thinks there is none. */
const pairComplaints = (values: ReadonlyMap<string, unknown>): Complaint[] => {
  const { tlsCert, tlsKey, tlsClientCa, kafkaCert, kafkaKey, kafkaSasl, kafkaUsername, kafkaPassword } = houseVariables;
  const pairs: readonly (readonly [given: Variable<string>, missing: Variable<string>])[] = [
    [tlsCert, tlsKey],
    [tlsKey, tlsCert],
    [tlsClientCa, tlsCert],
    [kafkaCert, kafkaKey],
    [kafkaKey, kafkaCert],
    [kafkaSasl, kafkaUsername],
    [kafkaUsername, kafkaPassword],
  ];
  const isGiven = ({ name }: Variable<string>): boolean => !['', 'none', undefined].includes(values.get(name) as string | undefined);
  return pairs
    .filter(([given, missing]) => isGiven(given) && !isGiven(missing))
    .map(([given, { name, expected }]) => ({ name, text: `is not set, but ${given.name} is; expected ${expected}` }));
};

/** Which address is needed depends on the transport that was chosen. */
const transportComplaints = (values: ReadonlyMap<string, unknown>, variables: readonly Variable<unknown>[]): Complaint[] => {
  const { transport, bus, brokers } = houseVariables;
  if (!variables.some(({ name }) => name === transport.name)) return [];
  if (values.get(transport.name) === 'postgres' && values.get(bus.name) === '')
    return [{ name: bus.name, text: `is not set; expected ${bus.expected}` }];
  const named = values.get(brokers.name) as readonly string[] | undefined;
  if (values.get(transport.name) === 'kafka' && named?.length === 0)
    return [{ name: brokers.name, text: `is not set; expected ${brokers.expected}` }];
  return [];
};

/** Somebody must be trusted, and it must be clear who: one issuer by its address, or several by a list. */
const issuerComplaints = (values: ReadonlyMap<string, unknown>, variables: readonly Variable<unknown>[]): Complaint[] => {
  const { issuer, issuers, jwks } = houseVariables;
  if (!variables.some(({ name }) => name === issuer.name) || !values.has(issuer.name)) return [];
  const [one, several, keys] = [issuer, issuers, jwks].map(({ name }) => values.get(name) !== '');
  if (!one && !several) return [{ name: issuer.name, text: `is not set; expected ${issuer.expected}` }];
  if (several && (one || keys))
    return [{ name: issuers.name, text: `is set beside ${one ? issuer.name : jwks.name}; expected one or the other` }];
  return [];
};

const messageOf = (service: string, complaints: readonly Complaint[]): string => {
  const width = Math.max(...complaints.map(({ name }) => name.length));
  const count = complaints.length === 1 ? 'one environment variable is' : `${complaints.length} environment variables are`;
  return [
    `${service} cannot start: ${count} missing or wrong.`,
    ...complaints.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`),
  ].join('\n');
};
