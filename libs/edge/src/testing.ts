import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EventStore, Order, Outcome, Views } from '@recourse/event-store';
import { handling } from '@recourse/event-store';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { remembering, verifierOf, type Caller } from '@recourse/identity';
import { testIssuer, type TestIssuer, type TokenOptions } from '@recourse/identity/testing';
import { keyringMigration } from '@recourse/privacy';
import { prepareBus } from '@recourse/relay';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';
import { buildService, type BuildOptions } from './building.http.js';
import { Closing } from './closing.js';
import { configure, houseVariables, type Variable } from './configuring.js';
import { houseOf } from './house.module.js';
import { makeLog } from './logging.js';
import { Metrics } from './measuring.js';
import { migrateHouse, openHouse } from './opening.js';
import { limitsAmong } from './platforms/limiting.js';
import { Platforms } from './platforms/platforms.js';
import type { Runtime } from './runtime.js';
export type { OpenHouse } from './opening.js';
export type { Runtime } from './runtime.js';
import { Secrets } from './secrets.js';
import { Settings } from './settings.js';
import { issuersOf } from './trusting.disk.js';

export type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly text: string;
};
export type Asking = { readonly key?: string | null; readonly ifMatch?: string; readonly headers?: Readonly<Record<string, string>> };

/** A caller with a token: `await agent.post('/v1/cases/…/closure', { how: 'answered' })`. A key is made up unless one is given (`null`: none). */
export type Somebody = {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  post(url: string, body?: unknown, asking?: Asking): Promise<Answered>;
};

export const callers =
  (app: NestFastifyApplication, issuer: TestIssuer) =>
  (caller: Partial<Caller>, options?: TokenOptions): Somebody => {
    const ask = async (
      method: 'GET' | 'POST',
      url: string,
      headers: Readonly<Record<string, string>>,
      body?: unknown,
    ): Promise<Answered> => {
      const authorization = `Bearer ${await issuer.token(caller, options)}`;
      const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await app.inject({ method, url, headers: { authorization, ...type, ...headers }, ...payload });
      const json = /json/.test(String(answer.headers['content-type'] ?? ''));
      return {
        status: answer.statusCode,
        headers: answer.headers as Record<string, string>,
        text: answer.body,
        body: json ? (answer.json() as unknown) : undefined,
      };
    };
    return {
      get: (url, headers = {}) => ask('GET', url, headers),
      post: (url, body, { key = randomUUID(), ifMatch, headers = {} } = {}) =>
        ask(
          'POST',
          url,
          { ...(key !== null && { 'idempotency-key': key }), ...(ifMatch !== undefined && { 'if-match': ifMatch }), ...headers },
          body,
        ),
    };
  };

/** Settings of a service that never leaves the test. */
export const testEnvironment = (issuer: TestIssuer, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  RECOURSE_SERVICE_PORT: '65535',
  DATABASE_OWNER_URL: 'postgres://nowhere',
  DATABASE_LOG_URL: 'postgres://nowhere',
  DATABASE_WEB_URL: 'postgres://nowhere',
  KEYRING_URL: 'postgres://nowhere',
  RECOURSE_KEK_FILE: '/nowhere',
  BUS_URL: 'postgres://nowhere',
  RECOURSE_ISSUER: issuer.issuer,
  RECOURSE_JWKS_URL: issuer.jwksUrl,
  RECOURSE_LOG_LEVEL: 'error',
  ...more,
});

export type BareOptions = BuildOptions & {
  readonly environment?: Readonly<Record<string, string>>;
  readonly variables?: readonly Variable<unknown>[];
  readonly logTo?: DestinationStream;
  readonly store?: EventStore;
  readonly runtime?: Partial<Runtime>;
};

