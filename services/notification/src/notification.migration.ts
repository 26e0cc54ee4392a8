import { secureView } from '@recourse/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read models of this service, and the cursors of the webhook endpoints. Text keys sort by code point, everywhere alike. */
export class NotificationTables1763400000000 implements MigrationInterface {
  name = 'NotificationTables1763400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table notice (
        notice uuid primary key,
        tenant text collate "C" not null,
        position bigint not null unique,
        state text collate "C" not null,
        topic text collate "C" not null,
        channel text collate "C" not null,
        template text collate "C" not null,
        language text collate "C" not null,
        matter text collate "C",
        account text collate "C",
        subject text collate "C",
        letter text collate "C",
        "plannedAt" timestamptz not null,
        "sentAt" timestamptz,
        "tryAt" timestamptz
      );
      create index notice_of_matter on notice (tenant, matter, position);
      create index notice_of_account on notice (tenant, account, position);
      create index notice_to_try on notice ("tryAt") where "tryAt" is not null;

      create table feed_message (
        tenant text collate "C" not null,
        number integer not null,
        message json not null,
        primary key (tenant, number)
      );

      create table webhook_endpoint (
        endpoint uuid primary key,
        tenant text collate "C" not null,
        url text not null,
        state text collate "C" not null,
        "after" integer not null,
        "registeredAt" timestamptz not null,
        "enabledVersion" integer not null,
        "replayVersion" integer not null,
        "replayAfter" integer not null,
        "testVersion" integer not null,
        test uuid
      );
      create index webhook_endpoint_of_tenant on webhook_endpoint (tenant, "registeredAt");

      -- Not views: they cannot be folded from the log. Losing a cursor means sending again, never missing anything.
      create table webhook_cursor (
        endpoint uuid primary key,
        tenant text collate "C" not null,
        done integer not null,
        replay_version integer not null default 0,
        enabled_version integer not null default 0,
        test_version integer not null default 0,
        failures integer not null default 0,
        failing_since timestamptz,
        next_try timestamptz,
        leased_by uuid,
        leased_until timestamptz
      );
      create table webhook_delivery (
        delivery bigint generated always as identity primary key,
        endpoint uuid not null,
        tenant text collate "C" not null,
        number integer,
        message text collate "C" not null,
        type text collate "C" not null,
        attempt integer not null,
        at timestamptz not null,
        status integer,
        failed text collate "C",
        ms integer not null,
        "nextTry" timestamptz
      );
      create index webhook_delivery_of_endpoint on webhook_delivery (endpoint, delivery);
      create index webhook_delivery_by_age on webhook_delivery (at);
    `);
    for (const table of ['notice', 'feed_message', 'webhook_endpoint', 'webhook_cursor', 'webhook_delivery'])
      await runner.query(secureView(table));
  }

  async down(): Promise<void> {
    throw new Error('Read models are dropped and built again; the log is never migrated down.');
  }
}
