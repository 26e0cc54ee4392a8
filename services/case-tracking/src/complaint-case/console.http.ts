import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { ConsoleEvent } from '@recourse/contracts';
import { Allow, EVENT_STORE, Sends, Streams, type StreamEvent } from '@recourse/edge';
import type { EventStore, Recorded } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StreamQuery } from './complaint-case.dto.js';

/** The desk's live view of everything that happens to its cases. */
@Controller('v1/stream')
export class ConsoleHttp {
  constructor(
    private readonly streams: Streams,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Every event of every case and payment of the platform, in the order of the log. The id of an event resumes after it. */
  @Get()
  @Allow('agent', 'supervisor')
  @Sends('ConsoleEvent')
  async stream(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() { after }: StreamQuery,
  ): Promise<AsyncGenerator<string>> {
    const { tenant } = request.caller;
    return this.streams.open(request, reply, {
      after: after === undefined ? await this.store.head() : Number(after),
      page: async (position, limit) => {
        const records = await this.store.readLog(position, limit);
        return {
          events: records.filter((record) => record.tenant === tenant && isOfTheDesk(record)).map(eventOf),
          upTo: records.at(-1)?.position ?? position,
        };
      },
    });
  }
}

const isOfTheDesk = ({ stream }: Recorded): boolean => stream.startsWith('case-') || stream.startsWith('payment-');

const eventOf = ({ position, type, corr, stream, version, at, by: { actor, role } }: Recorded): StreamEvent => ({
  id: position,
  event: type,
  data: { case: corr, stream, version, type, at, by: { actor, role } } satisfies ConsoleEvent,
});
