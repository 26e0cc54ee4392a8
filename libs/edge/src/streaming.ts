import { Inject, Injectable } from '@nestjs/common';
import type { EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Closing } from './closing.js';
import { EVENT_STORE } from './house.options.js';
import { Problem } from './refusing.js';

/** One server-sent event; its id is what a client resumes after: a position of this service's log. */
export type StreamEvent = { readonly id: number; readonly event: string; readonly data: object };

export type StreamSource = {
  /** Where a client without Last-Event-ID begins: after this position (-1: from the start). */
  readonly after: number;
  /** Events after a position, in order, and how far this page looked (`upTo` ≥ the last id), so that quiet stretches are read once. */
  readonly page: (after: number, limit: number) => Promise<{ readonly events: readonly StreamEvent[]; readonly upTo: number }>;
};

const pageSize = 100;
const beatMs = 15_000;
const mostPerTenant = 200;

/** Server-sent events by pull: the next page is read only when the socket has taken the last one. */
@Injectable()
export class Streams {
  private readonly opened = new Map<string, number>();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly closing: Closing,
  ) {}

  /** How many are open, for the metrics. */
  get count(): number {
    return [...this.opened.values()].reduce((sum, open) => sum + open, 0);
  }

  /** Return it from a `@Get()` handler that takes `@Res({ passthrough: true })`. Ends at shutdown and when the caller's token does. */
  open(request: FastifyRequest, reply: FastifyReply, source: StreamSource): AsyncGenerator<string> {
    const tenant = request.caller?.tenant ?? 'anyone';
    const from = lastEventId(request.headers['last-event-id']) ?? source.after;
    if ((this.opened.get(tenant) ?? 0) >= mostPerTenant)
      throw new Problem(429, 'too-many-streams', { facts: { most: mostPerTenant }, headers: { 'retry-after': '30' } });
    void reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-store').header('x-accel-buffering', 'no');
    // A connection kept alive after its stream has ended would hold up a server that is closing until the deadline.
    void reply.header('connection', 'close');
    // A generator that is never pulled never reaches its `finally`: the socket's end is what counts it out.
    this.opened.set(tenant, (this.opened.get(tenant) ?? 0) + 1);
    reply.raw.once('close', () => this.opened.set(tenant, (this.opened.get(tenant) ?? 1) - 1));
    return this.pull(source, from, request.callerUntil ?? Number.POSITIVE_INFINITY);
  }

  private async *pull(source: StreamSource, from: number, until: number): AsyncGenerator<string> {
    const { over } = this.closing;
    yield 'retry: 2000\n\n';
    for (let after = from; !over.aborted && Date.now() < until;) {
      const { events, upTo } = await source.page(after, pageSize);
      for (const { id, event, data } of events) yield `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      const moved = upTo > after;
      after = Math.max(after, upTo);
      if (moved) continue;
      const quietMs = Math.min(beatMs, Math.max(until - Date.now(), 0));
      const more = await this.store.waitFor(after, quietMs, over);
      // The beat is also how a client that has gone is noticed.
      if (!more && !over.aborted) yield ': beat\n\n';
    }
  }
}

const lastEventId = (header: string | readonly string[] | undefined): number | undefined => {
  if (header === undefined || header === '') return undefined;
  if (typeof header !== 'string' || !/^\d{1,15}$/.test(header)) throw new Problem(400, 'last-event-id-malformed');
  return Number(header);
};
