import { describe, expect, it } from '@jest/globals';
import type { Answering } from './documenting.js';
import { finish } from './finishing.js';
import { merge } from './merging.js';
import type { ApiDocument, FinishOptions, OperationFacts } from './openapi.js';
import type { Refusals } from './refusing.js';

const refusals = {
  'case-is-not-open': {
    title: { en: 'The case is not open', 'zh-CN': '该投诉当前不在处理中' },
    advice: { en: 'Reopen it.', 'zh-CN': '请重新打开。' },
  },
} as const satisfies Refusals;

const operation = (operationId: string, more: object = {}) => ({
  operationId,
  summary: 'Does it. And more is to be said.',
  responses: { 201: { description: '' } },
  ...more,
});
const written: ApiDocument = {
  openapi: '3.1.0',
  info: { title: 'x' },
  paths: {
    '/v1/cases/{id}/closure': { post: operation('CasesHttp.close', { requestBody: { content: {} } }) },
    '/v1/cases/{id}': { get: operation('CasesHttp.show') },
    '/v1/cases': { get: operation('CasesHttp.list', { parameters: [{ name: 'limit', in: 'query', description: 'own' }] }) },
    '/v1/channels': { get: operation('ChannelsHttp.list') },
    '/v1/stream': { get: operation('StreamHttp.open') },
  },
  components: {
    schemas: {
      ClosureDto: {
        type: 'object',
        required: ['how', 'amount', 'note'],
        properties: {
          how: { type: 'string', description: 'How.' },
          amount: { $ref: '#/components/schemas/MoneyDto' },
          note: { type: 'string' },
          list: { type: 'array', items: { type: 'string' }, description: 'Which.' },
        },
      },
      Unused: { type: 'object' },
    },
  },
};
const answering = (kind: Answering['kind'], more: Partial<Answering> = {}): Answering => ({
  kind,
  status: 200,
  key: kind === 'command',
  ifMatch: false,
  refuses: [],
  ...more,
});
const facts: OperationFacts[] = [
  {
    operationId: 'CasesHttp.close',
    rule: { roles: ['agent'] },
    answering: answering('command', { status: 201, ifMatch: true, schema: 'CaseHistory', refuses: ['case-is-not-open'] }),
    parameters: { id: 'UuidParam' },
  },
  { operationId: 'CasesHttp.show', rule: { roles: ['agent', 'customer'] }, answering: answering('show', { schema: 'CaseHistory' }) },
  { operationId: 'CasesHttp.list', rule: { roles: ['agent'] }, answering: answering('list', { schema: 'CaseLine' }) },
  { operationId: 'ChannelsHttp.list', rule: 'anyone', answering: answering('other', { schema: 'CaseLine' }) },
  { operationId: 'StreamHttp.open', rule: { roles: ['agent'] }, answering: answering('stream', { schema: 'CaseLine' }) },
];
const options: FinishOptions = {
  facts,
  fields: new Map([
    [
      'ClosureDto',
      new Map([
        ['how', { type: 'string', enum: ['answered'] }],
        ['note', { type: 'string', maxLength: 9, 'x-may-be-left-out': true }],
        ['list', { type: 'array', items: { type: 'string', enum: ['a'] } }],
        ['amount', {}],
      ]),
    ],
  ]),
  schemas: { CaseHistory: { type: 'object' }, CaseLine: { type: 'object' } },
  refusals,
};
const finished = finish(
  {
    ...written,
    paths: {
      ...written.paths,
      '/v1/complaints': {
        post: operation('ClosureHttp.use', {
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/ClosureDto' } } } },
        }),
      },
    },
  },
  {
    ...options,
    facts: [...facts, { operationId: 'ClosureHttp.use', rule: { roles: ['platform'] }, answering: answering('command', { status: 200 }) }],
  },
);
const at = (path: string, method = 'get') => finished.paths[path]?.[method];

