import type { EvidenceHistory } from '@recourse/contracts';
import { wholeOf, type Span } from '@recourse/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { rangeOf } from './ranging.js';

/** A file ready to be sent: any span of it, and the SHA-256 (base64url) of what was given. */
export type OpenedFile = { readonly read: (span: Span) => AsyncIterable<Uint8Array>; readonly sha256: string };

/** A part up to this size is opened before it is sent, so that it can carry its own digest. */
const digested = 1_048_576;

/** Never opened by a browser: what others gave may be anything. */
export const sendFile = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { evidence: id, h, mediaType, size }: EvidenceHistory,
  { read, sha256 }: OpenedFile,
): Promise<void> => {
  const etag = `"${h}"`;
  // If-Range: the part only if the file is still the one the caller has begun with.
  const { range: asked, 'if-range': onlyIf } = request.headers;
  const range = rangeOf(onlyIf === undefined || onlyIf === etag ? asked : undefined, size);
  const whole = digestOf(Buffer.from(sha256, 'base64url'));
  void reply.headers({
    'content-disposition': `attachment; filename="evidence-${id}"`,
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    etag,
    'repr-digest': whole,
  });
  if (range.kind === 'outside') {
    await reply.status(416).header('content-range', `bytes */${size}`).send();
    return;
  }
  void reply.type(mediaType);
  if (range.kind === 'whole') {
    const bytes = await begun(read({ from: 0, to: size }));
    await reply.headers({ 'content-length': size, 'content-digest': whole }).send(Readable.from(bytes, { objectMode: false }));
    return;
  }
  const { from, to } = range;
  void reply.status(206).headers({ 'content-range': `bytes ${from}-${to}/${size}`, 'content-length': to + 1 - from });
  const part = read({ from, to: to + 1 });
  if (to - from < digested) {
    const bytes = await wholeOf(part);
    await reply.header('content-digest', digestOf(createHash('sha256').update(bytes).digest())).send(bytes);
  } else await reply.send(Readable.from(await begun(part), { objectMode: false }));
};

const digestOf = (hash: Buffer): string => `sha-256=:${hash.toString('base64')}:`;

/** A file that does not open is an error while there can still be an error: the first bytes are there before the first header leaves. */
const begun = async (bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> => {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
};
