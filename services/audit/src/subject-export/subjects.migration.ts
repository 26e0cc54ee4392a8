import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom a record names as the one it is about, by the id that his platform made: what a subject's own records are found by. */
export class HeardSubjects1764100000000 implements MigrationInterface {
  readonly name = 'HeardSubjects1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table heard_record add column subject text collate "C";
      update heard_record set subject = record::jsonb #>> '{data,subject}' where jsonb_typeof(record::jsonb #> '{data,subject}') = 'string';
      create index heard_record_of_subject on heard_record (tenant, subject, type) where subject is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was heard is kept.');
  }
}
