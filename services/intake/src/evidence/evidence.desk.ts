import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  taxonomy,
  type Code,
  type ComplaintHistory,
  type EvidenceHistory,
  type EvidenceKind,
  type EvidenceShown,
} from '@recourse/contracts';
import { isRefusal, refuse, type Refusal } from '@recourse/decider';
import { Desk, PRIVACY, Problem, type Caller, type Drafted, type Task, type Told } from '@recourse/edge';
import { part, type Order, type Part, type SealedRef } from '@recourse/event-store';
import { KeyGone, type Owner, type Privacy } from '@recourse/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { isTheirs } from '../complaint/belonging.js';
import { complaint } from '../complaint/deciding.js';
import { evidence } from './deciding.js';
import { ForEvidence } from './evidence.handler.js';
import { unlike } from './keeping.js';
import { believed } from './recognising.js';
import type { Uploaded } from './uploading.http.js';
import { EvidenceVault, VaultFull } from './vault.disk.js';

type File = { readonly matter: string; readonly kind: EvidenceKind; readonly from: Code<'evidence-from'>; readonly redacts?: string };

/** Between a file, the vault and the record: nothing is on the disk in clear, nothing is recorded that is not on the disk. */
@Injectable()
export class EvidenceDesk {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly vault: EvidenceVault,
    @Inject(PRIVACY) private readonly privacy: Privacy,
  ) {}

  /** Encrypts, stores, records: in this order, so that no record ever speaks of a file that is not there. */
  async take(
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
    // A twin of this very request was faster: the answer was its, and so is the file that counts.
    if (stored !== undefined && !(await this.desk.history(evidenceOf(id)))) await this.vault.forget(stored);
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
  async reach(caller: Caller, id: string): Promise<EvidenceHistory> {
    const held = await this.desk.history<EvidenceHistory>(evidenceOf(id));
    const whose = held && (await this.desk.history<ComplaintHistory>(complaintOf(held.history.matter)));
    if (!held || held.tenant !== caller.tenant || !whose || !isTheirs(whose.history, caller)) throw new Problem(404, 'not-found');
    return held.history;
  }

  /** The opening is recorded before a byte leaves, and what leaves is what was given: its hash is compared. */
  async opened(request: FastifyRequest, { name, matter, h, content }: EvidenceHistory): Promise<Uint8Array> {
    const given = (await this.desk.open(request, [name], matter)).get(name.id);
    if (!given) throw new Problem(410, 'evidence-is-erased');
    const encrypted = await this.vault.read(h);
    const bytes = await this.privacy.openBytes({ ...content, tenant: request.caller.tenant }, encrypted).catch((error: unknown) => {
      throw error instanceof KeyGone ? new Problem(410, 'evidence-is-erased') : error;
    });
    if (sha256Of(bytes) !== given['sha256']) throw new Error('evidence opens to other bytes than were given');
    return bytes;
  }
}

type Kept = { readonly key: string; readonly id: string; readonly h: string; readonly n: number };

export const complaintOf = (matter: string) => `complaint-${matter}`;
export const evidenceOf = (id: string) => `evidence-${id}`;
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');
export const evidenceShown = ({ content: _content, ...history }: EvidenceHistory): EvidenceShown => history;
