import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Code, type ComplaintHistory, type EvidenceHistory, type EvidenceKind, type EvidenceShown } from '@recourse/contracts';
import type { Refusal } from '@recourse/decider';
import { Configuration, Desk, PRIVACY, Problem, TenantLimits, type Caller, type Drafted, type Task, type Told } from '@recourse/edge';
import { part, type Order, type Part } from '@recourse/event-store';
import { KeyGone, type Owner, type Privacy } from '@recourse/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { isTheirs } from '../complaint/belonging.js';
import { complaint } from '../complaint/deciding.js';
import { evidence } from './deciding.js';
import type { OpenedFile } from './downloading.http.js';
import { ForEvidence } from './evidence.handler.js';
import { GivenToday } from './given-today.view.js';
import { whyNot } from './keeping.js';
import { isScanned } from './scanning.worker.js';
import { SweepingWorker } from './sweeping.worker.js';
import { uploadedIn, type FormFields, type Uploaded } from './uploading.http.js';
import { EvidenceVault, VaultFull, type Kept, type Place } from './vault.js';

type File = { readonly kind: EvidenceKind; readonly from: Code<'evidence-from'>; readonly redacts?: string };

/** What is given: to which complaint, in which form, and what the fields of the form make of it. */
export type Giving = {
  readonly id: string;
  readonly matter: string;
  readonly form: FormFields;
  readonly file: (fields: Uploaded['fields']) => File;
  /** What else happens in the same append. */
  readonly more?: (told: Told, fields: Uploaded['fields']) => readonly Part[];
};

