import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { Allow, Lists, VIEWS, type Views } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventsQuery } from './feed.dto.js';
import { messagesAfter } from './feed.view.js';

/** The platform's messages, to poll: the same, in the same order and under the same numbers, as its webhook endpoints get. */
@Controller('v1/events')
export class FeedHttp {
  constructor(@Inject(VIEWS) private readonly views: Views) {}

  /** Messages after a number. Numbers are dense: a missing one has not come yet. Ask again after the last one read. */
  @Get()
  @Allow('platform')
  @Lists('PlatformMessage', { whole: true })
  async read(@Query() { after = 0, limit = 100 }: EventsQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { tenant } = request.caller;
    const items = await this.views.read(tenant, (manager) => messagesAfter(manager, tenant, after, limit));
    const last = items.at(-1)?.number ?? after;
    if (items.length === limit) void reply.header('link', `</v1/events?after=${last}&limit=${limit}>; rel="next"`);
    await reply.header('cache-control', 'no-store').send({ items, last });
  }
}
