/**
 * Snapshots are a cache of folds: whatever does not fit exactly (another fold, another leaf at that version, changed bytes) is as if it were not
 * there. The function gives, as rows in order of version, the snapshot that lies between `known` and `up_to`, if there is one, and the records behind it.
 */
export const snapshotStep = ({ log, web }: { readonly log: string; readonly web: string }): string => `
create table log.snapshot (
  stream text collate "C" not null,
  fold text collate "C" not null,
  version integer not null,
  tenant text collate "C" not null,
  leaf bytea not null check (octet_length(leaf) = 32),
  h bytea not null check (octet_length(h) = 32),
  state text not null,
  primary key (stream, fold)
);
grant select, insert, update, delete on log.snapshot to ${log};

create function log.read_stream_on(of_tenant text, of_stream text, of_fold text, known integer, up_to integer, at_most integer)
returns table (version integer, "position" bigint, recorded_at timestamptz, leaf bytea, body text, h bytea)
language sql stable security definer set search_path = log, pg_temp as $$
  with kept as materialized (
    select s.* from snapshot s join event e on e.stream = s.stream and e.version = s.version and e.leaf = s.leaf
    where s.stream = of_stream and s.fold = of_fold and s.tenant = of_tenant and s.version > known and s.version <= up_to
  )
  select s.version, null::bigint, null::timestamptz, s.leaf, s.state, s.h from kept s
  union all (
    select e.version, e.position, e.recorded_at, e.leaf, e.record::text, null from event e
    where e.stream = of_stream and e.tenant = of_tenant and e.version > coalesce((select k.version from kept k), known) and e.version <= up_to
    order by e.version limit at_most
  )
  order by version
$$;
revoke all on function log.read_stream_on from public;
grant execute on function log.read_stream_on to ${log}, ${web};
`;
