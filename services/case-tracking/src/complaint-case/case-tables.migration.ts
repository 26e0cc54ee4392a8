import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read models of cases. Text keys sort by code point, everywhere alike. */
export class CaseTables1763500000000 implements MigrationInterface {
  name = 'CaseTables1763500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table caseload (
        "case" uuid primary key,
        tenant text collate "C" not null,
        opened bigint not null unique,
        reference text collate "C" not null,
        kind text collate "C" not null,
        stage text collate "C" not null,
        category text collate "C",
        severity text collate "C",
        priority text collate "C" not null,
        urgency smallint not null,
        team text collate "C" not null,
        queue text collate "C" not null,
        agent text collate "C",
        account text collate "C",
        subject text collate "C",
        "waitingFor" text collate "C" not null,
        "nextUpdate" timestamptz,
        inquiries integer not null,
        "receivedAt" timestamptz not null,
        "openedAt" timestamptz not null,
        "closedAt" timestamptz
      );
      create index caseload_by_reference on caseload (tenant, reference);
      create index caseload_of_account on caseload (tenant, account, opened);
      create index caseload_of_subject on caseload (tenant, subject, opened);
      create index caseload_of_agent on caseload (tenant, agent, opened) where agent is not null;
      create index caseload_waiting on caseload (tenant, queue, urgency, "receivedAt", opened) where agent is null and stage <> 'closed';
      create index caseload_newest on caseload (tenant, opened);

      create table case_due (
        kind text collate "C" not null,
        what uuid not null,
        tenant text collate "C" not null,
        "case" uuid not null,
        due timestamptz not null,
        primary key (kind, what)
      );
      create index case_due_next on case_due (kind, due, what);
    `);
    for (const table of ['caseload', 'case_due']) await runner.query(secureView(table));
  }

  async down(): Promise<void> {
    throw new Error('Read models are dropped and built again; the log is never migrated down.');
  }
}
