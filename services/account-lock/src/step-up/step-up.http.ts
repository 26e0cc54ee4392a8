import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { noContact, signpost, type AccountContactHistory, type StepUpShown, type StepUpsHistory } from '@recourse/contracts';
import { Allow, Commands, Desk, EVENT_STORE, Problem, Reach, Settings, ShowQuery, Shows, UuidParam } from '@recourse/edge';
import { eventOf, part, type EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { Belonging, streamsOf } from '../belonging.http.js';
import { Coding } from './coding.chance.js';
import { stepUp as stepUpDecider } from './deciding.js';
import { routeFor } from './routing.js';
import { evolve, initial, type StepUpEvent } from './step-up.js';
import { StepUpDto, VerificationDto } from './step-up.dto.js';
import { ForStepUp } from './step-up.handler.js';

/** One-time codes before what is sensitive. No answer ever holds a code; it goes to the registered route and nowhere else. */
@Controller('v1/step-ups')
@Reach('own-account')
export class StepUpHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    private readonly settings: Settings,
    private readonly belonging: Belonging,
    private readonly coding: Coding,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Sends a code to the owner of the account. */
  @Post()
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('StepUpShown', { refuses: ['not-found', 'route-is-not-registered', 'route-is-distrusted', 'too-many-codes'] })
  async ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() { account, purpose, boundTo, route: named }: StepUpDto,
  ): Promise<void> {
    const { caller } = request;
    const { tenant } = caller;
    await this.belonging.mustBeTheirs(caller, account);
    const { contact, stepUps: stream } = streamsOf(tenant, account);
    const known = await this.desk.history<AccountContactHistory>(contact);
    const route = routeFor(known?.history ?? noContact, named);
    const stepUp = uuid();
    const code = this.coding.draw();
    await this.desk.carryOut<StepUpsHistory>(request, reply, {
      stream,
      corr: stream,
      exists: false,
      location: `/v1/step-ups/${stepUp}`,
      seal: [{ owner: { tenant, scope: `account:${tenant}:${account}`, subject: account }, group: 'one-time-code', value: { code } }],
      order: ({ by, at, sealed }) => ({
        parts: [
          part(stepUpDecider, stream, {
            type: 'AskStepUp',
            by,
            at,
            stepUp,
            purpose,
            boundTo,
            mac: this.coding.mac(stepUp, code),
            bounds: this.settings.of(tenant).stepUp,
            sealed,
            ...(route && { route }),
          }),
        ],
        claims: [signpost(stepUp, 'step-up', stream)],
      }),
      send: (order) => this.bus.execute(new ForStepUp(order)),
      represent: (history) => shown(account, history, undefined),
    });
  }

  /** What became of a code: asked, sent, passed, used up. */
  @Get(':id')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Shows('StepUpShown')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    const account = await this.belonging.accountOf(request.caller, id, 'step-up');
    await this.desk.show<StepUpsHistory>(request, reply, {
      stream: streamsOf(request.caller.tenant, account).stepUps,
      represent: (history) => shown(account, history, id),
    });
  }

  /** Tries a code. A wrong one is refused, and recorded all the same: it is what the bounds count. */
  @Post(':id/verification')
  @Allow('platform', 'customer', 'agent', 'supervisor')
  @Commands('StepUpShown', {
    status: 200,
    refuses: ['code-is-wrong', 'code-was-used', 'code-is-exhausted', 'code-has-expired', 'too-many-codes'],
  })
  async verify(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { code }: VerificationDto,
  ): Promise<void> {
    const { tenant } = request.caller;
    const account = await this.belonging.accountOf(request.caller, id, 'step-up');
    const stream = streamsOf(tenant, account).stepUps;
    const right = await this.isRight(stream, id, code);
    await this.desk.carryOut<StepUpsHistory>(request, reply, {
      stream,
      corr: stream,
      status: 200,
      order: ({ by, at }) => ({
        parts: [part(stepUpDecider, stream, { type: 'VerifyCode', by, at, stepUp: id, right, bounds: this.settings.of(tenant).stepUp })],
      }),
      send: (order) => this.bus.execute(new ForStepUp(order)),
      represent: (history) => passed(shown(account, history, id)),
    });
  }

  /** The keyed hash of a code never changes: it may be compared before anything is decided. */
  private async isRight(stream: string, id: string, code: string): Promise<boolean> {
    const past = await this.store.readStream(stream);
    const known = past
      .map((record) => eventOf<StepUpEvent>(record))
      .reduce(evolve, initial)
      .codes.find(({ stepUp }) => stepUp === id);
    return this.coding.isRight(id, code, known?.mac);
  }
}

const shown = (account: string, { stepUps }: StepUpsHistory, id: string | undefined): StepUpShown => {
  const found = id === undefined ? stepUps.at(-1) : stepUps.find(({ stepUp }) => stepUp === id);
  if (!found) throw new Problem(404, 'not-found');
  return { account, ...found };
};

/** What was recorded says it: at the version of this answer the code has passed, or it was wrong. */
const passed = (answer: StepUpShown): StepUpShown => {
  const { passedAt, triesLeft } = answer;
  if (!passedAt) throw new Problem(422, 'code-is-wrong', { errors: [{ pointer: '/code', code: 'code-is-wrong' }], facts: { triesLeft } });
  return answer;
};
