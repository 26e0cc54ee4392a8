import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One server-sent event; its id is what a client resumes after: a position of this service's log. */
export type StreamEvent = { readonly id: number; readonly event: string; readonly data: object };

export type StreamSource = {
  /** Where a client without Last-Event-ID begins: after this position (-1: from the start). */
  readonly after: number;
  /** Events after a position, in order, and how far this page looked (`upTo` ≥ the last id), so that quiet stretches are read once. */
  readonly page: (after: number, limit: number) => Promise<{ readonly events: readonly StreamEvent[]; readonly upTo: number }>;
};

/** Server-sent events by pull: the next page is read only when the socket has taken the last one. */
@Injectable()
export class Streams {
  /** Return it from a `@Get()` handler that takes `@Res({ passthrough: true })`. Ends at shutdown and when the caller's token does. */
  open(request: FastifyRequest, reply: FastifyReply, source: StreamSource): AsyncGenerator<string> {
    throw new Error(`${request.method} ${reply.sent} ${source.after}: streams open soon`);
  }
}
