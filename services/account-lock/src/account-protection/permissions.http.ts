import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { PermissionShown } from '@recourse/contracts';
import { Allow, Answers, EVENT_STORE, PlatformIdParam, Problem, Reach } from '@recourse/edge';
import { eventOf, type EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as pause } from 'node:timers/promises';
import { streamsOf } from '../belonging.http.js';
import { evolve, initial, type AccountProtectionEvent } from './account-protection.js';
import { PermissionQuery } from './account-protection.dto.js';
import { permission, unreadable } from './permitting.js';

/** A wallet waits for this answer before it moves money. */
const patience = 2_000;

/** The question a wallet asks before every operation. Answered from the account's own stream at its head, never from a view; in doubt, no. */
@Controller('v1/accounts/:account/permissions')
@Reach('own-tenant')
export class PermissionsHttp {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Whether this operation may go ahead now. When our own store cannot be read, the answer is no. */
  @Get()
  @Allow('platform', 'agent', 'supervisor')
  @Answers('PermissionShown')
  async ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('account', PlatformIdParam) account: string,
    @Query() { operation, amount, currency }: PermissionQuery,
  ): Promise<void> {
    if ((amount === undefined) !== (currency === undefined))
      throw new Problem(400, 'request-invalid', {
        errors: [{ parameter: amount === undefined ? 'amount' : 'currency', code: 'field-missing' }],
      });
    const { tenant } = request.caller;
    const asked = amount !== undefined && currency !== undefined ? { currency, value: amount } : undefined;
    const answer = await this.folded(tenant, account, (state) => permission(state, operation, asked, this.store.now(tenant)));
    if (!answer) request.log.error({ requestId: request.id }, 'the protection of an account could not be read: the answer was no');
    await reply.header('cache-control', 'no-store').send(answer ?? unreadable(this.store.now(tenant)));
  }

  private async folded(
    tenant: string,
    account: string,
    answer: (state: typeof initial) => PermissionShown,
  ): Promise<PermissionShown | undefined> {
    const reading = this.store.readStream(streamsOf(tenant, account).protection).then(
      (past) => answer(past.map((record) => eventOf<AccountProtectionEvent>(record)).reduce(evolve, initial)),
      () => undefined,
    );
    return Promise.race([reading, pause(patience, undefined, { ref: false })]);
  }
}
