import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { codes, evidenceKinds, type Code, type ComplaintHistory, type EvidenceHistory, type EvidenceKind } from '@recourse/contracts';
import { Allow, Commands, Desk, Downloads, Problem, Reach, ShowQuery, Shows, UuidParam } from '@recourse/edge';
import { part } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { isTheirs } from '../complaint/belonging.js';
import { complaint } from '../complaint/deciding.js';
import { evidence } from './deciding.js';
import { sendFile } from './downloading.http.js';
import { complaintOf, EvidenceDesk, evidenceOf, evidenceShown } from './evidence.desk.js';
import { ClearanceDto, QuarantineDto } from './evidence.dto.js';
import { formOf, takingTurns } from './uploading.http.js';

const givingForm = { kind: { codes: evidenceKinds, needed: true }, from: { codes: codes['evidence-from'], needed: false } };
const redactingForm = { why: { codes: codes['redaction-why'], needed: true } };

const uploadRefusals = [
  'evidence-type-does-not-match',
  'archive-is-not-safe',
  'picture-is-too-large',
  'quota-used-up',
  'uploads-used-up-today',
  'evidence-cannot-be-stored',
  'uploads-busy',
] as const;

/** The evidence of complaints: hashed at receipt, encrypted before it touches the disk, never overwritten. */
@Controller('v1')
@Reach('own-subject')
export class EvidenceHttp {
  constructor(
    private readonly files: EvidenceDesk,
    private readonly desk: Desk,
  ) {}

  /** Gives evidence to a complaint: a form with `file`, its `kind` and, from the desk, from which side it comes. */
  @Post('complaints/:id/evidence')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: formOf(givingForm) })
  @Commands('EvidenceShown', {
    refuses: [...uploadRefusals, 'draft-is-discarded'],
  })
  async give(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) matter: string): Promise<void> {
    // A platform gives its records; whoever else gives something, gives what the complainant has.
    const usual = request.caller.role === 'platform' ? 'platform' : 'complainant';
    const file = (fields: Readonly<Record<string, string>>) => {
      const { kind, from = usual } = fields as { kind: EvidenceKind; from?: Code<'evidence-from'> };
      return { kind, from };
    };
    await takingTurns(() => this.files.take(request, reply, { id: uuid(), matter, form: givingForm, file }));
  }

  /** What evidence this complaint has, and which version stands for which. */
  @Get('complaints/:id/evidence')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('EvidenceListShown')
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) matter: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.desk.show<ComplaintHistory>(request, reply, {
      stream: complaintOf(matter),
      mayTouch: isTheirs,
      represent: (history) => ({ items: history.evidence }),
    });
  }

  /** One piece of evidence; its original name and hash with a purpose. */
  @Get('evidence/:id')
  @Allow('platform', 'customer', 'agent', 'supervisor', 'privacy-officer')
  @Shows('EvidenceShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.files.reach(request.caller, id);
    await this.desk.show<EvidenceHistory>(request, reply, { stream: evidenceOf(id), represent: evidenceShown });
  }

  /**
   * The file itself, decrypted, as an attachment; with a purpose. Ranges are answered. What was set aside is shown to nobody, what was redacted to the
   * privacy officer alone.
   */
  @Get('evidence/:id/content')
  @Allow('platform', 'customer', 'agent', 'supervisor', 'privacy-officer')
  @Downloads({ refuses: ['evidence-awaits-scan', 'evidence-is-quarantined', 'evidence-is-redacted', 'evidence-is-erased'] })
  async content(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const held = await this.files.reach(request.caller, id);
    if (held.state === 'awaiting-scan') throw new Problem(409, 'evidence-awaits-scan', { headers: { 'retry-after': '5' } });
    if (held.state === 'quarantined') throw new Problem(409, 'evidence-is-quarantined');
    if (held.state === 'redacted' && request.caller.role !== 'privacy-officer') throw new Problem(409, 'evidence-is-redacted');
    await sendFile(request, reply, held, await this.files.opened(request, held));
  }

  /** Gives a redacted version: it stands for the original from now on, which is kept, and shown to the privacy officer alone. */
  @Post('evidence/:id/redactions')
  @Allow('agent', 'supervisor')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: formOf(redactingForm) })
  @Commands('EvidenceShown', {
    refuses: [...uploadRefusals, 'evidence-awaits-scan', 'evidence-is-quarantined', 'evidence-is-redacted'],
  })
  async redact(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) original: string): Promise<void> {
    const { matter, kind, from } = await this.files.reach(request.caller, original);
    const to = uuid();
    await takingTurns(() =>
      this.files.take(request, reply, {
        ...{ id: to, matter, form: redactingForm },
        file: () => ({ kind, from, redacts: original }),
        more: ({ by, at }, { why }) => [
          part(evidence, evidenceOf(original), { type: 'RedactEvidence', by, at, to, why: why as Code<'redaction-why'> }),
        ],
      }),
    );
  }

  /** Sets evidence aside: it is kept, and shown to nobody. */
  @Post('evidence/:id/quarantine')
  @Allow('platform', 'agent', 'supervisor')
  @Commands('EvidenceShown')
  async quarantine(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: QuarantineDto,
  ): Promise<void> {
    const { matter } = await this.files.reach(request.caller, id);
    await this.files.carryOut(request, reply, id, matter, ({ by, at }) => [
      part(evidence, evidenceOf(id), { type: 'QuarantineEvidence', by, at, why }),
      part(complaint, complaintOf(matter), { type: 'SetEvidenceAside', by, at, evidence: id, why }),
    ]);
  }

  /** Says that somebody, or a scanner, has looked and found nothing harmful. */
  @Post('evidence/:id/clearance')
  @Allow('platform', 'supervisor')
  @Commands('EvidenceShown', { refuses: ['evidence-awaits-scan', 'evidence-is-quarantined'] })
  async clear(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() _body: ClearanceDto,
  ): Promise<void> {
    const { matter } = await this.files.reach(request.caller, id);
    await this.files.carryOut(request, reply, id, matter, ({ by, at }) => [
      part(evidence, evidenceOf(id), { type: 'ClearEvidence', by, at }),
    ]);
  }
}
