import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { connect, type AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { DoorsModule } from './doors.testing.js';
import { doorsUnderTest, type DoorsUnderTest } from './testing.js';

let doors: DoorsUnderTest;
const lines: string[] = [];
const logTo = new Writable({
  write: (line: Buffer, _encoding, done) => {
    lines.push(line.toString());
    done();
  },
});

beforeAll(async () => {
  doors = await doorsUnderTest(DoorsModule, { service: 'doors', logTo, environment: { RECOURSE_LOG_LEVEL: 'info' } });
});
afterAll(() => doors.close());

const agent = () => doors.as({ sub: 'agent-7', role: 'agent', tenant: 'quanpay' });

describe('A problem document', () => {
  it('is worded in the caller’s language, with what to do', async () => {
    const chinese = await agent().post(
      '/v1/letters',
      { text: '' },
      { headers: { 'accept-language': 'fr;q=0.9, zh-Hans-CN;q=0.8, en;q=0.1' } },
    );
    expect(chinese.body).toMatchObject({
      title: '请求中有不能接受的字段',
      errors: expect.arrayContaining([{ pointer: '/text', code: 'text-is-blank', detail: '文本为空白。' }]),
    });
    expect(chinese.headers).toMatchObject({ 'content-language': 'zh-CN', vary: 'Accept-Language', 'cache-control': 'no-store' });
    const english = await doors.app.inject('/v1/letters');
    expect(english.json()).toEqual({
      type: 'https://recourse.example/problems/token-missing',
      title: 'No access token was sent',
      status: 401,
      code: 'token-missing',
      advice: expect.stringContaining('Authorization'),
      instance: `urn:recourse:request:${english.headers['x-request-id']}`,
    });
    expect(english.headers['www-authenticate']).toBe('Bearer');
  });

  it.each([
    ['null', 500, 'internal-error'],
    ['error', 500, 'internal-error'],
    ['teapot', 418, 'request-refused'],
    ['away', 503, 'unavailable'],
    ['no', 409, 'unheard-of'],
  ])('answers whatever is thrown (%s) and tells nothing of the inside', async (how, status, code) => {
    const answer = await doors.app.inject(`/v1/broken/${how}`);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.body).not.toMatch(/13800138000|\.js|\.ts|ECONNREFUSED|10\.0\.0\.9/);
  });

  it('says 405 with the methods a path knows, and 404 where there is none', async () => {
    for (const method of ['DELETE', 'PUT', 'OPTIONS', 'PATCH', 'QUERY' as 'PATCH'] as const) {
      const answer = await doors.app.inject({ method, url: '/v1/letters' });
      expect([answer.statusCode, answer.json().code, answer.headers['allow']]).toEqual([405, 'method-not-allowed', 'GET, HEAD, POST']);
    }
    const none = await doors.app.inject('/v1/nothing');
    expect([none.statusCode, none.json().code]).toEqual([404, 'not-found']);
  });

  it('is given for addresses that cannot be read', async () => {
    const malformed = await doors.app.inject('/v1/letters/%zz');
    expect([malformed.statusCode, malformed.json().code, malformed.headers['x-request-id']]).toEqual([
      400,
      'url-malformed',
      expect.any(String),
    ]);
    expect(malformed.body).not.toContain('%zz');
    const long = await doors.app.inject(`/v1/letters/${'x'.repeat(300)}`);
    expect([long.statusCode, long.json().code]).toEqual([414, 'url-too-long']);
  });
});