/** Between a file, the vault and the record: nothing lies in the vault in clear, nothing is recorded that does not lie there. */
@Injectable()
export class EvidenceDesk {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly vault: EvidenceVault,
    private readonly limits: TenantLimits,
    private readonly today: GivenToday,
    private readonly configuration: Configuration,
    private readonly sweeping: SweepingWorker,
    @Inject(PRIVACY) private readonly privacy: Privacy,
  ) {}

  /** Encrypts and stores as the bytes come, then records: in this order, so that no record ever speaks of a file that is not there. */
  async take(request: FastifyRequest, reply: FastifyReply, giving: Giving): Promise<void> {
    const { tenant } = request.caller;
    const { id, matter, form } = giving;
    const { subject = matter } = await this.complaintFor(request.caller, matter);
    const owner: Owner = { tenant, scope: `matter:${matter}`, subject };
    await this.today.mustFit(tenant, 1);
    const { key, sealed } = await this.privacy.sealStream(owner, id);
    try {
      const upload = await uploadedIn(request, form, {
        most: this.limits.of(tenant).sizes.evidenceBytes,
        keep: (bytes) => this.kept({ tenant, id }, sealed(bytes)),
        again: async ({ h }, size) => this.privacy.openStream({ key, id, tenant, size }, await this.vault.open({ tenant, id, h })),
      });
      await this.today.mustFit(tenant, upload.size);
      this.sweeping.mayBeRecorded(id);
      await this.record(request, reply, giving, owner, key, upload);
    } catch (error) {
      // Refused for certain: no record speaks of the file. After any other error one might, and the sweep looks later.
      if (error instanceof Problem) await this.vault.forget({ tenant, id });
      throw error;
    }
    // A twin of this very request was faster: the answer was its, and so is the file that counts.
    if (!(await this.desk.history(evidenceOf(id)))) await this.vault.forget({ tenant, id });
  }

  private async kept(place: Place, bytes: AsyncIterable<Uint8Array>): Promise<Kept> {
    try {
      return await this.vault.keep(place, bytes);
    } catch (error) {
      throw error instanceof VaultFull ? new Problem(503, 'evidence-cannot-be-stored') : error;
    }
  }

  private async record(
    request: FastifyRequest,
    reply: FastifyReply,
    { id, matter, file: fileOf, more }: Giving,
    owner: Owner,
    key: string,
    { kept: { h, n }, size, sha256, looked, flags, name, fields }: Uploaded,
  ): Promise<void> {
    const file = fileOf(fields);
    const { kind, from, redacts } = file;
    const tag = { kind, ...looked };
    const { evidenceFilesPerMatter, evidenceBytesPerMatter } = this.limits.of(request.caller.tenant).quotas;
    const quota = { files: evidenceFilesPerMatter, bytes: evidenceBytesPerMatter };
    const listed = { evidence: id, kind, from, h, size, ...(redacts !== undefined && { redacts }) };
    await this.desk.carryOut<EvidenceHistory>(request, reply, {
      ...this.about(id, matter),
      exists: false,
      asked: { ...file, matter, declared: looked.declared, name, sha256 },
      seal: [{ owner, group: 'evidence-name', value: { name, sha256 } }],
      order: (told): Drafted | Refusal => {
        const refused = whyNot(tag);
        if (refused) return refused;
        const { by, at, sealed } = told;
        const content = { id, key };
        return {
          parts: [
            part(evidence, evidenceOf(id), {
              type: 'ReceiveEvidence',
              ...{ by, at, ...listed, ...tag, flags, matter, content, sealed },
              attachments: [{ h, n }],
              ...(isScanned(this.configuration) && { scan: 'awaited' }),
            }),
            ...(more?.(told, fields) ?? []),
            part(complaint, complaintOf(matter), { type: 'ListEvidence', by, at, ...listed, quota }),
          ],
        };
      },
    });
  }

  async carryOut(
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
  async reach(caller: Caller, id: string): Promise<Held> {
    const held = await this.desk.history<EvidenceHistory>(evidenceOf(id));
    if (!held || held.tenant !== caller.tenant) throw new Problem(404, 'not-found');
    await this.complaintFor(caller, held.history.matter);
    return { ...held.history, position: held.position };
  }

  /** The complaint, if it is there and this caller's to touch. */
  private async complaintFor(caller: Caller, matter: string): Promise<ComplaintHistory> {
    const held = await this.desk.history<ComplaintHistory>(complaintOf(matter));
    if (!held || held.tenant !== caller.tenant || !isTheirs(held.history, caller)) throw new Problem(404, 'not-found');
    return held.history;
  }

  /** The opening is recorded before a byte leaves, and what leaves whole is what was given: before its last bytes go, its hash is compared. */
  async opened(request: FastifyRequest, { name, matter, evidence: id, h, size, content, position }: Held): Promise<OpenedFile> {
    const also = [{ id: content.id, group: 'evidence' }];
    const given = (await this.desk.open(request, [name], { corr: matter, position, also })).get(name.id);
    if (!given) throw new Problem(410, 'evidence-is-erased');
    const { tenant } = request.caller;
    const file = await this.vault.open({ tenant, id, h });
    const read = await this.privacy.openStream({ ...content, tenant, size }, file).catch((error: unknown) => {
      throw error instanceof KeyGone ? new Problem(410, 'evidence-is-erased') : error;
    });
    const sha256 = String(given['sha256']);
    return { sha256, read: (span) => (span.from === 0 && span.to === size ? compared(read(span), sha256) : read(span)) };
  }
}

/** The same bytes; the last of them only when all of them have the hash. */
async function* compared(bytes: AsyncIterable<Uint8Array>, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let last: Uint8Array | undefined;
  for await (const piece of bytes) {
    hash.update(piece);
    if (last) yield last;
    last = piece;
  }
  if (hash.digest('base64url') !== sha256) throw new Error('evidence opens to other bytes than were given');
  if (last) yield last;
}

/** Evidence as it stood at a position of the log. */
export type Held = EvidenceHistory & { readonly position: number };

export const complaintOf = (matter: string) => `complaint-${matter}`;
export const evidenceOf = (id: string) => `evidence-${id}`;
export const evidenceShown = ({ content: _content, ...history }: EvidenceHistory): EvidenceShown => history;
