import type pg from 'pg';
import type { Instant } from './record.js';

/** What an order has made of a key, as a service's own database remembers it. */
export type KeyChange = {
  readonly key: string;
  readonly tenant: string;
  readonly state: 'active' | 'restricted' | 'destroyed';
  readonly since: Instant;
  readonly order: string;
};

/** How much of each kind was forgotten: `{ blobs: 3 }`. */
export type Counts = Readonly<Record<string, number>>;

/**
 * What became of keys by order, as far as this service has followed it. A row is written in the transaction that forgets; append looks at it, so that
 * sealed bytes of a destroyed key that come later are not kept. `counts` is what the governor is told, `acknowledged` that he knows, `again` that a
 * second look found nothing that was under way while the first one was taken.
 */
export const forgettingSchema = ({ log }: { readonly log: string }): string => `
alter table log.sealed add column key text collate "C";
comment on column log.sealed.key is 'Which key opens it; none for bytes that a release before this one wrote.';
alter table log.sealed disable trigger unchanged;
update log.sealed s set key = named.key
  from (select (ref->>'id')::uuid as id, ref->>'key' as key from log.event e, json_array_elements(e.record->'sealed') ref) named
  where named.id = s.id;
alter table log.sealed enable trigger unchanged;
create index sealed_of_key on log.sealed (key) where key is not null;

create table log.key_ordered (
  key text collate "C" primary key,
  tenant text collate "C" not null,
  state text collate "C" not null check (state in ('active', 'restricted', 'destroyed')),
  since timestamptz not null,
  ordered_by text collate "C" not null,
  counts jsonb not null default '{}',
  acknowledged timestamptz,
  again boolean not null default false
);
create index key_ordered_latest on log.key_ordered (since);
create index key_ordered_open on log.key_ordered (since) where acknowledged is null or not again;
grant select, update (acknowledged, again) on log.key_ordered to ${log};

-- From here to the end of the transaction nobody keeps sealed bytes past the log, and nobody else forgets. False when this order, or a later one, has
-- been followed already.
create function log.may_forget(of_key text, to_state text, at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = log, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.forgetting', 0));
  return not exists (select from key_ordered o where o.key = of_key
    and (o.state = 'destroyed' or o.since > at or (o.since = at and o.state = to_state)));
end $$;

-- Notes the order, with what was forgotten elsewhere, and deletes the bytes here, under the lock of every append: who appends later sees the row, who
-- was earlier has been seen. The record of a group stays, with its id and hash. The last step of its transaction: everybody who appends waits for it.
create function log.forget_key(of_key text, of_tenant text, to_state text, at timestamptz, by_order text, forgotten jsonb) returns integer
language plpgsql volatile security definer set search_path = log, pg_temp as $$
declare
  gone integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('recourse.log', 0));
  if to_state = 'destroyed' then
    delete from sealed where key = of_key and tenant = of_tenant;
    get diagnostics gone = row_count;
    forgotten := forgotten || jsonb_build_object('blobs', gone);
  end if;
  insert into key_ordered as o (key, tenant, state, since, ordered_by, counts) values (of_key, of_tenant, to_state, at, by_order, forgotten)
    on conflict (key) do update set state = excluded.state, since = excluded.since, ordered_by = excluded.ordered_by,
      counts = excluded.counts, acknowledged = null, again = false;
  return gone;
end $$;

-- Whether bytes of this key may still be kept. Whoever keeps some past the log asks in the transaction that keeps them: forgetting waits for its end.
create function log.is_forgotten(of_keys text[]) returns setof text
language plpgsql volatile security definer set search_path = log, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('recourse.forgetting', 0));
  return query select o.key from key_ordered o where o.key = any (of_keys) and o.state = 'destroyed';
end $$;

revoke all on function log.may_forget, log.forget_key, log.is_forgotten from public;
grant execute on function log.may_forget, log.forget_key, log.is_forgotten to ${log};
`;

type Querying = Pick<pg.ClientBase, 'query'>;

/** Begins to forget: false when it was done before. */
export const mayForget = async (transaction: Querying, { key, state, since }: KeyChange): Promise<boolean> => {
  const { rows } = await transaction.query<{ may: boolean }>('select log.may_forget($1, $2, $3) as may', [key, state, since]);
  return rows[0]!.may;
};

/** Ends it: notes the order with what was forgotten elsewhere, and deletes the sealed bytes of a destroyed key. How many. */
export const forgetSealed = async (
  transaction: Querying,
  { key, tenant, state, since, order }: KeyChange,
  elsewhere: Counts,
): Promise<Counts> => {
  const { rows } = await transaction.query<{ gone: number }>('select log.forget_key($1, $2, $3, $4, $5, $6) as gone', [
    ...[key, tenant, state, since, order],
    JSON.stringify(elsewhere),
  ]);
  return state === 'destroyed' ? { blobs: rows[0]!.gone } : {};
};

/** Which of these keys were destroyed, for whoever keeps sealed bytes past the log; asked in the transaction that keeps them. */
export const forgottenOf = async (transaction: Querying, keys: readonly string[]): Promise<ReadonlySet<string>> => {
  if (keys.length === 0) return new Set();
  const { rows } = await transaction.query<{ key: string }>('select log.is_forgotten($1) as key', [[...new Set(keys)]]);
  return new Set(rows.map(({ key }) => key));
};
