import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CustodyHistory } from '@recourse/contracts';
import { Allow, Commands, Desk, Fresh, Lists, Problem, Reach, Shows, ShowQuery, UuidParam, type Told } from '@recourse/edge';
import { part } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { streamOfCustody } from '../key-order/drafting.js';
import { ForPrivacy } from '../privacy.handler.js';
import { custody, type CustodyCommand } from './holding.js';
import { HoldDenialDto, HoldDto, HoldReleaseDto, HoldsQuery } from './holds.dto.js';
import { holdLine, holds, type HoldRow } from './holds.view.js';

const decided = ['request-is-decided', 'second-person-is-the-first', 'request-has-expired'];
const withdrawn = ['request-is-decided', 'somebody-else-asked'];

/** Holds: what they cover may be restricted and not destroyed. Placed and released by two people. */
@Controller('v1/privacy/holds')
@Reach('own-tenant')
export class HoldsHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
  ) {}

  /** The holds of this platform, the newest first. */
  @Get()
  @Allow('privacy-officer')
  @Lists('HoldLine')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() { stage }: HoldsQuery): Promise<void> {
    return this.desk.list<HoldRow>(request, reply, {
      rows: (manager) => holds(manager, stage),
      order: ['askedAt', 'id'],
      descending: true,
      show: holdLine,
    });
  }

  /** One hold, and who said what about it. */
  @Get(':id')
  @Allow('privacy-officer')
  @Shows('HoldShown')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.desk.show<CustodyHistory>(request, reply, {
      stream: streamOfCustody(request.caller.tenant),
      mayTouch: (history) => has(history, id),
      represent: (history) => shown(history, id),
    });
  }

  /** Asks for a hold. It stands from the moment a second person agrees. */
  @Post()
  @Allow('privacy-officer')
  @Commands('HoldShown')
  ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { scope, of, why, authority }: HoldDto): Promise<void> {
    const hold = uuid();
    return this.carryOut(request, reply, { hold, status: 201 }, (told) => ({ type: 'AskHold', hold, scope, of, why, authority, ...told }));
  }

  /** Agrees: from now on nothing it covers is destroyed. Orders that had begun to destroy before are named. */
  @Post(':id/approval')
  @Allow('privacy-officer')
  @Fresh({ within: 'PT15M' })
  @Commands('HoldShown', { status: 200, refuses: decided })
  approve(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) hold: string): Promise<void> {
    return this.carryOut(request, reply, { hold, status: 200 }, (told) => ({ type: 'ApproveHold', hold, ...told }));
  }

  /** Does not agree. */
  @Post(':id/denial')
  @Allow('privacy-officer')
  @Commands('HoldShown', { status: 200, refuses: decided })
  deny(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) hold: string,
    @Body() { why }: HoldDenialDto,
  ): Promise<void> {
    return this.carryOut(request, reply, { hold, status: 200 }, (told) => ({ type: 'DenyHold', hold, why, ...told }));
  }

  /** Takes back what nobody has decided yet: only who asked. */
  @Post(':id/withdrawal')
  @Allow('privacy-officer')
  @Commands('HoldShown', { status: 200, refuses: withdrawn })
  withdraw(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) hold: string): Promise<void> {
    return this.carryOut(request, reply, { hold, status: 200 }, (told) => ({ type: 'WithdrawHold', hold, ...told }));
  }

  /** Asks for the hold to be released. Until a second person agrees it stands. */
  @Post(':id/release')
  @Allow('privacy-officer')
  @Commands('HoldShown', { refuses: ['hold-stands-no-more', 'release-is-asked-for'] })
  askRelease(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) hold: string,
    @Body() { why }: HoldReleaseDto,
  ): Promise<void> {
    return this.carryOut(request, reply, { hold, status: 201, exists: true }, (told) => ({ type: 'AskHoldRelease', hold, why, ...told }));
  }

  /** Agrees: the hold ends. */
  @Post(':id/release/approval')
  @Allow('privacy-officer')
  @Fresh({ within: 'PT15M' })
  @Commands('HoldShown', { status: 200, refuses: decided })
  approveRelease(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) hold: string): Promise<void> {
    return this.carryOut(request, reply, { hold, status: 200 }, (told) => ({ type: 'ApproveHoldRelease', hold, ...told }));
  }

  /** Does not agree: the hold goes on. */
  @Post(':id/release/denial')
  @Allow('privacy-officer')
  @Commands('HoldShown', { status: 200, refuses: decided })
  denyRelease(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) hold: string,
    @Body() { why }: HoldDenialDto,
  ): Promise<void> {
    return this.carryOut(request, reply, { hold, status: 200 }, (told) => ({ type: 'DenyHoldRelease', hold, why, ...told }));
  }

  /** Takes the wish for a release back: only who asked. */
  @Post(':id/release/withdrawal')
  @Allow('privacy-officer')
  @Commands('HoldShown', { status: 200, refuses: withdrawn })
  withdrawRelease(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) hold: string): Promise<void> {
    return this.carryOut(request, reply, { hold, status: 200 }, (told) => ({ type: 'WithdrawHoldRelease', hold, ...told }));
  }

  private carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    { hold, status, exists = status === 200 }: { readonly hold: string; readonly status: 200 | 201; readonly exists?: boolean },
    command: (told: Told) => CustodyCommand,
  ): Promise<void> {
    const stream = streamOfCustody(request.caller.tenant);
    return this.desk.carryOut<CustodyHistory>(request, reply, {
      ...{ stream, corr: `hold-${hold}`, status, exists },
      ...(status === 201 && { location: `/v1/privacy/holds/${hold}` }),
      ...(exists && { mayTouch: (history: CustodyHistory) => has(history, hold) }),
      order: ({ by, at }) => ({ parts: [part(custody, stream, command({ by, at }))] }),
      send: (sent) => this.bus.execute(new ForPrivacy(sent)),
      // A replay answers with the place it was given then, which names the hold.
      represent: (history, { location }) => shown(history, location?.split('/').at(-1) ?? hold),
    });
  }
}

const has = ({ holds: all }: CustodyHistory, id: string): boolean => all.some(({ hold }) => hold === id);

const shown = ({ holds: all }: CustodyHistory, id: string): object => {
  const found = all.find(({ hold }) => hold === id);
  if (!found) throw new Problem(404, 'not-found');
  return found;
};
