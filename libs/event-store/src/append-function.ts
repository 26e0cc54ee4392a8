/** What the function says of a request that it did not write, by number. 0 stands for one that is still to be written. */
export const verdicts = ['appended', 'replayed', 'key-reused', 'conflict', 'foreign', 'chain-broken', 'seal-clash'] as const;
export type Verdict = (typeof verdicts)[number];

/** Parameters of log.append in their order. Arrays with one prefix are columns of one table; `request` numbers the requests from 1. */
export const appendParameters = [
  ['requests', 'integer'],
  ['checked', 'boolean'],
  ...columns('k', { request: 'integer', key: 'text', fingerprint: 'text', kind: 'text', status: 'integer' }),
  ...columns('k', { location: 'text', stream: 'text', version: 'integer' }),
  ...columns('e', {
    request: 'integer',
    follows: 'boolean',
    tenant: 'text',
    stream: 'text',
    version: 'integer',
    prev: 'bytea',
    id: 'uuid',
  }),
  ...columns('e', { type: 'text', sv: 'integer', record: 'text', leaf: 'bytea' }),
  ...columns('s', { request: 'integer', tenant: 'text', id: 'uuid', h: 'bytea', blob: 'bytea', key: 'text' }),
] as const;

function columns(prefix: string, types: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(types).map(([name, type]) => [`${prefix}_${name}`, `${type}[]`]);
}

/** The events of all requests, or of those that are not refused, numbered from the last position on. */
const insertEvents = (number: string, where = ''): string => `
    insert into event (position, stream, version, event_id, type, sv, tenant, recorded_at, leaf, record)
    select last_position + ${number}, e.stream, e.version, e.id, e.type, e.sv, e.tenant, moment, e.leaf, e.record::json
    from unnest(e_request, e_stream, e_version, e_id, e_type, e_sv, e_tenant, e_leaf, e_record) with ordinality
      as e(request, stream, version, id, type, sv, tenant, leaf, record, n)
    ${where}`;

/**
 * log.append: one batch of requests in, all that is right with them written, a row for each request that was not.
 *
 * - The lock is a statement of its own: in READ COMMITTED each statement of a VOLATILE function sees what was committed before it began, so
 *   the statements after it see everything of whoever held the lock before. max(position) inside the locking statement would not.
 * - Numbers come from max(position), not from a sequence, and are visible in their order because nobody else gets a number before we commit:
 *   no gaps, nothing that a reader with \`position > last\` could ever skip.
 * - Requests come as their keys (k_), events (e_, in order; \`follows\`: not the first of its request and stream) and sealed groups (s_). No two
 *   requests of a batch share a stream, a key or a sealed id: the batcher sees to that.
 * - A step without work is left out, because at small batches a statement costs more than its rows. For the same reason the answer is one value.
 * - That a new stream is not there yet is left to the unique index: when it objects, the batch comes again \`checked\`, so that whose fault it was is
 *   found and all others are written.
 * - Bytes of a key that was destroyed are not kept, however late they come: whoever forgets (forgetting.ts) holds this lock too.
 * - Plans are pinned. Planned anew on a table that was empty at its first use, the same statement once fell to a fifth of its rate.
 */
