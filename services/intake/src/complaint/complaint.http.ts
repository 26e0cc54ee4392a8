import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type ChannelDirectoryHistory, type ComplaintHistory, type ComplaintShown } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import {
  Allow,
  Commands,
  Desk,
  EVENT_STORE,
  Lists,
  Settings,
  ShowQuery,
  Shows,
  UuidParam,
  type Caller,
  type Drafted,
  type Standing,
  type Told,
} from '@recourse/edge';
import { part, type EventStore, type Order, type Part, type SealedRef } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { servedKinds } from '../channel-directory/finding.js';
import { isTheirs } from './belonging.js';
import {
  AuthorityDto,
  CheckDto,
  DetailsGivenDto,
  DisposalDto,
  DraftDto,
  DraftsQuery,
  HandOffDto,
  PartiesDto,
  SubmissionDto,
} from './complaint.dto.js';
import { ForComplaint } from './complaint.handler.js';
import { complaint, type ComplaintCommand } from './deciding.js';
import { drawReference } from './drawing.chance.js';
import { Draft, draftShown } from './drafts.view.js';
import { commandsFor, personalIn, type Telling } from './gathering.js';
import { isToldToStaff } from './receiving.js';
import { completenessShown, shown } from './showing.js';

type Submitting = { readonly reporterVerified?: SubmissionDto['reporterVerified']; readonly receivedAt?: string };
type AtTheDesk = Told & { readonly tenant: string; readonly sealed: readonly SealedRef[] };

