import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { Allow, Commands, Fresh, Reach, UuidParam } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { CaseDesk } from './case-desk.http.js';
import {
  ApprovalAnswerDto,
  ApprovalDto,
  ClosureDto,
  DecisionDto,
  LetterDto,
  RedressAnswerDto,
  RedressDto,
  ReopeningDto,
  WithdrawalDto,
} from './complaint-case.dto.js';

const hands = ['case-is-not-open', 'case-belongs-to-another', 'agent-lacks-skill', 'agent-has-a-conflict'] as const;

/** How a case is decided, answered, closed and, if it must be, opened again. */
@Controller('v1/cases')
@Reach('own-subject', 'skilled-to-open')
export class ConcludingHttp {
  constructor(private readonly cases: CaseDesk) {}

  /** Issues a letter. It counts as sent when notification reports that it has left. */
  @Post(':id/letters')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: ['case-is-not-assessed', 'decision-is-missing', 'promise-is-unknown', 'due-has-passed', ...hands],
  })
  async letter(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: LetterDto,
  ): Promise<void> {
    const { kind, channel = 'email', text, promise, nextUpdate } = body;
    const [letter, next] = [uuid(), uuid()];
    await this.cases.carryOut(
      request,
      reply,
      id,
      ({ sealed }) => ({
        type: 'IssueLetter',
        letter,
        kind,
        channel,
        ...(promise && { promise }),
        ...(nextUpdate && { next: { promise: next, due: nextUpdate } }),
        sealed,
      }),
      { judged: true, seal: { group: 'letter-text', value: { text } } },
    );
  }

  /** Proposes a decision. To reject asks a second person at once. */
  @Post(':id/decision-proposals')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { ifMatch: true, refuses: ['case-is-not-assessed', 'case-is-answered', ...hands] })
  async propose(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { outcome, grounds }: DecisionDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'ProposeDecision', outcome, grounds, review: uuid() }), { judged: true });
  }

  /** Decides. Against the customer only what was proposed and a second person approved. */
  @Post(':id/decision')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Fresh({ within: 'PT15M' })
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: ['case-is-not-assessed', 'case-is-answered', 'approval-missing', 'approval-is-for-an-older-version', ...hands],
  })
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { outcome, grounds }: DecisionDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'MakeDecision', outcome, grounds }), { judged: true });
  }

  /** Offers something to put it right. */
  @Post(':id/redress')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { refuses: ['case-is-not-assessed', 'redress-amount-does-not-fit', ...hands] })
  async offer(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { items }: RedressDto,
  ): Promise<void> {
    const offered = items.map(({ kind, amount }) => ({ kind, ...(amount && { amount: { ...amount } }) }));
    await this.cases.carryOut(request, reply, id, () => ({ type: 'OfferRedress', redress: uuid(), items: offered }));
  }

  /** The customer takes the offer, or does not. */
  @Post(':id/redress/:redress/answer')
  @Allow('customer', 'platform', 'agent', 'supervisor')
  @Commands('CaseShown', { refuses: ['redress-is-unknown', 'redress-was-accepted', 'case-is-not-open'] })
  async answer(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('redress', UuidParam) redress: string,
    @Body() { accepted }: RedressAnswerDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: accepted ? 'AcceptRedress' : 'DeclineRedress', redress }));
  }

  /** Asks a second person. The approval is for the case as it stands now. */
  @Post(':id/approvals')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    refuses: ['decision-is-not-proposed', 'measure-is-unknown', 'case-is-not-open', 'agent-lacks-skill', 'agent-has-a-conflict'],
  })
  async ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: ApprovalDto,
  ): Promise<void> {
    const { for: what, measure } = body;
    await this.cases.carryOut(request, reply, id, () => ({ type: 'AskApproval', review: uuid(), for: what, ...(measure && { measure }) }));
  }

  /** The second person, who is not the first, says yes or no. */
  @Post(':id/approvals/:review/answer')
  @Allow('supervisor')
  @Fresh({ within: 'PT15M' })
  @Commands('CaseHistory', {
    refuses: [
      'approval-was-not-asked',
      'second-person-is-the-first',
      'approval-is-for-an-older-version',
      'no-needs-a-reason',
      'case-is-not-open',
      'agent-has-a-conflict',
    ],
  })
  async approve(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('review', UuidParam) review: string,
    @Body() { approved, why }: ApprovalAnswerDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () =>
      approved ? { type: 'GiveApproval', review } : { type: 'RefuseApproval', review, ...(why && { why }) },
    );
  }

  /** Closes the case, when everything owed is done and the customer has been told. */
  @Post(':id/closure')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: [
      'measure-still-open', 'redress-still-owed', 'protection-undecided', 'cause-is-missing', 'complainant-has-no-final-response',
      'summary-resolution-was-not-sent', 'complaint-was-not-withdrawn', 'original-case-is-not-linked', 'case-is-not-protective',
      'case-belongs-to-another', 'agent-lacks-skill', 'agent-has-a-conflict',
    ], // prettier-ignore
  })
  async close(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { how }: ClosureDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'CloseCase', how }), { judged: true });
  }

  /** Takes a closed case up again, within the platform's window. It will be decided and answered anew. */
  @Post(':id/reopening')
  @Allow('agent', 'supervisor', 'customer')
  @Reach('own-subject', 'skilled')
  @Commands('CaseShown', {
    ifMatch: true,
    refuses: ['case-is-not-closed', 'reopening-window-has-passed', 'agent-lacks-skill', 'agent-has-a-conflict'],
  })
  async reopen(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: ReopeningDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, ({ settings: { reopeningWindow: window } }) => ({ type: 'ReopenCase', why, window }), {
      judged: true,
    });
  }

  /** The customer takes the complaint back. */
  @Post(':id/withdrawal')
  @Allow('customer', 'platform', 'agent', 'supervisor')
  @Commands('CaseShown', { refuses: ['case-is-not-open'] })
  async withdraw(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: WithdrawalDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'WithdrawComplaint', why }));
  }
}
