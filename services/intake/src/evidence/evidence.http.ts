import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import {
  codes,
  evidenceKinds,
  taxonomy,
  type Code,
  type ComplaintHistory,
  type EvidenceHistory,
  type EvidenceKind,
  type EvidenceShown,
} from '@recourse/contracts';
import { isRefusal, refuse, type Refusal } from '@recourse/decider';
import {
  Allow,
  Commands,
  Desk,
  Downloads,
  PRIVACY,
  Problem,
  ShowQuery,
  Shows,
  UuidParam,
  type Caller,
  type Drafted,
  type Task,
  type Told,
} from '@recourse/edge';
import { part, type Order, type Part, type SealedRef } from '@recourse/event-store';
import { KeyGone, type Owner, type Privacy } from '@recourse/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { isTheirs } from '../complaint/belonging.js';
import { complaint } from '../complaint/deciding.js';
import { evidence } from './deciding.js';
import { ClearanceDto, QuarantineDto } from './evidence.dto.js';
import { ForEvidence } from './evidence.handler.js';
import { unlike } from './keeping.js';
import { rangeOf } from './ranging.js';
import { believed } from './recognising.js';
import { takingTurns, uploadedIn, type Uploaded } from './uploading.http.js';
import { EvidenceVault, VaultFull } from './vault.disk.js';

type File = { readonly matter: string; readonly kind: EvidenceKind; readonly from: Code<'evidence-from'>; readonly redacts?: string };

