import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { parseReference, taxonomy, type CaseEvents, type CaseReceipts, type Category } from '@recourse/contracts';
import { Allow, Commands, EVENT_STORE, Lists, Problem, Reach, ShowQuery, Shows, UuidParam } from '@recourse/edge';
import type { EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CaseDesk } from './case-desk.http.js';
import { casesBy, lineOf, type CaseRow } from './caseload.view.js';
import {
  AssessmentDto,
  AssignmentDto,
  CasesQuery,
  ConflictDto,
  EscalationDto,
  LinkDto,
  PriorityDto,
  ReleaseDto,
  VulnerabilityDto,
} from './complaint-case.dto.js';

/** Cases: found, read, assessed, taken in hand. A case has the id of its complaint. */
@Controller('v1/cases')
@Reach('own-subject', 'skilled-to-open')
export class ComplaintCaseHttp {
  constructor(
    private readonly cases: CaseDesk,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Finds cases by reference, account, stage, queue and more. A customer finds his own. */
  @Get()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Lists('CaseLine')
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query() { limit: _limit, cursor: _cursor, sort = 'newest', reference: told, ...filter }: CasesQuery,
  ): Promise<void> {
    const { role, sub } = request.caller;
    const reference = told && (parseReference(told) ?? told);
    await this.cases.desk.list<CaseRow>(request, reply, {
      rows: (manager) => casesBy(manager, { ...filter, ...(reference && { reference }), ...(role === 'customer' && { subject: sub }) }),
      order: sort === 'newest' ? ['opened'] : ['urgency', 'receivedAt', 'opened'],
      descending: sort === 'newest',
      show: lineOf,
    });
  }

  /** One case, now or as it was at any position or instant. `?wait=5` waits for it to be opened. */
  @Get(':id')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('CaseShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.cases.show(request, reply, id);
  }

  /** Everything that happened in a case, in order, as it was recorded. */
  @Get(':id/events')
  @Allow('agent', 'supervisor')
  @Shows('CaseEvents')
  async events(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.cases.show(request, reply, id, async (_history, { stream, version: until }): Promise<CaseEvents> => {
      const records = await this.store.readStream(stream, { version: until });
      return {
        items: records.map(({ version, position, type, at, recordedAt, by: { actor, role }, data, sealed = [] }) => ({
          ...{ version, position, type, at, recordedAt, by: { actor, role }, data, sealed },
        })),
      };
    });
  }

  /** The customer's receipts of this case: their numbers, and when they were given. */
  @Get(':id/receipts')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('CaseReceipts')
  async receipts(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.cases.show(request, reply, id, ({ contacts }): CaseReceipts => ({
      items: contacts.map(({ receipt, at, badge, said }) => ({
        ...{ reference: receipt, genuine: true, issuedAt: at, badge },
        ...(said && { h: said.h }),
      })),
    }));
  }

  /** Says how bad it is and what it is. Only here it matters which details are missing. */
  @Post(':id/assessment')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: ['details-missing', 'case-is-not-open', 'case-belongs-to-another', 'agent-lacks-skill', 'agent-has-a-conflict'],
  })
  async assess(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: AssessmentDto,
  ): Promise<void> {
    const { severity, category } = body;
    const { needs, causeFamily } = factsOf(category);
    await this.cases.carryOut(
      request,
      reply,
      id,
      () => ({ type: 'AssessCase', severity, category, causeFamily: body.causeFamily ?? causeFamily, needs }),
      { judged: true },
    );
  }

  /** Sets the priority by hand. */
  @Post(':id/priority')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['case-is-not-open', 'agent-lacks-skill', 'agent-has-a-conflict'] })
  async prioritise(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { priority }: PriorityDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'Prioritise', priority }));
  }

  /** Notes what makes this customer vulnerable; it is sealed, and the case becomes more urgent. */
  @Post(':id/vulnerability')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['case-is-not-open', 'agent-lacks-skill', 'agent-has-a-conflict'] })
  async vulnerability(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: VulnerabilityDto,
  ): Promise<void> {
    const { causedByOurFailure, detail } = body;
    await this.cases.carryOut(request, reply, id, ({ sealed }) => ({ type: 'NoteVulnerability', causedByOurFailure, sealed }), {
      seal: { group: 'vulnerability', value: { detail } },
    });
  }

  /** Takes the case, or as a supervisor gives it to somebody. */
  @Post(':id/assignment')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: ['case-is-not-open', 'case-belongs-to-another', 'agent-lacks-skill', 'agent-has-a-conflict'],
  })
  async assign(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { agent }: AssignmentDto,
  ): Promise<void> {
    const { sub, role } = request.caller;
    if (agent !== undefined && agent !== sub && role !== 'supervisor') throw new Problem(403, 'role-not-allowed');
    await this.cases.carryOut(
      request,
      reply,
      id,
      () => (agent === undefined || (agent === sub && role === 'agent') ? { type: 'TakeCase' } : { type: 'AssignCase', agent }),
      { judged: true },
    );
  }

  /** Lets go of the case. */
  @Post(':id/release')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['case-is-not-open', 'case-belongs-to-another', 'agent-lacks-skill', 'agent-has-a-conflict'] })
  async release(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: ReleaseDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'ReleaseCase', why }));
  }

  /** Takes the case up a tier, out of the hands that held it. */
  @Post(':id/escalation')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['case-is-not-open', 'agent-lacks-skill', 'agent-has-a-conflict'] })
  async escalate(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { tier }: EscalationDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'EscalateCase', tier }));
  }

  /** Notes that somebody of the desk must not touch this case; if it is in those hands, it leaves them. */
  @Post(':id/conflicts')
  @Allow('agent', 'supervisor')
  @Commands('CaseHistory')
  async conflict(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { agent, conflict }: ConflictDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'NoteConflict', agent, conflict }));
  }

  /** Links another case of this platform. */
  @Post(':id/links')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['agent-lacks-skill', 'agent-has-a-conflict'] })
  async link(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { other, relation }: LinkDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'LinkCases', other, relation }), { other });
  }
}

const factsOf = (category: Category) => {
  const facts = taxonomy.categories.get(category);
  if (!facts) throw new Error(`the taxonomy has no facts of ${category}`);
  return facts;
};
