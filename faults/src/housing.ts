import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { openSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import http, { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { provision } from '@recourse/embedded';
import { prepareBus } from '@recourse/relay';
import pg from 'pg';
import type { Ground } from './grounding.js';

export type Role = 'customer' | 'platform' | 'agent' | 'supervisor' | 'operator';
export type Answer = { readonly status: number; readonly etag: string; readonly body: Readonly<Record<string, unknown>> };
export type Who = { readonly role: Role; readonly sub: string; readonly tenant?: string };
/** Everything that came over the wire, and the milliseconds until the last byte. */
export type Timed = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string; readonly took: number };

const built = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const listening = async (server: ReturnType<typeof createServer>): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const freePort = async (): Promise<number> => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

type Keys = {
  keyringMigration(url: string): Promise<void>;
  kekFrom(key: Uint8Array): unknown;
  kmsOf(kek: unknown): unknown;
  keptSecrets(options: object): Promise<{ readonly house: Uint8Array }>;
  verifyKeys(options: object): Promise<readonly { readonly key: string; readonly what: string }[]>;
};
export const keys = async (): Promise<Keys> => (await import(new URL('../../libs/privacy/dist/index.js', import.meta.url).href)) as Keys;

/** Services as they are delivered, several processes of each, on databases of their own, with an issuer that signs whatever a run asks for. */
export class Housed {
  readonly kek = randomBytes(32);
  readonly logs: string[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #doors = new Map<string, number[]>();
  readonly #tokens = new Map<string, string>();
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #issuer = createServer((_request, response) => {
    const key = { ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'faults', alg: 'ES256', use: 'sig' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }));
  });
  readonly #line = new http.Agent({ keepAlive: true, maxSockets: 1 });
  #issuerUrl = '';
  #keyringUrl = '';
  readonly #starts: (() => Promise<void>)[] = [];
  #urls: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
  #owners: Readonly<Record<string, string>> = {};
  busUrl = '';

  private constructor(private readonly ground: Ground) {}

  static async open(ground: Ground, wanted: Readonly<Record<string, number>>): Promise<Housed> {
    const house = new Housed(ground);
    try {
      await house.#raise(wanted);
      return house;
    } catch (error) {
      house.close();
      throw error;
    }
  }

  /** The owner's address of a service's database, for a checker. */
  ownerOf(service: string): string {
    return this.#owners[service]!;
  }

  /** The addresses of a service's databases, by role. */
  urlsOf(service: string): Readonly<Record<string, string>> {
    return this.#urls[service]!;
  }

  /** The superuser in a database of this house, which no trigger and no permission stops. */
  async superuser(url: string): Promise<pg.Client> {
    const { url: admin } = await this.ground.postgres();
    const client = new pg.Client({ connectionString: Object.assign(new URL(admin), { pathname: new URL(url).pathname }).href });
    client.on('error', () => undefined); // the server may end before us; whoever asks then hears of it
    await client.connect();
    await client.query('set session_replication_role = replica');
    return client;
  }

  /** The secret of the house, from which its services draw what they make codes with: for whoever plays the owner of all keys. */
  async secret(): Promise<Uint8Array> {
    const { keptSecrets, kmsOf, kekFrom } = await keys();
    const { house } = await keptSecrets({ keyringUrl: this.#keyringUrl, kms: kmsOf(kekFrom(this.kek)), before: { purposes: [] } });
    return house;
  }

  async ask(
    who: Who,
    service: string,
    method: 'GET' | 'POST',
    url: string,
    asked: object = {},
    more: { n?: number; ifMatch?: string } = {},
  ) {
    const doors = this.#doors.get(service)!;
    const headers = {
      authorization: `Bearer ${this.#token(who)}`,
      ...(method === 'POST' && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      ...(more.ifMatch && { 'if-match': more.ifMatch }),
    };
    const address = `http://127.0.0.1:${doors[(more.n ?? 0) % doors.length]}${url}`;
    const answer = await fetch(address, { method, headers, ...(method === 'POST' && { body: JSON.stringify(asked) }) });
    const text = await answer.text();
    const body = (text ? JSON.parse(text) : {}) as Readonly<Record<string, unknown>>;
    return { status: answer.status, etag: answer.headers.get('etag') ?? '', body } satisfies Answer;
  }

  /** One request over a connection that stays open, timed from its first byte to the last one of the answer. */
  async timed(who: Who, service: string, method: 'GET' | 'POST', url: string, asked?: object): Promise<Timed> {
    const body = asked && JSON.stringify(asked);
    const headers = {
      authorization: `Bearer ${this.#token(who)}`,
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': randomUUID(),
      }),
    };
    const options = { agent: this.#line, host: '127.0.0.1', port: this.#doors.get(service)![0]!, path: url, method, headers };
    const send = async (): Promise<{ readonly answer: IncomingMessage; readonly began: number }> => {
      const request = http.request(options);
      const began = performance.now();
      request.end(body);
      try {
        const [answer] = (await once(request, 'response')) as [IncomingMessage];
        return { answer, began };
      } catch (error) {
        // A service may close an idle connection just as it is used again: what never was an answer is asked for anew, under the same key.
        if (request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET') return send();
        throw error;
      }
    };
    const { answer, began } = await send();
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk as string;
    return { status: answer.statusCode!, headers: answer.headers, text, took: performance.now() - began };
  }

  /** kill -9 of every process of the house; its databases stay as they are. */
  async stop(): Promise<void> {
    const alive = this.#children.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const gone = alive.map((child) => once(child, 'exit'));
    for (const child of alive) child.kill('SIGKILL');
    await Promise.all(gone);
  }

  async startAgain(): Promise<void> {
    for (const start of this.#starts) await start();
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    this.#line.destroy();
    this.#issuer.close();
    this.#issuer.closeAllConnections();
  }

  async #raise(wanted: Readonly<Record<string, number>>): Promise<void> {
    const { url } = await this.ground.postgres();
    const prefix = `house${randomUUID().slice(0, 6)}_`;
    const names = Object.keys(wanted);
    const made = await provision(url, { services: names, passwords: () => 'faults', prefix: { databases: prefix, roles: prefix } });
    this.#keyringUrl = made.keyring.owner;
    await (await keys()).keyringMigration(this.#keyringUrl);
    await prepareBus(made.bus.owner);
    this.busUrl = made.bus.owner;
    this.#urls = made.services;
    this.#owners = Object.fromEntries(names.map((name) => [name, made.services[name]!.owner]));
    this.#issuerUrl = `http://127.0.0.1:${await listening(this.#issuer)}`;
    const kekFile = path.join(this.ground.folder, `${prefix}kek`);
    writeFileSync(kekFile, this.kek.toString('base64url'));
    for (const [service, count] of Object.entries(wanted)) {
      const ports = await Promise.all(Array.from({ length: count }, freePort));
      this.#doors.set(service, ports);
      // The first migrates; the others find nothing left to do.
      for (const [n, port] of ports.entries()) {
        const start = () => this.#start(service, n, port, made.services[service]!, kekFile);
        this.#starts.push(start);
        await start();
      }
    }
  }

  async #start(service: string, n: number, port: number, urls: Readonly<Record<string, string>>, kekFile: string): Promise<void> {
    const file = path.join(this.ground.folder, `${service}-${n}-${port}.log`);
    this.logs.push(file);
    const log = openSync(file, 'a');
    const lifeline = ['--import', built('deploy/embedded/dist/lifeline.js'), '--disable-warning=ExperimentalWarning'];
    const child = spawn(process.execPath, [...lifeline, built(`services/${service}/dist/bundle.js`)], {
      stdio: ['pipe', log, log],
      env: {
        ...process.env,
        RECOURSE_SERVICE_PORT: String(port),
        DATABASE_OWNER_URL: urls['owner'],
        DATABASE_LOG_URL: urls['log'],
        DATABASE_WEB_URL: urls['web'],
        KEYRING_URL: urls['keyring'],
        BUS_URL: urls['bus'],
        RECOURSE_TRANSPORT: 'postgres',
        RECOURSE_KEK_FILE: kekFile,
        RECOURSE_ISSUER: this.#issuerUrl,
        RECOURSE_JWKS_URL: `${this.#issuerUrl}/jwks`,
        RECOURSE_EVIDENCE_DIR: path.join(this.ground.folder, 'evidence'),
      },
    });
    child.stdin!.on('error', () => undefined);
    this.#children.push(child);
    for (let tries = 0; tries < 600 && child.exitCode === null; tries++, await pause(100)) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) return;
    }
    throw new Error(`${service} did not get ready; its log was ${file}`);
  }

  #token({ role, sub, tenant = 'quanpay' }: Who): string {
    const known = this.#tokens.get(`${tenant} ${role} ${sub}`);
    if (known) return known;
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = part({ alg: 'ES256', typ: 'at+jwt', kid: 'faults' });
    const times = { iat: now, exp: now + 3_600, auth_time: now, acr: 'urn:recourse:acr:mfa' };
    const claims = part({ iss: this.#issuerUrl, aud: 'urn:recourse:api', sub, role, tenant, client_id: 'faults', ...times });
    const signature = sign('sha256', Buffer.from(`${head}.${claims}`), { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' });
    const token = `${head}.${claims}.${signature.toString('base64url')}`;
    this.#tokens.set(`${tenant} ${role} ${sub}`, token);
    return token;
  }
}
