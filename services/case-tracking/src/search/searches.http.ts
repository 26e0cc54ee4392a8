import { Body, Controller, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { CaseHistory, CasesFound } from '@recourse/contracts';
import {
  Allow,
  Answers,
  EVENT_STORE,
  normalised,
  PRIVACY,
  Problem,
  ShowQuery,
  TenantLimits,
  VIEWS,
  wordsOf,
  type Privacy,
} from '@recourse/edge';
import type { PostgresEventStore, SealedRef, Views } from '@recourse/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EntityManager } from 'typeorm';
import { CaseDesk, whyNotOpened, streamOf } from '../complaint-case/case-desk.http.js';
import { casesBy, lineOf, type CaseRow } from '../complaint-case/caseload.view.js';
import { conditionsOf, holds, type Condition, type Terms } from './finding.js';
import { SearchIndex } from './search-index.pg.js';
import { SearchDto } from './searches.dto.js';

const most = 50;

type Likely = { readonly row: CaseRow; readonly refs: readonly SealedRef[] };

/** Cases found by what is sealed, without reading it. What is looked for is personal too: it comes in the body, and is written down nowhere. */
@Controller('v1/cases/searches')
export class SearchesHttp {
  private readonly index: SearchIndex;

  constructor(
    private readonly cases: CaseDesk,
    private readonly limits: TenantLimits,
    @Inject(EVENT_STORE) store: PostgresEventStore,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(VIEWS) private readonly views: Views,
  ) {
    this.index = new SearchIndex(store.pool);
  }

  /** Finds cases by a telephone number, an e-mail address, a name, an account or words. Nothing is opened unless it is to be verified. */
  @Post()
  @HttpCode(200)
  @Allow('agent', 'supervisor')
  @Answers('CasesFound', { refuses: ['too-many-searches'] })
  async search(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() { category, stage, verify = false, ...terms }: SearchDto,
    @Query() { purpose }: ShowQuery,
  ): Promise<void> {
    const { tenant, role, skills } = request.caller;
    if (verify && purpose === undefined)
      throw new Problem(400, 'request-invalid', { errors: [{ parameter: 'purpose', code: 'field-missing' }] });
    const { conditions, empty } = conditionsOf(terms, await this.privacy.indexes.of(tenant, 'search'));
    if (empty.length > 0 || conditions.length === 0) throw nothingToLookFor(empty);
    await this.count(request);
    const filter = { ...(category && { category }), ...(stage && { stage }) };
    const found = await this.views.read(tenant, (manager) =>
      likely(manager, conditions, { ...filter, ...(role === 'agent' && { skills }) }),
    );
    const items: CaseRow[] = [];
    for (const one of found.slice(0, most)) if (await this.shows(request, one, verify, terms)) items.push(one.row);
    const answer: CasesFound = { items: items.map(lineOf), verified: verify, more: found.length > most };
    await reply.header('cache-control', 'no-store').send(answer);
  }

  /** Somebody who searches a hundred times an hour does not handle complaints. */
  private async count({ caller: { tenant, sub } }: FastifyRequest): Promise<void> {
    const { searchesPerHour } = this.limits.of(tenant).quotas;
    const seconds = await this.index.mayAsk(tenant, sub, searchesPerHour);
    if (seconds !== undefined)
      throw new Problem(429, 'too-many-searches', { facts: { most: searchesPerHour }, headers: { 'retry-after': String(seconds) } });
  }

  /** A case is found by whoever may open it, and by nobody with a conflict. Verified, what made it likely is opened and compared. */
  private async shows(request: FastifyRequest, { row, refs }: Likely, verify: boolean, terms: Terms): Promise<boolean> {
    const past = await this.cases.desk.history<CaseHistory>(streamOf(row.case));
    if (past?.tenant !== request.caller.tenant || whyNotOpened(request.caller, past.history)) return false;
    if (!verify) return true;
    const opened = await this.cases.desk.open(request, refs, past);
    const groups = refs.flatMap(({ id, group }) => (opened.has(id) ? [{ group, value: opened.get(id)! }] : []));
    return holds(terms, row.account, groups, { normalised, wordsOf });
  }
}

const nothingToLookFor = (empty: readonly string[]): Problem =>
  new Problem(400, 'request-invalid', {
    errors: (empty.length > 0 ? empty.map((term) => `/${term}`) : ['']).map((pointer) => ({ pointer, code: 'nothing-to-look-for' })),
  });

type Within = { readonly category?: string; readonly stage?: CaseRow['stage']; readonly skills?: readonly string[] };

/** The newest cases in which every condition is met, and the groups that meet one: read as the caller's tenant, in one snapshot. */
const likely = async (
  manager: EntityManager,
  conditions: readonly Condition[],
  { skills, ...filter }: Within,
): Promise<readonly Likely[]> => {
  const query = casesBy(manager, filter);
  if (skills) query.andWhere('(row.category is null or row.category = any(:skills))', { skills });
  for (const [at, { field, tokens, account }] of conditions.entries()) {
    const found = `row.case in (select t."case" from public.search_token t where t.field = :field${at}
      and (t.epoch, t.token) in (select * from unnest(:epochs${at}::int[], :tokens${at}::int[])))`;
    query.andWhere(account === undefined ? found : `(${found} or row.account = :account${at})`, {
      [`field${at}`]: field,
      [`epochs${at}`]: tokens.map(({ epoch }) => epoch),
      [`tokens${at}`]: tokens.map(({ token }) => token),
      [`account${at}`]: account,
    });
  }
  const rows = await query
    .orderBy('row.opened', 'DESC')
    .limit(most + 1)
    .getMany();
  const asked = conditions.flatMap(({ field, tokens }) => tokens.map((token) => ({ field, ...token })));
  const entries = (await manager.query(
    `select e."case", e.id, e."group", e.key, e.h from public.search_entry e where e."case" = any ($1::uuid[]) and e.id in (
       select t.entry from public.search_token t
       where (t.field, t.epoch, t.token) in (select * from unnest($2::text[], $3::int[], $4::int[])) and t."case" = any ($1::uuid[])) order by e.id`,
    [rows.map((row) => row.case), asked.map(({ field }) => field), asked.map(({ epoch }) => epoch), asked.map(({ token }) => token)],
  )) as (SealedRef & { readonly case: string })[];
  return rows.map((row) => ({
    row,
    refs: entries.filter((entry) => entry.case === row.case).map(({ id, group, key, h }) => ({ id, group, key, h })),
  }));
};
