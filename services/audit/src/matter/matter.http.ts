import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { parseReference } from '@recourse/contracts';
import { Allow, Answers, CountParam, PRIVACY, Problem, Reach, UuidParam, VIEWS, type Tools, type Views } from '@recourse/edge';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asOf, type AsOf } from './asking.js';
import { differences, gapsAmong, type Gaps } from './differing.js';
import { AsOfQuery, DiffQuery, ReferenceQuery } from './matter.dto.js';
import { Matters, type Cut } from './matters.pg.js';
import { keysIn, stateOf, stepsOf } from './replaying.js';
import type { Told } from './telling.js';

const wrong = (parameter: string, code: string): Problem => new Problem(400, 'request-invalid', { errors: [{ parameter, code }] });

/** A matter across all services, from the notary's own copy of their logs. Nothing here changes anything, and nothing sealed is opened. */
@Controller('v1/audit/cases')
@Reach('own-tenant')
export class MatterHttp {
  constructor(
    @Inject(VIEWS) private readonly views: Views,
    @Inject(PRIVACY) private readonly privacy: Tools['privacy'],
  ) {}

  /** The case a reference names. */
  @Get()
  @Allow('auditor')
  @Answers('AuditedCases', { refuses: ['not-found'] })
  async find(@Query() { reference: text }: ReferenceQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const reference = parseReference(text);
    if (!reference) throw wrong('reference', 'reference-malformed');
    const matter = await this.asked(request, (matters) => matters.byReference(reference));
    if (!matter) throw new Problem(404, 'not-found');
    await this.answer(reply, { items: [{ case: matter, reference }] });
  }

  /** Everything known of the matter, as of now, a position or an instant: complaint, case, payments, account, notices, evidence. */
  @Get(':id')
  @Allow('auditor')
  @Answers('AuditedState')
  async show(
    @Param('id', UuidParam) id: string,
    @Query() query: AsOfQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (query.position && query.at) throw new Problem(400, 'position-or-instant');
    const wish = query.position ? { position: query.position } : query.at ? { at: query.at } : {};
    const { records, cut, gaps } = await this.recordsOf(request, id, wish.position ?? wish.at, query.position ? 'position' : 'at');
    const heads = Object.fromEntries(records.map(({ origin, position, leaf }) => [origin, { position, leaf }]));
    await this.answer(reply, {
      case: id,
      asOf: { instant: cut?.instant ?? records.at(-1)!.recordedAt, ...(cut?.origin && { position: query.position }) },
      heads,
      kinds: stateOf(records, gaps),
    });
  }

  /** The timeline across services: what was recorded, when, by whom, and what it changed. */
  @Get(':id/events')
  @Allow('auditor')
  @Answers('AuditedTimeline')
  async events(
    @Param('id', UuidParam) id: string,
    @Query() query: AsOfQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (query.position && query.at) throw new Problem(400, 'position-or-instant');
    const { records, isStep, gaps } = await this.recordsOf(request, id, query.position ?? query.at, query.position ? 'position' : 'at');
    await this.answer(reply, { case: id, items: stepsOf(records, isStep, gaps) });
  }

  /** One step: the state of its stream before it, the event, the state after it. */
  @Get(':id/steps/:n')
  @Allow('auditor')
  @Answers('AuditedStep')
  async step(
    @Param('id', UuidParam) id: string,
    @Param('n', CountParam) n: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { records, isStep, gaps } = await this.recordsOf(request, id);
    const step = stepsOf(records, isStep, gaps)[n - 1];
    if (!step) throw new Problem(404, 'not-found');
    const upTo = (version: number) => {
      const states = stateOf(
        records.filter(({ record }) => record.stream === step.stream && record.version <= version),
        gaps,
      );
      return Object.values(states)[0]?.[0]?.state ?? null;
    };
    await this.answer(reply, { case: id, step, before: step.version === 0 ? null : upTo(step.version - 1), after: upTo(step.version) });
  }

  /** What changed between two positions or instants. */
  @Get(':id/diff')
  @Allow('auditor')
  @Answers('AuditedDifference')
  async diff(
    @Param('id', UuidParam) id: string,
    @Query() { from, to }: DiffQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const states = [];
    let known = false;
    for (const [text, parameter] of [
      [from, 'from'],
      [to, 'to'],
    ] as const) {
      const { records, gaps } = await this.recordsOf(request, id, text, parameter, true);
      known ||= records.length > 0;
      states.push(
        Object.fromEntries(Object.values(stateOf(records, gaps)).flatMap((things) => things.map(({ stream, state }) => [stream, state]))),
      );
    }
    // It may have begun in between; what was there at neither end is not there.
    if (!known) throw new Problem(404, 'not-found');
    await this.answer(reply, { case: id, from, to, changes: differences(states[0], states[1]) });
  }

  private async recordsOf(request: FastifyRequest, id: string, text?: string, parameter = 'at', mayBeEmpty = false) {
    const wish: AsOf | undefined = text === undefined ? undefined : asOf(text);
    if (text !== undefined && !wish) throw wrong(parameter, 'position-malformed');
    const found = await this.asked(request, async (matters) => {
      const cut: Cut | undefined = wish && (await matters.cutAt(wish));
      if (wish && !cut) throw new Problem(404, 'position-not-reached');
      const found = await matters.recordsOf(id, cut);
      if (found.records.length === 0 && !mayBeEmpty) throw new Problem(404, 'not-found');
      return { ...found, cut };
    });
    return { ...found, gaps: await this.gapsOf(request, found.records) };
  }

  /** As the keys stand now, whatever instant is looked at: what has been erased since is not to be had back by looking earlier. */
  private async gapsOf(request: FastifyRequest, records: readonly Told[]): Promise<Gaps> {
    return gapsAmong(await this.privacy.standings(request.caller.tenant, keysIn(records)));
  }

  /** One snapshot, as the auditor's tenant: rows of others are not there. */
  private asked<Result>(request: FastifyRequest, ask: (matters: Matters) => Promise<Result>): Promise<Result> {
    return this.views.read(request.caller.tenant, (manager) => ask(new Matters(manager)));
  }

  private async answer(reply: FastifyReply, body: object): Promise<void> {
    await reply.header('cache-control', 'no-store').send(body);
  }
}
