import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the notary keeps: every record of every log, exactly as it was told. Not views: they are built from what was heard, not from
 * audit's own log.
 */
export class AuditTables1763400000000 implements MigrationInterface {
  name = 'AuditTables1763400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table heard_record (
        origin text collate "C" not null,
        position bigint not null,
        leaf bytea not null check (octet_length(leaf) = 32),
        prev bytea not null,
        stream text collate "C" not null,
        version integer not null,
        type text collate "C" not null,
        tenant text collate "C" not null,
        corr text collate "C" not null,
        matter text collate "C",
        recorded_at timestamptz not null,
        record text not null,
        primary key (origin, position)
      );
      create index heard_record_of_stream on heard_record (stream, version);
      create index heard_record_of_corr on heard_record (tenant, corr, recorded_at);
      create index heard_record_of_matter on heard_record (tenant, matter, recorded_at) where matter is not null;

      create table heard_sealed (
        id uuid primary key,
        tenant text collate "C" not null,
        h bytea not null check (octet_length(h) = 32),
        blob bytea not null
      );

      -- next: the first position not yet reached without a gap; farthest: the last one heard at all. Only what lies before next is shown.
      create table heard_origin (
        origin text collate "C" primary key,
        next bigint not null default 0,
        leaf bytea,
        farthest bigint not null default -1,
        stopped boolean not null default false
      );
      create table heard_gap (
        origin text collate "C" not null,
        "from" bigint not null,
        "to" bigint not null,
        said boolean not null default false,
        primary key (origin, "from")
      );
    `);
    for (const table of ['heard_record', 'heard_sealed']) await runner.query(secureView(table));
    // How far each log has come is nobody's secret: no row of these belongs to a tenant.
    await runner.query(`
      do $$ declare stem text := regexp_replace(current_user, '_owner$', ''); begin
        execute format('grant select, insert, update, delete on heard_origin, heard_gap to %I', stem || '_log');
        execute format('grant select on heard_origin, heard_gap to %I', stem || '_web');
      end $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was heard is kept.');
  }
}
