import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { signpost, type AccountProtectionHistory } from '@recourse/contracts';
import {
  Allow,
  Commands,
  Desk,
  type Drafted,
  Fresh,
  languageOf,
  Problem,
  Reach,
  Settings,
  ShowQuery,
  Shows,
  type Told,
  UuidParam,
} from '@recourse/edge';
import { part } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { Belonging, streamsOf } from '../belonging.http.js';
import { stepUp as stepUpDecider } from '../step-up/deciding.js';
import { OwnershipProofDto, UnlockDecisionDto, UnlockRequestDto } from './account-protection.dto.js';
import { ForAccount } from './account-protection.handler.js';
import { accountProtection, type ProtectionCommand } from './deciding.js';
import { unlockRequestShown } from './showing.js';

/** What the second person looked at: anything of this since makes the decision stale. */
const judged: ReadonlySet<string> = new Set([
  'AccountLocked',
  'LockConfirmed',
  'LockLifted',
  'LockLapsed',
  'UnlockRequested',
  'OwnershipProofRecorded',
  'IdentityConfirmed',
  'UnlockApproved',
  'UnlockDenied',
]);

type Asked = { readonly request: FastifyRequest; readonly reply: FastifyReply };
type Doing = { readonly status: 200 | 201; readonly judged?: ReadonlySet<string> };

/** How an owner gets an account back: proofs as this platform asks for them, decided by somebody who collected none. */
@Controller('v1/unlock-requests')
@Reach('own-account')
export class UnlockingHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly settings: Settings,
    private readonly belonging: Belonging,
  ) {}

  /** Asks for the account. The answer says which proofs are needed and how this platform goes about it. */
  @Post()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('UnlockRequestShown', {
    refuses: ['not-found', 'account-is-not-locked', 'lock-is-not-ours-to-lift', 'lock-does-not-stand', 'unlock-request-is-open'],
  })
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { account, locks }: UnlockRequestDto): Promise<void> {
    const { caller } = request;
    await this.belonging.mustBeTheirs(caller, account);
    const id = uuid();
    const stream = streamsOf(caller.tenant, account).protection;
    const { policyVersion: policy, unlockPolicy } = this.settings.of(caller.tenant);
    await this.desk.carryOut<AccountProtectionHistory>(request, reply, {
      stream,
      corr: stream,
      exists: false,
      location: `/v1/unlock-requests/${id}`,
      order: ({ by, at }) => ({
        parts: [
          part(accountProtection, stream, {
            type: 'RequestUnlock',
            by,
            at,
            request: id,
            policy,
            needs: unlockPolicy.needs,
            proofValidFor: unlockPolicy.proofValidFor,
            ...(locks && { locks }),
          }),
        ],
        claims: [signpost(id, 'unlock-request', stream)],
      }),
      send: (order) => this.bus.execute(new ForAccount(order)),
      // The newest one at the version that was answered then: a replay shows the same.
      represent: (history) => this.shown(request, account, history, undefined),
    });
  }

  /** The request, its proofs and its decision. */
  @Get(':id')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('UnlockRequestShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const account = await this.belonging.accountOf(request.caller, id, 'unlock-request');
    await this.desk.show<AccountProtectionHistory>(request, reply, {
      stream: streamsOf(request.caller.tenant, account).protection,
      represent: (history) => this.shown(request, account, history, id),
    });
  }

  /** Records a proof of ownership with its checker and its end. A one-time code is used up by it. */
  @Post(':id/proofs')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('UnlockRequestShown', {
    refuses: [
      'proof-is-not-yours-to-check',
      'step-up-missing',
      'step-up-is-for-something-else',
      'lock-came-after-request',
      'unlock-request-is-decided',
    ],
  })
  async prove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() body: OwnershipProofDto,
  ): Promise<void> {
    const { kind, evidence, stepUp } = body;
    const byCode = kind === 'one-time-code';
    if (!byCode && !body.result) throw new Problem(400, 'request-invalid', { errors: [{ pointer: '/result', code: 'field-missing' }] });
    const result = byCode ? 'accepted' : body.result!;
    await this.change({ request, reply }, id, { status: 201 }, (told, account) => {
      const { protection, stepUps } = streamsOf(request.caller.tenant, account);
      const record: ProtectionCommand = {
        type: 'RecordOwnershipProof',
        ...told,
        request: id,
        proof: uuid(),
        kind,
        result,
        ...(evidence && { evidence }),
        ...(byCode && stepUp && { stepUp }),
      };
      const recorded = part(accountProtection, protection, record);
      if (!byCode || !stepUp) return { parts: [recorded] };
      return { parts: [recorded, part(stepUpDecider, stepUps, { type: 'UseStepUp', ...told, stepUp, purpose: 'unlock', boundTo: id })] };
    });
  }

  /** Decides: never whoever asked or collected a proof, and only upon what was seen (If-Match). */
  @Post(':id/decision')
  @Allow('agent', 'supervisor')
  @Fresh({ within: 'PT15M' })
  @Commands('UnlockRequestShown', {
    status: 200,
    ifMatch: true,
    refuses: [
      'decider-collected-the-proof',
      'second-person-is-the-first',
      'identity-is-not-confirmed',
      'sms-is-not-enough',
      'proof-has-expired',
      'lock-came-after-request',
      'unlock-request-is-decided',
      'account-is-not-locked',
      'no-proof-was-recorded',
      'denial-needs-a-reason',
    ],
  })
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { outcome, why }: UnlockDecisionDto,
  ): Promise<void> {
    await this.change({ request, reply }, id, { status: 200, judged }, (told, account) => {
      const stream = streamsOf(request.caller.tenant, account).protection;
      const command: ProtectionCommand =
        outcome === 'approved'
          ? { type: 'ApproveUnlock', ...told, request: id }
          : { type: 'DenyUnlock', ...told, request: id, ...(why && { why }) };
      return { parts: [part(accountProtection, stream, command)] };
    });
  }

  private async change(
    { request, reply }: Asked,
    id: string,
    { status, judged: seen }: Doing,
    draft: (told: Told, account: string) => Drafted,
  ): Promise<void> {
    const account = await this.belonging.accountOf(request.caller, id, 'unlock-request');
    const stream = streamsOf(request.caller.tenant, account).protection;
    await this.desk.carryOut<AccountProtectionHistory>(request, reply, {
      stream,
      corr: stream,
      status,
      ...(status === 201 && { location: `/v1/unlock-requests/${id}` }),
      ...(seen && { judged: seen }),
      order: ({ by, at }) => draft({ by, at }, account),
      send: (order) => this.bus.execute(new ForAccount(order)),
      represent: (history) => this.shown(request, account, history, id),
    });
  }

  private shown({ caller, headers }: FastifyRequest, account: string, history: AccountProtectionHistory, id: string | undefined): object {
    const { unlockSteps, defaultLanguage } = this.settings.of(caller.tenant);
    const steps = unlockSteps[languageOf(headers['accept-language'], defaultLanguage)];
    const shown = unlockRequestShown(account, history, id, steps);
    if (!shown) throw new Problem(404, 'not-found');
    return shown;
  }
}