/** Where complaints come in. Every answer says what is still missing and, when it is complex, suggests the telephone. */
@ApiTags('Complaints')
@Controller('v1/complaints')
export class ComplaintHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly settings: Settings,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Drafts a complaint, with as much as is known already. Told to staff, it is received at once. */
  @Post()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ComplaintShown', {
    refuses: ['channel-not-served', 'subject-is-another', 'nothing-was-told', 'occurred-in-the-future', 'minor-needs-a-guardian'],
  })
  async draft(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: DraftDto): Promise<void> {
    const { tenant } = request.caller;
    const matter = uuid();
    const { channel, account, subject, submit = body.narrative !== undefined && isStaff(request.caller) && isToldToStaff(channel) } = body;
    const language = body.language ?? this.settings.of(tenant).defaultLanguage;
    await this.desk.carryOut<ComplaintHistory>(request, reply, {
      ...this.about(request, matter, subject ?? (request.caller.role === 'customer' ? request.caller.sub : undefined), body),
      exists: false,
      location: `/v1/complaints/${matter}`,
      order: async (told) => {
        const { by, at } = told;
        const served = servedKinds(await this.directory(tenant), at);
        const begin: ComplaintCommand = {
          type: 'DraftComplaint',
          by,
          at,
          matter,
          channel,
          served,
          language,
          ...(account && { account }),
          ...(subject && { subject }),
        };
        const tellings = this.tellings(tenant, body, told);
        return submit ? this.receiving(tenant, matter, [begin, ...tellings], told, body) : drafted(matter, [begin, ...tellings]);
      },
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
    await this.desk.show<ComplaintHistory>(request, reply, {
      stream: streamOf(id),
      mayTouch: isTheirs,
      represent: this.represented(request.caller),
    });
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
    await this.desk.show<ComplaintHistory>(request, reply, {
      stream: streamOf(id),
      mayTouch: isTheirs,
      represent: async (history, at) => completenessShown(history, await this.directory(request.caller.tenant, at)),
    });
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
    const { tenant } = request.caller;
    await this.carryOut(request, reply, id, `/v1/cases/${id}`, (told) => this.receiving(tenant, id, [], told, body));
  }

  /** Tells more: the narrative, the category, details. May come before and after receipt; nothing told before is lost. */
  @Post(':id/details')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ComplaintShown', {
    refuses: [
      'nothing-was-told',
      'occurred-in-the-future',
      'amount-not-in-minor-units',
      'zone-unknown',
      'source-is-another',
      'draft-is-discarded',
    ],
  })
  async tell(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: DetailsGivenDto,
  ): Promise<void> {
    await this.more(request, reply, id, body);
  }

  /** Names who complains, or who acts for that person. A minor needs a guardian. */
  @Post(':id/parties')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ComplaintShown', { refuses: ['minor-needs-a-guardian', 'nothing-was-told', 'draft-is-discarded'] })
  async name(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: PartiesDto,
  ): Promise<void> {
    await this.more(request, reply, id, body);
  }

  /** Accepts or rejects a representative's authority to act, on a document that is evidence of this complaint. */
  @Post(':id/parties/:representative/authority')
  @Allow('agent', 'supervisor')
  @Commands('ComplaintShown', {
    refuses: ['representative-not-named', 'evidence-not-of-this-complaint', 'authority-needs-a-reason', 'draft-is-discarded'],
  })
  async authority(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('representative', UuidParam) representative: string,
    @Body() { result, evidence, why }: AuthorityDto,
  ): Promise<void> {
    const type = result === 'accepted' ? 'AcceptAuthority' : 'RefuseAuthority';
    await this.carryOut(request, reply, id, at(id), (told) =>
      drafted(id, [
        { type, by: told.by, at: told.at, representative, ...(evidence && { evidence }), ...(why && { why }) } as ComplaintCommand,
      ]),
    );
  }

  /** Records a check of the triage: network, balance, merchant interface, human, in this order. */
  @Post(':id/checks')
  @Allow('platform', 'agent', 'supervisor')
  @Commands('ComplaintShown', { refuses: ['earlier-check-missing', 'draft-is-discarded'] })
  async check(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: CheckDto,
  ): Promise<void> {
    const { check, result, how = 'asked' } = body;
    await this.carryOut(request, reply, id, at(id), (told) =>
      drafted(id, [{ type: 'RecordCheck', by: told.by, at: told.at, check, result, how }]),
    );
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
    await this.carryOut(request, reply, id, at(id), async (told) => {
      const served = servedKinds(await this.directory(told.tenant), told.at);
      return drafted(id, [{ type: 'HandOff', by: told.by, at: told.at, to, served, why }]);
    });
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
    await this.carryOut(request, reply, id, at(id), (told) => drafted(id, [{ type: 'DiscardDraft', by: told.by, at: told.at, why }]));
  }

  private async more(request: FastifyRequest, reply: FastifyReply, id: string, body: Telling): Promise<void> {
    await this.carryOut(
      request,
      reply,
      id,
      at(id),
      (told) => {
        const [first, ...rest] = this.tellings(told.tenant, body, told);
        return first ? drafted(id, [first, ...rest]) : refuse('nothing-was-told', { pointers: [''] });
      },
      body,
    );
  }

  private async carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    location: string,
    order: (told: AtTheDesk) => Drafted | ReturnType<typeof refuse> | Promise<Drafted>,
    body: Telling = {},
  ): Promise<void> {
    const past = await this.desk.history<ComplaintHistory>(streamOf(id));
    await this.desk.carryOut<ComplaintHistory>(request, reply, {
      ...this.about(request, id, past?.history.subject, body),
      location,
      mayTouch: isTheirs,
      order,
    });
  }

  /** What every command about this complaint has in common. What is personal in the body is sealed under the matter's key. */
  private about({ caller }: FastifyRequest, matter: string, subject: string | undefined, body: Telling) {
    const owner = { tenant: caller.tenant, scope: `matter:${matter}`, subject: subject ?? matter };
    return {
      stream: streamOf(matter),
      corr: matter,
      ...(caller.role === 'platform' && subject !== undefined && { for: subject }),
      seal: personalIn(body).map((personal) => ({ owner, ...personal })),
      send: (order: Order) => this.bus.execute(new ForComplaint(order)),
      represent: this.represented(caller),
    };
  }

  private tellings(tenant: string, body: Telling, { by, at, sealed }: AtTheDesk): readonly ComplaintCommand[] {
    return commandsFor(body, { by, at, sealed, representative: uuid(), zone: this.settings.of(tenant).zone });
  }

  private receiving(
    tenant: string,
    matter: string,
    before: readonly ComplaintCommand[],
    { by, at }: Told,
    { reporterVerified, receivedAt }: Submitting,
  ): Drafted {
    const { reference, claim } = drawReference(matter);
    const { respondent } = this.settings.of(tenant);
    const receive: ComplaintCommand = {
      type: 'ReceiveComplaint',
      by,
      at,
      reference,
      respondent,
      ...(reporterVerified && { reporterVerified }),
      ...(receivedAt !== undefined && { receivedAt }),
    };
    const [first = receive, ...rest] = [...before, receive];
    return { ...drafted(matter, [first, ...rest]), claims: [claim] };
  }

  private represented(caller: Caller): (history: ComplaintHistory, at: Standing) => Promise<ComplaintShown> {
    return async (history, standing) => shown(history, await this.directory(caller.tenant, standing));
  }

  /** The platform's channels, as they stood when this was answered first. */
  private async directory(tenant: string, { position }: Partial<Standing> = {}): Promise<ChannelDirectoryHistory> {
    const past = await this.desk.history<ChannelDirectoryHistory>(`channels-${tenant}`, position === undefined ? undefined : { position });
    return past?.history ?? { channels: [] };
  }
}

const streamOf = (matter: string) => `complaint-${matter}`;
const at = (id: string) => `/v1/complaints/${id}`;
const isStaff = ({ role }: Caller) => role !== 'customer';

const drafted = (matter: string, [first, ...rest]: readonly [ComplaintCommand, ...ComplaintCommand[]]): Drafted => {
  const inOrder = (command: ComplaintCommand): Part => part(complaint, streamOf(matter), command);
  return { parts: [inOrder(first), ...rest.map(inOrder)] };
};