describe('Who calls', () => {
  it('is asked before the body is read', async () => {
    const answer = await doors.app.inject({
      method: 'POST',
      url: '/v1/letters',
      payload: '{broken',
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'token-missing']);
  });
  it('may be somebody whose role is not named', async () => {
    const { status, body } = await doors.as({ role: 'customer' }).get('/v1/letters');
    expect([status, (body as { code: string }).code]).toEqual([403, 'role-not-allowed']);
  });
  it('may come too late', async () => {
    const { status, body } = await doors.as({ role: 'agent' }, { expiresIn: -60 }).get('/v1/letters');
    expect([status, (body as { code: string }).code]).toEqual([401, 'token-expired']);
  });
  it('must be said for every route, or the service does not start', async () => {
    @Controller('v1/forgotten')
    class ForgottenHttp {
      @Get()
      look(): string {
        return 'x';
      }
    }
    @Module({ controllers: [ForgottenHttp] })
    class ForgottenModule {}
    await expect(doorsUnderTest(ForgottenModule, { service: 'forgotten' })).rejects.toThrow(/GET \/v1\/forgotten/);
  });
});

describe('On the wire', () => {
  const talk = async (text: string): Promise<string> => {
    const { port } = doors.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    let heard = '';
    for await (const chunk of socket) heard += String(chunk);
    return heard;
  };
  beforeAll(() => doors.app.listen(0, '127.0.0.1'));

  it('bytes that are no HTTP get a problem document too', async () => {
    const heard = await talk('HELLO\r\n\r\n');
    expect(heard).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(heard.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'request-malformed', status: 400 });
  });
  it('so do headers that are too large', async () => {
    const heard = await talk(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 431/);
    expect(heard).toContain('"code":"headers-too-large"');
  });
  it('trace and request id go on from the caller', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await doors.app.inject({ url: '/v1/trace', headers: { traceparent, 'x-request-id': 'from-the-door' } });
    const { trace, outgoing } = answer.json();
    expect(trace).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: expect.stringMatching(/^[0-9a-f]{16}$/), flags: '01' });
    expect(trace.spanId).not.toBe('b7ad6b7169203331');
    expect(outgoing).toBe(`00-${trace.traceId}-${trace.spanId}-01`);
    expect(answer.headers).toMatchObject({
      'x-request-id': 'from-the-door',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });
});

describe('What is written down', () => {
  it('is one line a request: route pattern, role and tenant, and nothing that names a person or a thing', async () => {
    lines.length = 0;
    await agent().get('/v1/letters/0190a6f0-0000-7000-8000-00000000beef?purpose=audit', { 'x-request-id': 'request-1' });
    const [line, ...others] = lines.filter((text) => text.includes('"msg":"request"')).map((text) => JSON.parse(text));
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      level: 'info',
      service: 'doors',
      method: 'GET',
      route: '/v1/letters/:id',
      status: 200,
      requestId: 'request-1',
      role: 'agent',
      tenant: 'quanpay',
    });
    expect(lines.join('')).not.toMatch(/beef|agent-7|Bearer|purpose/);
  });
  it('keeps the stack of a failure for the log alone', async () => {
    lines.length = 0;
    await doors.app.inject('/v1/broken/error');
    expect(lines.map((line) => JSON.parse(line)).find(({ level }) => level === 'error')).toMatchObject({
      msg: 'a request failed',
      err: { type: 'Error', stack: expect.stringContaining('doors.testing') },
    });
  });
  it('is counted', async () => {
    const { body } = await doors.app.inject('/metrics');
    const counted = body.split('\n').filter((line) => line.startsWith('recourse_http_request_duration_seconds_count'));
    expect(counted.find((line) => line.includes('route="/v1/letters/:id"') && line.includes('status="200"'))).toMatch(
      /service="doors".*\} \d+$/,
    );
    expect(body).toContain('nodejs_eventloop_lag_seconds');
  });
});

describe('Health and documents', () => {
  it('are open to anyone', async () => {
    expect((await doors.app.inject('/livez')).json()).toEqual({ alive: true });
    expect((await doors.app.inject('/readyz')).json()).toEqual({ ready: true, parts: {} });
    expect((await doors.app.inject('/docs')).body).toContain('/docs/start.js');
    expect((await doors.app.inject('/docs/start.js')).body).toContain('/openapi.json');
    expect((await doors.app.inject('/docs/reader/swagger-ui.css')).statusCode).toBe(200);
    expect((await doors.app.inject('/docs/reader/package.json')).statusCode).toBe(404);
  });
});
