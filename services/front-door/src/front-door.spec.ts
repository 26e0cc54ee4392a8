import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startFrontDoor, type FrontDoor } from './index.js';
import { routes, services } from './routing.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => Promise<void> | void)[] = [];

const listening = async (handler: Handler): Promise<{ url: string; server: Server }> => {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => (server.closeAllConnections(), void server.close()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
};

const opened = async (options: Partial<Parameters<typeof startFrontDoor>[0]>): Promise<FrontDoor> => {
  const door = await startFrontDoor({ port: 0, upstreams: {}, ...options });
  closing.push(() => door.stop());
  return door;
};

/** Nobody listens on a port that was free a moment ago. */
const nobody = async (): Promise<string> => {
  const { url, server } = await listening(() => undefined);
  server.close();
  return url;
};

let service: Handler;
let door: FrontDoor;
const lines: string[] = [];
const directory = mkdtempSync(join(tmpdir(), 'recourse-door-'));

beforeAll(async () => {
  const { url } = await listening((request, response) => service(request, response));
  writeFileSync(join(directory, 'recourse.json'), '{"openapi":"3.1.0"}');
  door = await opened({
    upstreams: { 'case-tracking': url, intake: await nobody(), audit: url },
    issuer: url,
    mail: url,
    patience: 300,
    description: join(directory, 'recourse.json'),
    log: { write: (line) => void lines.push(line) },
  });
});

beforeEach(() => {
  service = (request, response) => response.setHeader('x-seen', request.url!).end('{}');
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(directory, { recursive: true });
});

/** Sends exactly these headers, as no polite client would. */
const rudely = (path: string, headers: Record<string, string>, { method = 'GET', body }: { method?: string; body?: Buffer } = {}) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    ask(door.url + path, { method, headers, agent: false })
      .on('response', resolve)
      .on('error', reject)
      .end(body);
  });

const onTheWire = async (bytes: string): Promise<{ status: number; body: { code: string } }> => {
  const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
  socket.write(bytes);
  const answer = await text(socket);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) as { code: string } };
};

describe('where requests go', () => {
  it.each([
    ['/v1/channels', 'intake'],
    ['/v1/complaints', 'intake'],
    ['/v1/evidence', 'intake'],
    ['/v1/cases', 'case-tracking'],
    ['/v1/queues', 'case-tracking'],
    ['/v1/receipts', 'case-tracking'],
    ['/v1/payments', 'case-tracking'],
    ['/v1/refunds', 'case-tracking'],
    ['/v1/credit-orders', 'case-tracking'],
    ['/v1/stream', 'case-tracking'],
    ['/v1/accounts', 'account-lock'],
    ['/v1/signals', 'account-lock'],
    ['/v1/unlock-requests', 'account-lock'],
    ['/v1/step-ups', 'account-lock'],
    ['/v1/notices', 'notification'],
    ['/v1/preferences', 'notification'],
    ['/v1/webhook-endpoints', 'notification'],
    ['/v1/events', 'notification'],
    ['/v1/audit', 'audit'],
    ['/v1/tenants', 'governance'],
    ['/v1/policies', 'governance'],
    ['/v1/privacy', 'governance'],
    ['/v1/operations/account-lock', 'account-lock'],
  ])('%s belongs to %s', (prefix, owner) => {
    expect(routes.filter((route) => route.prefix === prefix)).toEqual([{ prefix, service: owner }]);
  });

  it('passes the whole path and the query on', async () => {
    const answer = await fetch(`${door.url}/v1/cases/018f/progress?wait=5&x=%E4%B8%AD`);
    expect(answer.headers.get('x-seen')).toBe('/v1/cases/018f/progress?wait=5&x=%E4%B8%AD');
  });

  it('takes the prefix off for the issuer and leaves it for the mail sink', async () => {
    expect((await fetch(`${door.url}/issuer/jwks`)).headers.get('x-seen')).toBe('/jwks');
    expect((await fetch(`${door.url}/dev/mail?to=a`)).headers.get('x-seen')).toBe('/dev/mail?to=a');
  });

  it('does not take a longer word for a prefix', async () => {
    const answer = await fetch(`${door.url}/v1/casesX`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'not-found']);
  });

  it('lets no path climb out of its prefix', async () => {
    let reached = false;
    service = (_, response) => void ((reached = true), response.end());
    for (const path of ['/v1/cases/%2e%2e/%2e%2e/livez', '/v1/cases/..%2f..%2flivez'])
      expect((await onTheWire(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).status).toBe(400);
    expect(reached).toBe(false);
  });
});

