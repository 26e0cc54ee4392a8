import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { refuse } from '@recourse/decider';
import { Allow, Commands, Reach, UuidParam } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ComplaintDesk, inOrder } from './complaint.desk.js';
import type { ComplaintCommand } from './deciding.js';
import type { Telling } from './gathering.js';
import { AuthorityDto, CheckDto, DetailsGivenDto, PartiesDto } from './telling.dto.js';

/** What comes after the first word: before receipt and after it, in any order, nothing told before is lost. */
@Controller('v1/complaints/:id')
@Reach('own-subject')
export class TellingHttp {
  constructor(private readonly complaints: ComplaintDesk) {}

  /** Tells more: the narrative, the category, details, each with its source. */
  @Post('details')
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
  @Post('parties')
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
  @Post('parties/:representative/authority')
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
    await this.complaints.carryOut(request, reply, id, ({ by, at }) => {
      const judged = { by, at, representative, ...(evidence && { evidence }) };
      const command: ComplaintCommand =
        result === 'accepted' ? { type: 'AcceptAuthority', ...judged } : { type: 'RefuseAuthority', ...judged, ...(why && { why }) };
      return inOrder(id, [command]);
    });
  }

  /** Records a check of the triage: network, balance, merchant interface, human, in this order. */
  @Post('checks')
  @Allow('platform', 'agent', 'supervisor')
  @Commands('ComplaintShown', { refuses: ['earlier-check-missing', 'draft-is-discarded'] })
  async check(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { check, result, how = 'asked' }: CheckDto,
  ): Promise<void> {
    await this.complaints.carryOut(request, reply, id, ({ by, at }) => inOrder(id, [{ type: 'RecordCheck', by, at, check, result, how }]));
  }

  private async more(request: FastifyRequest, reply: FastifyReply, id: string, telling: Telling): Promise<void> {
    await this.complaints.carryOut(
      request,
      reply,
      id,
      (told) => {
        const [first, ...rest] = this.complaints.tellings(telling, told);
        return first ? inOrder(id, [first, ...rest]) : refuse('nothing-was-told', { pointers: [''] });
      },
      { telling },
    );
  }
}
