import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { instantPlus, signpost, type CreditHistory } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import { Allow, Commands, Fresh, Reach, Settings, ShowQuery, Shows, type Told, UuidParam } from '@recourse/edge';
import { part, type Claim } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { complaintCase } from '../complaint-case/deciding.js';
import { CreditConfirmationDto, CreditFailureDto, CreditOrderDto, ReversalAnnouncementDto, ReversalDto } from './disputed-payment.dto.js';
import { PaymentDesk, type Doings } from './payment-desk.http.js';

type About = { readonly payment: string; readonly credit: CreditHistory };

/** Credits: ordered here, made by the wallet, and arrived only when its ledger says so under a reference nobody used before. */
@Controller('v1/credit-orders')
@Reach('own-subject')
export class CreditsHttp {
  constructor(
    private readonly payments: PaymentDesk,
    private readonly settings: Settings,
  ) {}

  /** Orders a credit: what was granted, or what the desk returns by itself. The platform hears it as an instruction. */
  @Post()
  @Allow('agent', 'supervisor')
  @Reach('own-subject', 'skilled')
  @Commands('CreditShown', {
    refuses: [
      'not-found',
      'payment-not-confirmed',
      'refund-is-not-approved',
      'credit-exceeds-approval',
      'refund-exceeds-payment',
      'currency-differs',
      'case-does-not-dispute-this-payment',
      'agent-lacks-skill',
      'agent-has-a-conflict',
    ],
  })
  async order(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: CreditOrderDto): Promise<void> {
    const { caller } = request;
    const { amount, kind = 'final', refund, redress } = body;
    const { history, stream } = await this.payments.payment(caller, body.payment);
    const matter = body.matter ?? history.refunds.find((one) => one.refund === refund)?.matter ?? history.disputes[0]!.matter;
    const { policies } = await this.payments.case(caller, matter);
    const { creditDue } = this.settings.pinned(caller.tenant, policies);
    const credit = uuid();
    const instruction = uuid();
    await this.payments.carryOut(
      request,
      reply,
      stream,
      { corr: matter, shows: 'credit', location: `/v1/credit-orders/${credit}` },
      ({ by, at }) => ({
        commands: [
          {
            type: 'OrderCredit',
            by,
            at,
            credit,
            matter,
            amount: { ...amount },
            kind,
            instruction,
            due: instantPlus(at, creditDue),
            ...(refund && { refund }),
            ...(redress && { redress }),
          },
        ],
        claims: [signpost(credit, 'credit', stream)],
      }),
    );
  }

  /** The credit: ordered, arrived, failed, or taken back. */
  @Get(':id')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('CreditShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const { stream } = await this.payments.paymentOf(request.caller, id, 'credit');
    await this.payments.show(request, reply, stream, 'credit', id);
  }

  /** The platform confirms the credit with the reference of its ledger: to the cent, and in the same breath the case's measure is done. */
  @Post(':id/confirmation')
  @Allow('platform')
  @Commands('CreditShown', {
    status: 200,
    refuses: ['amount-differs-from-order', 'ledger-reference-already-used', 'credited-in-the-future', 'credit-is-settled'],
  })
  async confirm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { amount, ledgerReference, creditedAt }: CreditConfirmationDto,
  ): Promise<void> {
    await this.change(request, reply, id, ({ by, at }, { payment, credit }) => {
      const { matter, redress, confirmed } = credit;
      const note = { type: 'NoteCredit', by, at, payment, credit: id, ...(redress && { redress }) } as const;
      return {
        commands: [{ type: 'ConfirmCredit', by, at, credit: id, amount: { ...amount }, ledgerReference, creditedAt }],
        more: [part(complaintCase, `case-${matter}`, note)],
        // Said again, it claims nothing again, and completes what the case has planned since.
        claims: confirmed ? [] : [ledgerClaim(request.caller.tenant, ledgerReference, payment, id)],
      };
    });
  }

  /** The platform could not credit it. What was granted may be ordered again. */
  @Post(':id/failure')
  @Allow('platform')
  @Commands('CreditShown', { status: 200, refuses: ['credit-is-settled'] })
  async fail(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: CreditFailureDto,
  ): Promise<void> {
    await this.change(request, reply, id, ({ by, at }) => ({ commands: [{ type: 'FailCredit', by, at, credit: id, why }] }));
  }

  /** A provisional credit stays for good. */
  @Post(':id/finality')
  @Allow('supervisor')
  @Fresh({ within: 'PT15M' })
  @Commands('CreditShown', { status: 200, refuses: ['credit-has-not-arrived'] })
  async makeFinal(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string): Promise<void> {
    await this.change(request, reply, id, ({ by, at }) => ({ commands: [{ type: 'MakeCreditFinal', by, at, credit: id }] }));
  }

  /** Tells which day a provisional credit will be taken back, and how much of it. */
  @Post(':id/reversal-announcement')
  @Allow('supervisor')
  @Fresh({ within: 'PT15M' })
  @Commands('CreditShown', {
    status: 200,
    refuses: ['credit-has-not-arrived', 'credit-is-final', 'reversal-day-has-passed', 'reversal-exceeds-credit', 'currency-differs'],
  })
  async announce(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { on, amount }: ReversalAnnouncementDto,
  ): Promise<void> {
    await this.change(request, reply, id, ({ by, at }) => ({
      commands: [{ type: 'AnnounceReversal', by, at, credit: id, on, amount: { ...amount } }],
    }));
  }

  /** The platform has taken back what was announced, on the announced day or later. */
  @Post(':id/reversal')
  @Allow('platform')
  @Commands('CreditShown', {
    status: 200,
    refuses: ['reversal-was-not-announced', 'credit-is-final', 'credit-has-not-arrived', 'ledger-reference-already-used'],
  })
  async reverse(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { ledgerReference }: ReversalDto,
  ): Promise<void> {
    await this.change(request, reply, id, ({ by, at }, { payment, credit }) => ({
      commands: [{ type: 'ReverseCredit', by, at, credit: id, ledgerReference }],
      claims: credit.reversed ? [] : [ledgerClaim(request.caller.tenant, ledgerReference, payment, id)],
    }));
  }

  private async change(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    decide: (told: Told, about: About) => Doings,
  ): Promise<void> {
    const { history, stream } = await this.payments.paymentOf(request.caller, id, 'credit');
    const credit = history.credits.find((one) => one.credit === id)!;
    await this.payments.carryOut(
      request,
      reply,
      stream,
      {
        corr: credit.matter,
        shows: 'credit',
        id,
        claimed: () => refuse('ledger-reference-already-used', { pointers: ['/ledgerReference'] }),
      },
      ({ by, at }) => decide({ by, at }, { payment: history.payment, credit }),
    );
  }
}

/** One entry of the ledger proves one credit: its reference is the first event of a stream of its own. */
const ledgerClaim = (tenant: string, reference: string, payment: string, credit: string): Claim => {
  const hash = createHash('sha256').update(reference).digest('hex');
  const event = { type: 'LedgerReferenceUsed', payment, credit };
  return { stream: `ledger-reference-${tenant}-${hash}`, event };
};
