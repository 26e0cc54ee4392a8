import { SetMetadata } from '@nestjs/common';

export const ANSWERS = 'recourse.answers';

/** What an operation answers, for the OpenAPI document: the name of an exported type of @recourse/contracts, or a DTO class. */
export type Answering = {
  readonly kind: 'command' | 'show' | 'list' | 'stream' | 'content' | 'other';
  readonly schema?: string | (abstract new () => object);
  readonly status: number;
  readonly ifMatch: boolean;
  /** Of a list: that it comes whole, or is read on in a way of its own, without `limit` and `cursor`. */
  readonly whole?: boolean;
  /** False for the few POSTs that record nothing under a key. */
  readonly key: boolean;
  /** The codes this operation may refuse with, beyond those of every operation. */
  readonly refuses: readonly string[];
  readonly description?: string;
};
type Schema = Answering['schema'];
type More = { readonly description?: string; readonly refuses?: readonly string[] };

/** A POST that records something: Idempotency-Key, ETag, Location, and If-Match where the actor judged what he saw. */
export const Commands = (
  schema: Schema,
  { status = 201, ifMatch = false, ...more }: More & { status?: 200 | 201; ifMatch?: boolean } = {},
) => answers({ kind: 'command', schema, status, ifMatch, key: true, ...more });
/** A GET of one thing: ETag, `purpose`, `position`, `at`. */
export const Shows = (schema: Schema, more: More = {}) => answers({ kind: 'show', schema, status: 200, ...more });
/** A GET of a page `{ items }`. */
export const Lists = (schema: Schema, more: More & { whole?: boolean } = {}) => answers({ kind: 'list', schema, status: 200, ...more });
/** Server-sent events, each with this as data. */
export const Sends = (schema: Schema, more: More = {}) => answers({ kind: 'stream', schema, status: 200, ...more });
/** Anything else: a permission query, a genuineness check. */
export const Answers = (schema: Schema, { status = 200, ...more }: More & { status?: number } = {}) =>
  answers({ kind: 'other', schema, status, ...more });
/** Bytes (an attachment). */
export const Downloads = (more: More = {}) => answers({ kind: 'content', schema: undefined, status: 200, ...more });

const answers = ({
  refuses = [],
  ifMatch = false,
  key = false,
  schema,
  ...answering
}: Omit<Answering, 'ifMatch' | 'key' | 'refuses' | 'schema'> & {
  schema: Schema;
  ifMatch?: boolean;
  key?: boolean;
  refuses?: readonly string[];
}) => SetMetadata(ANSWERS, { ...answering, ifMatch, key, refuses, ...(schema !== undefined && { schema }) } satisfies Answering);