/** The evidence of complaints: hashed at receipt, encrypted before it touches the disk, never overwritten. */
@ApiTags('Evidence')
@Controller('v1')
export class EvidenceHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly vault: EvidenceVault,
    @Inject(PRIVACY) private readonly privacy: Privacy,
  ) {}

  /** Gives evidence to a complaint: a form with `file`, its `kind` and, from the desk, from which side it comes. */
  @Post('complaints/:id/evidence')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: uploadSchema({ kind: evidenceKinds, from: codes['evidence-from'] }, ['kind']) })
  @Commands('EvidenceShown', {
    refuses: ['evidence-type-does-not-match', 'quota-used-up', 'draft-is-discarded', 'evidence-cannot-be-stored', 'uploads-busy'],
  })
  async give(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) matter: string): Promise<void> {
    await takingTurns(async () => {
      const upload = await uploadedIn(request, {
        kind: { codes: evidenceKinds, needed: true },
        from: { codes: codes['evidence-from'], needed: false },
      });
      const { kind, from } = upload.fields as { kind: EvidenceKind; from?: Code<'evidence-from'> };
      await this.take(request, reply, uuid(), upload, { matter, kind, from: sideOf(request.caller, from) });
    });
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
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('EvidenceShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.reach(request.caller, id);
    await this.desk.show<EvidenceHistory>(request, reply, { stream: evidenceOf(id), represent: evidenceShown });
  }

  /** The file itself, decrypted, as an attachment; with a purpose. Ranges are answered. What was set aside or redacted is not shown. */
  @Get('evidence/:id/content')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Downloads({ refuses: ['evidence-is-quarantined', 'evidence-is-redacted', 'evidence-is-erased'] })
  async content(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const held = await this.reach(request.caller, id);
    if (held.state === 'quarantined') throw new Problem(409, 'evidence-is-quarantined');
    if (held.state === 'redacted') throw new Problem(409, 'evidence-is-redacted');
    const bytes = await takingTurns(() => this.opened(request, held));
    await send(request, reply, held, bytes);
  }

  /** Gives a redacted version: it stands for the original from now on, which is kept and no longer shown. */
  @Post('evidence/:id/redactions')
  @Allow('agent', 'supervisor')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: uploadSchema({ why: codes['redaction-why'] }, ['why']) })
  @Commands('EvidenceShown', {
    refuses: ['evidence-type-does-not-match', 'evidence-is-quarantined', 'evidence-is-redacted', 'quota-used-up'],
  })
  async redact(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) original: string): Promise<void> {
    const { matter, kind, from } = await this.reach(request.caller, original);
    await takingTurns(async () => {
      const upload = await uploadedIn(request, { why: { codes: codes['redaction-why'], needed: true } });
      const why = upload.fields['why'] as Code<'redaction-why'>;
      const to = uuid();
      await this.take(request, reply, to, upload, { matter, kind, from, redacts: original }, ({ by, at }) => [
        part(evidence, evidenceOf(original), { type: 'RedactEvidence', by, at, to, why }),
      ]);
    });
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
    const { matter } = await this.reach(request.caller, id);
    await this.carryOut(request, reply, id, matter, ({ by, at }) => [
      part(evidence, evidenceOf(id), { type: 'QuarantineEvidence', by, at, why }),
      part(complaint, complaintOf(matter), { type: 'SetEvidenceAside', by, at, evidence: id, why }),
    ]);
  }

  /** Says that somebody, or a scanner, has looked and found nothing harmful. */
  @Post('evidence/:id/clearance')
  @Allow('platform', 'supervisor')
  @Commands('EvidenceShown', { refuses: ['evidence-is-quarantined'] })
  async clear(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() _body: ClearanceDto,
  ): Promise<void> {
    const { matter } = await this.reach(request.caller, id);
    await this.carryOut(request, reply, id, matter, ({ by, at }) => [part(evidence, evidenceOf(id), { type: 'ClearEvidence', by, at })]);
  }

  /** Encrypts, stores, records: in this order, so that no record ever speaks of a file that is not there. */
  private async take(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    { bytes, sha256, declared, found, name }: Uploaded,
    file: File,
    more: (told: Told) => readonly Part[] = () => [],
  ): Promise<void> {
    const { tenant } = request.caller;
    const { matter, kind, from, redacts } = file;
    const subject = (await this.desk.history<ComplaintHistory>(complaintOf(matter)))?.history.subject ?? matter;
    const owner: Owner = { tenant, scope: `matter:${matter}`, subject };
    const tag = { kind, declared, ...(found !== undefined && { found }) };
    let stored: string | undefined;
    const order = async (told: Told & { readonly sealed: readonly SealedRef[] }): Promise<Drafted | Refusal> => {
      if (believed(tag) === undefined) return unlike(tag);
      const kept = await this.kept(owner, bytes);
      if (isRefusal(kept as Refusal)) return kept as Refusal;
      const { h, key, id: content, n } = kept as Kept;
      stored = h;
      const { by, at, sealed } = told;
      const listed = { evidence: id, kind, from, h, size: bytes.length, ...(redacts !== undefined && { redacts }) };
      return {
        parts: [
          part(evidence, evidenceOf(id), {
            type: 'ReceiveEvidence',
            by,
            at,
            ...listed,
            ...tag,
            matter,
            content: { id: content, key },
            sealed,
            attachments: [{ h, n }],
          }),
          ...more(told),
          part(complaint, complaintOf(matter), { type: 'ListEvidence', by, at, ...listed, quota: taxonomy.evidence.perMatter }),
        ],
      };
    };
    try {
      await this.desk.carryOut<EvidenceHistory>(request, reply, {
        ...this.about(id, matter),
        exists: false,
        asked: { ...file, declared, name, sha256 },
        seal: [{ owner, group: 'evidence-name', value: { name, sha256 } }],
        order,
      });
    } catch (error) {
      // Refused for certain: no record speaks of the file. After any other error one might.
      if (stored !== undefined && error instanceof Problem && error.status < 500) await this.vault.forget(stored);
      throw error;
    }
  }

  private async kept(owner: Owner, bytes: Uint8Array): Promise<Kept | Refusal> {
    const { key, id, h, bytes: encrypted } = await this.privacy.sealBytes(owner, bytes);
    try {
      await this.vault.keep(h, encrypted);
    } catch (error) {
      if (error instanceof VaultFull) return refuse('evidence-cannot-be-stored');
      throw error;
    }
    return { key, id, h, n: encrypted.length };
  }

  private async carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    matter: string,
    parts: (told: Told) => Drafted['parts'],
  ): Promise<void> {
    await this.desk.carryOut<EvidenceHistory>(request, reply, { ...this.about(id, matter), order: (told) => ({ parts: parts(told) }) });
  }

  private about(id: string, matter: string): Pick<Task<EvidenceHistory>, 'stream' | 'corr' | 'location' | 'under' | 'send' | 'represent'> {
    return {
      stream: evidenceOf(id),
      corr: matter,
      location: `/v1/evidence/${id}`,
      under: { stream: complaintOf(matter), mayTouch: isTheirs },
      send: (order: Order) => this.bus.execute(new ForEvidence(order)),
      represent: evidenceShown,
    };
  }

  /** The evidence, if this caller may touch the complaint it belongs to; else there is no such thing. */
  private async reach(caller: Caller, id: string): Promise<EvidenceHistory> {
    const held = await this.desk.history<EvidenceHistory>(evidenceOf(id));
    const whose = held && (await this.desk.history<ComplaintHistory>(complaintOf(held.history.matter)));
    if (!held || held.tenant !== caller.tenant || !whose || !isTheirs(whose.history, caller)) throw new Problem(404, 'not-found');
    return held.history;
  }

  /** The opening is recorded before a byte leaves, and what leaves is what was given: its hash is compared. */
  private async opened(request: FastifyRequest, { name, matter, h, content }: EvidenceHistory): Promise<Uint8Array> {
    const given = (await this.desk.open(request, [name], matter)).get(name.id);
    if (!given) throw new Problem(410, 'evidence-is-erased');
    const encrypted = await this.vault.read(h);
    const bytes = await this.privacy.openBytes({ ...content, tenant: request.caller.tenant }, encrypted).catch((error: unknown) => {
      throw error instanceof KeyGone ? new Problem(410, 'evidence-is-erased') : error;
    });
    if (sha256Of(bytes, 'base64url') !== given['sha256']) throw new Error('evidence opens to other bytes than were given');
    return bytes;
  }
}

