import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { openAccount, type AccountProtectionHistory } from '@recourse/contracts';
import {
  Allow,
  Commands,
  Desk,
  Fresh,
  Lists,
  PlatformIdParam,
  Reach,
  Settings,
  ShowQuery,
  Shows,
  type Told,
  UuidParam,
} from '@recourse/edge';
import { part, type Part } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { accountContact } from '../account-contact/deciding.js';
import { Belonging, streamsOf } from '../belonging.http.js';
import { stepUp as stepUpDecider } from '../step-up/deciding.js';
import type { LockCause } from './account-protection.js';
import { DemandAnswerDto, LiftingDto, LimitDto, LockDto, ProtectedQuery, SignalDto } from './account-protection.dto.js';
import { ForAccount } from './account-protection.handler.js';
import { accountProtection, type ProtectionCommand } from './deciding.js';
import { protectedAccounts, ProtectedAccountRow, protectedAccountShown } from './protections.view.js';
import { protectionShown } from './showing.js';

const lockRefusals = ['cause-is-not-yours-to-bring', 'authority-order-missing', 'end-is-in-the-past'] as const;

/** How accounts are protected: locks and limits, each a thing of its own, and signals that set them by rule. */
@Controller('v1')
@Reach('own-account')
export class AccountProtectionHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly settings: Settings,
    private readonly belonging: Belonging,
  ) {}

  /** The accounts that are watched, limited or locked now, the last change first. */
  @Get('accounts')
  @Allow('platform', 'agent', 'supervisor')
  @Lists('ProtectedAccountShown')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() { state }: ProtectedQuery): Promise<void> {
    await this.desk.list<ProtectedAccountRow>(request, reply, {
      rows: (manager) => protectedAccounts(manager, state),
      order: ['changedAt', 'account'],
      descending: true,
      show: protectedAccountShown,
    });
  }

  /** Every lock and limit there ever was, how the account stands now, and the fencing number. An account nobody touched is open. */
  @Get('accounts/:account/protection')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('ProtectionShown')
  async protection(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const { caller } = request;
    await this.belonging.mustBeTheirs(caller, account);
    await this.desk.show<AccountProtectionHistory>(request, reply, {
      stream: streamsOf(caller.tenant, account).protection,
      otherwise: openAccount,
      represent: (history) => protectionShown(account, history, caller.role),
    });
  }

  /** Locks the account. Each lock is its own; another one stands beside it. */
  @Post('accounts/:account/locks')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ProtectionShown', { refuses: lockRefusals })
  async lock(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Body() { cause, ...more }: LockDto,
  ): Promise<void> {
    const lock = uuid();
    const own = request.caller.role === 'customer' || request.caller.role === 'platform' ? 'customer' : 'agent';
    await this.change(request, reply, account, { matter: more.matter }, (told) => ({
      type: 'LockAccount',
      ...told,
      ...more,
      lock,
      causeRef: lock,
      cause: (cause ?? own) as Exclude<LockCause, 'rule' | 'claim'>,
    }));
  }

  /** Confirms the lock of a claim: it no longer lapses by itself. */
  @Post('accounts/:account/locks/:lock/confirmation')
  @Allow('agent', 'supervisor')
  @Commands('ProtectionShown', { status: 200, refuses: ['lock-does-not-stand'] })
  async confirm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Param('lock', UuidParam) lock: string,
  ): Promise<void> {
    await this.change(request, reply, account, { status: 200 }, (told) => ({ type: 'ConfirmLock', ...told, lock }));
  }

  /** Lifts an authority's lock on the authority's word. Any other lock needs an unlock request. */
  @Post('accounts/:account/locks/:lock/lifting')
  @Allow('supervisor')
  @Fresh({ within: 'PT15M' })
  @Commands('ProtectionShown', { status: 200, refuses: ['lock-does-not-stand', 'lock-needs-a-proven-owner', 'authority-order-missing'] })
  async lift(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Param('lock', UuidParam) lock: string,
    @Body() { order }: LiftingDto,
  ): Promise<void> {
    await this.change(request, reply, account, { status: 200 }, (told) => ({ type: 'LiftLock', ...told, lock, order }));
  }

  /** Sets a temporary limit. It ends by itself, and of several the lowest wins. */
  @Post('accounts/:account/limits')
  @Allow('customer', 'agent', 'supervisor')
  @Commands('ProtectionShown', { refuses: ['end-is-in-the-past'] })
  async limit(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Body() { kind, amount, until, matter }: LimitDto,
  ): Promise<void> {
    const limit = uuid();
    const cause = request.caller.role === 'customer' ? 'customer' : 'agent';
    await this.change(request, reply, account, { matter }, (told) => ({
      type: 'SetLimit',
      ...told,
      limit,
      kind,
      amount: { ...amount },
      cause,
      causeRef: limit,
      until,
      ...(matter && { matter }),
    }));
  }

  /** Lifts a limit before its time. A customer lifts only what the customer set. */
  @Post('accounts/:account/limits/:limit/lifting')
  @Allow('customer', 'agent', 'supervisor')
  @Commands('ProtectionShown', { status: 200, refuses: ['limit-does-not-stand', 'limit-is-not-yours-to-lift'] })
  async liftLimit(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Param('limit', UuidParam) limit: string,
  ): Promise<void> {
    await this.change(request, reply, account, { status: 200 }, (told) => ({ type: 'LiftLimit', ...told, limit }));
  }

  /** Tells an anomaly. The platform's rule of that name says whether it locks the account or has it watched. */
  @Post('signals')
  @Allow('platform')
  @Commands('ProtectionShown', { refuses: ['rule-is-unknown', 'seen-in-the-future'] })
  async signal(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: SignalDto): Promise<void> {
    const { account, signal = uuid(), rule: named, evidence, seenAt } = body;
    const { tenant } = request.caller;
    const { lockRules, stepUp } = this.settings.of(tenant);
    const rule = lockRules.find((one) => one.rule === named);
    const { contact } = streamsOf(tenant, account);
    const distrusted = (told: Told): readonly Part[] =>
      (rule?.distrusts ?? []).map((kind) =>
        part(accountContact, contact, {
          type: 'DistrustKinds',
          ...told,
          kinds: [kind],
          why: kind === 'sms' ? 'sim-swap' : 'changed-recently',
          distrustFor: stepUp.distrustFor,
        }),
      );
    await this.change(request, reply, account, { also: distrusted }, (told) => ({
      type: 'SignalAnomaly',
      ...told,
      signal,
      evidence,
      seenAt,
      lock: uuid(),
      demand: uuid(),
      ...(rule && { rule }),
    }));
  }

  /** Answers a demand for a code with a step-up that was passed for it, which is used up. Outgoing money waits no longer. */
  @Post('accounts/:account/code-demands/:demand/answer')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('ProtectionShown', { status: 200, refuses: ['code-is-not-demanded', 'step-up-missing', 'step-up-is-for-something-else'] })
  async answer(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Param('demand', UuidParam) demand: string,
    @Body() { stepUp }: DemandAnswerDto,
  ): Promise<void> {
    const { stepUps } = streamsOf(request.caller.tenant, account);
    const used = (told: Told): readonly Part[] => [
      part(stepUpDecider, stepUps, { type: 'UseStepUp', ...told, stepUp, purpose: 'new-device', boundTo: demand }),
    ];
    await this.change(request, reply, account, { status: 200, also: used }, (told) => ({ type: 'MeetDemand', ...told, demand, stepUp }));
  }

  private async change(
    request: FastifyRequest,
    reply: FastifyReply,
    account: string,
    { matter, status = 201, also = () => [] }: { matter?: string | undefined; status?: 200 | 201; also?: (told: Told) => readonly Part[] },
    command: (told: Told) => ProtectionCommand,
  ): Promise<void> {
    const { caller } = request;
    await this.belonging.mustBeTheirs(caller, account);
    const stream = streamsOf(caller.tenant, account).protection;
    await this.desk.carryOut<AccountProtectionHistory>(request, reply, {
      stream,
      corr: matter ?? stream,
      status,
      exists: status === 200,
      ...(status === 201 && { location: `/v1/accounts/${account}/protection` }),
      order: ({ by, at }) => ({ parts: [part(accountProtection, stream, command({ by, at })), ...also({ by, at })] }),
      send: (order) => this.bus.execute(new ForAccount(order)),
      represent: (history) => protectionShown(account, history, caller.role),
    });
  }
}
