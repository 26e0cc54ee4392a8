import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { parseReference, type CaseHistory, type ReceiptHistory, type ReceiptShown, type ReceiptText } from '@recourse/contracts';
import { Allow, AllowAnyone, Answers, Problem, Reach, ReferenceParam, ShowQuery, Shows } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CaseDesk } from './case-desk.http.js';

/** Receipts of contacts: what was said and promised, in the customer's hands. */
@Controller('v1/receipts')
@Reach('own-subject')
export class ReceiptsHttp {
  constructor(private readonly cases: CaseDesk) {}

  /** Is this receipt genuine? Anyone may ask; nobody learns whose it is. */
  @Get(':reference')
  @AllowAnyone()
  @Reach('public')
  @Answers('ReceiptShown')
  async genuine(@Param('reference') told: string, @Res() reply: FastifyReply): Promise<void> {
    const reference = parseReference(told);
    const past = reference?.startsWith('C') ? await this.cases.desk.history<ReceiptHistory>(`receipt-${reference}`) : undefined;
    const shown: ReceiptShown = past ? receiptOf(reference!, past.history) : { reference: reference ?? told.slice(0, 20), genuine: false };
    await reply.header('cache-control', 'no-store').send(shown);
  }

  /** The whole receipt, for whom it was written, or for the platform on that customer's behalf. What was said opens with a purpose. */
  @Get(':reference/text')
  @Allow('customer', 'platform', 'agent', 'supervisor')
  @Shows('ReceiptText')
  async text(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('reference', ReferenceParam) reference: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const past = await this.cases.desk.history<ReceiptHistory>(`receipt-${reference}`);
    const represent = ({ id, reference: ofCase, contacts }: CaseHistory): ReceiptText => {
      const recorded = contacts.find((one) => one.contact === past?.history.contact);
      if (!past || !recorded?.said) throw new Problem(404, 'not-found');
      const { channel, direction, nextUpdate = null, said } = recorded;
      return { ...receiptOf(reference, past.history), case: { id, reference: ofCase }, channel, direction, nextUpdate, said };
    };
    // A receipt that was never issued goes the way of one that is somebody else's, through the same questions and to the same answer.
    await this.cases.show(request, reply, past?.history.matter ?? `of-no-receipt-${reference}`, represent, { mayWait: false });
  }
}

const receiptOf = (reference: string, { issuedAt, badge, h }: ReceiptHistory): ReceiptShown => ({
  reference,
  genuine: true,
  issuedAt,
  badge,
  h,
});
