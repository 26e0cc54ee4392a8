import type { SubjectRequestHistory } from '@recourse/contracts';
import { dueOf, type View } from '@recourse/edge';
import { part, secureView } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn, type EntityManager, type MigrationInterface, type QueryRunner } from 'typeorm';
import { streamOfRequest, subjectRequest } from './answering.js';

/** One line for each request that is not answered: by when it has to be, and whether that was missed. */
@Entity('subject_request_due')
export class SubjectRequestDueRow {
  @PrimaryColumn('uuid')
  request: string;
  @Column('text')
  tenant: string;
  @Column('timestamptz')
  dueAt: Date;
  @Column('boolean')
  missed: boolean;
}

export class SubjectRequests1763900200000 implements MigrationInterface {
  name = 'SubjectRequests1763900200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table subject_request_due (
        request uuid primary key,
        tenant text collate "C" not null,
        "dueAt" timestamptz not null,
        missed boolean not null
      );
      create index subject_request_due_next on subject_request_due ("dueAt") where not missed;
    `);
    await runner.query(secureView('subject_request_due'));
  }

  async down(): Promise<void> {
    throw new Error('Read models are dropped and built again; the log is never migrated down.');
  }
}

export const subjectRequestsView: View = {
  name: 'subject-requests',
  version: 1,
  entities: [SubjectRequestDueRow],
  async apply(rows, { stream, tenant }, history) {
    if (!stream.startsWith('subject-request-')) return;
    const { request, dueAt, stage, missedAt } = await history<SubjectRequestHistory>();
    if (stage === 'answered') rows.remove(SubjectRequestDueRow, { request });
    else rows.put(SubjectRequestDueRow, { request, tenant, dueAt: new Date(dueAt), missed: missedAt !== undefined });
  },
};

/** What was not answered in time is an event, whatever comes later. */
export const missedAnswers = dueOf<SubjectRequestDueRow>({
  name: 'missed-answers',
  every: 1_000,
  find: (manager: EntityManager, now) =>
    manager
      .createQueryBuilder(SubjectRequestDueRow, 'due')
      // A sandbox's clock may be ahead of the house's.
      .where(
        `not due.missed and due."dueAt" < cast(:now as timestamptz)
           + coalesce((select c.ahead_ms from log.tenant_clock c where c.tenant = due.tenant), 0) * interval '1 millisecond'`,
        { now },
      )
      .orderBy('due."dueAt"')
      .take(100)
      .getMany(),
  act: async ({ request, tenant }, { told, send }) => {
    const stream = streamOfRequest(request);
    const parts = [part(subjectRequest, stream, { type: 'NoteMissed', request, ...told(tenant) })] as const;
    return send({ tenant, corr: stream, parts });
  },
});
