import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { AuditedOpenings } from '@recourse/contracts';
import { Allow, Answers, EVENT_STORE, Problem, VIEWS, type Views } from '@recourse/edge';
import type { EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpeningsQuery } from './access.dto.js';
import { daysOf } from './openings.pg.js';
import { comparedWithRole, dayBefore, dayOf } from './standing-out.js';

const usualDays = 30;
const mostDays = 366;

/** Who looks how much, so that a curious colleague stands out. Pseudonyms and counts; nobody's data. */
@Controller('v1/audit/openings')
export class OpeningsHttp {
  constructor(
    @Inject(VIEWS) private readonly views: Views,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** What each person opened on each day, beside the median of the role. Customers and services are left out. */
  @Get()
  @Allow('auditor', 'privacy-officer')
  @Answers('AuditedOpenings')
  async openings(@Query() { actor, ...asked }: OpeningsQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { tenant } = request.caller;
    const to = asked.to ?? dayOf(this.store.now(tenant));
    const from = asked.from ?? dayBefore(to, usualDays - 1);
    if (from > to || from < dayBefore(to, mostDays - 1))
      throw new Problem(400, 'request-invalid', { errors: [{ parameter: 'from', code: 'days-out-of-range' }] });
    const days = await this.views.read(tenant, (manager) => daysOf((sql, values) => manager.query(sql, values), from, to));
    const items = comparedWithRole(days).filter((day) => day.day >= from && (actor === undefined || day.actor === actor));
    await reply.header('cache-control', 'no-store').send({ from, to, items } satisfies AuditedOpenings);
  }
}
