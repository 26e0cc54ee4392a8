import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DoorsModule } from './doors.testing.js';
import { mostOfBody, tidy } from './reading.js';
import { doorsUnderTest, type Answered, type DoorsUnderTest } from './testing.js';

let doors: DoorsUnderTest;
beforeAll(async () => {
  doors = await doorsUnderTest(DoorsModule, { service: 'doors', environment: { RECOURSE_LOG_LEVEL: 'fatal' } });
});
afterAll(() => doors.close());

const agent = () => doors.as({ sub: 'agent-7', role: 'agent', tenant: 'quanpay' });
const piece = { kind: 'receipt', amount: { currency: 'CNY', value: 128000 } };
const good = { text: '你好', at: '2026-11-18T02:14:00+08:00', account: 'wallet-8843', piece };
const codesAt = ({ body }: Answered) =>
  Object.fromEntries(
    ((body as { errors?: { pointer?: string; parameter?: string; code: string }[] }).errors ?? []).map((e) => [
      e.pointer ?? e.parameter,
      e.code,
    ]),
  );
const raw = (payload: string | Buffer, headers: Record<string, string> = {}, url = '/v1/letters') =>
  doors.issuer.token({ role: 'agent' }).then((token) =>
    doors.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    }),
  );

describe('What is wrong with a request', () => {
  it('is nothing, when all is well: times arrive in UTC', async () => {
    const { status, body } = await agent().post('/v1/letters', good);
    expect([status, body]).toEqual([201, { ...good, at: '2026-11-17T18:14:00.000Z' }]);
  });

  const bad: [string, object, object][] = [
    ['an unknown field', { ...good, tenant: 'x' }, { '/tenant': 'unknown-field' }],
    [
      'an unknown field deep inside',
      { ...good, piece: { ...piece, amount: { ...piece.amount, cents: 1 } } },
      { '/piece/amount/cents': 'unknown-field' },
    ],
    ['a missing field', { ...good, text: undefined }, { '/text': 'field-missing' }],
    ['a missing object', { ...good, piece: undefined }, { '/piece': 'field-missing' }],
    ['a list for an object', { ...good, piece: [] }, { '/piece': 'not-an-object' }],
    ['null', { ...good, piece: null, urgent: null }, { '/piece': 'not-an-object', '/urgent': 'not-true-or-false' }],
    ['a wrong type', { ...good, text: 5 }, { '/text': 'not-text' }],
    ['blank text', { ...good, text: '　 ' }, { '/text': 'text-is-blank' }],
    ['long text, in characters', { ...good, text: '😀'.repeat(21) }, { '/text': 'text-too-long' }],
    [
      'an amount with decimals',
      { ...good, piece: { ...piece, amount: { currency: 'CNY', value: 12.5 } } },
      { '/piece/amount/value': 'amount-not-in-minor-units' },
    ],
    [
      'an amount as text',
      { ...good, piece: { ...piece, amount: { currency: 'CNY', value: '1250' } } },
      { '/piece/amount/value': 'amount-not-in-minor-units' },
    ],
    [
      'an amount beyond 2^53',
      { ...good, piece: { ...piece, amount: { currency: 'CNY', value: 2 ** 53 } } },
      { '/piece/amount/value': 'amount-not-in-minor-units' },
    ],
    [
      'a negative amount',
      { ...good, piece: { ...piece, amount: { currency: 'CNY', value: -1 } } },
      { '/piece/amount/value': 'amount-not-positive' },
    ],
    [
      'an unknown currency',
      { ...good, piece: { ...piece, amount: { currency: 'XXX', value: 1 } } },
      { '/piece/amount/currency': 'currency-unknown' },
    ],
    ['an unknown code', { ...good, piece: { ...piece, kind: 'gossip' } }, { '/piece/kind': 'code-unknown' }],
    ['a time without zone', { ...good, at: '2026-11-18T02:14:00' }, { '/at': 'instant-malformed' }],
    ['the 31st of February', { ...good, at: '2026-02-31T02:14:00Z' }, { '/at': 'instant-malformed' }],
    ['an account that is a telephone number', { ...good, account: '13800138000' }, { '/account': 'id-looks-personal' }],
    ['an account that is an e-mail address', { ...good, account: 'chen@example.com' }, { '/account': 'id-looks-personal' }],
    ['an account with a blank', { ...good, account: 'a b' }, { '/account': 'platform-id-malformed' }],
    ['the second of a list', { ...good, pieces: [piece, { ...piece, kind: 'x' }] }, { '/pieces/1/kind': 'code-unknown' }],
    [
      'an element of a list that is none',
      { ...good, pieces: [piece, 'x', null] },
      { '/pieces/1': 'not-an-object', '/pieces/2': 'not-an-object' },
    ],
    ['codes of a list', { ...good, marks: ['a', 'x', 'y'] }, { '/marks/1': 'code-unknown', '/marks/2': 'code-unknown' }],
    ['too many', { ...good, pieces: [piece, piece, piece, piece] }, { '/pieces': 'list-too-long' }],
    ['an object for a list', { ...good, pieces: piece }, { '/pieces': 'not-a-list' }],
    ['NUL', { ...good, text: 'a\0b' }, { '/text': 'text-not-storable' }],
    ['NUL in a name', { ...good, 'a\0': 1 }, { '': 'name-not-storable' }],
  ];
  it.each(bad)('is told with a pointer: %s', async (_name, body, errors) => {
    const answer = await agent().post('/v1/letters', body);
    expect([answer.status, (answer.body as { code: string }).code, answer.headers['content-type']]).toEqual([
      400,
      'request-invalid',
      expect.stringContaining('application/problem+json'),
    ]);
    expect(codesAt(answer)).toMatchObject(errors);
  });

  it('is told for half a surrogate pair, and in names that need escaping', async () => {
    const answer = await raw('{"a/b":{"~":"\\ud800"}}');
    expect(answer.json().errors).toEqual([{ pointer: '/a~1b/~0', code: 'text-not-storable', detail: expect.any(String) }]);
  });

  it('is told as a parameter for a query and a path', async () => {
    expect(codesAt(await agent().get('/v1/letters?limit=500&stage=lost&colour=red'))).toEqual({
      limit: 'number-out-of-range',
      stage: 'code-unknown',
      colour: 'unknown-field',
    });
    expect((await agent().get('/v1/letters?limit=20&stage=open')).body).toEqual({ limit: 20, stage: 'open' });
    expect(codesAt(await agent().get('/v1/letters/42'))).toEqual({ id: 'id-malformed' });
  });

  it('is told where a route takes no body at all', async () => {
    expect(codesAt(await agent().post('/v1/anything', { colour: 'red' }))).toEqual({ '/colour': 'unknown-field' });
    expect((await agent().post('/v1/anything', {})).body).toEqual({ taken: true });
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
    ['a prototype', '{"__proto__":{"a":1}}', {}, 400, 'request-invalid'],
    ['far too much in many places', JSON.stringify(Array(99).fill(Array(999).fill(0))), {}, 400, 'body-too-rich'],
  ];
  it.each(bodies)('is told for a body that is %s', async (_name, payload, headers, status, code) => {
    const answer = await raw(payload, headers);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'prototype', 'length'])(
    'is told for a field that is called %s, at the top and deep inside: no name switches the rules off',
    async (name) => {
      for (const value of ['x', 1, null, {}, [], { a: 1 }]) {
        const top = await agent().post('/v1/letters', { [name]: value, text: 5 });
        expect([top.status, codesAt(top)]).toEqual([400, expect.objectContaining({ [`/${name}`]: 'unknown-field' })]);
        const inside = await agent().post('/v1/letters', { ...good, piece: { ...piece, [name]: value } });
        expect([inside.status, codesAt(inside)]).toEqual([400, { [`/piece/${name}`]: 'unknown-field' }]);
      }
    },
  );

  it('is told with a pointer where a body is larger than any of ours: lists, objects, texts, names', async () => {
    const { elements, members, text, name } = mostOfBody;
    const object = (size: number) => Object.fromEntries(Array.from({ length: size }, (_, n) => [`f${n}`, n]));
    const large = {
      list: Array(elements + 1).fill(0),
      object: object(members + 1),
      text: '你'.repeat(text + 1),
      inside: [{ ['n'.repeat(name + 1)]: 1 }],
    };
    const answer = await raw(JSON.stringify(large));
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [
        { pointer: '/list', code: 'list-too-long', detail: `At most ${elements} are taken.` },
        { pointer: '/object', code: 'object-too-large', detail: `An object has at most ${members} members.` },
        { pointer: '/text', code: 'text-too-long', detail: `At most ${text} characters are taken.` },
        { pointer: '/inside/0', code: 'name-too-long', detail: `The name of a member has at most ${name} characters.` },
      ],
    ]);
    const most = { list: Array(elements).fill(0), object: object(members), text: 'x'.repeat(text), ['n'.repeat(name)]: 1 };
    expect(tidy(most)).toEqual({ value: most, errors: [] });
  });

  it('is told in a bounded answer, however many mistakes there are', async () => {
    const answer = await raw(JSON.stringify(Array(900).fill('\0')));
    expect([answer.statusCode, answer.json().errors.length]).toEqual([400, 100]);
  });

  it('never reaches the prototype of anything', async () => {
    const answer = await raw('{"text":"x","piece":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}');
    expect(answer.json().errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '/piece/__proto__', code: 'unknown-field' }),
        expect.objectContaining({ pointer: '/piece/constructor', code: 'unknown-field' }),
      ]),
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('may be that there is no body', async () => {
    expect((await agent().post('/v1/letters')).body).toMatchObject({ code: 'body-missing' });
    expect((await agent().post('/v1/anything')).status).toBe(201);
  });
});

