import type { Answering } from './documenting.js';
import type { Reference, Response, Schema } from './openapi.js';
import { Problem, type Refusals } from './refusing.js';
import { problemDocument } from './wording.js';

/** `LogLeaf` is Log-Leaf; but one standard writes two words as one. */
const headerName = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').replace(/^Rate-Limit/, 'RateLimit');
const headerOf = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [headerName(name), { $ref: `#/components/headers/${name}` }]));
/** On every answer to a request that was counted. */
const counted = ['RateLimitPolicy', 'RateLimit'] as const;

const schemaOf = ({ schema }: Answering): Schema => {
  if (schema === undefined) return { type: 'object' };
  return { $ref: `#/components/schemas/${typeof schema === 'string' ? schema : schema.name}` };
};

/** What an operation answers when all is well. */
export const answersOf = (answering: Answering): Readonly<Record<string, Response>> => {
  const { kind, status, description } = answering;
  const json = (schema: Schema) => ({ 'application/json': { schema } });
  switch (kind) {
    case 'command': {
      const names = ['ETag', 'LogLeaf', 'LogPosition', 'IdempotentReplayed', ...(status === 201 ? ['Location'] : []), ...counted];
      return {
        [status]: {
          description: description ?? 'Done: this is how it stands now.',
          headers: headerOf(...names),
          content: json(schemaOf(answering)),
        },
      };
    }
    case 'show':
      return {
        200: {
          description: description ?? 'How it stands.',
          headers: headerOf('ETag', 'LogLeaf', 'LogPosition', ...counted),
          content: json(schemaOf(answering)),
        },
        304: { description: 'You have this version.' },
      };
    case 'list': {
      const page = { type: 'object', required: ['items'], properties: { items: { type: 'array', items: schemaOf(answering) } } };
      return { 200: { description: description ?? 'One page.', headers: headerOf('Link', ...counted), content: json(page) } };
    }
    case 'stream':
      return {
        200: {
          description: description ?? 'Events as they happen; the data of each is JSON.',
          headers: headerOf(...counted),
          content: {
            'text/event-stream': { schema: { type: 'string', contentMediaType: 'application/json', contentSchema: schemaOf(answering) } },
          },
        },
      };
    case 'content':
      return {
        200: {
          description: description ?? 'The bytes.',
          headers: headerOf(...counted),
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
      };
    case 'other':
      return {
        [status]: { description: description ?? 'The answer.', headers: headerOf(...counted), content: json(schemaOf(answering)) },
      };
  }
};

const reference = (name: string): Reference => ({ $ref: `#/components/responses/${name}` });
const problemContent = (examples: Schema) => ({
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples },
});

const exampleOf = (code: string) => ({ $ref: `#/components/examples/${code}` });
const examplesFor = (codes: readonly string[]): Schema => Object.fromEntries(codes.map((code) => [code, exampleOf(code)]));

/** One example of each code, as it is answered in English. */
export const examplesOf = (refusals: Refusals): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    Object.entries(refusals).map(([code, { status = 409 }]) => [
      code,
      { summary: refusals[code]?.title.en ?? code, value: problemDocument(new Problem(status, code), 'en', refusals) },
    ]),
  );

const shared = (description: string, codes: readonly string[], headers: readonly string[] = []): Response => ({
  description,
  ...(headers.length > 0 && { headers: headerOf(...headers) }),
  content: problemContent(examplesFor(codes)),
});

/** Problems that every operation has in common. */
export const sharedResponses = {
  BadRequest: shared('The request cannot be taken as it is.', ['request-invalid', 'body-not-json']),
  Unauthorized: shared('It is not known who calls.', ['token-missing', 'token-invalid', 'token-expired', 'login-too-old']),
  Forbidden: shared('The caller’s role may not do this.', ['role-not-allowed', 'purpose-not-allowed']),
  NotFound: shared('There is no such thing, or it is not the caller’s to see.', ['not-found']),
  Conflict: shared('Others changed the same thing at the same moment.', ['others-were-faster', 'key-restricted'], ['RetryAfter']),
  Stale: shared('Something the caller judged by has changed since.', ['version-is-stale'], ['ETag']),
  TooLarge: shared('The body is too large.', ['body-too-large']),
  WrongMediaType: shared('This kind of body is not taken here.', ['media-type-not-supported']),
  KeyReused: shared('The Idempotency-Key was used for another request.', ['idempotency-key-reused']),
  VersionMissing: shared('If-Match is needed.', ['if-match-missing']),
  TooMany: shared('Too many requests were sent.', ['too-many-requests'], ['RetryAfter', ...counted]),
  Failed: shared('Something went wrong on our side.', ['internal-error']),
  Unavailable: shared('The service cannot answer now.', ['unavailable', 'keys-unreachable', 'issuer-unreachable'], ['RetryAfter']),
} as const;

/** What stands beside an operation's own refusals of the same status. */
const commonCodes: Readonly<Partial<Record<keyof typeof sharedResponses, readonly string[]>>> = {
  BadRequest: ['request-invalid'],
  Forbidden: ['role-not-allowed'],
  NotFound: ['not-found'],
  Conflict: ['others-were-faster', 'key-restricted'],
  KeyReused: ['idempotency-key-reused'],
  TooMany: ['too-many-requests'],
};

/** Everything that may go wrong with an operation, its own refusals with an example each. */
export const problemResponses = (
  answering: Answering,
  open: boolean,
  hasPath: boolean,
  hasBody: boolean,
  refusals: Refusals,
): Readonly<Record<string, Response>> => {
  const { key, ifMatch, kind } = answering;
  const general: Record<string, keyof typeof sharedResponses> = {
    400: 'BadRequest',
    ...(!open && ({ 401: 'Unauthorized', 403: 'Forbidden' } as const)),
    ...((hasPath || kind === 'show') && ({ 404: 'NotFound' } as const)),
    ...(key && ({ 409: 'Conflict', 422: 'KeyReused' } as const)),
    ...(hasBody && ({ 413: 'TooLarge', 415: 'WrongMediaType' } as const)),
    ...(ifMatch && ({ 412: 'Stale', 428: 'VersionMissing' } as const)),
    429: 'TooMany',
    500: 'Failed',
    503: 'Unavailable',
  };
  const refuses = kind === 'stream' ? [...answering.refuses, 'too-many-streams'] : answering.refuses;
  const own = byStatus(refuses, refusals);
  const statuses = new Set([...Object.keys(general), ...own.keys()]);
  return Object.fromEntries(
    [...statuses].map((status): [string, Response] => {
      const codes = own.get(status) ?? [];
      const name = general[status];
      if (codes.length === 0 && name) return [status, reference(name)];
      return [
        status,
        {
          description: `Refused: ${codes.join(', ')}.`,
          ...(name && 'headers' in sharedResponses[name] && { headers: sharedResponses[name]['headers'] }),
          content: problemContent(examplesFor([...codes, ...(name ? (commonCodes[name] ?? []) : [])])),
        },
      ];
    }),
  );
};

const byStatus = (refuses: readonly string[], refusals: Refusals): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const code of new Set(refuses)) {
    const entry = refusals[code];
    if (!entry) throw new Error(`An operation says it refuses with ${code}, which stands in no refusals.ts`);
    const status = String(entry.status ?? 409);
    found.set(status, [...(found.get(status) ?? []), code]);
  }
  return found;
};
