import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { EndpointHistory } from '@recourse/contracts';
import {
  Allow,
  Commands,
  Configuration,
  Desk,
  ListQuery,
  Lists,
  Problem,
  Reach,
  ShowQuery,
  Shows,
  type Task,
  UuidParam,
  type Views,
  VIEWS,
} from '@recourse/edge';
import { judge } from '@recourse/egress';
import { part, type Order, type SealedRef } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { headOfFeed } from '../feed/feed.view.js';
import { egressAllow, egressPorts } from '../notification.variables.js';
import { webhookEndpoint, type EndpointCommand } from './deciding.js';
import { DeliveryRow } from './deliveries.pg.js';
import { EndpointRow } from './endpoints.view.js';
import { DeliveriesQuery, NothingDto, RegisterEndpointDto, ReplayDto } from './webhook-endpoint.dto.js';
import { ForEndpoint } from './webhook-endpoint.handler.js';

type Told = Pick<EndpointCommand, 'by' | 'at'> & { readonly sealed: readonly SealedRef[]; readonly tenant: string };

/** Standard Webhooks: 32 random bytes, shown once. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Where a platform wants its messages. The same messages can be polled at /v1/events. */
@Controller('v1/webhook-endpoints')
@Reach('own-tenant')
export class EndpointHttp {
  constructor(
    private readonly desk: Desk,
    private readonly bus: CommandBus,
    private readonly configuration: Configuration,
    @Inject(VIEWS) private readonly views: Views,
  ) {}

  /** The platform's endpoints. */
  @Get()
  @Allow('platform')
  @Lists('EndpointLine')
  list(@Query() _query: ListQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.desk.list(request, reply, {
      rows: (manager) => manager.createQueryBuilder(EndpointRow, 'endpoint').where('true'),
      order: ['endpoint'],
      show: ({ endpoint, url, state, after, registeredAt }) => ({ endpoint, url, state, after, registeredAt }),
    });
  }

  /** Registers an endpoint. The answer carries its secret, once: a repeated request is answered without it. */
  @Post()
  @Allow('platform')
  @Commands('EndpointWithSecret', { refuses: ['endpoint-address-not-allowed'] })
  register(@Body() { url, after = 0 }: RegisterEndpointDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const endpoint = uuid();
    const allowed = 'url' in judge(url, this.configuration.of(egressAllow), this.configuration.of(egressPorts));
    return this.withNewSecret(request, reply, endpoint, {
      location: `/v1/webhook-endpoints/${endpoint}`,
      exists: false,
      command: ({ by, at, sealed }) => ({ type: 'RegisterEndpoint', by, at, endpoint, url, allowed, after, sealed }),
    });
  }

  /** One endpoint. */
  @Get(':id')
  @Allow('platform')
  @Shows('EndpointHistory')
  show(
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.desk.show(request, reply, { stream: `endpoint-${id}` });
  }

  /** A new secret, shown once. Messages are signed with both for a day. */
  @Post(':id/secret-rotations')
  @Allow('platform')
  @Commands('EndpointWithSecret', { status: 200 })
  rotate(
    @Param('id', UuidParam) id: string,
    @Body() _body: NothingDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.withNewSecret(request, reply, id, {
      status: 200,
      command: ({ by, at, sealed }) => ({ type: 'RotateSecret', by, at, sealed }),
    });
  }

  /** No more messages, for now. They wait in the feed. */
  @Post(':id/disablement')
  @Allow('platform')
  @Commands('EndpointHistory', { status: 200 })
  disable(
    @Param('id', UuidParam) id: string,
    @Body() _body: NothingDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(request, reply, id, ({ by, at }) => ({ type: 'DisableEndpoint', by, at, why: 'by-platform' }));
  }

  /** Messages again, beginning with what was missed. */
  @Post(':id/enablement')
  @Allow('platform')
  @Commands('EndpointHistory', { status: 200 })
  enable(
    @Param('id', UuidParam) id: string,
    @Body() _body: NothingDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(request, reply, id, ({ by, at }) => ({ type: 'EnableEndpoint', by, at }));
  }

  /** Everything after a number once more, under the same ids. */
  @Post(':id/replays')
  @Allow('platform')
  @Commands('EndpointHistory', { status: 200, refuses: ['endpoint-is-disabled', 'replay-starts-beyond-the-feed'] })
  async replay(
    @Param('id', UuidParam) id: string,
    @Body() { after }: ReplayDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { tenant } = request.caller;
    const head = await this.views.read(tenant, (manager) => headOfFeed(manager, tenant));
    return this.change(request, reply, id, ({ by, at }) => ({ type: 'AskReplay', by, at, after, head }));
  }

  /** Sends a message of type EndpointTested now. What came of it stands in the deliveries. */
  @Post(':id/tests')
  @Allow('platform')
  @Commands('EndpointHistory', { status: 200, refuses: ['endpoint-is-disabled'] })
  test(
    @Param('id', UuidParam) id: string,
    @Body() _body: NothingDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const test = uuid();
    return this.change(request, reply, id, ({ by, at }) => ({ type: 'AskTest', by, at, test }));
  }

  /** Every try of the last thirty days, newest first. */
  @Get(':id/deliveries')
  @Allow('platform')
  @Lists('DeliveryLine')
  async deliveries(
    @Param('id', UuidParam) id: string,
    @Query() _query: DeliveriesQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const past = await this.desk.history(`endpoint-${id}`);
    if (past?.tenant !== request.caller.tenant) throw new Problem(404, 'not-found');
    await this.desk.list(request, reply, {
      rows: (manager) => manager.createQueryBuilder(DeliveryRow, 'delivery').where('delivery.endpoint = :id', { id }),
      order: ['delivery'],
      descending: true,
      show: ({ number, message, type, attempt, at, status, failed, ms, nextTry }) => ({
        number,
        message,
        type,
        attempt,
        at,
        status,
        failed,
        ms,
        nextTry,
      }),
    });
  }

  private change(request: FastifyRequest, reply: FastifyReply, id: string, command: (told: Told) => EndpointCommand): Promise<void> {
    return this.desk.carryOut<EndpointHistory>(request, reply, this.taskFor(id, { status: 200, command }));
  }

  /** The secret is sealed and shown in this one answer; whoever repeats the request, or has it repeated for him, does not get it. */
  private withNewSecret(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    more: Omit<Partial<Task<EndpointHistory>>, 'order' | 'send'> & { readonly command: (told: Told) => EndpointCommand },
  ): Promise<void> {
    const { tenant, client } = request.caller;
    const secret = newSecret();
    let made = false;
    const send = async (order: Order) => {
      const outcome = await this.bus.execute(new ForEndpoint(order));
      made = outcome.kind === 'recorded';
      return outcome;
    };
    return this.desk.carryOut<EndpointHistory>(request, reply, {
      ...this.taskFor(id, more),
      seal: [{ owner: { tenant, scope: `endpoint:${id}`, subject: client }, group: 'webhook-secret', value: { secret } }],
      send,
      represent: (history) => (made ? { ...history, secret } : history),
    });
  }

  private taskFor(
    id: string,
    { command, ...more }: Omit<Partial<Task<EndpointHistory>>, 'order'> & { readonly command: (told: Told) => EndpointCommand },
  ): Task<EndpointHistory> {
    const stream = `endpoint-${id}`;
    return {
      stream,
      corr: stream,
      send: (order) => this.bus.execute(new ForEndpoint(order)),
      ...more,
      order: (told) => ({ parts: [part(webhookEndpoint, stream, command(told))] }),
    };
  }
}
