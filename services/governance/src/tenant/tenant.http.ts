import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { tenantOfTheHouse, type TenantHistory, type TenantLine } from '@recourse/contracts';
import {
  Allow,
  Commands,
  Desk,
  Fresh,
  ListQuery,
  Lists,
  pageOf,
  PlatformIdParam,
  Platforms,
  Problem,
  Reach,
  Secrets,
  ShowQuery,
  Shows,
  UuidParam,
  whereOf,
  type Platform,
  type Task,
} from '@recourse/edge';
import { part } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { tenant as decider, type TenantCommand } from './deciding.js';
import { ClosureDecisionDto, ClosureDto, ClosureWithdrawalDto, LimitsDto, TenantDto } from './tenant.dto.js';
import { ForTenant } from './tenant.handler.js';

const streamOf = (tenant: string): string => `tenant-${tenant}`;

type Asked = TenantCommand extends infer Command ? (Command extends TenantCommand ? Omit<Command, 'by' | 'at'> : never) : never;
type Doing = { readonly status?: 200 | 201; readonly exists?: boolean };

/** The platforms of this house. An operator looks after all of them, whatever platform his token names. */
@Controller('v1/tenants')
@Reach('house')
export class TenantHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly platforms: Platforms,
    private readonly secrets: Secrets,
  ) {}

  /** Creates a platform. Its tokens are good at once; its settings are the usual ones until it publishes others. */
  @Post()
  @Allow('operator')
  @Commands('TenantHistory', { refuses: ['tenant-is-created', 'tenant-name-is-reserved', 'zone-is-unknown'] })
  create(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: TenantDto): Promise<void> {
    return this.carryOut(request, reply, body.tenant, () => ({ type: 'CreateTenant', ...body }), { exists: false });
  }

  /** The platforms of this house, by name; one that was created a moment ago may take a second to stand here. */
  @Get()
  @Allow('operator')
  @Lists('TenantLine')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() _query: ListQuery): Promise<void> {
    const scope = { secret: this.secrets.cursors, tenant: tenantOfTheHouse, url: request.url };
    const where = whereOf(scope);
    const [after, before] = [where.after?.[0], where.before?.[0]];
    const lines = this.platforms.all().map(lineOf);
    const beyond =
      before === undefined
        ? lines.filter(({ tenant }) => after === undefined || tenant > after)
        : lines.filter(({ tenant }) => tenant < before).reverse();
    const { items, link } = pageOf(beyond.slice(0, where.limit + 1), where, ({ tenant }) => [tenant], scope);
    if (link) void reply.header('link', link);
    await reply.header('cache-control', 'no-store').send({ items });
  }

  /** One platform: its limits, and whether it is open. */
  @Get(':tenant')
  @Allow('operator')
  @Shows('TenantHistory')
  show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant', PlatformIdParam) tenant: string,
    @Query() _query: ShowQuery,
  ) {
    return this.desk.show<TenantHistory>(request, reply, { stream: streamOf(tenant), tenant });
  }

  /** Limits what a platform may do. What is counted already counts: the new number holds for the next request. */
  @Post(':tenant/limits')
  @Allow('operator')
  @Commands('TenantHistory', { refuses: ['tenant-is-closed'] })
  limit(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant', PlatformIdParam) tenant: string,
    @Body() limits: LimitsDto,
  ) {
    return this.carryOut(request, reply, tenant, () => ({ type: 'LimitTenant', limits }));
  }

  /** Asks for a platform to be closed. Its tokens are refused then, so a second operator has to agree within four hours. */
  @Post(':tenant/closure')
  @Allow('operator')
  @Commands('TenantHistory', { refuses: ['tenant-is-closed', 'closure-is-asked-for'] })
  askClosure(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant', PlatformIdParam) tenant: string,
    @Body() { why }: ClosureDto,
  ) {
    const asked = uuid();
    return this.carryOut(request, reply, tenant, () => ({ type: 'AskClosure', request: asked, why }));
  }

  /** Decides about the closure that was asked for. Whoever asked does not decide. */
  @Post(':tenant/closure/:request/decision')
  @Allow('operator')
  @Fresh({ within: 'PT15M' })
  @Commands('TenantHistory', {
    status: 200,
    refuses: [
      'second-person-is-the-first', 'closure-is-decided', 'closure-has-expired', 'tenant-has-changed-since', 'closure-denial-needs-a-reason',
    ], // prettier-ignore
  })
  decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant', PlatformIdParam) tenant: string,
    @Param('request', UuidParam) asked: string,
    @Body() { outcome, why }: ClosureDecisionDto,
  ): Promise<void> {
    return this.aboutClosure(request, reply, tenant, asked, () =>
      outcome === 'approved' ? { type: 'ApproveClosure', request: asked } : { type: 'DenyClosure', request: asked, ...(why && { why }) },
    );
  }

  /** Takes back what was asked, as long as nobody has decided. Only who asked takes back. */
  @Post(':tenant/closure/:request/withdrawal')
  @Allow('operator')
  @Commands('TenantHistory', { status: 200, refuses: ['closure-is-decided', 'somebody-else-asked'] })
  withdraw(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant', PlatformIdParam) tenant: string,
    @Param('request', UuidParam) asked: string,
    @Body() _body: ClosureWithdrawalDto,
  ): Promise<void> {
    return this.aboutClosure(request, reply, tenant, asked, () => ({ type: 'WithdrawClosure', request: asked }));
  }

  /** A closure nobody asked for is not there. */
  private async aboutClosure(request: FastifyRequest, reply: FastifyReply, tenant: string, asked: string, ask: () => Asked) {
    const past = await this.desk.history<TenantHistory>(streamOf(tenant));
    if (!past?.history.closures.some((one) => one.request === asked)) throw new Problem(404, 'not-found');
    await this.carryOut(request, reply, tenant, ask, { status: 200 });
  }

  private carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    tenant: string,
    ask: () => Asked,
    { status = 201, exists = true }: Doing = {},
  ): Promise<void> {
    const stream = streamOf(tenant);
    const task: Task<TenantHistory> = {
      ...{ stream, tenant, corr: stream, status, exists },
      ...(status === 201 && { location: `/v1/tenants/${tenant}` }),
      order: ({ by, at }) => ({ parts: [part(decider, stream, { ...ask(), by, at } as TenantCommand)] }),
      send: (order) => this.bus.execute(new ForTenant(order)),
    };
    return this.desk.carryOut<TenantHistory>(request, reply, task);
  }
}

const lineOf = ({ tenant, settings: { name }, createdAt, closedAt }: Platform): TenantLine => ({
  tenant,
  name,
  stage: closedAt === undefined ? 'open' : 'closed',
  ...(createdAt !== undefined && { createdAt }),
  ...(closedAt !== undefined && { closedAt }),
});