/** Only the doors of a service, with nothing behind them: for what is decided before a store is asked. */
export const doorsUnderTest = async (
  module: Type,
  { environment = {}, variables = [], logTo, store, runtime: instead, ...options }: BareOptions,
) => {
  const issuer = await testIssuer();
  try {
    const configuration = configure(options.service, testEnvironment(issuer, environment), [
      ...Object.values(houseVariables),
      ...variables,
    ]);
    const log = makeLog(options.service, configuration.of(houseVariables.logLevel), logTo);
    const platforms = new Platforms();
    const runtime: Runtime = {
      ...{ platforms, settings: new Settings(platforms) },
      configuration,
      log,
      metrics: new Metrics(options.service),
      closing: new Closing(),
      secrets: new Secrets(new Uint8Array(32)),
      verify: remembering(verifierOf(issuersOf(configuration))),
      limits: limitsAmong(platforms),
      store: store ?? absent<EventStore>(),
      privacy: absent(),
      views: absent<Views>(),
      transport: absent(),
      overseeing: absent(),
      readiness: async () => ({ ready: true, parts: {} }),
      close: async () => undefined,
      ...instead,
    };
    const app = await buildService(module, options, runtime);
    await app.getHttpAdapter().getInstance().ready();
    const close = async (): Promise<void> => {
      await app.close();
      await issuer.close();
    };
    return { app, issuer, runtime, as: callers(app, issuer), close };
  } catch (error) {
    // An issuer that listens on keeps the test from ever coming to an end.
    await issuer.close();
    throw error;
  }
};

export type ServiceOptions = Omit<BareOptions, 'store' | 'runtime'> & {
  /** Another instance of a service that stands already: the same databases, the same keys, the same issuer. */
  readonly beside?: { readonly database: TestDatabase; readonly kekFile: string; readonly issuer: TestIssuer };
};

/** A whole service on real databases, not listening: `await service.as({ role: 'agent', tenant: 'quanpay' }).post('/v1/…', body)`. */
export const serviceUnderTest = async (module: Type, { environment = {}, variables = [], logTo, beside, ...options }: ServiceOptions) => {
  const house = houseOf(module);
  if (!house) throw new Error(`${module.name} has no house`);
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.reverse().splice(0)) await step();
  };
  const { database, kekFile, issuer } = beside ?? (await foundation(undo, options.service));
  const configuration = configure(
    options.service,
    testEnvironment(issuer, {
      DATABASE_OWNER_URL: database.ownerUrl,
      DATABASE_LOG_URL: database.logUrl,
      DATABASE_WEB_URL: database.webUrl,
      KEYRING_URL: database.keyringUrl,
      BUS_URL: database.busUrl,
      RECOURSE_KEK_FILE: kekFile,
      ...(options.service === 'governance' && { RECOURSE_RESTRICTED_KEK_FILE: restrictedKekFileBeside(kekFile) }),
      ...environment,
    }),
    [...Object.values(houseVariables), ...variables],
  );
  const log = makeLog(options.service, configuration.of(houseVariables.logLevel), logTo);
  try {
    await migrateHouse(house, configuration);
    const runtime = await openHouse(house, configuration, log);
    undo.push(() => runtime.close());
    const app = await buildService(module, options, runtime);
    undo.push(() => app.close());
    await runtime.begin();
    await app.getHttpAdapter().getInstance().ready();
    const { store, views, privacy } = runtime;
    const carry = handling(store);
    return {
      ...{ app, runtime, store, views, privacy, database, kekFile, issuer, close },
      as: callers(app, issuer),
      /** Sends an order past the doors, as a policy would. */
      send: (order: Order): Promise<Outcome> => carry(order),
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const restrictedKekFileBeside = (kekFile: string): string => `${kekFile}.restricted`;

const foundation = async (undo: (() => Promise<unknown>)[], service: string) => {
  const database = await testDatabase({ governs: service === 'governance' });
  undo.push(() => database.close());
  await Promise.all([keyringMigration(database.keyringOwnerUrl), prepareBus(database.busOwnerUrl)]);
  const folder = await mkdtemp(join(tmpdir(), 'recourse-kek-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const kekFile = join(folder, 'kek');
  for (const file of [kekFile, restrictedKekFileBeside(kekFile)]) await writeFile(file, randomBytes(32).toString('base64url'));
  const issuer = await testIssuer();
  undo.push(() => issuer.close());
  return { database, kekFile, issuer };
};

/** Nothing stands behind these doors: whoever asks it finds no function there. */
const absent = <Part extends object>(): Part => ({}) as Part;

export type DoorsUnderTest = Awaited<ReturnType<typeof doorsUnderTest>>;
export type ServiceUnderTest = Awaited<ReturnType<typeof serviceUnderTest>>;
