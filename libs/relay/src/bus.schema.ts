/**
 * The embedded bus: one more log, in a database of its own. Positions have no gaps and rise in commit order, because they are given under an
 * advisory lock; so a group's cursor in a partition is one number and nothing can appear behind it.
 *
 * Rights are given to PUBLIC on purpose: the door is CONNECT on the database, and whoever may enter may speak and listen. Nobody but the owner
 * can change or remove what was said.
 */
export const busSchema = `
create schema if not exists bus;
grant usage on schema bus to public;

create table if not exists bus.topic (
  topic text collate "C" primary key,
  partitions integer not null check (partitions > 0),
  retention text not null check (retention in ('for-ever', 'limited'))
);

-- Kept apart from max(position): pruning may empty the log, and a position is never given twice.
create table if not exists bus.head (one boolean primary key default true check (one), position bigint not null);
insert into bus.head (position) values (-1) on conflict do nothing;

create table if not exists bus.message (
  position bigint primary key,
  topic text collate "C" not null,
  partition integer not null,
  key text collate "C" not null,
  headers json not null,
  value text not null,
  said_at timestamptz not null
);
create unique index if not exists message_in_its_partition on bus.message (topic, partition, position);

-- A sign of life is one row that is written over, so that the bus does not grow while nothing happens.
create table if not exists bus.beat (
  topic text collate "C" primary key,
  number bigint not null,
  after bigint not null,
  key text not null,
  headers json not null,
  value text not null
) with (fillfactor = 50);

create table if not exists bus.seat (name text collate "C" primary key, token bigint not null, pid integer not null, beat timestamptz not null) with (fillfactor = 50);
create table if not exists bus.cursor (
  "group" text collate "C" not null,
  topic text collate "C" not null,
  partition integer not null,
  position bigint not null,
  primary key ("group", topic, partition)
) with (fillfactor = 50);

create or replace function bus.prepare(topics text[], partitions integer[], retentions text[]) returns void
language plpgsql security definer set search_path = bus, pg_temp as $$
declare
  short record;
begin
  insert into topic select * from unnest(topics, partitions, retentions) on conflict do nothing;
  select t.topic, t.partitions, asked.n into short
    from unnest(topics, partitions) asked(name, n) join topic t on t.topic = asked.name where t.partitions <> asked.n limit 1;
  if found then
    raise exception 'The topic % has % partitions, not %: the order of its keys depends on their number.', short.topic, short.partitions, short.n;
  end if;
end $$;

-- The lock and the reading of the head are separate statements: a snapshot must not be older than the lock.
create or replace function bus.publish(topics text[], partitions integer[], keys text[], headers text[], contents text[]) returns bigint
language plpgsql security definer set search_path = bus, pg_temp as $$
declare
  last bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.bus', 0));
  select position into last from head;
  insert into message (position, topic, partition, key, headers, value, said_at)
    select last + said.n, said.topic, said.partition, said.key, said.headers::json, said.content, clock_timestamp()
    from unnest(topics, partitions, keys, headers, contents) with ordinality as said(topic, partition, key, headers, content, n);
  update head set position = last + cardinality(topics) returning position into last;
  return last;
end $$;

-- Only what is limited, older than it must be kept, and heard by every group that ever asked for it. A bounded bite at a time.
create or replace function bus.prune(keep interval, bite integer) returns integer
language plpgsql security definer set search_path = bus, pg_temp as $$
declare
  pruned integer;
begin
  delete from message where position in (
    select m.position
    from topic t
    cross join lateral generate_series(0, t.partitions - 1) lane
    cross join lateral (
      select old.position from message old
      where old.topic = t.topic and old.partition = lane and old.said_at < clock_timestamp() - keep
        and old.position <= coalesce((select min(c.position) from cursor c where c.topic = t.topic and c.partition = lane), old.position)
      order by old.position limit bite
    ) m
    where t.retention = 'limited'
    limit bite
  );
  get diagnostics pruned = row_count;
  return pruned;
end $$;

revoke all on all functions in schema bus from public;
grant execute on function bus.prepare, bus.publish, bus.prune to public;
grant select on bus.topic, bus.head, bus.message to public;
grant select, insert, update on bus.beat, bus.seat, bus.cursor to public;
`;
