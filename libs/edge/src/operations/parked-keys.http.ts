import { Body, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { ParkedKeyLine, WaitingKeyHistory } from '@recourse/contracts';
import { handling, part, type EventStore } from '@recourse/event-store';
import { Allow, Fresh, Reach } from '@recourse/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import { Desk } from '../desk.js';
import { Answers, Commands, Lists } from '../documenting.js';
import { EVENT_STORE } from '../house.options.js';
import { pageOf, whereOf } from '../listing.js';
import { UuidParam } from '../parameters.js';
import { ListQuery } from '../queries.dto.js';
import { Problem } from '../refusing.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { Drafted, Task } from '../tasks.js';
import { SkipDecisionDto, SkipDto } from './operations.dto.js';
import { waitingKey, type WaitingKeyCommand } from './skipping.js';

/** Records of operators belong to no platform. */
export const houseTenant = 'house';
export const streamOf = (id: string): string => `parked-${id}`;

type Order = Task<WaitingKeyHistory>['order'];

/** Keys that wait because a message of theirs could not be handled or told. An operator looks after the whole house, whatever platform his token names. */
@Reach('house')
export class ParkedKeysHttp {
  constructor(
    private readonly desk: Desk,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** The keys that wait, those that wait longest first. */
  @Get()
  @Allow('operator')
  @Lists('ParkedKeyLine')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() _query: ListQuery): Promise<void> {
    const scope = { secret: this.runtime.secrets.cursors, tenant: houseTenant, url: request.url };
    const where = whereOf(scope);
    const edge = (key: readonly (string | number)[]) => [String(key[0]), String(key[1])] as const;
    const rows = await this.runtime.overseeing.waiting.list({
      limit: where.limit + 1,
      ...(where.after && { after: edge(where.after) }),
      ...(where.before && { before: edge(where.before) }),
    });
    const { items, link } = pageOf<ParkedKeyLine>(rows, where, ({ since, id }) => [since, id], scope);
    if (link) void reply.header('link', link);
    await reply.header('cache-control', 'no-store').send({ items });
  }

  /** One key: why it waits, its messages without anything they say, and what was done about it. */
  @Get(':id')
  @Allow('operator')
  @Answers('ParkedKeyShown')
  async show(@Res() reply: FastifyReply, @Param('id', UuidParam) id: string): Promise<void> {
    const { waiting } = this.runtime.overseeing;
    const [found, past] = await Promise.all([waiting.find(id), this.desk.history<WaitingKeyHistory>(streamOf(id))]);
    if (!found && !past) throw new Problem(404, 'not-found');
    const messages = found ? await waiting.messages(found) : [];
    const shown = { id, ...(found && { waiting: found }), messages, ...(past && { history: past.history }) };
    await reply.header('cache-control', 'no-store').send(shown);
  }

  /** Tries the key now, whatever held it. Its messages keep their order. */
  @Post(':id/retry')
  @Allow('operator')
  @Commands('WaitingKeyHistory', { refuses: ['key-does-not-wait'] })
  retry(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', UuidParam) id: string): Promise<void> {
    return this.carryOut(request, reply, id, 201, async ({ by, at }) =>
      this.drafted(id, { type: 'RetryParkedKey', ...(await this.lookedUp(id)), by, at }),
    );
  }

  /** Asks for the first message of the key to be let go. It never takes effect then, so a second person has to agree within four hours. */
  @Post(':id/skip')
  @Allow('operator')
  @Fresh({ within: 'PT15M' })
  @Commands('WaitingKeyHistory', { refuses: ['key-does-not-wait', 'skip-is-asked-for', 'skip-is-decided', 'records-are-never-skipped'] })
  ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Body() { why }: SkipDto,
  ): Promise<void> {
    const asked = uuid();
    return this.carryOut(request, reply, id, 201, async ({ by, at }) =>
      this.drafted(id, { type: 'AskSkip', request: asked, why, ...(await this.lookedUp(id)), by, at }),
    );
  }

  /** Decides about the message that was asked for, and no other. Whoever asked does not decide. */
  @Post(':id/skip/:request/decision')
  @Allow('operator')
  @Fresh({ within: 'PT15M' })
  @Commands('WaitingKeyHistory', {
    status: 200,
    refuses: ['second-person-is-the-first', 'skip-is-decided', 'skip-has-expired', 'message-waits-no-more', 'skip-denial-needs-a-reason'],
  })
  decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Param('request', UuidParam) asked: string,
    @Body() { outcome, why }: SkipDecisionDto,
  ): Promise<void> {
    return this.carryOut(
      request,
      reply,
      id,
      200,
      async ({ by, at }) => {
        const past = await this.desk.history<WaitingKeyHistory>(streamOf(id));
        if (!past?.history.skips.some((skip) => skip.request === asked)) throw new Problem(404, 'not-found');
        if (outcome === 'denied') return this.drafted(id, { type: 'DenySkip', request: asked, ...(why && { why }), by, at });
        const { first } = await this.lookedUp(id);
        return this.drafted(id, { type: 'ApproveSkip', request: asked, first, by, at });
      },
      true,
    );
  }

  /** What is told the decision of the key as it stands now. */
  private async lookedUp(id: string) {
    const { waiting } = this.runtime.overseeing;
    const found = await waiting.find(id);
    const [first] = found ? await waiting.messages(found) : [];
    const { consumer, topic } = found ?? { consumer: '', topic: '' };
    return { key: id, consumer, topic, first: first && { message: first.message, hash: first.hash } };
  }

  private drafted(id: string, command: WaitingKeyCommand): Drafted {
    return { parts: [part(waitingKey, streamOf(id), command)] };
  }

  private async carryOut(request: FastifyRequest, reply: FastifyReply, id: string, status: 200 | 201, order: Order, exists = false) {
    const stream = streamOf(id);
    await this.desk.carryOut<WaitingKeyHistory>(request, reply, {
      stream,
      corr: stream,
      tenant: houseTenant,
      status,
      exists,
      ...(status === 201 && { location: request.url.replace(/\/(retry|skip)(\?.*)?$/, '') }),
      order: async (told) => {
        if (!exists && !(await this.isKnown(id))) throw new Problem(404, 'not-found');
        return order(told);
      },
      send: (sent) => handling(this.store)(sent),
    });
  }

  /** A key nobody ever heard of is not there; one that has caught up says so. */
  private async isKnown(id: string): Promise<boolean> {
    const { waiting } = this.runtime.overseeing;
    return (await waiting.find(id)) !== undefined || (await this.desk.history(streamOf(id))) !== undefined;
  }
}
