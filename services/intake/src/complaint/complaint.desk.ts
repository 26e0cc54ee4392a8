import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { ChannelDirectoryHistory, ChannelKind, ComplaintHistory, ComplaintShown } from '@recourse/contracts';
import type { Refusal } from '@recourse/decider';
import { Desk, Settings, type Caller, type Drafted, type Standing, type Task, type Told } from '@recourse/edge';
import { part, type Order, type Part, type SealedRef } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { servedKinds } from '../channel-directory/finding.js';
import { isTheirs } from './belonging.js';
import type { SubmissionDto } from './complaint.dto.js';
import { ForComplaint } from './complaint.handler.js';
import { complaint, type ComplaintCommand } from './deciding.js';
import { drawReference } from './drawing.chance.js';
import { commandsFor, personalIn, type Telling } from './gathering.js';
import { shown } from './showing.js';

export type AtTheDesk = Told & { readonly tenant: string; readonly sealed: readonly SealedRef[] };
type Ordering = (told: AtTheDesk) => Drafted | Refusal | Promise<Drafted | Refusal>;

/** What every route about a complaint has in common: whose it is, what is sealed, what is looked up, what is answered. */
@Injectable()
export class ComplaintDesk {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly settings: Settings,
  ) {}

  /** A complaint that begins now. */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    matter: string,
    subject: string | undefined,
    telling: Telling,
    order: Ordering,
  ): Promise<void> {
    const about = this.about(request.caller, matter, subject, telling);
    await this.desk.carryOut<ComplaintHistory>(request, reply, { ...about, exists: false, location: `/v1/complaints/${matter}`, order });
  }

  /** A command about a complaint that is there, and the caller's to touch. */
  async carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    matter: string,
    order: Ordering,
    { telling = {}, location = `/v1/complaints/${matter}` } = {},
  ): Promise<void> {
    const past = await this.desk.history<ComplaintHistory>(streamOf(matter));
    const about = this.about(request.caller, matter, past?.history.subject, telling);
    await this.desk.carryOut<ComplaintHistory>(request, reply, { ...about, location, mayTouch: isTheirs, order });
  }

  async show(
    request: FastifyRequest,
    reply: FastifyReply,
    matter: string,
    represent: (history: ComplaintHistory, directory: ChannelDirectoryHistory) => object,
  ): Promise<void> {
    await this.desk.show<ComplaintHistory>(request, reply, {
      stream: streamOf(matter),
      mayTouch: isTheirs,
      represent: async (history, at) => represent(history, await this.directory(request.caller.tenant, at)),
    });
  }

  /** The commands that say what a request tells. */
  tellings(telling: Telling, { by, at, sealed, tenant }: AtTheDesk): readonly ComplaintCommand[] {
    return commandsFor(telling, { by, at, sealed, representative: uuid(), zone: this.settings.of(tenant).zone });
  }

  /** Whatever was told before, and then receipt, with a reference drawn for it. */
  receiving(
    matter: string,
    before: readonly ComplaintCommand[],
    { by, at, tenant }: AtTheDesk,
    { reporterVerified, receivedAt }: Submitting,
  ): Drafted {
    const { reference, claim } = drawReference(matter);
    const { respondent } = this.settings.of(tenant);
    const known = { ...(reporterVerified && { reporterVerified }), ...(receivedAt !== undefined && { receivedAt }) };
    const receive: ComplaintCommand = { type: 'ReceiveComplaint', by, at, reference, respondent, ...known };
    const [first = receive, ...rest] = [...before, receive];
    return { ...inOrder(matter, [first, ...rest]), claims: [claim] };
  }

  /** The kinds of channel the platform takes complaints through now. */
  async served({ tenant, at }: AtTheDesk): Promise<readonly ChannelKind[]> {
    return servedKinds(await this.directory(tenant), at);
  }

  /** What is personal is sealed under the matter's key before anything is decided. */
  private about(
    { tenant, role }: Caller,
    matter: string,
    subject: string | undefined,
    telling: Telling,
  ): Omit<Task<ComplaintHistory>, 'order'> {
    const owner = { tenant, scope: `matter:${matter}`, subject: subject ?? matter };
    return {
      stream: streamOf(matter),
      corr: matter,
      ...(role === 'platform' && subject !== undefined && { for: subject }),
      seal: personalIn(telling).map((personal) => ({ owner, ...personal })),
      send: (order: Order) => this.bus.execute(new ForComplaint(order)),
      represent: async (history: ComplaintHistory, at: Standing): Promise<ComplaintShown> =>
        shown(history, await this.directory(tenant, at)),
    };
  }

  /** The platform's channels: now, or as they stood when the complaint was answered so. */
  private async directory(tenant: string, { position }: Partial<Standing> = {}): Promise<ChannelDirectoryHistory> {
    const past = await this.desk.history<ChannelDirectoryHistory>(`channels-${tenant}`, position === undefined ? undefined : { position });
    return past?.history ?? { channels: [] };
  }
}

type Submitting = Pick<SubmissionDto, 'reporterVerified' | 'receivedAt'>;

const streamOf = (matter: string) => `complaint-${matter}`;

/** Several commands for one complaint, carried out one after the other, all or nothing. */
export const inOrder = (matter: string, [first, ...rest]: readonly [ComplaintCommand, ...ComplaintCommand[]]): Drafted => {
  const partOf = (command: ComplaintCommand): Part => part(complaint, streamOf(matter), command);
  return { parts: [partOf(first), ...rest.map(partOf)] };
};