export const appendFunction = `
create or replace function log.append(${appendParameters.map(([name, type]) => `${name} ${type}`).join(', ')})
returns json
language plpgsql volatile security definer
set search_path = log, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  last_position bigint;
  moment timestamptz;
  verdicts integer[];
  refused jsonb[];
  no_leaf constant bytea := decode(repeat('00', 32), 'hex');
  found record;
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.log', 0));
  select e.position, greatest(e.recorded_at, date_trunc('milliseconds', clock_timestamp()))
    into last_position, moment from event e order by e.position desc limit 1;
  if last_position is null then
    last_position := -1;
    moment := date_trunc('milliseconds', clock_timestamp());
  end if;
  verdicts := array_fill(0, array[requests]);

  -- 1. A key that was used is answered as it was then, whatever has become of the streams since.
  if cardinality(k_key) > 0 then
    for found in
      select r.request, k.fingerprint = r.fingerprint as same, k.stream, k.version, k.status, k.location
      from unnest(k_request, k_key, k_fingerprint) as r(request, key, fingerprint)
      join lateral (select * from request_key k where k.key = r.key) k on true
    loop
      verdicts[found.request] := case when found.same then 1 else 2 end;
      refused := refused || jsonb_build_object('request', found.request, 'verdict', verdicts[found.request], 'stream', found.stream,
        'version', found.version, 'status', found.status, 'location', found.location);
    end loop;
  end if;

  -- 2. The first event of each stream must follow what stands there, every further one its neighbour.
  for found in
    select e.request, e.stream, h.version, h.leaf,
      case when coalesce(h.version, -1) <> e.version - 1 then 3 when h.tenant <> e.tenant then 4 else 5 end as verdict
    from unnest(e_request, e_follows, e_tenant, e_stream, e_version, e_prev) as e(request, follows, tenant, stream, version, prev)
    left join lateral (
      select s.version, s.leaf, s.tenant from event s where (e.version > 0 or checked) and not e.follows and s.stream = e.stream
      order by s.version desc limit 1
    ) h on true
    where not e.follows and (coalesce(h.version, -1) <> e.version - 1 or coalesce(h.leaf, no_leaf) <> e.prev or h.tenant <> e.tenant)
  loop
    continue when verdicts[found.request] <> 0;
    verdicts[found.request] := found.verdict;
    refused := refused || jsonb_build_object('request', found.request, 'verdict', found.verdict, 'stream', found.stream,
      'version', coalesce(found.version, -1), 'leaf', encode(found.leaf, 'hex'));
  end loop;
  if true = any(e_follows) then
    for found in
      select e.request, e.stream, e.version
      from (
        select *, lag(u.request) over w = u.request and lag(u.stream) over w = u.stream
          and lag(u.leaf) over w = u.prev and lag(u.version) over w = u.version - 1 as linked
        from unnest(e_request, e_follows, e_stream, e_version, e_prev, e_leaf) with ordinality as u(request, follows, stream, version, prev, leaf, n)
        window w as (order by u.n)
      ) e
      where e.follows and e.linked is not true
    loop
      continue when verdicts[found.request] <> 0;
      verdicts[found.request] := 5;
      refused := refused || jsonb_build_object('request', found.request, 'verdict', 5, 'stream', found.stream, 'version', found.version - 1);
    end loop;
  end if;

  -- 3. The same sealed group may come again with a neighbour's event, but never with other bytes.
  if cardinality(s_id) > 0 then
    for found in
      select s.request from unnest(s_request, s_tenant, s_id, s_h) as s(request, tenant, id, h)
      join lateral (select * from sealed x where x.id = s.id) x on x.h <> s.h or x.tenant <> s.tenant
    loop
      continue when verdicts[found.request] <> 0;
      verdicts[found.request] := 6;
      refused := refused || jsonb_build_object('request', found.request, 'verdict', 6);
    end loop;
  end if;

  if refused is not null then${insertEvents('row_number() over (order by e.n)', 'where verdicts[e.request] = 0 order by e.n')};
  else${insertEvents('e.n')};
  end if;

  if cardinality(k_key) > 0 then
    insert into request_key (key, fingerprint, kind, created, status, location, stream, version)
    select r.key, r.fingerprint, r.kind, moment, r.status, r.location, r.stream, r.version
    from unnest(k_request, k_key, k_fingerprint, k_kind, k_status, k_location, k_stream, k_version)
      as r(request, key, fingerprint, kind, status, location, stream, version)
    where verdicts[r.request] = 0;
  end if;

  if cardinality(s_id) > 0 then
    insert into sealed (id, tenant, h, blob, key)
    select s.id, s.tenant, s.h, s.blob, s.key
    from unnest(s_request, s_tenant, s_id, s_h, s_blob, s_key) as s(request, tenant, id, h, blob, key)
    where verdicts[s.request] = 0
      and not exists (select from key_ordered o where o.key = s.key and o.state = 'destroyed')
    on conflict (id) do nothing;
  end if;

  return json_build_object('position', last_position, 'refused', refused);
end $$;
`;
