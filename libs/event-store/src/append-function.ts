/** What the function says of a request that it did not write, by number. 0 is `appended`. */
export const verdicts = ['appended', 'replayed', 'key-reused', 'conflict', 'foreign', 'chain-broken', 'seal-clash'] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * log.append: one batch of requests in, all that is right with them written, a row for each request that was not.
 *
 * - The lock is a statement of its own: in READ COMMITTED each statement of a VOLATILE function sees what was committed before it began, so
 *   the statements after it see everything of whoever held the lock before. max(position) inside the locking statement would not.
 * - Numbers come from max(position), not from a sequence, and are visible in their order because nobody else gets a number before we commit:
 *   no gaps, nothing that a reader with `position > last` could ever skip.
 * - Requests come as r_ arrays; their events (e_) and sealed groups (s_) name them by number, events in order. No two requests of a batch share
 *   a stream, a key or a sealed id: the batcher sees to that.
 * - Plans are pinned. Planned anew on a table that was empty at its first use, the same statement once fell to a fifth of its rate.
 */
export const appendFunction = `
create function log.append(
  r_key text[], r_fingerprint text[], r_kind text[], r_status integer[], r_location text[], r_stream text[], r_version integer[],
  e_request integer[], e_tenant text[], e_stream text[], e_version integer[], e_prev bytea[], e_id uuid[], e_type text[], e_sv integer[],
  e_record text[], e_leaf bytea[],
  s_request integer[], s_tenant text[], s_id uuid[], s_h bytea[], s_blob bytea[]
) returns table (request integer, verdict integer, "position" bigint, stream text, version integer, leaf bytea, status integer, location text)
language plpgsql volatile security definer
set search_path = log, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  last_position bigint;
  last_recorded timestamptz;
  moment timestamptz;
  verdicts integer[] := array_fill(0, array[cardinality(r_key)]);
  no_leaf constant bytea := decode(repeat('00', 32), 'hex');
  found record;
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.log', 0));
  select e.position, e.recorded_at into last_position, last_recorded from event e order by e.position desc limit 1;
  last_position := coalesce(last_position, -1);
  moment := greatest(last_recorded, date_trunc('milliseconds', clock_timestamp()));

  -- 1. A key that was used is answered as it was then, whatever has become of the streams since.
  for found in
    select r.n, k.fingerprint = r.fingerprint as same, k.stream, k.version, k.status, k.location
    from unnest(r_key, r_fingerprint) with ordinality as r(key, fingerprint, n)
    join lateral (select * from request_key k where k.key = r.key) k on true
  loop
    verdicts[found.n] := case when found.same then 1 else 2 end;
    return query select found.n::integer, verdicts[found.n], null::bigint, found.stream, found.version, null::bytea,
      found.status::integer, found.location;
  end loop;

  -- 2. The first event of each stream must follow what stands there, every further one its neighbour.
  for found in
    select e.request, e.stream, h.version, h.leaf,
      case
        when e.follows then 5
        when coalesce(h.version, -1) <> e.version - 1 then 3
        when h.tenant <> e.tenant then 4
        else 5
      end as verdict
    from (
      select *, coalesce(lag(u.request) over w = u.request and lag(u.stream) over w = u.stream, false) as follows,
        coalesce(lag(u.leaf) over w = u.prev and lag(u.version) over w = u.version - 1, false) as linked
      from unnest(e_request, e_tenant, e_stream, e_version, e_prev, e_leaf) with ordinality as u(request, tenant, stream, version, prev, leaf, n)
      window w as (order by u.n)
    ) e
    left join lateral (
      select s.version, s.leaf, s.tenant from event s where not e.follows and s.stream = e.stream order by s.version desc limit 1
    ) h on true
    where case
      when e.follows then not e.linked
      else coalesce(h.version, -1) <> e.version - 1 or coalesce(h.leaf, no_leaf) <> e.prev or h.tenant <> e.tenant
    end
    order by e.n
  loop
    continue when verdicts[found.request] <> 0;
    verdicts[found.request] := found.verdict;
    return query select found.request, found.verdict, null::bigint, found.stream, coalesce(found.version, -1), found.leaf,
      null::integer, null::text;
  end loop;

  -- 3. The same sealed group may come again with a neighbour's event, but never with other bytes.
  for found in
    select s.request from unnest(s_request, s_tenant, s_id, s_h) as s(request, tenant, id, h)
    join lateral (select * from sealed x where x.id = s.id) x on x.h <> s.h or x.tenant <> s.tenant
  loop
    continue when verdicts[found.request] <> 0;
    verdicts[found.request] := 6;
    return query select found.request, 6, null::bigint, null::text, null::integer, null::bytea, null::integer, null::text;
  end loop;

  insert into event (position, stream, version, event_id, type, sv, tenant, recorded_at, leaf, record)
  select last_position + row_number() over (order by e.n), e.stream, e.version, e.id, e.type, e.sv, e.tenant, moment, e.leaf, e.record::json
  from unnest(e_request, e_stream, e_version, e_id, e_type, e_sv, e_tenant, e_leaf, e_record) with ordinality
    as e(request, stream, version, id, type, sv, tenant, leaf, record, n)
  where verdicts[e.request] = 0
  order by e.n;

  insert into request_key (key, fingerprint, kind, created, status, location, stream, version)
  select r.key, r.fingerprint, r.kind, moment, r.status, r.location, r.stream, r.version
  from unnest(r_key, r_fingerprint, r_kind, r_status, r_location, r_stream, r_version) with ordinality
    as r(key, fingerprint, kind, status, location, stream, version, n)
  where r.key is not null and verdicts[r.n] = 0;

  insert into sealed (id, tenant, h, blob)
  select s.id, s.tenant, s.h, s.blob
  from unnest(s_request, s_tenant, s_id, s_h, s_blob) as s(request, tenant, id, h, blob)
  where verdicts[s.request] = 0
  on conflict (id) do nothing;

  return query select 0, 0, last_position, null::text, null::integer, null::bytea, null::integer, null::text;
end $$;
`;
