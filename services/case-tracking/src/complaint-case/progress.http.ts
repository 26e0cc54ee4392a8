import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { caseHistory, type CaseHistory, type CaseProgress } from '@recourse/contracts';
import {
  Allow,
  EVENT_STORE,
  languageOf,
  Problem,
  Reach,
  Sends,
  ShowQuery,
  Shows,
  type StreamEvent,
  Streams,
  UuidParam,
} from '@recourse/edge';
import type { EventStore, Recorded } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CaseDesk, mayTouch, streamOf } from './case-desk.http.js';
import { progressOf } from './showing.js';

/** What the customer may see at any time, by asking or by listening. */
@Controller('v1/cases')
@Reach('own-subject', 'skilled-to-open')
export class ProgressHttp {
  constructor(
    private readonly cases: CaseDesk,
    private readonly streams: Streams,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  /** Stage, owning team, for whom the case waits, the next promised update; in the caller's language. */
  @Get(':id/progress')
  @Allow('customer', 'platform', 'agent', 'supervisor')
  @Shows('CaseProgress')
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id', UuidParam) id: string,
    @Query() _query: ShowQuery,
  ): Promise<void> {
    await this.cases.show(request, reply, id, (history, { version }) => this.cases.progress(request, history, version));
  }

  /** The same as server-sent events: each change of what the customer sees, from the opening on. The id of an event resumes after it, without a gap. */
  @Get(':id/progress/stream')
  @Allow('customer', 'platform', 'agent', 'supervisor')
  @Sends('CaseProgress')
  async stream(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id', UuidParam) id: string,
  ): Promise<AsyncGenerator<string>> {
    const past = await this.cases.desk.history<CaseHistory>(streamOf(id));
    if (past?.tenant !== request.caller.tenant || !mayTouch(past.history, request.caller)) throw new Problem(404, 'not-found');
    const language = languageOf(request.headers['accept-language']);
    return this.streams.open(request, reply, {
      after: -1,
      page: async (after) => {
        const upTo = await this.store.head();
        const records = await this.store.readStream(streamOf(id), { position: upTo });
        return { events: changes(records, language).filter((event) => event.id > after), upTo };
      },
    });
  }
}

/** One event for each record after which the customer sees something else, as it was seen at that instant. */
const changes = (records: readonly Recorded[], language: Parameters<typeof progressOf>[3]): readonly StreamEvent[] => {
  const events: StreamEvent[] = [];
  let history: CaseHistory | undefined;
  let seen = '';
  for (const record of records) {
    history = caseHistory(history, record);
    const { version, ...progress }: CaseProgress = progressOf(history, record.version, record.at, language);
    const now = JSON.stringify(progress);
    if (now !== seen) events.push({ id: record.position, event: 'progress', data: { ...progress, version } });
    seen = now;
  }
  return events;
};
