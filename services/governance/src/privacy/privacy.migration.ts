import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read models of what can be forgotten. */
export class PrivacyViews1763900100000 implements MigrationInterface {
  name = 'PrivacyViews1763900100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table key_order (
        id uuid primary key,
        tenant text collate "C" not null,
        kind text collate "C" not null,
        stage text collate "C" not null,
        why text collate "C" not null,
        because text collate "C",
        keys integer not null,
        "askedAt" timestamptz not null,
        "expiresAt" timestamptz not null
      );
      create index key_order_by_time on key_order (tenant, "askedAt", id);
      create index key_order_in_hand on key_order (stage, "askedAt", id) where stage in ('approved', 'done');

      create table destroyed_key (
        key uuid primary key,
        tenant text collate "C" not null,
        "order" uuid not null
      );

      create table hold (
        id uuid primary key,
        tenant text collate "C" not null,
        scope text collate "C" not null,
        of text collate "C" not null,
        stage text collate "C" not null,
        "askedAt" timestamptz not null
      );
      create index hold_by_time on hold (tenant, "askedAt", id);
    `);
    for (const table of ['key_order', 'destroyed_key', 'hold']) await runner.query(secureView(table));
  }

  async down(): Promise<void> {
    throw new Error('Read models are dropped and built again; the log is never migrated down.');
  }
}

/** Until when matters are kept. */
export class RetentionViews1763900200000 implements MigrationInterface {
  name = 'RetentionViews1763900200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table matter_retention (
        id uuid primary key,
        tenant text collate "C" not null,
        stage text collate "C" not null,
        until timestamptz,
        basis text collate "C",
        "table" integer,
        "nextLook" timestamptz
      );
      create index matter_retention_of_tenant on matter_retention (tenant, id);
      create index matter_retention_soonest on matter_retention ("nextLook", id) where stage = 'closed';
      create index matter_retention_dated on matter_retention (tenant, "table", id) where stage = 'closed';
    `);
    await runner.query(secureView('matter_retention'));
  }

  async down(): Promise<void> {
    throw new Error('Read models are dropped and built again; the log is never migrated down.');
  }
}
