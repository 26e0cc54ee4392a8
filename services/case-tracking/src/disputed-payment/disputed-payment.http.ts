import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Allow, Commands, Desk, Lists, PlatformIdParam, Problem, Reach, ShowQuery, Shows } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DisputeDto, PaymentConfirmationDto, PaymentsQuery } from './disputed-payment.dto.js';
import { namesMatter, paymentOf, streamOfPayment } from './naming.js';
import { PaymentDesk } from './payment-desk.http.js';
import { disputedPayments, paymentListed, PaymentRow } from './payments.view.js';

/** Payments that are not as they should be. What was paid bounds what flows back, whichever cases it is about. */
@Controller('v1/payments')
@Reach('own-subject')
export class DisputedPaymentHttp {
  constructor(
    private readonly payments: PaymentDesk,
    private readonly desk: Desk,
  ) {}

  /** Disputes a payment for a case. A second case is heard and linked as a possible duplicate. */
  @Post()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('PaymentShown', { refuses: ['not-found', 'case-disputes-this-payment-already', 'agent-lacks-skill', 'agent-has-a-conflict'] })
  async dispute(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { matter, ...body }: DisputeDto): Promise<void> {
    const { caller } = request;
    const { reference, account, subject, language, ...known } = await this.payments.case(caller, matter);
    const transaction = body.transaction ?? known.transaction;
    const claimed = body.claimed ?? known.amount;
    if (transaction && namesMatter(transaction)) throw wrong('/transaction', 'platform-id-malformed');
    if (!claimed) throw wrong('/claimed', 'field-missing');
    const payment = paymentOf(matter, transaction);
    const about = { matter, reference, language, ...(account && { account }), ...(subject && { subject }) };
    await this.payments.carryOut(
      request,
      reply,
      streamOfPayment(caller.tenant, payment),
      { corr: matter, shows: 'payment', exists: false, location: `/v1/payments/${payment}` },
      ({ by, at }) => ({
        commands: [{ type: 'DisputePayment', by, at, payment, about, claimed: { ...claimed }, ...(transaction && { transaction }) }],
      }),
    );
  }

  /** Finds disputed payments by transaction or case. */
  @Get()
  @Allow('platform', 'agent', 'supervisor')
  @Lists('DisputedPaymentShown')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() query: PaymentsQuery): Promise<void> {
    await this.desk.list<PaymentRow>(request, reply, {
      rows: (manager) => disputedPayments(manager, query),
      order: ['disputedAt', 'payment'],
      descending: true,
      show: paymentListed,
    });
  }

  /** The payment with every dispute, refund and credit there ever was. */
  @Get(':payment')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('PaymentShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('payment', PlatformIdParam) payment: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.payments.show(request, reply, streamOfPayment(request.caller.tenant, payment), 'payment');
  }

  /** The platform confirms what its books say was paid. Only then is money ordered. */
  @Post(':payment/confirmation')
  @Allow('platform')
  @Commands('PaymentShown', { status: 200, refuses: ['payment-was-confirmed-otherwise', 'occurred-in-the-future'] })
  async confirm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('payment', PlatformIdParam) payment: string,
    @Body() { paid, merchant, occurredAt, source = 'ledger' }: PaymentConfirmationDto,
  ): Promise<void> {
    const { history, stream, corr } = await this.payments.payment(request.caller, payment);
    await this.payments.carryOut(request, reply, stream, { corr: history.disputes[0]?.matter ?? corr, shows: 'payment' }, ({ by, at }) => ({
      commands: [{ type: 'ConfirmPayment', by, at, paid: { ...paid }, occurredAt, source, ...(merchant && { merchant }) }],
    }));
  }
}

const wrong = (pointer: string, code: string) => new Problem(400, 'request-invalid', { errors: [{ pointer, code }] });
