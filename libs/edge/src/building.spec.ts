import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpException, Module, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import {
  Allow, AllowAnyone, AmountDto, IsAmount, IsCode, IsCodeList, IsFlag, IsInstant, IsPlatformId, ListQuery, Nested, NestedList, Optional, outgoingTraceparent,
  Problem, Text, UuidParam,
} from './index.js';
import { doorsUnderTest, type Answered } from './testing.js';

class PieceDto {
  /** What kind of piece it is. */
  @IsCode(['chat-log', 'receipt'])
  kind: string;

  @IsAmount()
  amount: AmountDto;
}

class LetterDto {
  @Text(20)
  text: string;

  @IsInstant()
  at: string;

  @IsPlatformId()
  account: string;

  @Nested(() => PieceDto)
  piece: PieceDto;

  @Optional()
  @NestedList(() => PieceDto, { most: 3 })
  pieces?: PieceDto[];

  @Optional()
  @IsCodeList(['a', 'b'])
  marks?: string[];

  @Optional()
  @IsFlag()
  urgent?: boolean;
}

class FilterQuery extends ListQuery {
  @Optional()
  @IsCode(['open', 'closed'])
  stage?: string;
}

@Controller('v1')
class DoorsHttp {
  @Post('letters')
  @Allow('agent')
  take(@Body() letter: LetterDto): LetterDto {
    return letter;
  }

  @Post('anything')
  @Allow('agent')
  anything(): object {
    return { taken: true };
  }

  @Get('letters')
  @Allow('agent', 'platform')
  list(@Query() query: FilterQuery): FilterQuery {
    return query;
  }

  @Get('letters/:id')
  @Allow('agent')
  one(@Param('id', UuidParam) id: string): object {
    return { id };
  }

  @Get('broken/:how')
  @AllowAnyone()
  broken(@Param('how') how: string): never {
    if (how === 'null') throw null as unknown as Error;
    if (how === 'teapot') throw new HttpException('short and stout', 418);
    if (how === 'away') throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.9:5432'), { code: 'ECONNREFUSED' });
    if (how === 'no') throw new Problem(409, 'unheard-of', { facts: { why: 'because' } });
    throw new Error('the secret of 13800138000 at /srv/code.js');
  }

  @Get('trace')
  @AllowAnyone()
  trace(@Req() request: FastifyRequest): object {
    return { trace: request.trace, outgoing: outgoingTraceparent() };
  }
}

@Module({ controllers: [DoorsHttp] })
class DoorsModule {}

let doors: Awaited<ReturnType<typeof doorsUnderTest>>;
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
const piece = { kind: 'receipt', amount: { currency: 'CNY', value: 128000 } };
const good = { text: '你好', at: '2026-11-18T02:14:00+08:00', account: 'wallet-8843', piece };
const codesAt = ({ body }: Answered) =>
  Object.fromEntries(((body as { errors?: { pointer?: string; parameter?: string; code: string }[] }).errors ?? []).map((e) => [e.pointer ?? e.parameter, e.code]));
const raw = (payload: string | Buffer, headers: Record<string, string> = {}, url = '/v1/letters') =>
  doors.issuer.token({ role: 'agent' }).then((token) =>
    doors.app.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers } }));