describe('A finished document', () => {
  it('says who may call', () => {
    expect([at('/v1/cases/{id}')?.['security'], at('/v1/cases/{id}')?.['x-roles']]).toEqual([[{ bearer: [] }], ['agent', 'customer']]);
    expect([at('/v1/channels')?.['security'], at('/v1/channels')?.['x-roles']]).toEqual([[], undefined]);
    expect(Object.keys(at('/v1/channels')?.responses ?? {})).toEqual(['200', '400', '429', '500', '503']);
  });

  it('has a summary and the rest of the comment, a noun as tag, and all path parameters', () => {
    const close = at('/v1/cases/{id}/closure', 'post');
    expect(close).toMatchObject({
      operationId: 'Cases_close',
      summary: 'Does it',
      description: 'And more is to be said.',
      tags: ['cases'],
    });
    expect(close?.parameters?.[0]).toEqual({
      name: 'id',
      in: 'path',
      required: true,
      description: 'Its id.',
      schema: { type: 'string', format: 'uuid' },
    });
    expect(finished.tags?.map(({ name }) => name)).toEqual(['cases', 'channels', 'complaints', 'stream']);
  });

  it('asks for the headers an operation needs', () => {
    const refs = (path: string, method?: string) =>
      at(path, method)?.parameters?.flatMap((one) => ('$ref' in one ? [String(one.$ref).split('/').at(-1)] : [`${one.in}:${one.name}`]));
    expect(refs('/v1/cases/{id}/closure', 'post')).toEqual(['path:id', 'IdempotencyKey', 'IfMatch']);
    expect(refs('/v1/complaints', 'post')).toEqual(['IdempotencyKey']);
    expect(refs('/v1/cases/{id}')).toEqual(['path:id', 'query:purpose', 'query:position', 'query:at', 'IfNoneMatch']);
    expect(refs('/v1/cases')).toEqual(['query:limit', 'query:cursor']);
    expect(refs('/v1/stream')).toEqual(['LastEventId']);
  });

  it('says of a query what its decorators say, and those of what it extends', () => {
    const query = (name: string) => ({ name, in: 'query', required: true, schema: { type: 'string' } });
    const left = { 'x-may-be-left-out': true };
    const { paths } = finish(
      { ...written, paths: { '/v1/cases': { get: operation('CasesHttp.list', { parameters: ['stage', 'limit', 'whose'].map(query) }) } } },
      {
        ...options,
        facts: facts
          .filter(({ operationId }) => operationId === 'CasesHttp.list')
          .map((one) => ({ ...one, queries: ['CasesQuery', 'ListQuery'] })),
        fields: new Map([
          ['CasesQuery', new Map<string, Record<string, unknown>>([['stage', { enum: ['open'] }]])],
          ['ListQuery', new Map<string, Record<string, unknown>>([['limit', { type: 'integer', minimum: 1, ...left }]])],
        ]),
      },
    );
    const found = (paths['/v1/cases']?.['get']?.parameters ?? []) as readonly { readonly name: string }[];
    expect(found.filter(({ name }) => name !== 'cursor')).toEqual([
      { ...query('stage'), required: true, schema: { type: 'string', enum: ['open'] } },
      { ...query('limit'), required: false, schema: { type: 'integer', minimum: 1 } },
      query('whose'),
    ]);
  });

  it('lists every problem, with an example of each refusal as it is really answered', () => {
    const responses: Readonly<Record<string, unknown>> = at('/v1/cases/{id}/closure', 'post')?.responses ?? {};
    expect(Object.keys(responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '413',
      '415',
      '422',
      '428',
      '429',
      '500',
      '503',
    ]);
    expect(responses['409']).toMatchObject({
      content: {
        'application/problem+json': {
          examples: { 'case-is-not-open': { $ref: '#/components/examples/case-is-not-open' }, 'others-were-faster': {} },
        },
      },
    });
    expect(finished.components['examples']?.['case-is-not-open']).toMatchObject({
      value: { status: 409, code: 'case-is-not-open', title: 'The case is not open', advice: 'Reopen it.' },
    });
    expect(Object.keys(at('/v1/stream')?.responses ?? {})).toContain('429');
  });

  it('says of fields what their decorators say, and leaves out what nobody refers to', () => {
    expect(finished.components['schemas']?.['ClosureDto']).toEqual({
      type: 'object',
      required: ['how', 'amount', 'list'],
      additionalProperties: false,
      properties: {
        how: { type: 'string', description: 'How.', enum: ['answered'] },
        amount: { $ref: '#/components/schemas/MoneyDto' },
        note: { type: 'string', maxLength: 9 },
        list: { description: 'Which.', type: 'array', items: { type: 'string', enum: ['a'] } },
      },
    });
    expect(Object.keys(finished.components['schemas'] ?? {})).not.toContain('Unused');
    expect(Object.keys(finished.components['headers'] ?? {})).not.toContain('Allow');
  });

  it('is refused when something is not said', () => {
    const without = (change: (one: OperationFacts) => Partial<OperationFacts>) => () =>
      finish(written, { ...options, facts: facts.map((one) => ({ ...one, ...change(one) })) });
    expect(without(() => ({ rule: undefined }))).toThrow(/who may call it/);
    expect(without(() => ({ answering: undefined }))).toThrow(/what it answers/);
    expect(without(() => ({ answering: answering('other', { refuses: ['never-heard'] }) }))).toThrow(/never-heard/);
    expect(() => finish({ ...written, paths: { '/v1/ghosts': { get: operation('CasesHttp.show') } } }, options)).toThrow(/ghosts/);
    const hidden = { ...facts[0]!, operationId: 'CasesHttp.backDoor' };
    expect(() => finish(written, { ...options, facts: [...facts, hidden] })).toThrow(
      /CasesHttp\.backDoor is a route that the document does not show/,
    );
  });

  it('does not depend on anything but what it is given', () =>
    expect(JSON.stringify(finish(written, options))).toBe(JSON.stringify(finish(structuredClone(written), options))));
});