type Kept = { readonly key: string; readonly id: string; readonly h: string; readonly n: number };

const complaintOf = (matter: string) => `complaint-${matter}`;
const evidenceOf = (id: string) => `evidence-${id}`;
const sha256Of = (bytes: Uint8Array, form: 'base64' | 'base64url') => createHash('sha256').update(bytes).digest(form);
const evidenceShown = ({ content: _content, ...history }: EvidenceHistory): EvidenceShown => history;

/** From which side a file comes when nobody says: a customer gives his own, a platform its records. A customer cannot give another's. */
const sideOf = ({ role }: Caller, said: Code<'evidence-from'> | undefined): Code<'evidence-from'> =>
  role === 'customer' ? 'complainant' : (said ?? (role === 'platform' ? 'platform' : 'complainant'));

/** Never opened by a browser: what others gave may be anything. */
const send = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { evidence: id, h, mediaType }: EvidenceHistory,
  bytes: Uint8Array,
): Promise<void> => {
  const range = rangeOf(request.headers.range, bytes.length);
  void reply.headers({
    'content-disposition': `attachment; filename="evidence-${id}"`,
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    etag: `"${h}"`,
    'repr-digest': `sha-256=:${sha256Of(bytes, 'base64')}:`,
  });
  if (range.kind === 'outside') {
    await reply.status(416).header('content-range', `bytes */${bytes.length}`).send();
    return;
  }
  void reply.type(mediaType);
  if (range.kind === 'whole') {
    await reply.send(bytes);
    return;
  }
  const { from, to } = range;
  await reply
    .status(206)
    .header('content-range', `bytes ${from}-${to}/${bytes.length}`)
    .send(bytes.subarray(from, to + 1));
};

/** What the API document says of an upload. */
function uploadSchema(fields: Readonly<Record<string, readonly string[]>>, needed: readonly string[]) {
  const listed = Object.entries(fields).map(([name, known]) => [name, { type: 'string', enum: [...known] }] as const);
  return {
    type: 'object',
    required: ['file', ...needed],
    properties: {
      file: { type: 'string', format: 'binary', description: 'The file, with its true media type.' },
      ...Object.fromEntries(listed),
    },
  };
}
