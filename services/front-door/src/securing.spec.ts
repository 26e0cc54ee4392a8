import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get, type RequestOptions } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFrontDoor, type FrontDoor } from './index.js';
import { papersFrom } from './securing.js';

const folder = mkdtempSync(join(tmpdir(), 'recourse-door-tls-'));
const at = (name: string): string => join(folder, name);
const papers = (name: string) => ({ cert: readFileSync(at(`${name}.crt`)), key: readFileSync(at(`${name}.key`)) });
const closing: (() => Promise<void> | void)[] = [];
let upstream: string;

/** A service that hears only those who show a certificate of its authority, and says who they were. */
const service = async (): Promise<string> => {
  const server = createServer(
    { ...papers('service'), ca: readFileSync(at('ca.crt')), requestCert: true, rejectUnauthorized: true },
    (request, response) =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ caller: (request.socket as TLSSocket).getPeerCertificate().subject.CN })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => (server.closeAllConnections(), void server.close()));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const opened = async (options: Partial<Parameters<typeof startFrontDoor>[0]>): Promise<FrontDoor> => {
  const door = await startFrontDoor({ port: 0, upstreams: { 'case-tracking': upstream }, ...options });
  closing.push(() => door.stop());
  return door;
};
const ask = (door: FrontDoor, path: string, more: RequestOptions = {}) =>
  new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: Record<string, unknown> }>((resolve, reject) => {
    get(`${door.url}${path}`, { agent: false, ca: readFileSync(at('ca.crt')), ...more }, async (answer) =>
      resolve({ status: answer.statusCode, headers: answer.headers, body: (await json(answer)) as Record<string, unknown> }),
    ).on('error', reject);
  });

const certified = spawnSync('openssl', ['version']).status === 0;
if (!certified) process.stderr.write('TLS of the front door is left out: openssl is not here (Debian: apt-get install openssl).\n');

beforeAll(async () => {
  if (!certified) return;
  const told = readFileSync(new URL('../../../docs/transport-security.md', import.meta.url), 'utf8');
  execFileSync('sh', ['-euc', /```sh\n(.*?)```/s.exec(told)?.[1] ?? ''], { cwd: folder, stdio: 'pipe' });
  upstream = await service();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true });
});

(certified ? describe : describe.skip)('A door with certificates', () => {
  it('speaks TLS to callers and to services, and shows these its own', async () => {
    const door = await opened({ tls: papers('service'), upstreamTls: { ...papers('door'), ca: readFileSync(at('ca.crt')) } });
    expect(door.url).toMatch(/^https:/);
    const { status, headers, body } = await ask(door, '/v1/cases');
    expect([status, body]).toEqual([200, { caller: 'front-door' }]);
    expect(headers).toMatchObject({ 'strict-transport-security': 'max-age=31622400; includeSubDomains', 'x-frame-options': 'DENY' });
    expect((await ask(door, '/healthz')).body['services']).toMatchObject({ 'case-tracking': 'ready', intake: 'not-ready' });
  });

  it('is not heard by a service whose authority did not sign for it, and hears none whose it does not know', async () => {
    const ca = readFileSync(at('ca.crt'));
    for (const upstreamTls of [{ ca }, { ...papers('door') }]) {
      const door = await opened({ tls: papers('service'), upstreamTls });
      expect((await ask(door, '/v1/cases')).status).toBe(502);
    }
  });

  it('hears only callers with a certificate when an authority for them is named', async () => {
    const door = await opened({ tls: { ...papers('service'), ca: readFileSync(at('ca.crt')) } });
    expect((await ask(door, '/livez', papers('door'))).status).toBe(200);
    await expect(ask(door, '/livez')).rejects.toThrow();
  });

  it('starts with all of what was said, or not at all', () => {
    const names = { cert: 'RECOURSE_TLS_CERT', key: 'RECOURSE_TLS_KEY', ca: 'RECOURSE_TLS_CLIENT_CA' };
    expect(papersFrom({}, names)).toBeUndefined();
    expect(() => papersFrom({ RECOURSE_TLS_CERT: at('ca.crt') }, names)).toThrow('RECOURSE_TLS_KEY is not set');
    expect(() => papersFrom({ RECOURSE_TLS_CERT: at('ca.crt'), RECOURSE_TLS_KEY: at('door.key') }, names)).toThrow('is not the key of');
    expect(() => papersFrom({ RECOURSE_TLS_CERT: at('none'), RECOURSE_TLS_KEY: at('door.key') }, names)).toThrow(
      /cannot be read \(ENOENT\)/,
    );
  });
});

(certified ? describe : describe.skip)('A door for strangers', () => {
  it('cuts off who takes for ever to say what he wants', async () => {
    const door = await startFrontDoor({ port: 0, upstreams: {}, arrival: { headers: 300, request: 600 } });
    closing.push(() => door.stop());
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /v1/cases HTTP/1.1\r\nHost: x\r\n');
    const dripping = setInterval(() => socket.write('X-Slow: 1\r\n'), 50);
    const heard = await text(socket).catch(() => '');
    clearInterval(dripping);
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(heard).toContain('"code":"request-too-slow"');
  });

  it('believes no proxy unless it was named', async () => {
    const seen = async (trustProxy: readonly string[]) => {
      const server = createServer(papers('service'), (request, response) =>
        response.end(JSON.stringify({ from: request.headers['x-forwarded-for'] })),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closing.push(() => (server.closeAllConnections(), void server.close()));
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const door = await opened({ upstreams: { intake: url }, upstreamTls: { ca: readFileSync(at('ca.crt')) }, trustProxy });
      const answer = await fetch(`${door.url}/v1/channels`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
      return ((await answer.json()) as { from: string }).from;
    };
    expect(await seen([])).toBe('127.0.0.1');
    expect(await seen(['loopback'])).toBe('203.0.113.7');
  });

  it('knows no method that no service knows', async () => {
    const door = await opened({});
    const ask = (method: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
        socket.write(`${method} /v1/cases HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        void text(socket).then(resolve);
      });
    for (const method of ['TRACE', 'PROPFIND']) {
      const heard = await ask(method);
      expect(heard).toMatch(/^HTTP\/1\.1 405 /);
      expect(heard).toMatch(/\r\nallow: GET, HEAD, POST\r\n/i);
    }
  });

  it('makes browsers careful on every page of its own, and lends nobody their hands', async () => {
    const door = await opened({});
    for (const path of ['/', '/docs', '/openapi.json', '/livez', '/nothing', '/v1/channels']) {
      const answer = await fetch(`${door.url}${path}`, { headers: { origin: 'https://elsewhere.example' } });
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining('default-src'),
      });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('asks the services once, however many ask how they are', async () => {
    let asked = 0;
    const server = createServer(papers('service'), (_, response) => {
      asked++;
      setTimeout(() => response.end('{}'), 100);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => (server.closeAllConnections(), void server.close()));
    const upstreams = { intake: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const door = await opened({ upstreams, upstreamTls: { ca: readFileSync(at('ca.crt')) } });
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${door.url}/healthz`).then((answer) => answer.text())));
    expect(asked).toBeLessThanOrEqual(3);
  });
});
