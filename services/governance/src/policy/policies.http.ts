import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { PoliciesHistory, PolicyLine, PolicyShown, SettingsInForce } from '@recourse/contracts';
import {
  Allow,
  Answers,
  Commands,
  CountParam,
  Desk,
  EVENT_STORE,
  hashOfPolicy,
  ListQuery,
  Lists,
  pageOf,
  Platforms,
  Problem,
  Reach,
  Secrets,
  settledAt,
  whereOf,
} from '@recourse/edge';
import { part, type EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CodesDto,
  InForceQuery,
  IntervalsDto,
  LockRulesDto,
  MerchantPolicyDto,
  RefundPolicyDto,
  TermsDto,
  UnlockStepsDto,
} from './policies.dto.js';
import { ForPolicies } from './policies.handler.js';
import { policies, type PolicySaid, type PublishPolicy } from './publishing.js';

const streamOf = (tenant: string): string => `policies-${tenant}`;
const nothing: PoliciesHistory = { published: [] };
const always = ['policy-is-never-in-the-past', 'policy-would-overtake'] as const;

/** What the caller's platform has decided for itself. A new version changes nothing for cases that are open already. */
@Controller('v1/policies')
@Reach('own-tenant')
export class PoliciesHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly platforms: Platforms,
    private readonly secrets: Secrets,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Publishes the terms of use. */
  @Post('terms')
  @Allow('platform')
  @Commands('PolicyShown', { refuses: [...always, 'policy-is-too-long', 'policy-says-it-twice'] })
  terms(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { effectiveFrom, ...body }: TermsDto): Promise<void> {
    return this.publish(request, reply, { kind: 'terms', body }, effectiveFrom);
  }

  /** Publishes how an owner gets a locked account back, and by which proofs. */
  @Post('unlock-steps')
  @Allow('platform')
  @Commands('PolicyShown', { refuses: [...always, 'policy-is-too-long'] })
  unlockSteps(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() { effectiveFrom, unlockSteps, unlockPolicy: { needs, proofValidFor } }: UnlockStepsDto,
  ): Promise<void> {
    const unlockPolicy = { needs: needs.map(({ proofs }) => proofs), proofValidFor };
    return this.publish(request, reply, { kind: 'unlock-steps', body: { unlockSteps, unlockPolicy } }, effectiveFrom);
  }

  /** Publishes by which rules a signal locks, watches or asks for a code. */
  @Post('lock-rules')
  @Allow('platform')
  @Commands('PolicyShown', { refuses: [...always, 'policy-is-too-long', 'policy-says-it-twice'] })
  lockRules(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { effectiveFrom, ...body }: LockRulesDto): Promise<void> {
    return this.publish(request, reply, { kind: 'lock-rules', body }, effectiveFrom);
  }

  /** Publishes the bounds of one-time codes. */
  @Post('codes')
  @Allow('platform')
  @Commands('PolicyShown', { refuses: [...always, 'codes-live-too-long'] })
  codes(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { effectiveFrom, ...body }: CodesDto): Promise<void> {
    return this.publish(request, reply, { kind: 'codes', body }, effectiveFrom);
  }

  /** Publishes by which rules money is given back, and how soon it is there. */
  @Post('refund')
  @Allow('platform')
  @Commands('PolicyShown', { refuses: [...always] })
  refund(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { effectiveFrom, ...body }: RefundPolicyDto): Promise<void> {
    return this.publish(request, reply, { kind: 'refund', body }, effectiveFrom);
  }

  /** Publishes how long a merchant may look at a refund, and what follows from silence. */
  @Post('merchant')
  @Allow('platform')
  @Commands('PolicyShown', { refuses: [...always] })
  merchant(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() { effectiveFrom, ...body }: MerchantPolicyDto,
  ): Promise<void> {
    return this.publish(request, reply, { kind: 'merchant', body }, effectiveFrom);
  }

  /** Publishes the intervals of the desk. */
  @Post('intervals')
  @Allow('platform')
  @Commands('PolicyShown', { refuses: [...always] })
  intervals(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { effectiveFrom, ...body }: IntervalsDto): Promise<void> {
    return this.publish(request, reply, { kind: 'intervals', body }, effectiveFrom);
  }

  /** Every version of every kind, in the order in which they were published. */
  @Get()
  @Allow('platform', 'agent', 'supervisor', 'auditor')
  @Lists('PolicyLine')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() _query: ListQuery): Promise<void> {
    const { tenant } = request.caller;
    const scope = { secret: this.secrets.cursors, tenant, url: request.url };
    const where = whereOf(scope);
    const lines = (await this.published(tenant)).map((shown, at) => ({ at, line: lineOf(shown) }));
    const [after, before] = [Number(where.after?.[0] ?? -1), Number(where.before?.[0] ?? -1)];
    const beyond = where.before ? lines.filter(({ at }) => at < before).reverse() : lines.filter(({ at }) => at > after);
    const { items, link } = pageOf(beyond.slice(0, where.limit + 1), where, ({ at }) => [at], scope);
    if (link) void reply.header('link', link);
    await reply.header('cache-control', 'no-store').send({ items: items.map(({ line }) => line) });
  }

  /** The settings in force, now or as of an instant: what a case that is opened then keeps. */
  @Get('in-force')
  @Allow('platform', 'agent', 'supervisor', 'auditor')
  @Answers('SettingsInForce')
  async inForce(@Req() request: FastifyRequest, @Query() { at }: InForceQuery): Promise<SettingsInForce> {
    const { tenant } = request.caller;
    const platform = this.platforms.of(tenant);
    if (!platform) throw new Problem(404, 'not-found');
    const asOf = at ?? this.store.now(tenant);
    return { at: asOf, settings: settledAt(platform.settings, await this.published(tenant), asOf) };
  }

  /** One version of one kind, as it was published. */
  @Get(':kind/:version')
  @Allow('platform', 'agent', 'supervisor', 'auditor')
  @Answers('PolicyShown')
  async one(
    @Req() request: FastifyRequest,
    @Param('kind') kind: string,
    @Param('version', CountParam) version: number,
  ): Promise<PolicyShown> {
    const found = (await this.published(request.caller.tenant)).find((one) => one.kind === kind && one.version === version);
    if (!found) throw new Problem(404, 'not-found');
    return found;
  }

  private async published(tenant: string): Promise<readonly PolicyShown[]> {
    return ((await this.desk.history<PoliciesHistory>(streamOf(tenant)))?.history ?? nothing).published;
  }

  private publish(request: FastifyRequest, reply: FastifyReply, said: PolicySaid, effectiveFrom: string | undefined): Promise<void> {
    const stream = streamOf(request.caller.tenant);
    const hash = hashOfPolicy(said.body);
    return this.desk.carryOut<PoliciesHistory>(request, reply, {
      ...{ stream, corr: stream, exists: false, location: '/v1/policies' },
      order: ({ by, at }) => ({
        parts: [
          part(policies, stream, {
            type: 'PublishPolicy',
            ...said,
            ...(effectiveFrom && { effectiveFrom }),
            hash,
            by,
            at,
          } as PublishPolicy),
        ],
      }),
      send: (order) => this.bus.execute(new ForPolicies(order)),
      represent: ({ published }) => {
        const shown = published.findLast(({ kind }) => kind === said.kind);
        if (!shown) throw new Error('a policy that was just published is in the history');
        return shown;
      },
    });
  }
}

const lineOf = ({ body: _body, ...line }: PolicyShown): PolicyLine => line as PolicyLine;
