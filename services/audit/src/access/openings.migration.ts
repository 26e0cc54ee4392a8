import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every opening of sealed groups that the notary heard of, a row each: who, in which role, for what, of which matter. No group says what was in it. */
export class Openings1763500000001 implements MigrationInterface {
  name = 'Openings1763500000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table heard_opening (
        origin text collate "C" not null,
        position bigint not null,
        tenant text collate "C" not null,
        actor text collate "C" not null,
        role text collate "C" not null,
        client text collate "C" not null,
        corr text collate "C" not null,
        purpose text collate "C" not null,
        read_at bigint,
        groups text[] not null,
        recorded_at timestamptz not null,
        day date not null,
        primary key (origin, position)
      );
      comment on column heard_opening.read_at is 'The position of that log as of which it was read; older openings do not say.';
      create index heard_opening_by_day on heard_opening (tenant, day, role, actor);
      create index heard_opening_of_corr on heard_opening (tenant, corr, recorded_at);
      insert into heard_opening
        select origin, position, tenant, r.record::jsonb #>> '{by,actor}', r.record::jsonb #>> '{by,role}', r.record::jsonb #>> '{by,client}', corr,
          r.record::jsonb #>> '{data,purpose}', (r.record::jsonb #>> '{data,position}')::bigint,
          array(select distinct g ->> 'group' from jsonb_array_elements(r.record::jsonb #> '{data,groups}') g order by 1),
          recorded_at, (recorded_at at time zone 'UTC')::date
        from heard_record r where type = 'GroupsOpened';
    `);
    await runner.query(secureView('heard_opening'));
  }

  async down(): Promise<void> {
    throw new Error('What was heard is kept.');
  }
}
