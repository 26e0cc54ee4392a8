import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  noRetentionVersions,
  retentionAt,
  usualRetention,
  type MatterRetentionHistory,
  type RetentionShown,
  type RetentionTableHistory,
} from '@recourse/contracts';
import {
  Allow,
  Commands,
  CountParam,
  Desk,
  EVENT_STORE,
  Fresh,
  Lists,
  Reach,
  Shows,
  ShowQuery,
  UuidParam,
  type Told,
} from '@recourse/edge';
import { part, type EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForPrivacy } from '../privacy.handler.js';
import { matterLine, matters, type MatterRow } from './matters.view.js';
import { retentionTables, streamOfTable, type RetentionTableCommand } from './publishing.js';
import { MattersQuery, RetentionDenialDto, RetentionTableDto } from './retention.dto.js';
import { streamOfMatter } from './retaining.js';

const decided = ['request-is-decided', 'second-person-is-the-first', 'request-has-expired'];

/** How long things are kept: the platform's table, and the matters with the day on which their period ends. */
@Controller('v1/privacy')
@Reach('own-tenant')
export class RetentionHttp {
  constructor(
    private readonly bus: CommandBus,
    private readonly desk: Desk,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** The table that holds, its versions, and the one that waits for a second person. */
  @Get('retention')
  @Allow('privacy-officer', 'auditor')
  @Shows('RetentionShown')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() _query: ShowQuery): Promise<void> {
    const { tenant } = request.caller;
    await this.desk.show<RetentionTableHistory>(request, reply, {
      stream: streamOfTable(tenant),
      otherwise: noRetentionVersions,
      represent: (history) => this.shown(tenant, history),
    });
  }

  /** Asks for the next version of the table. It holds from its instant on, if a second person has published it by then. */
  @Post('retention')
  @Allow('privacy-officer')
  @Commands('RetentionShown', {
    refuses: [
      'version-is-pending',
      'table-is-outdated',
      'effective-in-the-past',
      'effective-before-the-last',
      'rows-are-wrong',
      'table-has-no-end',
    ],
  })
  ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: RetentionTableDto): Promise<void> {
    const { version, effectiveFrom, jurisdictions, products } = body;
    // Class instances do not go into records.
    const rows = body.rows.map((row) => ({ ...row }));
    return this.carryOut(request, reply, 201, (told) => ({
      ...{ type: 'AskRetentionTable', version, effectiveFrom, jurisdictions, products, rows, ...told },
    }));
  }

  /** Publishes it: from its instant on everything that has ended is dated by it. */
  @Post('retention/:version/approval')
  @Allow('privacy-officer')
  @Fresh({ within: 'PT15M' })
  @Commands('RetentionShown', { status: 200, refuses: [...decided, 'effective-in-the-past'] })
  publish(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('version', CountParam) version: number): Promise<void> {
    return this.carryOut(request, reply, 200, (told) => ({ type: 'PublishRetentionTable', version, ...told }));
  }

  /** Does not publish it. */
  @Post('retention/:version/denial')
  @Allow('privacy-officer')
  @Commands('RetentionShown', { status: 200, refuses: decided })
  deny(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('version', CountParam) version: number,
    @Body() { why }: RetentionDenialDto,
  ): Promise<void> {
    return this.carryOut(request, reply, 200, (told) => ({ type: 'DenyRetentionTable', version, why, ...told }));
  }

  /** Takes back what nobody has decided yet: only who asked. */
  @Post('retention/:version/withdrawal')
  @Allow('privacy-officer')
  @Commands('RetentionShown', { status: 200, refuses: ['request-is-decided', 'somebody-else-asked'] })
  withdraw(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('version', CountParam) version: number): Promise<void> {
    return this.carryOut(request, reply, 200, (told) => ({ type: 'WithdrawRetentionTable', version, ...told }));
  }

  /** The matters of this platform, with the day on which their period ends. */
  @Get('matters')
  @Allow('privacy-officer')
  @Lists('MatterRetentionLine')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() { stage }: MattersQuery): Promise<void> {
    return this.desk.list<MatterRow>(request, reply, {
      rows: (manager) => matters(manager, stage),
      order: ['id'],
      show: matterLine,
    });
  }

  /** One matter: what happened, until when it is kept and by which rule, what was proposed. */
  @Get('matters/:id')
  @Allow('privacy-officer')
  @Shows('MatterRetentionHistory')
  async matter(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.desk.show<MatterRetentionHistory>(request, reply, { stream: streamOfMatter(id) });
  }

  private shown(tenant: string, history: RetentionTableHistory): RetentionShown {
    return { holds: retentionAt(history, this.store.now(tenant)) ?? usualRetention(tenant), ...history };
  }

  private carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    status: 200 | 201,
    command: (told: Told) => RetentionTableCommand,
  ): Promise<void> {
    const { tenant } = request.caller;
    const stream = streamOfTable(tenant);
    return this.desk.carryOut<RetentionTableHistory>(request, reply, {
      ...{ stream, corr: stream, status, exists: status === 200 },
      ...(status === 201 && { location: '/v1/privacy/retention' }),
      order: ({ by, at }) => ({ parts: [part(retentionTables, stream, command({ by, at }))] }),
      send: (sent) => this.bus.execute(new ForPrivacy(sent)),
      represent: (history) => this.shown(tenant, history),
    });
  }
}
