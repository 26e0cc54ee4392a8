import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { NoticeHistory } from '@recourse/contracts';
import { Allow, Answers, type Caller, Commands, Desk, Lists, Problem, Reach, Settings, ShowQuery, Shows, UuidParam } from '@recourse/edge';
import { part } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notice } from './deciding.js';
import { NoticesQuery, ReportDeliveryDto, whenOf } from './notice.dto.js';
import { ForNotice } from './notice.handler.js';
import { noticesBy } from './notices.view.js';
import { templates } from './templates.loading.js';
import { write } from './writing.js';

/** A customer sees what was meant for him; staff and the platform see the notices of their tenant. */
const mayTouch = ({ subject }: NoticeHistory, { role, sub }: Caller): boolean => role !== 'customer' || subject === sub;

/** What was sent, to whom, by which channel, with what result. */
@Controller('v1/notices')
@Reach('own-subject')
export class NoticeHttp {
  constructor(
    private readonly desk: Desk,
    private readonly bus: CommandBus,
    private readonly settings: Settings,
  ) {}

  /** Notices, newest first. */
  @Get()
  @Allow('platform', 'agent', 'supervisor', 'customer')
  @Lists('NoticeLine')
  list(
    @Query() { limit: _limit, cursor: _cursor, ...filter }: NoticesQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { role, sub } = request.caller;
    return this.desk.list(request, reply, {
      rows: (manager) => noticesBy(manager, { ...filter, ...(role === 'customer' && { subject: sub }) }),
      order: ['position'],
      descending: true,
      show: ({ notice, state, topic, channel, template, language, matter, account, letter, plannedAt, sentAt }) => ({
        notice,
        state,
        topic,
        channel,
        template,
        language,
        case: matter,
        account,
        letter,
        plannedAt,
        sentAt,
      }),
    });
  }

  /** One notice, with every try. */
  @Get(':id')
  @Allow('platform', 'agent', 'supervisor', 'customer')
  @Shows('NoticeHistory')
  show(
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.desk.show<NoticeHistory>(request, reply, { stream: `notice-${id}`, mayTouch });
  }

  /**
   * The words of a notice, as they are sent: for the platform that shows or posts it. Needs a purpose. Nobody reads back a one-time
   * code.
   */
  @Get(':id/words')
  @Allow('platform', 'agent', 'supervisor', 'customer')
  @Answers('NoticeWords')
  async words(
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const past = await this.desk.history<NoticeHistory>(`notice-${id}`);
    const { caller } = request;
    if (!past || past.tenant !== caller.tenant || !mayTouch(past.history, caller) || past.history.stepUp)
      throw new Problem(404, 'not-found');
    const { history } = past;
    const texts = await this.desk.open(
      request,
      history.sealed.filter(({ group }) => group !== 'route-address'),
      past,
    );
    const opened = Object.assign({}, ...texts.values()) as Readonly<Record<string, unknown>>;
    const { subject, text, html } = write(history, opened, this.settings.of(past.tenant), templates());
    await reply.header('cache-control', 'no-store').send({ notice: id, language: history.language, subject, text, html });
  }

  /**
   * The platform says what became of a notice, in its own time: of one handed over to it that it left, of any that it arrived or came
   * back.
   */
  @Post(':id/delivery-reports')
  @Allow('platform')
  @Commands('NoticeHistory', {
    status: 200,
    refuses: [
      'notice-is-sent-by-us',
      'notice-was-not-sent',
      'notice-already-sent',
      'notice-was-given-up',
      'notice-left-in-the-future',
      'notice-left-before-it-was-issued',
    ],
  })
  async report(
    @Param('id', UuidParam) id: string,
    @Body() body: ReportDeliveryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { state = 'sent', why, providerId } = body;
    const stream = `notice-${id}`;
    const past = await this.desk.history<NoticeHistory>(stream);
    await this.desk.carryOut<NoticeHistory>(request, reply, {
      stream,
      corr: past?.corr ?? id,
      status: 200,
      order: ({ by, at }) => ({
        parts: [
          part(notice, stream, {
            type: 'ReportDelivery',
            by,
            at,
            reportedAs: state,
            when: whenOf(body),
            ...(why && { why }),
            ...(providerId && { providerId }),
          }),
        ],
      }),
      send: (order) => this.bus.execute(new ForNotice(order)),
    });
  }
}