describe('what passes through', () => {
  it('comes as it is made, not when it is finished', async () => {
    let finish = () => {};
    service = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\n\n');
      finish = () => void response.end('id: 2\n\n');
    };
    const answer = await fetch(`${door.url}/v1/stream`);
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('id: 1\n\n');
    finish();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('id: 2\n\n');
    expect((await reader.read()).done).toBe(true);
  });

  it('still passes when two hundred streams are open', async () => {
    const open = new Set<ServerResponse>();
    service = (request, response) => {
      if (!request.url!.startsWith('/v1/stream')) return void response.end('{}');
      open.add(response.writeHead(200, { 'content-type': 'text/event-stream' }));
      response.write(': open\n\n');
    };
    const leave = new AbortController();
    await Promise.all(Array.from({ length: 200 }, () => fetch(`${door.url}/v1/stream`, { signal: leave.signal })));
    expect(open.size).toBe(200);
    expect((await fetch(`${door.url}/v1/cases`)).status).toBe(200);
    leave.abort();
    for (const response of open) if (!response.closed) await once(response, 'close');
  });

  it('may be large', async () => {
    const file = randomBytes(9_000_000);
    let came = 0;
    service = (request, response) => {
      request.on('data', (part: Buffer) => (came += part.length));
      request.on('end', () => response.writeHead(201).end());
    };
    const answer = await rudely(
      '/v1/cases/1/evidence',
      { 'content-type': 'multipart/form-data; boundary=x', expect: '100-continue' },
      { method: 'POST', body: file },
    );
    expect([answer.statusCode, came]).toEqual([201, 9_000_000]);
  });

  it('keeps its body and its type to the byte', async () => {
    const body = '{ "text" : "\\u51cc晨" }';
    service = (request, response) => void request.pipe(response.setHeader('x-type', request.headers['content-type']!));
    const answer = await fetch(`${door.url}/v1/cases`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect([answer.headers.get('x-type'), await answer.text()]).toEqual(['application/json', body]);
  });

  it('keeps problem documents of the service as they are', async () => {
    service = (_, response) =>
      void response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"code":"case-is-not-open"}');
    const answer = await fetch(`${door.url}/v1/cases/1/closure`, { method: 'POST' });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      409,
      'application/problem+json',
      '{"code":"case-is-not-open"}',
    ]);
  });
});

