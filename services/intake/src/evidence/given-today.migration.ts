import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table of what was given by day: a view, so it may be dropped and built again from the log. */
export class EvidenceGiven1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table evidence_given (
      "evidence" text collate "C" primary key,
      "tenant" text collate "C" not null,
      "day" text collate "C" not null,
      "bytes" bigint not null)`);
    await runner.query('create index evidence_given_by_day on evidence_given ("tenant", "day") include ("bytes")');
    await runner.query(secureView('evidence_given'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table evidence_given');
  }
}
