import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table of drafts: a view, so it may be dropped and built again from the log. */
export class Drafts1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table draft (
      "matter" text collate "C" primary key,
      "tenant" text collate "C" not null,
      "subject" text collate "C",
      "channel" text collate "C" not null,
      "language" text collate "C" not null,
      "category" text collate "C",
      "narrative" boolean not null,
      "draftedAt" text collate "C" not null,
      "touchedAt" text collate "C" not null,
      "told" integer not null)`);
    await runner.query('create index draft_by_touch on draft ("tenant", "touchedAt", "matter")');
    await runner.query(secureView('draft'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table draft');
  }
}
