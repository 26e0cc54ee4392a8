import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { KeyOrderHistory } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import { Allow, Commands, Desk, Fresh, Lists, Reach, Shows, ShowQuery, UuidParam, type Task } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { ForPrivacy } from '../privacy.handler.js';
import { approvedWithin, askedWithin, partOfOrder, streamOfOrder } from './drafting.js';
import { KeyOrderApprovalDto, KeyOrderDenialDto, KeyOrderDto, KeyOrdersQuery } from './key-order.dto.js';
import { keyOrderLine, keyOrders, type KeyOrderRow } from './key-orders.view.js';
import { KeysInQuestion, listOf } from './naming.keys.js';

const decided = ['request-is-decided', 'second-person-is-the-first', 'request-has-expired', 'list-has-changed'];
const forbidden = ['hold-stands', 'retention-runs', 'matter-is-open', 'matter-is-unknown'];

/** Orders about keys: restricted, released, or destroyed for ever. Asked for by one privacy officer, agreed to by another one. */
@Controller('v1/privacy/key-orders')
@Reach('own-tenant')
export class KeyOrderHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly keys: KeysInQuestion,
  ) {}

  /** The orders of this platform, the newest first. */
  @Get()
  @Allow('privacy-officer')
  @Lists('KeyOrderLine')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() { stage, because }: KeyOrdersQuery): Promise<void> {
    return this.desk.list<KeyOrderRow>(request, reply, {
      rows: (manager) => keyOrders(manager, { ...(stage && { stage }), ...(because && { because }) }),
      order: ['askedAt', 'id'],
      descending: true,
      show: keyOrderLine,
    });
  }

  /** One order: its keys, who said what about it, what was done, and what each service made unreadable. */
  @Get(':id')
  @Allow('privacy-officer')
  @Shows('KeyOrderHistory')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.desk.show<KeyOrderHistory>(request, reply, { stream: streamOfOrder(id) });
  }

  /** Asks for an order. The keys it names are those that stand at this moment, and no other key is ever touched by it. */
  @Post()
  @Allow('privacy-officer')
  @Commands('KeyOrderHistory', { refuses: ['keys-are-unknown', 'keys-are-too-many', ...forbidden] })
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: KeyOrderDto): Promise<void> {
    const { kind, why, because, ...meant } = body;
    const order = uuid();
    await this.desk.carryOut<KeyOrderHistory>(request, reply, {
      stream: streamOfOrder(order),
      corr: streamOfOrder(order),
      exists: false,
      location: `/v1/privacy/key-orders/${order}`,
      order: async ({ by, at, tenant }) => {
        const keys = await this.keys.meant(tenant, kind, meant);
        if (meant.keys && keys.length < new Set(meant.keys).size) return refuse('keys-are-unknown', { pointers: ['/keys'] });
        const parts = askedWithin(tenant, {
          ...{ type: 'AskKeyOrder', order, kind, why, keys, list: listOf(keys), by, at },
          ...(because !== undefined && { because }),
        });
        return { parts };
      },
      send: (sent) => this.bus.execute(new ForPrivacy(sent)),
    });
  }

  /** Agrees, to exactly the list that was read. What the house proposes needs two who agree. */
  @Post(':id/approval')
  @Allow('privacy-officer')
  @Fresh({ within: 'PT15M' })
  @Commands('KeyOrderHistory', { status: 200, refuses: [...decided, ...forbidden] })
  approve(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { list }: KeyOrderApprovalDto,
  ): Promise<void> {
    return this.decide(request, reply, id, async ({ by, at, tenant }) => {
      const { kind, why, keys } = (await this.desk.history<KeyOrderHistory>(streamOfOrder(id)))!.history;
      const standing = await this.keys.standing(tenant, kind, keys);
      const stands = standing === list ? list : undefined;
      return { parts: approvedWithin(tenant, { type: 'ApproveKeyOrder', order: id, stands, by, at }, { kind, why, keys }) };
    });
  }

  /** Does not agree. */
  @Post(':id/denial')
  @Allow('privacy-officer')
  @Commands('KeyOrderHistory', { status: 200, refuses: decided })
  deny(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: KeyOrderDenialDto,
  ): Promise<void> {
    return this.decide(request, reply, id, ({ by, at }) => ({ parts: [partOfOrder({ type: 'DenyKeyOrder', order: id, why, by, at })] }));
  }

  /** Takes back what nobody has decided yet: only who asked. */
  @Post(':id/withdrawal')
  @Allow('privacy-officer')
  @Commands('KeyOrderHistory', { status: 200, refuses: ['request-is-decided', 'somebody-else-asked'] })
  withdraw(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string): Promise<void> {
    return this.decide(request, reply, id, ({ by, at }) => ({ parts: [partOfOrder({ type: 'WithdrawKeyOrder', order: id, by, at })] }));
  }

  private decide(request: FastifyRequest, reply: FastifyReply, id: string, order: Task<KeyOrderHistory>['order']): Promise<void> {
    return this.desk.carryOut<KeyOrderHistory>(request, reply, {
      stream: streamOfOrder(id),
      corr: streamOfOrder(id),
      status: 200,
      order,
      send: (sent) => this.bus.execute(new ForPrivacy(sent)),
    });
  }
}
