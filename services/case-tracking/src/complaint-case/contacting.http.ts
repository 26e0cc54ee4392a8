import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { referenceFrom } from '@recourse/contracts';
import { Allow, Commands, Reach, UuidParam } from '@recourse/edge';
import type { Claim } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { CaseDesk, type AtTheDesk } from './case-desk.http.js';
import { ContactDto, InformationAnswerDto, InformationRequestDto, NoteDto, PromiseDto } from './complaint-case.dto.js';

/** Everything we say to the customer and hear from him, and what we promise. */
@Controller('v1/cases')
@Reach('own-subject', 'skilled-to-open')
export class ContactingHttp {
  constructor(private readonly cases: CaseDesk) {}

  /** Records that we spoke with the customer: agent, badge, what was said, the solution proposed. Gives a receipt. */
  @Post(':id/contacts')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    refuses: [
      'badge-number-missing',
      'badge-belongs-to-another',
      'promise-is-unknown',
      'due-has-passed',
      'agent-lacks-skill',
      'agent-has-a-conflict',
    ],
  })
  async contact(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: ContactDto,
  ): Promise<void> {
    const { channel, direction, badge, agentName, text, proposedSolution, promise, nextUpdate } = body;
    const [contact, next] = [uuid(), uuid()];
    let receipt = '';
    await this.cases.carryOut(
      request,
      reply,
      id,
      ({ caller, sealed }) => {
        receipt = referenceFrom('C', randomBytes(8));
        return {
          type: 'RecordContact',
          contact,
          channel,
          direction,
          ...(badge && { badge }),
          ...(caller.badge && { ownBadge: caller.badge }),
          receipt,
          ...(promise && { promise }),
          ...(nextUpdate && { next: { promise: next, due: nextUpdate } }),
          sealed,
        };
      },
      {
        seal: { group: 'contact-text', value: { agentName, text, ...(proposedSolution && { proposedSolution }) } },
        claims: ({ sealed }) => [issued(receipt, { matter: id, contact, badge: badge ?? '', h: sealed[0]?.h ?? '' })],
      },
    );
  }

  /** Adds a note for the desk alone. */
  @Post(':id/notes')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['agent-lacks-skill', 'agent-has-a-conflict'] })
  async note(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { text }: NoteDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, ({ sealed }) => ({ type: 'AddNote', note: uuid(), sealed }), {
      seal: { group: 'note', value: { text } },
    });
  }

  /** Promises that the customer hears from us by then. A promise that is missed is missed for ever. */
  @Post(':id/promises')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['due-has-passed', 'case-is-not-open', 'agent-lacks-skill', 'agent-has-a-conflict'] })
  async promise(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { due }: PromiseDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'PromiseUpdate', promise: uuid(), due }));
  }

  /** The customer asks how it stands. It is counted, asked often it raises the priority, and the answer is the progress; within the platform's interval only the answer. */
  @Post(':id/inquiries')
  @Allow('customer', 'platform', 'agent', 'supervisor')
  @Commands('CaseProgress')
  async inquire(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string): Promise<void> {
    const ask = ({ settings: { inquiryInterval: interval, inquiriesForPriority } }: AtTheDesk) =>
      ({ type: 'RecordInquiry', interval, inquiriesForPriority }) as const;
    await this.cases.carryOut(request, reply, id, ask, { shows: 'progress', location: `/v1/cases/${id}/progress` });
  }

  /** Asks the complainant, the merchant or the bank for something; until it comes or lapses, the case waits for them. */
  @Post(':id/information-requests')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['due-has-passed', 'case-is-not-open', 'agent-lacks-skill', 'agent-has-a-conflict'] })
  async ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { from, what, due }: InformationRequestDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'AskForInformation', request: uuid(), from, what, due }));
  }

  /** What was asked for is there; late is better than never. */
  @Post(':id/information-requests/:request/answer')
  @Allow('agent', 'supervisor', 'platform')
  @Reach('own-subject', 'skilled')
  @Commands('CaseShown', {
    refuses: ['information-was-not-asked', 'evidence-is-unknown', 'case-is-not-open', 'agent-lacks-skill', 'agent-has-a-conflict'],
  })
  async answer(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('request', UuidParam) asked: string,
    @Body() { evidence }: InformationAnswerDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'ReceiveInformation', request: asked, ...(evidence && { evidence }) }));
  }
}

/** A receipt's number is nobody else's: the first event of its own stream says what it stands for. */
const issued = (receipt: string, about: { matter: string; contact: string; badge: string; h: string }): Claim => ({
  stream: `receipt-${receipt}`,
  event: { type: 'ReceiptIssued', ...about } as Claim['event'],
});
