import type { EvidenceHistory } from '@recourse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { rangeOf } from './ranging.js';

/** Never opened by a browser: what others gave may be anything. */
export const sendFile = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { evidence: id, h, mediaType }: EvidenceHistory,
  bytes: Uint8Array,
): Promise<void> => {
  const range = rangeOf(request.headers.range, bytes.length);
  void reply.headers({
    'content-disposition': `attachment; filename="evidence-${id}"`,
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    etag: `"${h}"`,
    'repr-digest': `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
  });
  if (range.kind === 'outside') {
    await reply.status(416).header('content-range', `bytes */${bytes.length}`).send();
    return;
  }
  void reply.type(mediaType);
  if (range.kind === 'whole') {
    await reply.send(bytes);
    return;
  }
  const { from, to } = range;
  await reply
    .status(206)
    .header('content-range', `bytes ${from}-${to}/${bytes.length}`)
    .send(bytes.subarray(from, to + 1));
};
