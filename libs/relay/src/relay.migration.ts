import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forgettingParked } from './forgetting.pg.js';

/** What the relay and the inbox remember, in the service's own database: give it to `migrate` with the service's own migrations. */
class RelayTables1700000000001 implements MigrationInterface {
  readonly name = 'RelayTables1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(): Promise<void> {
    throw new Error('What was heard cannot be unheard: there is no way back.');
  }
}

/** What operators need: ids to name keys by, and the memory of what was skipped. A process of the version before goes on as it did. */
class Operating1700000000002 implements MigrationInterface {
  readonly name = 'Operating1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(operating);
  }

  async down(): Promise<void> {
    throw new Error('What was skipped stays skipped: there is no way back.');
  }
}

/** Sealed bytes of a destroyed key do not wait here either, whether they waited already or come later. */
class ForgettingParked1700000000004 implements MigrationInterface {
  readonly name = 'ForgettingParked1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(forgettingParked);
  }

  async down(): Promise<void> {
    throw new Error('What was forgotten stays forgotten: there is no way back.');
  }
}

export const relayMigrations: readonly (new () => MigrationInterface)[] = [
  RelayTables1700000000001,
  Operating1700000000002,
  ForgettingParked1700000000004,
];

const tables = `
create schema relay;

-- Telling: who tells, and how far he has come with messages and with records.
create table relay.seat (name text collate "C" primary key, token bigint not null, pid integer not null, beat timestamptz not null) with (fillfactor = 50);
create table relay.cursor (name text collate "C" primary key, position bigint not null) with (fillfactor = 50);

-- What could not be told, and everything of the same key since; the record itself is in the log. topic '' stands for the whole stream (key).
create table relay.untold (
  cursor text collate "C" not null,
  position bigint not null,
  topic text collate "C" not null,
  key text collate "C" not null,
  why text not null,
  since timestamptz not null default clock_timestamp(),
  primary key (cursor, topic, key, position)
);

-- An instant and a position, such that everything recorded not later than the instant has a position not higher. The instant is read before
-- the store's lock, the head after it: an append that is under way holds the lock, and its records carry the time at which it got it.
-- A millisecond less, because what is recorded after us may still fall into the same one.
create function relay.settled(out up_to timestamptz, out head bigint) language plpgsql volatile as $$
begin
  up_to := date_trunc('milliseconds', clock_timestamp()) - interval '1 millisecond';
  perform pg_advisory_xact_lock_shared(hashtextextended('recourse.log', 0));
  select coalesce(max(position), -1) into head from log.event;
end $$;

-- Hearing: the messages in hand, and how often each was begun without coming to an end. The rows survive a killed process, not a crashed
-- server: they are written without waiting for the disk.
create table relay.hand (
  lane text collate "C" not null,
  message text collate "C" not null,
  starts integer not null,
  primary key (lane, message)
);

-- Where a message goes to several streams, the list as it was at the first hearing.
create table relay.targets (
  consumer text collate "C" not null,
  message text collate "C" not null,
  targets text not null,
  primary key (consumer, message)
);

-- Keys that wait: the message that failed and all later ones of its key. "held" waits for a person, the others for next_try.
create table relay.parked_key (
  consumer text collate "C" not null,
  topic text collate "C" not null,
  key text collate "C" not null,
  partition integer not null,
  why text not null,
  held boolean not null,
  tries integer not null default 0,
  starts integer not null default 0,
  next_try timestamptz not null,
  leased_until timestamptz not null default '-infinity',
  since timestamptz not null default clock_timestamp(),
  -- Up to where the partition was known to be complete when the key was parked: nobody may conclude anything from a later silence.
  watermark timestamptz,
  primary key (consumer, topic, key)
);
create table relay.parked_message (
  number bigint generated always as identity primary key,
  consumer text collate "C" not null,
  topic text collate "C" not null,
  key text collate "C" not null,
  message text collate "C" not null,
  partition integer not null,
  "offset" text not null,
  headers text not null,
  value text not null,
  unique (consumer, topic, key, message),
  foreign key (consumer, topic, key) references relay.parked_key
);

-- "Everything of this partition recorded up to this instant has been heard."
create table relay.watermark (
  topic text collate "C" not null,
  partition integer not null,
  partitions integer not null,
  up_to timestamptz not null,
  primary key (topic, partition)
) with (fillfactor = 50);

do $$
declare
  teller name := regexp_replace(current_user, '_owner$', '_log');
begin
  execute format('grant usage on schema relay to %I', teller);
  execute format('grant select, insert, update, delete on all tables in schema relay to %I', teller);
  execute format('grant usage on all sequences in schema relay to %I', teller);
  execute format('revoke all on function relay.settled from public', teller);
  execute format('grant execute on function relay.settled to %I', teller);
end $$;
`;

const operating = `
-- Under this id an operator sees a key. A hash, because the key may name an account; of version 8, made by whoever likes.
create function relay.waiting_id(consumer text, topic text, key text) returns uuid language sql immutable parallel safe
return (
  select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-8' || substr(h, 14, 3) || '-8' || substr(h, 18, 3) || '-' || substr(h, 21, 12))::uuid
  from (select encode(sha256(convert_to(consumer || chr(10) || topic || chr(10) || key, 'UTF8')), 'hex') as h) hash
);
alter table relay.parked_key
  add column id uuid generated always as (relay.waiting_id(consumer, topic, key)) stored unique,
  -- Two people have said that its first message is to be skipped: nobody tries it any more.
  add column skipping uuid;
alter table relay.untold
  add column id uuid generated always as (relay.waiting_id('relay:' || cursor, topic, key)) stored,
  add column skipping uuid,
  add column leased_until timestamptz not null default '-infinity';
create index untold_by_id on relay.untold (id, position);

-- Messages that were let go by two people, one row a request: told again one day, they are passed over.
create table relay.skipped (
  request uuid primary key,
  id uuid not null,
  consumer text collate "C" not null,
  topic text collate "C" not null,
  message text collate "C" not null,
  since timestamptz not null default clock_timestamp(),
  unique (consumer, message, id)
);

do $$
declare
  teller name := regexp_replace(current_user, '_owner$', '_log');
begin
  execute format('grant select, insert on relay.skipped to %I', teller);
  execute format('grant execute on function relay.waiting_id to %I', teller);
end $$;
`;
