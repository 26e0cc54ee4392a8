import { createHmac } from 'node:crypto';
import { Problem } from './refusing.js';

/**
 * The Idempotency-Key of a request: 1 to 255 visible ASCII characters, plain or as a quoted structured string (RFC 8941).
 * A header sent twice arrives joined by ", " and is refused for its blank.
 */
export const idempotencyKey = (header: string | readonly string[] | undefined): string => {
  if (header === undefined || header === '') throw new Problem(400, 'idempotency-key-missing');
  if (typeof header !== 'string') throw new Problem(400, 'idempotency-key-malformed');
  const key = header.startsWith('"') ? unquoted(header) : header;
  if (key === undefined || !/^[\x21-\x7e]{1,255}$/.test(key)) throw new Problem(400, 'idempotency-key-malformed');
  return key;
};

const unquoted = (text: string): string | undefined =>
  /^"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1');

/** One form for equal meanings: the order of members does not matter (text is NFC already). */
export const canonicalBody = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalBody).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalBody(member)}`).join(',')}}`;
};

/** What was asked, as an HMAC: a plain hash of a short body could be guessed back to the person it is about. */
export const fingerprintOf = (secret: Uint8Array, method: string, url: string, body: unknown): string =>
  createHmac('sha256', secret).update(`${method} ${url}\n`).update(canonicalBody(body)).digest('base64url');
