import { hash } from 'node:crypto';
import { appendFunction, appendParameters } from './append-function.js';
import { forgettingSchema } from './forgetting.js';
import { generationSchema } from './generation-schema.js';
import { parkingSchema } from './parking.js';
import { snapshotStep } from './snapshot-schema.js';

/** The roles of one service's database, named after the owner: `<service>_owner` leads to `<service>_log` and `<service>_web`. */
export type Roles = { readonly owner: string; readonly log: string; readonly web: string };

type Step = { readonly name: string; readonly sql: (roles: Roles) => string };

/**
 * Steps of the store's own schema, in order. A step that has run anywhere is never changed: add another. Functions are made again whenever their
 * text has changed; one that gets other parameters stands beside the one it replaces until a later release drops that, so that instances of
 * this release and of the one before work on one log.
 */
export const logSteps: readonly Step[] = [
  { name: '1-the-log', sql: theLog },
  { name: '2-snapshots', sql: snapshotStep },
  { name: '3-view-generations', sql: generationSchema },
  { name: '4-parked-streams', sql: parkingSchema },
  { name: '5-forgotten-keys', sql: forgettingSchema },
  madeAgain('append', appendFunctionFor),
];

function madeAgain(name: string, sql: Step['sql']): Step {
  return { name: `function ${name} ${hash('sha256', sql({ owner: '', log: '', web: '' })).slice(0, 16)}`, sql };
}

function appendFunctionFor({ log }: Roles): string {
  const signature = `log.append(${appendParameters.map(([, type]) => type).join(', ')})`;
  return `${appendFunction}
revoke all on function ${signature} from public;
grant execute on function ${signature} to ${log};`;
}

function theLog({ log, web }: Roles): string {
  return `
-- One log for ever. Every text key sorts by code point ("C"): the same order on every machine. The record is json, not jsonb, because
-- json keeps the bytes that were hashed; and nothing here has an index that an append would not need itself.
create table log.event (
  position bigint primary key,
  stream text collate "C" not null,
  version integer not null check (version >= 0),
  event_id uuid not null,
  type text collate "C" not null,
  sv smallint not null,
  tenant text collate "C" not null,
  recorded_at timestamptz not null,
  leaf bytea not null check (octet_length(leaf) = 32),
  record json not null,
  unique (stream, version)
);

-- Sealed groups lie beside the log, so that erasing one never touches the record; its hash stands in the record.
create table log.sealed (
  id uuid primary key,
  tenant text collate "C" not null,
  h bytea not null check (octet_length(h) = 32),
  blob bytea not null
);

-- What makes a request happen once, and how its first answer is given again. Only keys of HTTP requests are ever forgotten.
create table log.request_key (
  key text collate "C" primary key,
  fingerprint text collate "C" not null,
  kind text collate "C" not null check (kind in ('http', 'heard')),
  created timestamptz not null,
  status smallint,
  location text,
  stream text collate "C",
  version integer
);
create index request_key_to_prune on log.request_key (created) where kind = 'http';

-- How far each follower of the log has come, and who follows now: see following.ts.
create table log.follower (
  name text collate "C" primary key,
  version integer not null,
  position bigint not null,
  token bigint not null,
  holder uuid,
  beat timestamptz not null
);

-- Sandbox tenants may move their own clock.
create table log.tenant_clock (
  tenant text collate "C" primary key,
  ahead_ms bigint not null check (ahead_ms >= 0)
);

create function log.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The log is only ever appended to (% on %).', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on log.event for each row execute function log.refuse_change();
create trigger append_only_all before truncate on log.event for each statement execute function log.refuse_change();
create trigger unchanged before update on log.sealed for each row execute function log.refuse_change();
create trigger unchanged_all before truncate on log.sealed for each statement execute function log.refuse_change();

-- The last position recorded not later than an instant, -1 when there is none. recorded_at never falls and positions have no gaps, so a
-- binary search through the primary key does without an index on the time.
create function log.position_at(instant timestamptz) returns bigint
language plpgsql stable security definer set search_path = log, pg_temp as $$
declare
  low bigint := -1;
  high bigint := coalesce((select max(position) from event), -1);
  middle bigint;
begin
  while low < high loop
    middle := (low + high + 1) / 2;
    if (select e.recorded_at from event e where e.position = middle) <= instant then low := middle; else high := middle - 1; end if;
  end loop;
  return low;
end $$;

-- The only way in which the web role reads a stream: by its tenant. (Row-level security on the log itself would hide max(position).)
create function log.read_stream(of_tenant text, of_stream text, after_version integer, up_to_version integer, up_to_position bigint, at_most integer)
returns setof log.event language sql stable security definer set search_path = log, pg_temp as $$
  select * from event e
  where e.stream = of_stream and e.tenant = of_tenant and e.version > after_version and e.version <= up_to_version and e.position <= up_to_position
  order by e.version limit at_most
$$;

create function log.prune_keys() returns integer language plpgsql security definer set search_path = log, pg_temp as $$
declare
  pruned integer;
begin
  delete from request_key where key in (
    select k.key from request_key k where k.kind = 'http' and k.created < clock_timestamp() - interval '72 hours'
    order by k.created limit 5000 for update skip locked
  );
  get diagnostics pruned = row_count;
  return pruned;
end $$;

-- A view's table: written by the log role alone, read by the web role only where the row's tenant is the caller's. Called by migrations.
create function log.secure_view(view regclass) returns void language plpgsql set search_path = log, pg_temp as $$
begin
  execute format('alter table %s enable row level security', view);
  execute format('alter table %s force row level security', view);
  execute format('grant select, insert, update, delete on %s to ${log}', view);
  execute format('grant select on %s to ${web}', view);
  execute format('create policy followed on %s to ${log} using (true) with check (true)', view);
  execute format('create policy of_tenant on %s for select to ${web} using (tenant = current_setting(''app.tenant'', true))', view);
end $$;

revoke all on all functions in schema log from public;
grant usage on schema log to ${log}, ${web};
grant select on log.event, log.sealed, log.request_key to ${log};
grant select, insert, update on log.follower, log.tenant_clock to ${log};
grant execute on function log.prune_keys to ${log};
grant execute on function log.read_stream, log.position_at to ${log}, ${web};
`;
}
