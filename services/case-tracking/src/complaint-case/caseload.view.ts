import { deskOf, type CaseHistory, type CaseLine, type QueueShown } from '@recourse/contracts';
import type { Recorded, View } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { waitingFor } from './showing.js';

/** One line a case: what the desk finds, lists and queues by. */
@Entity('caseload')
export class CaseRow {
  @PrimaryColumn('uuid')
  case: string;
  @Column('text')
  tenant: string;
  /** Position of the record that opened it: newest last. */
  @Column('bigint')
  opened: string;
  @Column('text')
  reference: string;
  @Column('text')
  kind: CaseLine['kind'];
  @Column('text')
  stage: CaseLine['stage'];
  @Column('text', { nullable: true })
  category: string | null;
  @Column('text', { nullable: true })
  severity: string | null;
  @Column('text')
  priority: CaseLine['priority'];
  /** 0 is urgent, 3 is low: the order of a queue. */
  @Column('smallint')
  urgency: number;
  @Column('text')
  team: string;
  /** The skill it takes: its category, or triage. */
  @Column('text')
  queue: string;
  @Column('text', { nullable: true })
  agent: string | null;
  @Column('text', { nullable: true })
  account: string | null;
  @Column('text', { nullable: true })
  subject: string | null;
  @Column('text')
  waitingFor: CaseLine['waitingFor'];
  @Column('timestamptz', { nullable: true })
  nextUpdate: Date | null;
  @Column('integer')
  inquiries: number;
  @Column('timestamptz')
  receivedAt: Date;
  @Column('timestamptz')
  openedAt: Date;
  @Column('timestamptz', { nullable: true })
  closedAt: Date | null;
}

export const caseloadView: View = {
  name: 'caseload',
  version: 1,
  entities: [CaseRow],
  async apply(rows, record, history) {
    if (!record.stream.startsWith('case-')) return;
    const row = rowOf(record, await history<CaseHistory>());
    if (record.version === 0) rows.put(CaseRow, { ...row, opened: String(record.position) });
    else rows.change(CaseRow, { case: row.case }, row);
  },
};

const ladder: readonly CaseLine['priority'][] = ['urgent', 'high', 'normal', 'low'];

const rowOf = ({ tenant }: Recorded, history: CaseHistory): Omit<CaseRow, 'opened'> => {
  const { id, reference, kind, stage, category, assessment, priority, assignment, account, subject, promises, inquiries, closure } =
    history;
  const [nextUpdate] = promises
    .filter(({ state }) => state === 'open')
    .map(({ due }) => due)
    .sort();
  return {
    case: id,
    tenant,
    reference,
    kind,
    stage,
    category: category ?? null,
    severity: assessment?.severity ?? null,
    priority,
    urgency: ladder.indexOf(priority),
    team: deskOf(category).team,
    queue: category ?? 'triage',
    agent: assignment?.agent ?? null,
    account: account ?? null,
    subject: subject ?? null,
    waitingFor: waitingFor(history),
    nextUpdate: nextUpdate ? new Date(nextUpdate) : null,
    inquiries: inquiries.count,
    receivedAt: new Date(history.receivedAt),
    openedAt: new Date(history.openedAt),
    closedAt: stage === 'closed' && closure ? new Date(closure.at) : null,
  };
};

export type CaseFilter = Partial<
  Pick<CaseRow, 'reference' | 'account' | 'subject' | 'stage' | 'category' | 'priority' | 'agent' | 'kind'>
> & {
  /** Open cases of this skill that nobody holds. */
  readonly queue?: string;
};

/** The cases a filter asks for, unordered. */
export const casesBy = (manager: EntityManager, { queue, ...filter }: CaseFilter): SelectQueryBuilder<CaseRow> => {
  const query = manager.createQueryBuilder(CaseRow, 'row').where('true');
  for (const [column, value] of Object.entries(filter))
    if (value !== undefined) query.andWhere(`row.${column} = :${column}`, { [column]: value });
  return queue === undefined ? query : query.andWhere("row.queue = :queue and row.agent is null and row.stage <> 'closed'", { queue });
};

/** Every open case of an account, the protective ones too. */
export const openCasesOf = (manager: EntityManager, account: string): Promise<CaseRow[]> =>
  manager
    .createQueryBuilder(CaseRow, 'row')
    .where("row.account = :account and row.stage <> 'closed'", { account })
    .orderBy('row.opened')
    .getMany();

/** What waits, by skill: how much of it, how much of that urgently, and since when. */
export const queuesOf = async (manager: EntityManager): Promise<readonly QueueShown[]> => {
  const rows = await manager
    .createQueryBuilder(CaseRow, 'row')
    .select('row.queue', 'id')
    .addSelect('count(*)::int', 'waiting')
    .addSelect('(count(*) filter (where row.urgency = 0))::int', 'urgent')
    .addSelect('min(row.receivedAt)', 'oldest')
    .where("row.agent is null and row.stage <> 'closed'")
    .groupBy('row.queue')
    .orderBy('row.queue')
    .getRawMany<{ id: string; waiting: number; urgent: number; oldest: Date }>();
  return rows.map(({ oldest, ...row }) => ({ ...row, oldest: oldest.toISOString() }));
};

/** Who is next: the most urgent, and of these the one that has waited longest. */
export const nextIn = async (manager: EntityManager, queue: string, limit: number): Promise<readonly string[]> => {
  const rows = await casesBy(manager, { queue })
    .orderBy('row.urgency')
    .addOrderBy('row.receivedAt')
    .addOrderBy('row.opened')
    .limit(limit)
    .getMany();
  return rows.map((row) => row.case);
};

export const lineOf = ({
  case: id,
  tenant: _tenant,
  opened: _opened,
  urgency: _urgency,
  nextUpdate,
  receivedAt,
  openedAt,
  closedAt,
  ...row
}: CaseRow): CaseLine => ({
  id,
  ...row,
  nextUpdate: nextUpdate?.toISOString() ?? null,
  receivedAt: receivedAt.toISOString(),
  openedAt: openedAt.toISOString(),
  closedAt: closedAt?.toISOString() ?? null,
});
