import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { KeyOrderHistory, OrderedKey, SubjectRequestHistory, ErasureShown } from '@recourse/contracts';
import {
  Allow,
  Commands,
  Desk,
  EVENT_STORE,
  Problem,
  Reach,
  Shows,
  ShowQuery,
  UuidParam,
  type Caller,
  type Task,
  type Told,
} from '@recourse/edge';
import { handling, part, type EventStore, type Order } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v5 as named, v7 as uuid } from 'uuid';
import { askedWithin, streamOfOrder } from '../privacy/key-order/drafting.js';
import { KeysInQuestion, listOf } from '../privacy/key-order/naming.keys.js';
import { mostKeys } from '../privacy/key-order/ordering.js';
import type { PrivacyRefusal } from '../privacy/refusals.js';
import { streamOfRequest, subjectRequest, type SubjectRequestCommand } from './answering.js';
import type { SubjectRequestRefusal } from './refusals.js';
import { SubjectAnswerDto, SubjectExtensionDto, SubjectRequestDto } from './subject-request.dto.js';

const isTheirs = ({ subject }: Pick<SubjectRequestHistory, 'subject'>, { role, sub }: Caller): boolean =>
  role !== 'customer' || subject === sub;
type Without<Command> = Command extends unknown ? Omit<Command, keyof Told | 'request'> : never;

/** What subjects ask for: to know what is held of them, or to have it erased; each with a deadline of its own, by law. */
@Controller('v1/privacy/subject-requests')
@Reach('own-subject')
export class SubjectRequestHttp {
  constructor(
    private readonly desk: Desk,
    private readonly keys: KeysInQuestion,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** One request: by when it is due, what was ordered, and how it was answered. */
  @Get(':id')
  @Allow('privacy-officer', 'platform', 'customer')
  @Shows('SubjectRequestHistory')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.desk.show<SubjectRequestHistory>(request, reply, { stream: streamOfRequest(id), mayTouch: isTheirs });
  }

