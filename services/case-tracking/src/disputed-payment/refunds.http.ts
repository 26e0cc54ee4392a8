import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { instantPlus, signpost, type DisputedPaymentHistory } from '@recourse/contracts';
import { Allow, type Caller, Commands, Fresh, Problem, Reach, Settings, ShowQuery, Shows, UuidParam } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import type { PaymentCommand } from './deciding.js';
import type { DeclineReason } from './disputed-payment.js';
import { RefundDecisionDto, RefundDto, RefundTargetDto } from './disputed-payment.dto.js';
import { PaymentDesk } from './payment-desk.http.js';

/** What somebody who decides about a refund has seen: any of this since makes the decision stale. */
const judged: ReadonlySet<string> = new Set([
  'PaymentConfirmed',
  'RefundRequested',
  'MerchantReviewLapsed',
  'RefundApproved',
  'RefundDeclined',
]);

/** Refunds: asked for, looked at by the merchant under its own clock, granted in part or whole, or declined for a reason. */
@Controller('v1/refunds')
@Reach('own-subject')
export class RefundsHttp {
  constructor(
    private readonly payments: PaymentDesk,
    private readonly settings: Settings,
  ) {}

  /** Asks for a refund. On the merchant's path the merchant is asked at once, and its clock starts. Never more than was paid. */
  @Post()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('RefundShown', {
    refuses: [
      'not-found',
      'refund-exceeds-payment',
      'currency-differs',
      'case-does-not-dispute-this-payment',
      'agent-lacks-skill',
      'agent-has-a-conflict',
    ],
  })
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: RefundDto): Promise<void> {
    const { caller } = request;
    const { amount, reason, path } = body;
    const { history, stream } = await this.payments.payment(caller, body.payment);
    const matter = body.matter ?? matterFor(history, caller);
    const { policies } = await this.payments.case(caller, matter);
    const { version, merchantReview, onLapse } = this.settings.pinned(caller.tenant, policies).refundPolicy;
    const refund = uuid();
    await this.payments.carryOut(
      request,
      reply,
      stream,
      { corr: matter, shows: 'refund', location: `/v1/refunds/${refund}` },
      ({ by, at }) => {
        const ask: PaymentCommand = { type: 'RequestRefund', by, at, refund, matter, amount: { ...amount }, reason, path, policy: version };
        const due = instantPlus(at, merchantReview);
        return {
          commands: path === 'merchant' ? [ask, { type: 'AskMerchant', by, at, refund, due, then: onLapse }] : [ask],
          claims: [signpost(refund, 'refund', stream)],
        };
      },
    );
  }

  /** The refund: asked for, under review, granted or declined, ordered, arrived. */
  @Get(':id')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('RefundShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const { stream } = await this.payments.paymentOf(request.caller, id, 'refund');
    await this.payments.show(request, reply, stream, 'refund', id);
  }

  /** The platform relays what the merchant has decided. */
  @Post(':id/merchant-decision')
  @Allow('platform')
  @Commands('RefundShown', {
    status: 200,
    refuses: ['merchant-was-not-asked', 'refund-is-decided', 'approval-exceeds-request', 'refund-exceeds-payment', 'currency-differs'],
  })
  async merchantDecides(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: RefundDecisionDto,
  ): Promise<void> {
    const decision = decided(body);
    await this.change(request, reply, id, {}, ({ by, at }) => ({ type: 'RecordMerchantDecision', by, at, refund: id, ...decision }));
  }

  /** Decides a refund that does not go through the merchant, or that the merchant left unanswered; never whoever asked for it. */
  @Post(':id/decision')
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Fresh({ within: 'PT15M' })
  @Commands('RefundShown', {
    status: 200,
    ifMatch: true,
    refuses: [
      'merchant-review-still-running',
      'refund-is-decided',
      'second-person-is-the-first',
      'approval-exceeds-request',
      'refund-exceeds-payment',
      'agent-lacks-skill',
      'agent-has-a-conflict',
    ],
  })
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: RefundDecisionDto,
  ): Promise<void> {
    const decision = decided(body);
    await this.change(request, reply, id, { judged }, ({ by, at }) => ({ type: 'DecideRefund', by, at, refund: id, ...decision }));
  }

  /** Says where the money is to go, after a one-time code for this refund. */
  @Post(':id/target')
  @Allow('customer', 'agent', 'supervisor', 'platform')
  @Commands('RefundShown', {
    status: 200,
    refuses: ['step-up-missing', 'step-up-is-for-something-else', 'credit-is-under-way', 'refund-is-decided'],
  })
  async target(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { stepUp, target }: RefundTargetDto,
  ): Promise<void> {
    await this.change(request, reply, id, { target }, ({ by, at, sealed }) => ({
      type: 'SetRefundTarget',
      by,
      at,
      refund: id,
      stepUp,
      sealed,
    }));
  }

  private async change(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    { judged: seen, target }: { judged?: ReadonlySet<string>; target?: string },
    command: (at: Parameters<Parameters<PaymentDesk['carryOut']>[4]>[0]) => PaymentCommand,
  ): Promise<void> {
    const { caller } = request;
    const { history, stream } = await this.payments.paymentOf(caller, id, 'refund');
    const { matter } = history.refunds.find(({ refund }) => refund === id)!;
    const { subject = matter } = await this.payments.case(caller, matter);
    const owner = { tenant: caller.tenant, scope: `matter:${matter}`, subject };
    const seal = target === undefined ? {} : { seal: [{ owner, group: 'refund-target', value: { target } }] };
    await this.payments.carryOut(
      request,
      reply,
      stream,
      { corr: matter, shows: 'refund', id, ...(seen && { judged: seen }), ...seal },
      (at) => ({
        commands: [command(at)],
      }),
    );
  }
}

/** The case a refund is for when nobody says: the customer's own, else the first. */
const matterFor = ({ disputes }: DisputedPaymentHistory, { role, sub }: Caller): string =>
  (disputes.find(({ subject }) => role !== 'customer' || subject === sub) ?? disputes[0]!).matter;

const decided = ({ outcome, amount, why }: RefundDecisionDto) => {
  if (outcome === 'approved' && amount) return { approved: { ...amount } };
  if (outcome === 'declined' && why) return { declined: why satisfies DeclineReason };
  throw new Problem(400, 'request-invalid', { errors: [{ pointer: outcome === 'approved' ? '/amount' : '/why', code: 'field-missing' }] });
};
