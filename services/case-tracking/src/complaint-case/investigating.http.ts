import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { CaseHistory, DisputedPaymentHistory } from '@recourse/contracts';
import { Allow, Commands, Reach, UuidParam } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { paymentOf, streamOfPayment } from '../disputed-payment/naming.js';
import { CaseDesk, streamOf } from './case-desk.http.js';
import { CauseDto, CompletionDto, DroppingDto, MeasureDto, ProtectionRequestDto } from './complaint-case.dto.js';

const hands = ['case-is-not-open', 'case-belongs-to-another', 'agent-lacks-skill', 'agent-has-a-conflict'] as const;

/** What went wrong, what is done about it, and what the account needs meanwhile. */
@Controller('v1/cases')
@Reach('own-subject', 'skilled-to-open')
export class InvestigatingHttp {
  constructor(private readonly cases: CaseDesk) {}

  /** Names the cause and the solution. A failed payment is not closed without them. */
  @Post(':id/cause')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { ifMatch: true, refuses: [...hands] })
  async cause(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { cause, solution }: CauseDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'FindCause', cause, solution }), { judged: true });
  }

  /** Plans what is to be done. Until it is done, or dropped by two, the case does not close. */
  @Post(':id/measures')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', { ifMatch: true, refuses: ['redress-is-unknown', ...hands] })
  async plan(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: MeasureDto,
  ): Promise<void> {
    const { kind, payment, lock, redress } = body;
    await this.cases.carryOut(
      request,
      reply,
      id,
      () => ({
        type: 'PlanMeasure',
        measure: uuid(),
        kind,
        ...(payment && { payment }),
        ...(lock && { lock }),
        ...(redress && { redress }),
      }),
      { judged: true },
    );
  }

  /** Says that it was done and how one can see it. Returning money is not said here: the platform confirms the credit. */
  @Post(':id/measures/:measure/completion')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: [
      'measure-is-unknown',
      'measure-was-dropped',
      'credit-is-not-confirmed',
      'case-is-not-open',
      'agent-lacks-skill',
      'agent-has-a-conflict',
    ],
  })
  async complete(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('measure', UuidParam) measure: string,
    @Body() { proof: kind, ref }: CompletionDto,
  ): Promise<void> {
    const credit = await this.creditFor(request.caller.tenant, id, measure);
    await this.cases.carryOut(
      request,
      reply,
      id,
      () => ({ type: 'CompleteMeasure', measure, proof: { kind, ...(ref && { ref }) }, ...(credit && { credit }) }),
      { judged: true },
    );
  }

  /** A second person has looked: it was done. */
  @Post(':id/measures/:measure/verification')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: ['measure-is-unknown', 'measure-is-not-done', 'second-person-is-the-first', 'agent-lacks-skill', 'agent-has-a-conflict'],
  })
  async verify(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('measure', UuidParam) measure: string,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'VerifyMeasure', measure }), { judged: true });
  }

  /** Lets go of a planned measure; needs the approval of a second person. */
  @Post(':id/measures/:measure/dropping')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    ifMatch: true,
    refuses: ['measure-is-unknown', 'measure-is-already-done', 'approval-missing', 'approval-is-for-an-older-version', ...hands],
  })
  async drop(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('measure', UuidParam) measure: string,
    @Body() { why }: DroppingDto,
  ): Promise<void> {
    await this.cases.carryOut(request, reply, id, () => ({ type: 'DropMeasure', measure, why }), { judged: true });
  }

  /** Asks that the account be locked or limited. The answer comes from account-lock; until then the case does not close. */
  @Post(':id/protection-requests')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CaseHistory', {
    refuses: [
      'limit-needs-an-amount',
      'scope-does-not-fit',
      'account-is-unknown',
      'due-has-passed',
      'case-is-not-open',
      'agent-lacks-skill',
      'agent-has-a-conflict',
    ],
  })
  async protect(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: ProtectionRequestDto,
  ): Promise<void> {
    const { kind, scope, amount, until } = body;
    await this.cases.carryOut(request, reply, id, () => ({
      type: 'AskForProtection',
      request: uuid(),
      kind,
      scope,
      ...(amount && { amount: { ...amount } }),
      ...(until && { until }),
    }));
  }

  /** The credit of this case that has returned the money of the measure's payment, if the ledger has confirmed one. */
  private async creditFor(tenant: string, id: string, measure: string): Promise<string | undefined> {
    const past = await this.cases.desk.history<CaseHistory>(streamOf(id));
    const planned = past?.tenant === tenant ? past.history.measures.find((one) => one.measure === measure) : undefined;
    if (planned?.kind !== 'return-money') return undefined;
    const payment = planned.payment ?? paymentOf(id, past?.history.transaction);
    const money = await this.cases.desk.history<DisputedPaymentHistory>(streamOfPayment(tenant, payment));
    const { redress } = planned;
    return money?.history.credits.find((one) => one.matter === id && one.state === 'confirmed' && (redress ?? one.redress) === one.redress)
      ?.credit;
  }
}