describe('Merged documents', () => {
  const part = (path: string, schemas: Record<string, object>, schema = 'Thing'): ApiDocument => ({
    openapi: '3.1.0',
    info: {},
    tags: [{ name: 'things', description: 'T' }],
    paths: {
      [path]: {
        get: {
          operationId: 'a',
          responses: { 200: { description: 'x', content: { j: { schema: { $ref: `#/components/schemas/${schema}` } } } } },
        },
      },
    },
    components: { schemas: schemas as Record<string, unknown> },
  });
  const ref = (document: ApiDocument, path: string) => JSON.stringify(document.paths[path]);

  it('share what is equal, whatever the order of members', () => {
    const merged = merge(
      { one: part('/a', { Thing: { type: 'x', d: 1 } }), two: part('/b', { Thing: { d: 1, type: 'x' } }) },
      { title: 'all' },
    );
    expect(Object.keys(merged.components['schemas'] ?? {})).toEqual(['Thing']);
    expect([merged.paths['/a']?.['get']?.operationId, merged.paths['/b']?.['get']?.operationId]).toEqual(['one_a', 'two_a']);
    expect(merged.tags).toEqual([{ name: 'things', description: 'T' }]);
  });

  it('keep apart what only has the same name', () => {
    const merged = merge(
      { one: part('/a', { Thing: { type: 'x' } }), two: part('/b', { Thing: { type: 'y' }, ThingList: {} }) },
      { title: 'all' },
    );
    expect(Object.keys(merged.components['schemas'] ?? {})).toEqual(['Thing', 'ThingList', 'two.Thing']);
    expect([ref(merged, '/a'), ref(merged, '/b')]).toEqual([
      expect.stringContaining('schemas/Thing"'),
      expect.stringContaining('schemas/two.Thing"'),
    ]);
  });

  it('never serve one path twice', () => expect(() => merge({ one: part('/a', {}), two: part('/a', {}) }, {})).toThrow('/a'));
});
