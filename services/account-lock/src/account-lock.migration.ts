import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read models of account-lock. Neither is ever asked whether an operation is allowed. */
export class AccountLockViews1763900000000 implements MigrationInterface {
  name = 'AccountLockViews1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table protected_account (
        tenant text collate "C" not null,
        account text collate "C" not null,
        state text collate "C" not null,
        sequence bigint not null,
        locks integer not null,
        limits integer not null,
        "changedAt" timestamptz not null,
        primary key (tenant, account)
      );
      create index protected_account_by_change on protected_account (tenant, "changedAt", account);

      create table account_due (
        thing uuid primary key,
        tenant text collate "C" not null,
        stream text collate "C" not null,
        kind text collate "C" not null,
        due timestamptz not null
      );
      create index account_due_soonest on account_due (kind, due);
    `);
    for (const table of ['protected_account', 'account_due']) await runner.query(secureView(table));
  }

  async down(): Promise<void> {
    throw new Error('Read models are dropped and built again; the log is never migrated down.');
  }
}
