import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Allow, Commands, Desk, Lists, Reach, Settings, ShowQuery, Shows, UuidParam } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { ComplaintDesk, inOrder } from './complaint.desk.js';
import { DisposalDto, DraftDto, DraftsQuery, HandOffDto, SubmissionDto } from './complaint.dto.js';
import type { DraftComplaint } from './drafting.js';
import { Draft, draftShown } from './drafts.view.js';
import { isToldToStaff } from './receiving.js';
import { completenessShown, shown } from './showing.js';

/** Where complaints come in. Every answer says what is still missing and, when it is complex, suggests the telephone. */
@Controller('v1/complaints')
@Reach('own-subject')
export class ComplaintHttp {
  constructor(
    private readonly complaints: ComplaintDesk,
    private readonly desk: Desk,
    private readonly settings: Settings,
  ) {}

  /** Drafts a complaint, with as much as is known already. Told to staff, it is received at once. */
  @Post()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ComplaintShown', {
    refuses: ['channel-not-served', 'subject-is-another', 'nothing-was-told', 'occurred-in-the-future', 'minor-needs-a-guardian'],
  })
  async draft(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: DraftDto): Promise<void> {
    const { tenant, role, sub } = request.caller;
    const { channel, account, subject, language = this.settings.of(tenant).defaultLanguage } = body;
    const toldToStaff = role !== 'customer' && isToldToStaff(channel);
    const { submit = toldToStaff && body.narrative !== undefined } = body;
    const matter = uuid();
    await this.complaints.begin(request, reply, matter, subject ?? (role === 'customer' ? sub : undefined), body, async (told) => {
      const { by, at } = told;
      const about = { matter, channel, language, ...(account && { account }), ...(subject && { subject }) };
      const begin: DraftComplaint = { type: 'DraftComplaint', by, at, ...about, served: await this.complaints.served(told) };
      const tellings = this.complaints.tellings(body, told);
      return submit ? this.complaints.receiving(matter, [begin, ...tellings], told, body) : inOrder(matter, [begin, ...tellings]);
    });
  }

  /** The drafts that lie here: a customer's own, or the platform's. */
  @Get()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Lists('DraftShown')
  async drafts(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() query: DraftsQuery): Promise<void> {
    const { role, sub } = request.caller;
    const subject = role === 'customer' ? sub : query.subject;
    await this.desk.list<Draft>(request, reply, {
      rows: (manager) => {
        const drafts = manager.createQueryBuilder(Draft, 'draft');
        return subject === undefined ? drafts : drafts.where('draft.subject = :subject', { subject });
      },
      order: ['touchedAt', 'matter'],
      descending: true,
      show: draftShown,
    });
  }

  /** Everything told so far, every version of it. */
  @Get(':id')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('ComplaintShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.complaints.show(request, reply, id, shown);
  }

  /** What is still missing, a question for each, and where it would be easier to go on. */
  @Get(':id/completeness')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('CompletenessShown')
  async completeness(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.complaints.show(request, reply, id, completenessShown);
  }

  /** Receives the complaint: it has a reference from now on, and becomes a case under the same id. */
  @Post(':id/submission')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ComplaintShown', {
    refuses: ['nothing-was-told', 'draft-is-discarded', 'verification-is-not-yours', 'receipt-is-now', 'received-in-the-future'],
  })
  async submit(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: SubmissionDto,
  ): Promise<void> {
    const location = `/v1/cases/${id}`;
    await this.complaints.carryOut(request, reply, id, (told) => this.complaints.receiving(id, [], told, body), { location });
  }

  /** Moves the conversation to another channel. All that was told stays: no retelling. */
  @Post(':id/hand-offs')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ComplaintShown', { refuses: ['channel-not-served', 'draft-is-discarded'] })
  async handOff(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { to, why }: HandOffDto,
  ): Promise<void> {
    await this.complaints.carryOut(request, reply, id, async (told) =>
      inOrder(id, [{ type: 'HandOff', by: told.by, at: told.at, to, why, served: await this.complaints.served(told) }]),
    );
  }

  /** Throws a draft away. What was received is withdrawn at its case instead. */
  @Post(':id/disposal')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ComplaintShown', { refuses: ['complaint-is-received'] })
  async discard(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: DisposalDto,
  ): Promise<void> {
    await this.complaints.carryOut(request, reply, id, ({ by, at }) => inOrder(id, [{ type: 'DiscardDraft', by, at, why }]));
  }
}