describe('Whatever is sent', () => {
  const answered = async (status: number, body: string) => {
    expect(status).toBeLessThan(500);
    if (status >= 400) expect(JSON.parse(body)).toMatchObject({ status, code: expect.stringMatching(/^[a-z-]+$/) });
  };

  it('as a body is answered, and never with a fault of ours', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json({ maxDepth: 5 }),
          fc.string({ unit: 'binary' }),
          fc.json().map((text) => text.slice(1)),
        ),
        async (body) => {
          const answer = await raw(body);
          await answered(answer.statusCode, answer.body);
        },
      ),
      { numRuns: 300 },
    ));

  it('as a field of a body that is well otherwise', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(good), 'pieces', 'marks', 'urgent'), fc.jsonValue(), async (field, value) => {
        const { status, text } = await agent().post('/v1/letters', { ...good, [field]: value });
        await answered(status, text);
      }),
      { numRuns: 300 },
    ));

  it('as an address, a query, a language, a trace', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.constantFrom('path', 'raw-path', 'query', 'accept-language', 'traceparent'),
        async (text, place) => {
          const header = text.replace(/[^\x20-\x7e]/g, '?');
          const url =
            place === 'path'
              ? `/v1/letters/${encodeURIComponent(text)}`
              : place === 'raw-path'
                ? `/v1/${header.replaceAll(' ', '')}`
                : `/v1/letters?limit=${encodeURIComponent(text)}`;
          const { status, text: body } = await agent().get(
            url,
            place === 'accept-language' || place === 'traceparent' ? { [place]: header } : {},
          );
          await answered(status, body);
        },
      ),
      { numRuns: 300 },
    ));
});