describe('What is wrong with a request', () => {
  it('is nothing, when all is well: times arrive in UTC', async () => {
    const { status, body } = await agent().post('/v1/letters', good);
    expect([status, body]).toEqual([201, { ...good, at: '2026-11-17T18:14:00.000Z' }]);
  });

  const bad: [string, object, object][] = [
    ['an unknown field', { ...good, tenant: 'x' }, { '/tenant': 'unknown-field' }],
    ['an unknown field deep inside', { ...good, piece: { ...piece, amount: { ...piece.amount, cents: 1 } } }, { '/piece/amount/cents': 'unknown-field' }],
    ['a missing field', { ...good, text: undefined }, { '/text': 'field-missing' }],
    ['a missing object', { ...good, piece: undefined }, { '/piece': 'field-missing' }],
    ['a list for an object', { ...good, piece: [] }, { '/piece': 'not-an-object' }],
    ['null', { ...good, piece: null, urgent: null }, { '/piece': 'not-an-object', '/urgent': 'not-true-or-false' }],
    ['a wrong type', { ...good, text: 5 }, { '/text': 'not-text' }],
    ['blank text', { ...good, text: '　 ' }, { '/text': 'text-is-blank' }],
    ['long text, in characters', { ...good, text: '😀'.repeat(21) }, { '/text': 'text-too-long' }],
    ['an amount with decimals', { ...good, piece: { ...piece, amount: { currency: 'CNY', value: 12.5 } } }, { '/piece/amount/value': 'amount-not-in-minor-units' }],
    ['an amount as text', { ...good, piece: { ...piece, amount: { currency: 'CNY', value: '1250' } } }, { '/piece/amount/value': 'amount-not-in-minor-units' }],
    ['an amount beyond 2^53', { ...good, piece: { ...piece, amount: { currency: 'CNY', value: 2 ** 53 } } }, { '/piece/amount/value': 'amount-not-in-minor-units' }],
    ['a negative amount', { ...good, piece: { ...piece, amount: { currency: 'CNY', value: -1 } } }, { '/piece/amount/value': 'amount-not-positive' }],
    ['an unknown currency', { ...good, piece: { ...piece, amount: { currency: 'XXX', value: 1 } } }, { '/piece/amount/currency': 'currency-unknown' }],
    ['an unknown code', { ...good, piece: { ...piece, kind: 'gossip' } }, { '/piece/kind': 'code-unknown' }],
    ['a time without zone', { ...good, at: '2026-11-18T02:14:00' }, { '/at': 'instant-malformed' }],
    ['the 31st of February', { ...good, at: '2026-02-31T02:14:00Z' }, { '/at': 'instant-malformed' }],
    ['an account that is a telephone number', { ...good, account: '13800138000' }, { '/account': 'id-looks-personal' }],
    ['an account that is an e-mail address', { ...good, account: 'chen@example.com' }, { '/account': 'id-looks-personal' }],
    ['an account with a blank', { ...good, account: 'a b' }, { '/account': 'platform-id-malformed' }],
    ['the second of a list', { ...good, pieces: [piece, { ...piece, kind: 'x' }] }, { '/pieces/1/kind': 'code-unknown' }],
    ['an element of a list that is none', { ...good, pieces: [piece, 'x', null] }, { '/pieces/1': 'not-an-object', '/pieces/2': 'not-an-object' }],
    ['codes of a list', { ...good, marks: ['a', 'x', 'y'] }, { '/marks/1': 'code-unknown', '/marks/2': 'code-unknown' }],
    ['too many', { ...good, pieces: [piece, piece, piece, piece] }, { '/pieces': 'list-too-long' }],
    ['an object for a list', { ...good, pieces: piece }, { '/pieces': 'not-a-list' }],
    ['NUL', { ...good, text: 'a\0b' }, { '/text': 'text-not-storable' }],
    ['NUL in a name', { ...good, 'a\0': 1 }, { '': 'name-not-storable' }],
  ];
  it.each(bad)('is told with a pointer: %s', async (_name, body, errors) => {
    const answer = await agent().post('/v1/letters', body);
    expect([answer.status, (answer.body as { code: string }).code, answer.headers['content-type']]).toEqual([400, 'request-invalid', expect.stringContaining('application/problem+json')]);
    expect(codesAt(answer)).toMatchObject(errors);
  });

  it('is told for half a surrogate pair, and in names that need escaping', async () => {
    const answer = await raw('{"a/b":{"~":"\\ud800"}}');
    expect(answer.json().errors).toEqual([{ pointer: '/a~1b/~0', code: 'text-not-storable', detail: expect.any(String) }]);
  });

  it('is told as a parameter for a query and a path', async () => {
    expect(codesAt(await agent().get('/v1/letters?limit=500&stage=lost&colour=red'))).toEqual({ limit: 'number-out-of-range', stage: 'code-unknown', colour: 'unknown-field' });
    expect((await agent().get('/v1/letters?limit=20&stage=open')).body).toEqual({ limit: 20, stage: 'open' });
    expect(codesAt(await agent().get('/v1/letters/42'))).toEqual({ id: 'id-malformed' });
  });

  it('turns text into NFC', async () => {
    const { body } = await agent().post('/v1/letters', { ...good, text: 'Cafe\u0301' });
    expect((body as { text: string }).text).toBe('Caf\u00e9');
  });

  const bodies: [string, string | Buffer, Record<string, string>, number, string][] = [
    ['broken JSON', '{"a":', {}, 400, 'body-not-json'],
    ['nothing, said to be JSON', '', {}, 400, 'body-missing'],
    ['a list', '[]', {}, 400, 'request-invalid'],
    ['null', 'null', {}, 400, 'request-invalid'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'media-type-not-supported'],
    ['plain text', '{}', { 'content-type': 'text/plain' }, 415, 'media-type-not-supported'],
    ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'media-type-not-supported'],
    ['multipart', '--x--', { 'content-type': 'multipart/form-data; boundary=x' }, 415, 'media-type-not-supported'],
    ['broken UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), {}, 400, 'body-not-utf8'],
    ['too much', JSON.stringify({ text: 'x'.repeat(300_000) }), {}, 413, 'body-too-large'],
    ['too deep', `${'['.repeat(40)}${']'.repeat(40)}`, {}, 400, 'body-too-deep'],
    ['far too deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, {}, 400, 'body-too-deep'],
    ['a prototype', '{"__proto__":{"a":1}}', {}, 400, 'body-not-json'],
  ];
  it.each(bodies)('is told for a body that is %s', async (_name, payload, headers, status, code) => {
    const answer = await raw(payload, headers);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it('may be that there is no body', async () => {
    expect((await agent().post('/v1/letters')).body).toMatchObject({ code: 'body-missing' });
    expect((await agent().post('/v1/anything')).status).toBe(201);
  });
});

describe('A problem document', () => {
  it('is worded in the caller’s language, with what to do', async () => {
    const chinese = await agent().post('/v1/letters', { ...good, text: '' }, { headers: { 'accept-language': 'fr;q=0.9, zh-Hans-CN;q=0.8, en;q=0.1' } });
    expect(chinese.body).toMatchObject({ title: '请求中有不能接受的字段', errors: [{ pointer: '/text', detail: '文本为空白。' }, { code: 'text-too-short', detail: '至少需要 1 个字符。' }] });
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
    for (const method of ['DELETE', 'PUT', 'OPTIONS', 'PATCH'] as const) {
      const answer = await doors.app.inject({ method, url: '/v1/letters' });
      expect([answer.statusCode, answer.json().code, answer.headers['allow']]).toEqual([405, 'method-not-allowed', 'GET, HEAD, POST']);
    }
    const none = await doors.app.inject('/v1/nothing');
    expect([none.statusCode, none.json().code]).toEqual([404, 'not-found']);
  });

  it('is given for addresses that cannot be read', async () => {
    const malformed = await doors.app.inject('/v1/letters/%zz');
    expect([malformed.statusCode, malformed.json().code, malformed.headers['x-request-id']]).toEqual([400, 'url-malformed', expect.any(String)]);
    expect(malformed.body).not.toContain('%zz');
    const long = await doors.app.inject(`/v1/letters/${'x'.repeat(300)}`);
    expect([long.statusCode, long.json().code]).toEqual([414, 'url-too-long']);
  });
});

describe('Who calls', () => {
  it('is asked before the body is read', async () => {
    const answer = await doors.app.inject({ method: 'POST', url: '/v1/letters', payload: '{broken', headers: { 'content-type': 'application/json' } });
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
    expect(answer.headers).toMatchObject({ 'x-request-id': 'from-the-door', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });
});

describe('What is written down', () => {
  it('is one line a request: route pattern, role and tenant, and nothing that names a person or a thing', async () => {
    lines.length = 0;
    await agent().get('/v1/letters/0190a6f0-0000-7000-8000-00000000beef?purpose=audit', { 'x-request-id': 'request-1' });
    const [line, ...others] = lines.filter((text) => text.includes('"msg":"request"')).map((text) => JSON.parse(text));
    expect(others).toEqual([]);
    expect(line).toMatchObject({ level: 'info', service: 'doors', method: 'GET', route: '/v1/letters/:id', status: 200, requestId: 'request-1', role: 'agent', tenant: 'quanpay' });
    expect(lines.join('')).not.toMatch(/beef|agent-7|Bearer|purpose/);
  });
  it('keeps the stack of a failure for the log alone', async () => {
    lines.length = 0;
    await doors.app.inject('/v1/broken/error');
    expect(lines.map((line) => JSON.parse(line)).find(({ level }) => level === 'error')).toMatchObject({ msg: 'a request failed', err: { type: 'Error', stack: expect.stringContaining('building.spec') } });
  });
  it('is counted', async () => {
    const { body } = await doors.app.inject('/metrics');
    const counted = body.split('\n').filter((line) => line.startsWith('recourse_http_request_duration_seconds_count'));
    expect(counted.find((line) => line.includes('route="/v1/letters/:id"') && line.includes('status="200"'))).toMatch(/service="doors".*\} \d+$/);
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