describe('headers', () => {
  it('of one connection end at the door on the way in', async () => {
    let seen: IncomingMessage['headers'] = {};
    service = (request, response) => void ((seen = request.headers), response.end());
    const answer = await rudely('/v1/cases', {
      connection: 'x-private, upgrade',
      'x-private': '1',
      'keep-alive': 'timeout=5',
      te: 'trailers',
      'proxy-authorization': 'Basic x',
      upgrade: 'h2c',
      'idempotency-key': 'k-1',
      authorization: 'Bearer t',
    });
    expect(answer.statusCode).toBe(200);
    for (const name of ['x-private', 'te', 'proxy-authorization', 'upgrade']) expect(seen).not.toHaveProperty(name);
    expect(seen).toMatchObject({ 'idempotency-key': 'k-1', authorization: 'Bearer t' });
  });

  it('of one connection end at the door on the way out', async () => {
    service = (_, response) =>
      void response.writeHead(200, { 'keep-alive': 'timeout=99', trailer: 'x-later', 'proxy-authenticate': 'Basic', etag: '"7"' }).end();
    const { headers } = await fetch(`${door.url}/v1/cases`);
    expect([headers.get('trailer'), headers.get('proxy-authenticate'), headers.get('etag')]).toEqual([null, null, '"7"']);
    expect(headers.get('keep-alive')).not.toBe('timeout=99');
  });

  it('say where a request comes from; what the client says of it does not count', async () => {
    let seen: IncomingMessage['headers'] = {};
    service = (request, response) => void ((seen = request.headers), response.end());
    await rudely('/v1/cases', {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      'x-forwarded-anything': 'x',
      forwarded: 'for=6.6.6.6',
      'x-real-ip': '6.6.6.6',
    });
    expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': new URL(door.url).host });
    expect(JSON.stringify(seen)).not.toContain('6.6.6.6');
    expect(seen).not.toHaveProperty('x-forwarded-anything');
  });

  it('carry one request id through: the client’s when it can be used, else a new one', async () => {
    const ids: string[] = [];
    service = (request, response) => void (ids.push(request.headers['x-request-id'] as string), response.end());
    const given = await fetch(`${door.url}/v1/cases`, { headers: { 'x-request-id': 'given-by-client' } });
    const made = await fetch(`${door.url}/v1/cases`, { headers: { 'x-request-id': 'no good, sir' } });
    expect(ids).toEqual([given.headers.get('x-request-id'), made.headers.get('x-request-id')]);
    expect(ids[0]).toBe('given-by-client');
    expect(ids[1]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('when a service does not answer', () => {
  const problemOf = async (answer: Response) => ({ status: answer.status, ...((await answer.json()) as { code: string; title: string }) });

  it('because it is down, says so, when to come back, and nothing of its address', async () => {
    const answer = await fetch(`${door.url}/v1/complaints`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe('2');
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({
      status: 503,
      code: 'service-unavailable',
      type: 'https://recourse.example/problems/service-unavailable',
      instance: `urn:recourse:request:${answer.headers.get('x-request-id')}`,
    });
    expect(body).not.toContain('127.0.0.1');
  });

  it('says it in the language of the caller', async () => {
    const chinese = await fetch(`${door.url}/v1/complaints`, { headers: { 'accept-language': 'fr;q=0.9, zh-Hans-CN;q=0.8, en;q=0.5' } });
    expect((await problemOf(chinese)).title).toBe('该地址对应的服务暂不可用');
    expect(chinese.headers.get('content-language')).toBe('zh-CN');
  });

  it('because it is not part of this deployment, says the same', async () => {
    expect(await problemOf(await fetch(`${door.url}/v1/notices/1`))).toMatchObject({ status: 503, code: 'service-unavailable' });
  });

  it('because it broke off, answers 502', async () => {
    service = (request) => void request.socket.destroy();
    expect(await problemOf(await fetch(`${door.url}/v1/cases`))).toMatchObject({ status: 502, code: 'service-answer-broken' });
  });

  it('in time, answers 504', async () => {
    service = () => undefined;
    expect(await problemOf(await fetch(`${door.url}/v1/cases`))).toMatchObject({ status: 504, code: 'service-too-slow' });
  });

  it('in the middle of a body, cuts the client off instead of pretending an end', async () => {
    service = (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => request.socket.destroy());
    };
    const answer = await fetch(`${door.url}/v1/cases`);
    await expect(answer.text()).rejects.toThrow();
  });

  it('but says 503 itself, asks it once and passes that on', async () => {
    let asked = 0;
    service = (_, response) => void (asked++, response.writeHead(503, { 'retry-after': '1' }).end('{"code":"issuer-unreachable"}'));
    const answer = await fetch(`${door.url}/v1/cases`);
    expect([answer.status, await answer.text(), asked]).toEqual([503, '{"code":"issuer-unreachable"}', 1]);
  });

  it('keeps the reason for its own log', () => {
    const reasons = lines
      .map((line) => JSON.parse(line) as { msg: string; code?: string })
      .filter(({ msg }) => msg === 'a service did not answer');
    expect(reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(['ECONNREFUSED', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT']));
  });
});

describe('when the client leaves', () => {
  const leaving = async (method: string) => {
    const leave = new AbortController();
    const came = new Promise<{ request: IncomingMessage; response: ServerResponse }>((resolve) => {
      service = (request, response) => {
        request.resume();
        resolve({ request, response });
      };
    });
    const asking = fetch(`${door.url}/v1/cases`, { method, signal: leave.signal, ...(method === 'POST' && { body: '{}' }) }).catch(
      () => 'left',
    );
    const { response } = await came;
    leave.abort();
    expect(await asking).toBe('left');
    return response;
  };

  it('a question is broken off', async () => {
    const response = await leaving('GET');
    if (!response.closed) await once(response, 'close');
    expect(response.writableFinished).toBe(false);
  });

  it('a command may finish', async () => {
    const response = await leaving('POST');
    // A question asked after the client left has come back: had the command been broken off too, it would be by now.
    const question = await leaving('GET');
    if (!question.closed) await once(question, 'close');
    expect(response.closed).toBe(false);
    response.writeHead(201).end();
    await once(response, 'finish');
    expect(response.writableFinished).toBe(true);
  });
});

describe('what never becomes a request', () => {
  it.each([
    ['no HTTP at all', 'HELLO\r\n\r\n', 400, 'request-malformed'],
    ['too many headers', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['a malformed address', 'GET /v1/cases/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400, 'url-malformed'],
  ])('%s is answered with a problem', async (_, bytes, status, code) => {
    expect(await onTheWire(bytes)).toMatchObject({ status, body: { code } });
  });
});

describe('what the door shows itself', () => {
  it('is a page that says what runs and what to do next, in two languages', async () => {
    const english = await (await fetch(door.url)).text();
    for (const name of services) expect(english).toContain(`id="${name}"`);
    expect(english).toContain('npm run --silent token -- agent');
    expect(english).toContain(`${door.url}/v1/channels?platform=quanpay`);
    const chinese = await fetch(door.url, { headers: { 'accept-language': 'zh-CN' } });
    expect(await chinese.text()).toContain('下一步');
    expect(chinese.headers.get('content-security-policy')).toContain(`default-src 'none'`);
  });

  it('does not repeat a Host header that is no host', async () => {
    const answer = await rudely('/', { host: '"><script>' });
    expect(await text(answer)).not.toContain('"><script>');
  });

  it('is the health of everything behind it', async () => {
    const answer = await fetch(`${door.url}/healthz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not-ready',
      services: {
        intake: 'not-ready',
        'case-tracking': 'ready',
        'account-lock': 'not-ready',
        notification: 'not-ready',
        audit: 'ready',
        governance: 'not-ready',
        issuer: 'ready',
      },
    });
    expect((await fetch(`${door.url}/livez`)).status).toBe(200);
    const { url } = await listening((_, response) => void response.end());
    const whole = await opened({ upstreams: Object.fromEntries(services.map((name) => [name, url])) });
    expect((await fetch(`${whole.url}/healthz`)).status).toBe(200);
  });

  it('is the description of the API, and a way to read it that needs no other host', async () => {
    expect(await (await fetch(`${door.url}/openapi.json`)).json()).toEqual({ openapi: '3.1.0' });
    const page = await (await fetch(`${door.url}/docs`)).text();
    for (const [, address] of page.matchAll(/(?:src|href)="([^"]+)"/g))
      expect([address, (await fetch(door.url + address)).status]).toEqual([address, 200]);
    expect((await fetch(`${door.url}/docs/package.json`)).status).toBe(404);
    const bare = await opened({ description: join(directory, 'none.json') });
    expect((await fetch(`${bare.url}/openapi.json`)).status).toBe(404);
  });
});

it('closes although a stream is open', async () => {
  const { url } = await listening(
    (_, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n'),
  );
  const other = await startFrontDoor({ port: 0, upstreams: { 'case-tracking': url } });
  const stream = await fetch(`${other.url}/v1/stream`);
  await other.stop();
  await expect(stream.text()).rejects.toThrow();
});
