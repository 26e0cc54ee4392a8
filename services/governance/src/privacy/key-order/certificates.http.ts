import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { CertificateShown, KeyOrderHistory } from '@recourse/contracts';
import { Allow, Answers, Desk, EVENT_STORE, Problem, Reach, UuidParam } from '@recourse/edge';
import type { EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { streamOfOrder } from './drafting.js';

/** What nobody can read a person in: hashes that go on proving, counts, clocks, codes, and the opaque ids of platforms. */
const remains = ['record-hashes', 'hashes-of-sealed-bytes', 'counts', 'clocks', 'codes', 'opaque-ids', 'this-order'];

/** What proves that keys are gone. */
@Controller('v1/privacy/certificates')
@Reach('own-tenant')
export class CertificatesHttp {
  constructor(
    private readonly desk: Desk,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** What was destroyed by an order, by whose decisions, when it is effective, who has forgotten what, and where it stands in the log. */
  @Get(':order')
  @Allow('privacy-officer', 'auditor')
  @Answers('CertificateShown')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('order', UuidParam) order: string): Promise<void> {
    const past = await this.desk.history<KeyOrderHistory>(streamOfOrder(order));
    if (past?.tenant !== request.caller.tenant) throw new Problem(404, 'not-found');
    const record = (await this.store.readStream(streamOfOrder(order))).find(({ type }) => type === 'KeysDestroyed');
    if (!record) throw new Problem(404, 'not-found');
    const { position, leaf, recordedAt } = record;
    const { history, tenant } = past;
    const { why, because, done, asked, agreed, purges, expects, again } = history;
    const waitingFor = expects.filter((service) => !purges.some((purge) => purge.service === service));
    const shown: CertificateShown = {
      ...{ order, tenant, why, asked, agreed, purges, waitingFor, again, remains },
      ...(because !== undefined && { because }),
      keys: history.keys.filter(({ key }) => done!.keys.includes(key)),
      left: done!.left,
      destroyedAt: done!.at,
      effectiveFrom: done!.effectiveFrom!,
      complete: waitingFor.length === 0,
      proof: { log: this.store.service, position, leaf, recordedAt },
    };
    await reply.header('cache-control', 'no-store').send(shown);
  }
}
