import { Body, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { TellingHistory } from '@recourse/contracts';
import { handling, part, type EventStore } from '@recourse/event-store';
import { Allow, Fresh } from '@recourse/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Desk } from '../desk.js';
import { Answers, Commands } from '../documenting.js';
import { EVENT_STORE } from '../house.options.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { RewindDto } from './operations.dto.js';
import { houseTenant } from './parked-keys.http.js';
import { telling } from './rewinding.js';

/** How the telling and hearing of a service stands, and telling its log again. */
export class RelayHttp {
  constructor(
    private readonly desk: Desk,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Leader, positions, lag, what waits, what was skipped. */
  @Get('status')
  @Allow('operator')
  @Answers('DeliveryStatus')
  async status(@Res() reply: FastifyReply): Promise<void> {
    const past = await this.desk.history<TellingHistory>(this.stream);
    await reply.header('cache-control', 'no-store').send(await this.runtime.overseeing.status(past?.history));
  }

  /** Tells the log again from a position on. Hearers know a message by its id, so nothing takes effect twice. */
  @Post('relay/rewind')
  @Allow('operator')
  @Fresh({ within: 'PT15M' })
  @Commands('TellingHistory', { refuses: ['rewind-goes-back-only'] })
  async rewind(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() { cursor, position, why }: RewindDto): Promise<void> {
    const { stream } = this;
    await this.desk.carryOut<TellingHistory>(request, reply, {
      stream,
      corr: stream,
      tenant: houseTenant,
      exists: false,
      location: request.url.replace(/\/relay\/rewind(\?.*)?$/, '/status'),
      order: async ({ by, at }) => {
        const cursors = await this.runtime.overseeing.untold();
        const told = cursors.find((one) => one.cursor === cursor)?.told ?? -1;
        return { parts: [part(telling, stream, { type: 'RewindRelay', cursor, position, told, why, by, at })] };
      },
      send: (order) => handling(this.store)(order),
    });
  }

  private get stream(): string {
    return `relay-${this.store.service}`;
  }
}