  /** Receives a request: the law's clock begins. A customer asks for himself. */
  @Post()
  @Allow('privacy-officer', 'platform', 'customer')
  @Commands('SubjectRequestHistory', { refuses: ['not-found'] })
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: SubjectRequestDto): Promise<void> {
    if (!isTheirs(body, request.caller)) throw new Problem(404, 'not-found');
    const { kind, subject, identity, jurisdiction } = body;
    await this.carryOut(
      request,
      reply,
      uuid(),
      { type: 'ReceiveRequest', kind, subject, identity, jurisdiction },
      { exists: false, status: 201 },
    );
  }

  /** Tells the subject that it came. */
  @Post(':id/acknowledgement')
  @Allow('privacy-officer')
  @Commands('SubjectRequestHistory', { status: 200 })
  acknowledge(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string): Promise<void> {
    return this.carryOut(request, reply, id, { type: 'AcknowledgeRequest' });
  }

  /** Takes more time, once, where the law knows that. */
  @Post(':id/extension')
  @Allow('privacy-officer')
  @Commands('SubjectRequestHistory', {
    status: 200,
    refuses: ['subject-request-is-answered', 'subject-request-is-extended', 'no-extension-in-law', 'subject-request-is-overdue'],
  })
  extend(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: SubjectExtensionDto,
  ): Promise<void> {
    return this.carryOut(request, reply, id, { type: 'ExtendRequest', why });
  }

  /**
   * Asks for an order for each matter, account or preference of the subject: to destroy its keys, or, where something stands in the way, to restrict them, with the
   * reason. A second officer agrees to each as to every order.
   */
  @Post(':id/erasure')
  @Allow('privacy-officer')
  @Commands('SubjectRequestHistory', { status: 200, refuses: ['not-an-erasure', 'subject-request-is-answered'] })
  async erase(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string): Promise<void> {
    const past = await this.desk.history<SubjectRequestHistory>(streamOfRequest(id));
    await this.carryOut(request, reply, id, async (told, tenant) => {
      const wanted =
        past?.tenant === tenant && past.history.kind === 'erasure' && past.history.stage !== 'answered' ? past.history : undefined;
      return { type: 'OrderErasure', erasures: wanted ? await this.ordered(tenant, wanted, told) : [] };
    });
  }

  /** Answers: an erasure when what was ordered for it has been done everywhere. */
  @Post(':id/answer')
  @Allow('privacy-officer')
  @Commands('SubjectRequestHistory', { status: 200, refuses: ['answer-does-not-fit', 'erasure-is-not-ordered', 'erasure-is-not-done'] })
  async answer(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { how }: SubjectAnswerDto,
  ): Promise<void> {
    const past = await this.desk.history<SubjectRequestHistory>(streamOfRequest(id));
    const orders = past?.history.erasures.map(({ order }) => order) ?? [];
    const standing = await Promise.all(orders.map((order) => this.desk.history<KeyOrderHistory>(streamOfOrder(order))));
    const open = orders.filter((_, index) => !['acknowledged', 'denied', 'withdrawn'].includes(standing[index]?.history.stage ?? ''));
    await this.carryOut(request, reply, id, { type: 'AnswerRequest', how, open });
  }

  /** Orders are named after the request and their keys, so that a second try, after whatever cut off the first, asks for the same ones. */
  private async ordered(tenant: string, { request, subject }: SubjectRequestHistory, told: Told): Promise<readonly ErasureShown[]> {
    const scopes = new Map<string, OrderedKey[]>();
    for (const key of await this.keys.meant(tenant, 'destroy', { subject })) scopes.set(key.scope, [...(scopes.get(key.scope) ?? []), key]);
    const erasures: ErasureShown[] = [];
    for (const [scope, all] of scopes)
      for (let from = 0; from < all.length; from += mostKeys) {
        const keys = all.slice(from, from + mostKeys);
        const about = { scope, keys: keys.length };
        const destroying = await this.asked(tenant, request, 'destroy', keys, told);
        if (destroying.kept === undefined) erasures.push({ ...about, order: destroying.order, kind: 'destroy' });
        else {
          const { order } = await this.asked(tenant, request, 'restrict', keys, told);
          erasures.push({ ...about, order, kind: 'restrict', kept: destroying.kept });
        }
      }
    return erasures;
  }

  private async asked(tenant: string, request: string, kind: 'destroy' | 'restrict', keys: readonly OrderedKey[], { by, at }: Told) {
    const list = listOf(keys);
    const order = named(`${kind} ${list}`, request);
    const ask = { type: 'AskKeyOrder', order, kind, why: 'subject-request', because: request, keys, list, by, at } as const;
    const outcome = await handling(this.store)<PrivacyRefusal>({ tenant, corr: streamOfOrder(order), parts: askedWithin(tenant, ask) });
    return { order, kept: outcome.kind === 'refused' ? outcome.refusal.refused : undefined };
  }

  private carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    command: Without<SubjectRequestCommand> | ((told: Told, tenant: string) => Promise<Without<SubjectRequestCommand>>),
    more: Pick<Task<SubjectRequestHistory>, 'exists' | 'status'> = { status: 200 },
  ): Promise<void> {
    const stream = streamOfRequest(id);
    return this.desk.carryOut<SubjectRequestHistory>(request, reply, {
      ...{ stream, corr: stream, mayTouch: isTheirs, ...more },
      location: `/v1/privacy/subject-requests/${id}`,
      order: async ({ by, at, tenant }) => {
        const meant = typeof command === 'function' ? await command({ by, at }, tenant) : command;
        return { parts: [part(subjectRequest, stream, { ...meant, request: id, by, at } as SubjectRequestCommand)] };
      },
      send: (order: Order) => handling(this.store)<SubjectRequestRefusal>(order),
    });
  }
}
