import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import {
  Allow,
  Answers,
  byOf,
  Configuration,
  EVENT_STORE,
  PRIVACY,
  Problem,
  Reach,
  UuidParam,
  VIEWS,
  type Privacy,
  type Views,
} from '@recourse/edge';
import type { EventStore } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { subjectExportDays } from '../audit.variables.js';
import { inPieces } from './exporting.js';
import { Holdings } from './holdings.pg.js';
import { readinessOf } from './readiness.js';
import { Writing } from './writing.js';

const pieceLength = 32_768;

/** What the house holds of a subject, for himself: from the notary's copies, since he alone has those of all services. */
@Controller('v1/audit/subject-requests/:id/export')
@Reach('own-subject')
export class SubjectExportHttp {
  constructor(
    @Inject(VIEWS) private readonly views: Views,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Everything held of the subject, as an attachment: matters with their events and what was sealed, files with their hashes, notices, accounts and their locks,
   * preferences, requests. Each group is recorded as opened, for subject-access, before it leaves; what is erased or restricted shows its gap.
   */
  @Get()
  @Allow('customer', 'platform', 'privacy-officer')
  @Answers('SubjectExport', { refuses: ['subject-export-not-ready', 'subject-export-expired'] })
  async download(@Param('id', UuidParam) id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request;
    const { tenant } = caller;
    const asked = await new Holdings(this.views, tenant).request(id);
    if (!asked) throw new Problem(404, 'not-found');
    const ready = readinessOf(asked, caller, this.store.now(tenant), this.configuration.of(subjectExportDays));
    if (ready.then === 'not-theirs') throw new Problem(404, 'not-found');
    if (ready.then === 'not-ready') throw new Problem(409, 'subject-export-not-ready');
    if (ready.then === 'expired') throw new Problem(410, 'subject-export-expired', { facts: { ended: ready.ended } });
    const { madeReadyAt, expiresAt } = ready;
    // By the clock of the records, which no sandbox moves: the openings of this export are recorded later and are not in it.
    const asOf = this.store.now();
    const holdings = new Holdings(this.views, tenant, asOf);
    const opening = { by: byOf(caller), purpose: 'subject-access', tenant, from: holdings.bytes };
    const writing = new Writing(
      holdings,
      (refs, corr, whose) => this.privacy.open(refs, { ...opening, corr, whose }),
      (keys) => this.privacy.standings(tenant, keys),
    );
    const pieces = inPieces(writing.written({ request: id, subject: asked.subject, madeReadyAt, expiresAt, asOf }), pieceLength);
    // What cannot be opened is a problem document as long as nothing has left.
    const first = await pieces.next();
    void reply.headers({
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="subject-export-${id}.json"`,
      'content-security-policy': "sandbox; default-src 'none'",
    });
    await reply.type('application/json; charset=utf-8').send(Readable.from(resumed(first, pieces)));
  }
}

async function* resumed(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}
