import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { Allow, Answers, VIEWS, type Views } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Row = {
  origin: string;
  next: string;
  farthest: string;
  stopped: boolean;
  leaf: Buffer | null;
  gaps: { from: number; to: number }[] | null;
};

/** How far the notary has followed each log, and what is wrong with any. */
@Controller('v1/audit/logs')
export class LogsHttp {
  constructor(@Inject(VIEWS) private readonly views: Views) {}

  /**
   * The head of each log as the notary knows it: last position without a gap before it, its leaf, gaps still open, and whether two
   * stories were told.
   */
  @Get()
  @Allow('auditor', 'operator')
  @Answers('AuditedLogs')
  async heads(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const rows = await this.views.read(
      request.caller.tenant,
      async (manager) =>
        (await manager.query(
          `select o.origin, o.next, o.farthest, o.stopped, o.leaf,
             (select json_agg(json_build_object('from', g."from", 'to', g."to") order by g."from")
              from heard_gap g where g.origin = o.origin) as gaps
           from heard_origin o order by o.origin`,
        )) as Row[],
    );
    const items = rows.map(({ origin, next, farthest, stopped, leaf, gaps }) => ({
      origin,
      position: Number(next) - 1,
      leaf: leaf?.toString('base64url') ?? null,
      farthest: Number(farthest),
      gaps: gaps ?? [],
      stopped,
    }));
    await reply.header('cache-control', 'no-store').send({ items });
  }
}
