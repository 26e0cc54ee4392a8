import { purposes } from './queries.dto.js';
import type { Parameter, Schema } from './openapi.js';

/** RFC 9457 with our members. */
export const problemSchema: Schema = {
  type: 'object',
  description:
    'What went wrong and what to do about it (RFC 9457). `code` is stable; the words come in the language of Accept-Language (en, zh-CN).',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Names the kind of problem; all are listed in docs/problems.md.' },
    title: { type: 'string', description: 'What went wrong.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    code: { type: 'string', description: 'The stable code, the last part of `type`.' },
    detail: { type: 'string', description: 'What the code alone cannot say.' },
    advice: { type: 'string', description: 'What the caller can do about it.' },
    instance: { type: 'string', format: 'uri', description: 'This very answer; quote it when you ask about it.' },
    facts: { type: 'object', description: 'What the words are filled with.', additionalProperties: { type: ['string', 'number'] } },
    errors: {
      type: 'array',
      description: 'One line for each field that cannot be taken.',
      items: {
        type: 'object',
        required: ['code'],
        properties: {
          pointer: { type: 'string', format: 'json-pointer', description: 'Where in the body (RFC 6901).' },
          parameter: { type: 'string', description: 'Which query or path parameter.' },
          code: { type: 'string', description: 'The stable code.' },
          detail: { type: 'string', description: 'What is expected.' },
        },
      },
    },
  },
};

/** What stands where personal data would. */
export const sealedSchemas: Readonly<Record<string, Schema>> = {
  Sealed: {
    description: 'Personal data. Closed unless a purpose is stated and suits the role; then the opened object stands here.',
    anyOf: [{ $ref: '#/components/schemas/SealedPlace' }, { type: 'object', description: 'The opened data.' }],
  },
  SealedPlace: {
    type: 'object',
    required: ['sealed', 'h'],
    properties: {
      sealed: { type: 'string', description: 'Which group of personal data it is.' },
      h: { type: 'string', description: 'SHA-256 (base64url) of what was sealed.' },
      erased: { $ref: '#/components/schemas/Gap' },
      restricted: { $ref: '#/components/schemas/Gap' },
    },
    additionalProperties: false,
  },
  Gap: {
    type: 'object',
    description: 'Why it cannot be opened: `erased`, its key was destroyed and nobody can; `restricted`, it is stored and may not be used.',
    required: ['at'],
    properties: {
      at: { type: 'string', format: 'date-time', description: 'Since when.' },
      order: { type: 'string', description: 'By which order.' },
    },
    additionalProperties: false,
  },
};

const query = (name: string, description: string, schema: Schema): Parameter => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});
const header = (name: string, required: boolean, description: string, schema: Schema, example: string): Parameter => ({
  name,
  in: 'header',
  required,
  description,
  schema,
  example,
});

export const parameters = {
  idempotencyKey: header(
    'Idempotency-Key',
    true,
    'A new random value for each thing you want done, the same one when you repeat it. Kept for 72 hours; a repeated request gets the first answer with Idempotent-Replayed: true.',
    // Plain, or quoted as a structured field is.
    { type: 'string', pattern: '^([!#-~][!-~]{0,254}|"([!#-\\[\\]-~]|\\\\["\\\\]){1,255}")$' },
    '0190a6f0-7b1c-7e2a-9c1d-3f5b8a6d2e10',
  ),
  ifMatch: header(
    'If-Match',
    true,
    'The ETag of what you judged by. 412 when something you judged by has changed since.',
    { type: 'string', pattern: '^"\\d{1,15}"$' },
    '"12"',
  ),
  ifNoneMatch: header('If-None-Match', false, 'An ETag you have: 304 when it is still the current one.', { type: 'string' }, '"12"'),
  lastEventId: header(
    'Last-Event-ID',
    false,
    'The id of the last event you received: the stream goes on after it.',
    { type: 'string', pattern: '^\\d+$' },
    '812',
  ),
  purpose: query('purpose', 'Opens sealed personal data for this purpose; the opening is recorded first.', {
    type: 'string',
    enum: [...purposes],
  }),
  position: query('position', 'As of this position of the log of the service.', { type: 'string' }),
  at: query('at', 'As of this instant.', { type: 'string', format: 'date-time' }),
  limit: query('limit', 'How many items a page holds.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
  cursor: query('cursor', 'Where the page begins: taken from a Link of the page before.', { type: 'string' }),
} as const;

/** What our pipes take in a path. */
export const pathParameters: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>> = {
  UuidParam: { description: 'Its id.', schema: { type: 'string', format: 'uuid' } },
  CountParam: { description: 'Which one, counted from one.', schema: { type: 'integer', minimum: 1, maximum: 9_999_999 } },
  PlatformIdParam: { description: 'The platform’s own opaque id.', schema: { type: 'string', pattern: '^[A-Za-z0-9._~-]{1,64}$' } },
  ReferenceParam: {
    description: 'A reference as it was read out: small letters, blanks, O for 0 and I or L for 1 are understood.',
    schema: { type: 'string', examples: ['R7K3-M9QX-2D'] },
  },
};

const text: Schema = { type: 'string' };

export const headers: Readonly<Record<string, Schema>> = {
  ETag: { description: 'The version of the stream this shows.', schema: text },
  Location: { description: 'Where the thing is.', schema: text },
  LogLeaf: { description: 'Hash of the last record this shows.', schema: text },
  LogPosition: { description: 'Position of the last record this shows: `case-tracking:812`.', schema: text },
  IdempotentReplayed: { description: 'This is the first answer again.', schema: { type: 'string', enum: ['true'] } },
  Link: { description: 'The next and the previous page.', schema: text },
  RateLimitPolicy: {
    description:
      'What is granted, as a list: `"client";q=30000;w=60` are 30,000 requests of one client within 60 seconds. Policies are tenant, client and subject; a customer sees his own alone; without a token it is the address.',
    schema: text,
  },
  RateLimit: { description: 'What is left of each, and for how many seconds: `"client";r=29999;t=60`.', schema: text },
  RetryAfter: { description: 'Seconds to wait before asking again.', schema: { type: 'integer' } },
  Allow: { description: 'The methods this address knows.', schema: text },
};
