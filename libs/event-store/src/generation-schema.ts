import type { Roles } from './log-schema.js';

/**
 * The catalogue of views. A view has generations: the same tables, filled from the log one beside the other. Number 0 lies in `public`, where
 * migrations made it; number n in a schema of its own. Which one is read is one row here, so that a swap is one update and everybody who reads
 * sees, in one snapshot, one generation of each view.
 *
 * Only the owner may make schemas, so these are functions that run as the owner. Whoever builds dies with nothing half done: what is not in the
 * catalogue is not read, and what is in it has a follower whose cursor moves in the transaction that fills its tables.
 */
export const generationSchema = ({ log, web }: Roles): string => `
-- Until this moment a follower does not go past this position: two of them are compared where both stand.
alter table log.follower add column hold bigint, add column held_until timestamptz;

create table log.view (
  name text collate "C" primary key check (name ~ '^[a-z][a-z0-9-]{0,40}$'),
  live integer not null,
  previous integer,
  generations integer not null default 1,
  tables text[] not null
);

-- indexed: false while its tables wait for the first load. swaps: goes live by itself as soon as it has caught up. reached: how far the log
-- has been folded in memory for the first load, when the cursor has not moved yet.
create table log.view_generation (
  view text collate "C" not null references log.view (name),
  generation integer not null,
  version integer not null,
  state text collate "C" not null check (state in ('building', 'live', 'old')),
  schema text collate "C" not null,
  indexed boolean not null,
  swaps boolean not null,
  begun timestamptz not null default clock_timestamp(),
  reached bigint not null default -1,
  primary key (view, generation)
);
create unique index one_live on log.view_generation (view) where state = 'live';
create unique index one_building on log.view_generation (view, version) where state = 'building';

create function log.follower_of(of_view text, of_generation integer) returns text language sql immutable as $$
  select 'view:' || of_view || case when of_generation = 0 then '' else ':' || of_generation end
$$;

-- The generation of each view that code of these versions reads: the live one if it was built by the same fold, else the last one that was, so
-- that an older process goes on reading what it understands; else the live one.
create function log.generations_read(views text[], versions integer[]) returns table (view text, generation integer, schema text)
language sql stable security definer set search_path = log, pg_temp as $$
  select g.view, g.generation, g.schema
  from unnest(views, versions) as v(name, version)
  cross join lateral (
    select * from view_generation g where g.view = v.name collate "C"
    order by g.state = 'live' and g.version = v.version desc, g.version = v.version and g.state <> 'building' desc, g.state = 'live' desc,
      g.generation desc
    limit 1
  ) g
$$;

-- For set_config('search_path', …, true) in the statement that begins a reader's snapshot.
create function log.view_path(views text[], versions integer[]) returns text
language sql stable security definer set search_path = log, pg_temp as $$
  select array_to_string(array_append(coalesce(array_agg(distinct quote_ident(schema)) filter (where schema <> 'public'), '{}'), 'public'), ', ')
  from generations_read(views, versions)
$$;

create function log.begin_generation(of_view text, of_version integer, bulk boolean, swap boolean) returns integer
language plpgsql security definer set search_path = log, pg_temp as $$
declare
  number integer;
  shadow text;
  name_of text;
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.views', 0));
  select g.generation into number from view_generation g where g.view = of_view and g.version = of_version and g.state = 'building';
  if found then return number; end if; -- begun before, by somebody who may have died: it is gone on with
  update view v set generations = v.generations + 1 where v.name = of_view returning v.generations - 1 into number;
  if not found then raise exception 'There is no view %.', of_view using errcode = 'undefined_object'; end if;
  shadow := 'view_' || replace(of_view, '-', '_') || '_' || number;
  execute format('create schema %I', shadow);
  execute format('grant usage on schema %I to ${log}, ${web}', shadow);
  for name_of in select unnest(v.tables) from view v where v.name = of_view loop
    execute format('create table %I.%I (like public.%I including defaults including constraints including generated including storage%s)',
      shadow, name_of, name_of, case when bulk then '' else ' including indexes' end);
    perform secure_view(format('%I.%I', shadow, name_of)::regclass);
  end loop;
  insert into follower (name, version, position, token, beat) values (follower_of(of_view, number), of_version, -1, 0, clock_timestamp());
  insert into view_generation (view, generation, version, state, schema, indexed, swaps)
  values (of_view, number, of_version, 'building', shadow, not bulk, swap);
  return number;
end $$;

-- The keys and indexes that the table in public has, once the first load is done: far quicker than keeping them while it runs.
create function log.index_generation(of_view text, of_generation integer) returns void
language plpgsql security definer set search_path = log, pg_temp as $$
declare
  shadow text;
  name_of text;
  definition text;
begin
  update view_generation g set indexed = true where g.view = of_view and g.generation = of_generation and not g.indexed returning g.schema into shadow;
  if not found then raise exception 'Generation % of % waits for no indexes.', of_generation, of_view using errcode = 'object_not_in_prerequisite_state'; end if;
  for name_of in select unnest(v.tables) from view v where v.name = of_view loop
    for definition in
      select format('alter table %I.%I add constraint %I %s', shadow, name_of, c.conname, pg_get_constraintdef(c.oid))
      from pg_constraint c where c.conrelid = format('public.%I', name_of)::regclass and c.contype in ('p', 'u', 'x')
      union all
      select replace(pg_get_indexdef(i.indexrelid), format(' ON public.%I USING ', name_of), format(' ON %I.%I USING ', shadow, name_of))
      from pg_index i where i.indrelid = format('public.%I', name_of)::regclass
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
    loop
      execute definition;
    end loop;
    execute format('analyze %I.%I', shadow, name_of);
  end loop;
end $$;

-- A service says at its start which views its code has. One that nobody knew is generation 0, which follows the log from where it is; a fold
-- that is newer than all generations begins one of its own.
create function log.register_view(of_view text, of_version integer, of_tables text[]) returns void
language plpgsql security definer set search_path = log, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.views', 0));
  if not exists (select from view v where v.name = of_view) then
    insert into view (name, live, tables) values (of_view, 0, of_tables);
    insert into follower (name, version, position, token, beat) values (follower_of(of_view, 0), of_version, -1, 0, clock_timestamp())
    on conflict (name) do nothing;
    insert into view_generation (view, generation, version, state, schema, indexed, swaps)
    select of_view, 0, f.version, 'live', 'public', true, false from follower f where f.name = follower_of(of_view, 0);
  end if;
  if of_version > (select max(g.version) from view_generation g where g.view = of_view) then
    update view v set tables = of_tables where v.name = of_view;
    perform begin_generation(of_view, of_version, true, true);
  end if;
end $$;

-- Nobody who reads goes back in time: the cursor of the live generation is kept where it is until the other one has reached it.
create function log.swap_view(of_view text, to_generation integer) returns void
language plpgsql security definer set search_path = log, pg_temp as $$
declare
  was integer;
  stood bigint;
  stands bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.views', 0));
  select v.live into was from view v where v.name = of_view for update;
  if was is null or not exists (select from view_generation g where g.view = of_view and g.generation = to_generation and g.indexed) then
    raise exception 'There is no generation % of % that could be read.', to_generation, of_view using errcode = 'undefined_object';
  end if;
  if was = to_generation then return; end if;
  select f.position into stood from follower f where f.name = follower_of(of_view, was) for update;
  for attempt in 1 .. 200 loop
    select f.position into stands from follower f where f.name = follower_of(of_view, to_generation);
    exit when stands >= stood;
    perform pg_sleep(0.01);
  end loop;
  if stands < stood then
    raise exception 'Generation % of % stands at %, the live one at %.', to_generation, of_view, stands, stood
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  update view_generation g set state = 'old' where g.view = of_view and g.generation = was;
  update view_generation g set state = 'live', swaps = false where g.view = of_view and g.generation = to_generation;
  update view v set live = to_generation, previous = was where v.name = of_view;
end $$;

-- The tables in public are the pattern of all others: they are emptied, and not by truncate, which older snapshots would see.
create function log.drop_generation(of_view text, of_generation integer) returns void
language plpgsql security definer set search_path = log, pg_temp as $$
declare
  dropped log.view_generation;
  name_of text;
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.views', 0));
  if exists (select from view v where v.name = of_view and v.live = of_generation) then
    raise exception 'Generation % of % is live.', of_generation, of_view using errcode = 'object_in_use';
  end if;
  -- First its cursor: whoever is in the middle of a batch finishes it, and nobody begins another.
  delete from follower f where f.name = follower_of(of_view, of_generation);
  delete from view_generation g where g.view = of_view and g.generation = of_generation returning * into dropped;
  if not found then raise exception 'There is no generation % of %.', of_generation, of_view using errcode = 'undefined_object'; end if;
  update view v set previous = null where v.name = of_view and v.previous = of_generation;
  if dropped.schema <> 'public' then
    execute format('drop schema %I cascade', dropped.schema);
  else
    for name_of in select unnest(v.tables) from view v where v.name = of_view loop
      -- Even its owner sees no row of it otherwise.
      execute format('alter table public.%I no force row level security', name_of);
      execute format('delete from public.%I', name_of);
      execute format('alter table public.%I force row level security', name_of);
    end loop;
  end if;
end $$;

-- Lets both generations come to the same position and wait there, for so long; says which.
create function log.hold_generations(of_view text, one integer, other integer, ms integer) returns bigint
language plpgsql security definer set search_path = log, pg_temp as $$
declare
  names text[] := array[follower_of(of_view, one), follower_of(of_view, other)];
  meeting bigint;
begin
  perform from follower f where f.name = any(names) order by f.name for update;
  select max(f.position) into meeting from follower f where f.name = any(names);
  update follower f set hold = meeting, held_until = clock_timestamp() + ms * interval '1 millisecond' where f.name = any(names);
  return meeting;
end $$;

-- For a migration that changes a view's table: every generation has it.
create function log.alter_view(of_table text, change text) returns void language plpgsql set search_path = log, pg_temp as $$
declare
  place text;
begin
  for place in
    select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relname = of_table and c.relkind = 'r' and (n.nspname = 'public' or n.nspname in (select g.schema from view_generation g))
  loop
    execute format('alter table %I.%I %s', place, of_table, change);
  end loop;
end $$;

revoke all on function log.follower_of, log.generations_read, log.view_path, log.begin_generation, log.index_generation, log.register_view,
  log.swap_view, log.drop_generation, log.hold_generations, log.alter_view from public;
grant execute on function log.follower_of, log.generations_read, log.view_path, log.begin_generation, log.index_generation, log.register_view,
  log.swap_view, log.drop_generation, log.hold_generations to ${log};
grant execute on function log.view_path to ${web};
grant select on log.view, log.view_generation to ${log};
grant update (reached) on log.view_generation to ${log};
`;
