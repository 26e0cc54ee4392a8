import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { AuditedAccess } from '@recourse/contracts';
import { Allow, Answers, Problem, Reach, UuidParam, VIEWS, type Views } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openingsOf } from './openings.pg.js';

/** Who saw what of one matter, and why. */
@Controller('v1/audit/cases/:id/access')
@Reach('own-tenant')
export class AccessHttp {
  constructor(@Inject(VIEWS) private readonly views: Views) {}

  /** Every opening of what is sealed in a matter, in all services, oldest first: who, for which purpose, as of which position. */
  @Get()
  @Allow('auditor', 'privacy-officer')
  @Answers('AuditedAccess')
  async access(@Param('id', UuidParam) id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const items = await this.views.read(request.caller.tenant, async (manager) => {
      const [known] = (await manager.query('select from heard_record where corr = $1 limit 1', [id])) as object[];
      return known && openingsOf(manager, id);
    });
    if (!items) throw new Problem(404, 'not-found');
    await reply.header('cache-control', 'no-store').send({ case: id, items } satisfies AuditedAccess);
  }
}
