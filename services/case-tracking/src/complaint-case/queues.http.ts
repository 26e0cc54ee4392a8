import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { isCategory, type CaseHistory } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import { Allow, Answers, Commands, Desk, Problem, Reach, VIEWS } from '@recourse/edge';
import { part, type Views } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { streamOf } from './case-desk.http.js';
import { nextIn, queuesOf } from './caseload.view.js';
import { ForCase } from './complaint-case.handler.js';
import { complaintCase } from './deciding.js';
import type { CaseRefusal } from './refusals.js';

/** What waits at the desk, by the skill it takes. */
@Controller('v1/queues')
@Reach('own-tenant')
export class QueuesHttp {
  constructor(
    private readonly desk: Desk,
    private readonly bus: CommandBus,
    @Inject(VIEWS) private readonly views: Views,
  ) {}

  /** Every queue in which something waits. */
  @Get()
  @Allow('agent', 'supervisor')
  @Answers('Queues')
  async list(@Req() { caller }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await reply.header('cache-control', 'no-store').send({ items: await this.views.read(caller.tenant, queuesOf) });
  }

  /** Takes the next case: the most urgent, and of these the one that has waited longest. */
  @Post(':id/takings')
  @Allow('agent', 'supervisor')
  @Reach('own-tenant', 'skilled')
  @Commands('CaseHistory', { refuses: ['queue-is-empty', 'agent-lacks-skill'] })
  async take(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') queue: string): Promise<void> {
    if (queue !== 'triage' && !isCategory(queue)) throw new Problem(404, 'not-found');
    const { tenant, role, skills } = request.caller;
    if (role === 'agent' && queue !== 'triage' && !skills.includes(queue))
      throw new Problem(403, 'agent-lacks-skill', { facts: { skill: queue } });
    const waiting = await this.views.read(tenant, (manager) => nextIn(manager, queue, 10));
    await this.takeFirst(request, reply, waiting);
  }

  /** Colleagues take from the same queue, and the view is a moment behind: what is taken already, or not ours to take, is passed over. */
  private async takeFirst(request: FastifyRequest, reply: FastifyReply, [id, ...others]: readonly string[]): Promise<void> {
    const { skills } = request.caller;
    // Nothing waits, but a retry still hears what it took.
    if (id === undefined) return this.desk.carryOut(request, reply, { ...nothing, send: (order) => this.bus.execute(new ForCase(order)) });
    const stream = streamOf(id);
    try {
      await this.desk.carryOut<CaseHistory>(request, reply, {
        stream,
        corr: id,
        location: `/v1/cases/${id}`,
        order: ({ by, at }) => ({ parts: [part(complaintCase, stream, { type: 'TakeCase', by, at, skills, next: true })] }),
        send: (order) => this.bus.execute(new ForCase(order)),
      });
    } catch (error) {
      if (!(error instanceof Problem) || !passedOver.has(error.code)) throw error;
      await this.takeFirst(request, reply, others);
    }
  }
}

const nothing = { stream: 'queue-empty', corr: 'queue', exists: false, order: () => refuse('queue-is-empty') } as const;

const passedOver: ReadonlySet<string> = new Set<CaseRefusal>([
  'case-belongs-to-another',
  'case-is-not-open',
  'agent-has-a-conflict',
  'agent-lacks-skill',
]);
