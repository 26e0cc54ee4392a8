import pg from 'pg';
import { granting } from './granting.js';
import { indexKeysRotationStep, indexKeysStep } from './index-keys.migration.js';

/**
 * The keyring is a database of its own: with short backups, and apart from what its keys open. Services never see the table. They get or
 * make the key of an owner, and fetch keys by id, through functions that belong to the keyring's owner.
 */
const steps: readonly string[] = [
  `
  create table keyring.data_key (
    id uuid primary key,
    tenant text collate "C" not null check (length(tenant) between 1 and 64),
    scope text collate "C" not null check (length(scope) between 1 and 300),
    subject text collate "C" not null check (length(subject) between 1 and 300),
    state text not null default 'active' check (state in ('active', 'restricted', 'destroyed')),
    kek text not null,
    wrapped bytea,
    made_at timestamptz not null default clock_timestamp(),
    state_since timestamptz not null default clock_timestamp(),
    check ((state = 'destroyed') = (wrapped is null))
  );
  comment on table keyring.data_key is 'One data key for each scope and subject. A destroyed key leaves its row, so that a lawful gap can be told from a lost key.';
  create unique index data_key_owner on keyring.data_key (tenant, scope, subject) where state <> 'destroyed';

  -- The key of an owner. Of several who ask at once one makes it and all get it.
  create function keyring.key_for(p_id uuid, p_tenant text, p_scope text, p_subject text, p_kek text, p_wrapped bytea)
  returns table (id uuid, state text, kek text, wrapped bytea)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    loop
      return query select k.id, k.state, k.kek, k.wrapped from keyring.data_key k
        where k.tenant = p_tenant and k.scope = p_scope and k.subject = p_subject and k.state <> 'destroyed';
      if found then return; end if;
      insert into keyring.data_key (id, tenant, scope, subject, kek, wrapped)
        values (p_id, p_tenant, p_scope, p_subject, p_kek, p_wrapped)
        on conflict (tenant, scope, subject) where data_key.state <> 'destroyed' do nothing;
    end loop;
  end $$;

  -- Keys by id, of one tenant. Only active keys come with their bytes.
  create function keyring.keys(p_tenant text, p_ids uuid[])
  returns table (id uuid, scope text, subject text, state text, kek text, wrapped bytea)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.id, k.scope, k.subject, k.state, k.kek, case when k.state = 'active' then k.wrapped end
      from keyring.data_key k where k.tenant = p_tenant and k.id = any (p_ids);
  end;

  -- Restricting and destroying are for whoever carries out key orders; services are not granted them. A state never goes back here.
  create function keyring.restrict(p_id uuid) returns boolean language sql volatile security definer set search_path = pg_catalog, pg_temp
  begin atomic
    update keyring.data_key set state = 'restricted', state_since = clock_timestamp() where data_key.id = p_id and data_key.state = 'active' returning true;
  end;
  create function keyring.destroy(p_id uuid) returns boolean language sql volatile security definer set search_path = pg_catalog, pg_temp
  begin atomic
    update keyring.data_key set state = 'destroyed', wrapped = null, state_since = clock_timestamp() where data_key.id = p_id and data_key.state <> 'destroyed' returning true;
  end;

  ${granting({ services: ['usage on schema keyring', 'execute on function keyring.key_for, keyring.keys'] })}
  `,
  `
  alter table keyring.data_key add column state_order text collate "C" check (length(state_order) between 1 and 200);
  comment on column keyring.data_key.state_order is 'The order by which the key came into its state; none for a key that has always been active.';
  create index data_key_of_subject on keyring.data_key (tenant, subject);
  create index data_key_ordered on keyring.data_key (state_since) where state_order is not null;
  create index data_key_wrapped_by on keyring.data_key (kek, id) where state <> 'destroyed';

  -- As before, but whoever gives no new key only asks; and the bytes of a restricted key are for nobody.
  create or replace function keyring.key_for(p_id uuid, p_tenant text, p_scope text, p_subject text, p_kek text, p_wrapped bytea)
  returns table (id uuid, state text, kek text, wrapped bytea)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    loop
      return query select k.id, k.state, k.kek, case when k.state = 'active' then k.wrapped end from keyring.data_key k
        where k.tenant = p_tenant and k.scope = p_scope and k.subject = p_subject and k.state <> 'destroyed';
      if found or p_id is null then return; end if;
      insert into keyring.data_key (id, tenant, scope, subject, kek, wrapped)
        values (p_id, p_tenant, p_scope, p_subject, p_kek, p_wrapped)
        on conflict (tenant, scope, subject) where data_key.state <> 'destroyed' do nothing;
    end loop;
  end $$;

  -- What became of keys by order since an instant: so that everybody can forget what he made of their contents.
  create function keyring.keys_ordered(p_since timestamptz) returns table (id uuid, tenant text, state text, since timestamptz, ordered_by text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.id, k.tenant, k.state, k.state_since, k.state_order from keyring.data_key k
      where k.state_order is not null and k.state_since >= p_since order by k.state_since, k.id;
  end;

  -- For the governor alone: which keys there are of a subject, of a scope, or by id.
  create function keyring.governed(p_tenant text, p_subject text, p_scope text, p_ids uuid[])
  returns table (id uuid, scope text, subject text, state text, since timestamptz, ordered_by text, kek text, wrapped bytea)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.id, k.scope, k.subject, k.state, k.state_since, k.state_order, k.kek, k.wrapped from keyring.data_key k
      where k.tenant = p_tenant and (p_subject is not null or p_scope is not null or p_ids is not null)
        and (p_subject is null or k.subject = p_subject) and (p_scope is null or k.scope = p_scope) and (p_ids is null or k.id = any (p_ids))
      order by k.id;
  end;

  -- Its three orders. Each changes a key that is in the state before it, and says how the key stands afterwards, whoever changed it.
  drop function keyring.restrict(uuid);
  drop function keyring.destroy(uuid);
  create function keyring.restrict(p_tenant text, p_id uuid, p_order text, p_kek text, p_wrapped bytea)
  returns table (id uuid, state text, since timestamptz, ordered_by text)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    update keyring.data_key k set state = 'restricted', kek = p_kek, wrapped = p_wrapped, state_since = clock_timestamp(), state_order = p_order
      where k.id = p_id and k.tenant = p_tenant and k.state = 'active';
    return query select k.id, k.state, k.state_since, k.state_order from keyring.data_key k where k.id = p_id and k.tenant = p_tenant;
  end $$;
  create function keyring.release(p_tenant text, p_id uuid, p_order text, p_kek text, p_wrapped bytea)
  returns table (id uuid, state text, since timestamptz, ordered_by text)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    update keyring.data_key k set state = 'active', kek = p_kek, wrapped = p_wrapped, state_since = clock_timestamp(), state_order = p_order
      where k.id = p_id and k.tenant = p_tenant and k.state = 'restricted';
    return query select k.id, k.state, k.state_since, k.state_order from keyring.data_key k where k.id = p_id and k.tenant = p_tenant;
  end $$;
  create function keyring.destroy(p_tenant text, p_id uuid, p_order text)
  returns table (id uuid, state text, since timestamptz, ordered_by text)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    update keyring.data_key k set state = 'destroyed', wrapped = null, state_since = clock_timestamp(), state_order = p_order
      where k.id = p_id and k.tenant = p_tenant and k.state <> 'destroyed';
    return query select k.id, k.state, k.state_since, k.state_order from keyring.data_key k where k.id = p_id and k.tenant = p_tenant;
  end $$;

  ${granting({ services: ['execute on function keyring.keys_ordered'], governor: ['usage on schema keyring', 'execute on function keyring.governed, keyring.restrict, keyring.release, keyring.destroy'] })}
  `,
  `
  -- Who has forgotten what a key had opened, key by key: an order's keys may be changed one after the other, and seen so. Written once, never changed.
  create table keyring.acknowledgement (
    ordered_by text collate "C" not null check (length(ordered_by) between 1 and 200),
    service text collate "C" not null check (service ~ '^[a-z][a-z0-9-]{0,40}$'),
    key uuid not null references keyring.data_key (id),
    state text not null check (state in ('active', 'restricted', 'destroyed')),
    counts jsonb not null check (jsonb_typeof(counts) = 'object' and length(counts::text) <= 2000),
    login name not null default session_user,
    at timestamptz not null default clock_timestamp(),
    primary key (ordered_by, service, key)
  );

  -- True once it stands there, by whichever call; false when that order did not change that key (any more): there is nothing to acknowledge.
  create function keyring.acknowledge(p_order text, p_service text, p_key uuid, p_counts jsonb) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    insert into keyring.acknowledgement (ordered_by, service, key, state, counts)
      select p_order, p_service, k.id, k.state, p_counts from keyring.data_key k where k.id = p_key and k.state_order = p_order
      on conflict do nothing;
    return exists (select from keyring.acknowledgement a where a.ordered_by = p_order and a.service = p_service and a.key = p_key);
  end $$;

  -- For the governor alone: who has acknowledged an order, for which keys, and what was forgotten.
  create function keyring.acknowledged(p_order text)
  returns table (service text, key uuid, state text, counts jsonb, at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select a.service, a.key, a.state, a.counts, a.at from keyring.acknowledgement a where a.ordered_by = p_order order by a.service, a.key;
  end;

  -- How keys stand, whoever may not open them: a gap can say since when and by which order.
  create function keyring.standings(p_tenant text, p_ids uuid[]) returns table (id uuid, state text, since timestamptz, ordered_by text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.id, k.state, k.state_since, k.state_order from keyring.data_key k where k.tenant = p_tenant and k.id = any (p_ids);
  end;

  ${granting({ services: ['execute on function keyring.acknowledge, keyring.standings'], governor: ['execute on function keyring.acknowledged'] })}
  `,
  indexKeysStep,
  `
  -- Secrets that are nobody's: what fingerprints, cursors and one-time codes are made with. Wrapped as data keys are, and never destroyed.
  create table keyring.secret (
    name text collate "C" primary key check (length(name) between 1 and 100),
    kek text not null,
    wrapped bytea not null,
    made_at timestamptz not null default clock_timestamp()
  );

  -- A keyring that is older than its secrets: what was made before was made with the first key of the key file, and has to stay good.
  create table keyring.inheriting as select exists (select from keyring.migration where at < now()) as inheriting;

  create function keyring.inherits() returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select i.inheriting from keyring.inheriting i;
  end;

  -- A secret by name. Of several who ask at once one makes it and all get it; whoever gives no new one only asks.
  create function keyring.secret_for(p_name text, p_kek text, p_wrapped bytea) returns table (kek text, wrapped bytea)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    loop
      return query select s.kek, s.wrapped from keyring.secret s where s.name = p_name;
      if found or p_kek is null then return; end if;
      insert into keyring.secret (name, kek, wrapped) values (p_name, p_kek, p_wrapped) on conflict do nothing;
    end loop;
  end $$;

  -- For the governor alone: how much is wrapped by which key, what is not wrapped by this one, and the same wrapped anew. Bytes that somebody else has
  -- changed meanwhile (restricted, released, destroyed, wrapped anew as well) are left to him.
  create function keyring.by_kek() returns table (state text, kek text, many bigint) language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.state, k.kek, count(*) from keyring.data_key k where k.state <> 'destroyed' group by k.state, k.kek
    union all select 'secret', s.kek, count(*) from keyring.secret s group by s.kek
    order by 1, 2;
  end;
  create function keyring.wrapped_otherwise(p_state text, p_kek text, p_after uuid, p_limit int)
  returns table (id uuid, tenant text, scope text, subject text, kek text, wrapped bytea)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.id, k.tenant, k.scope, k.subject, k.kek, k.wrapped from keyring.data_key k
      where k.state = p_state and k.state <> 'destroyed' and k.kek <> p_kek and k.id > p_after order by k.id limit p_limit;
  end;
  create function keyring.rewrap(p_ids uuid[], p_before bytea[], p_keks text[], p_wrapped bytea[]) returns bigint
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  declare done bigint;
  begin
    -- In the order of ids, so that two who wrap the same portion anew wait for one another and not for each other.
    perform from keyring.data_key k where k.id = any (p_ids) order by k.id for update;
    update keyring.data_key k set kek = anew.kek, wrapped = anew.wrapped
      from unnest(p_ids, p_before, p_keks, p_wrapped) as anew (id, before, kek, wrapped)
      where k.id = anew.id and k.wrapped = anew.before;
    get diagnostics done = row_count;
    return done;
  end $$;
  create function keyring.secrets() returns table (name text, kek text, wrapped bytea) language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select s.name, s.kek, s.wrapped from keyring.secret s order by s.name;
  end;
  create function keyring.rewrap_secret(p_name text, p_before bytea, p_kek text, p_wrapped bytea) returns boolean
  language sql volatile security definer set search_path = pg_catalog, pg_temp
  begin atomic
    update keyring.secret s set kek = p_kek, wrapped = p_wrapped where s.name = p_name and s.wrapped = p_before returning true;
  end;

  ${granting({ services: ['execute on function keyring.inherits, keyring.secret_for'], governor: ['execute on function keyring.by_kek, keyring.wrapped_otherwise, keyring.rewrap, keyring.secrets, keyring.rewrap_secret'] })}
  `,
  indexKeysRotationStep,
];

/**
 * Brings the keyring database up to date, as its owner. Whoever comes second waits and finds nothing left to do. `upTo` leaves it as an earlier release
 * had it, for tests.
 */
export const keyringMigration = async (ownerUrl: string, upTo = steps.length): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'keyring migration' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtextextended('recourse.keyring', 0))`);
    await client.query(
      `create schema if not exists keyring; create table if not exists keyring.migration (step int primary key, at timestamptz not null default clock_timestamp())`,
    );
    const { rows } = await client.query<{ done: number }>('select coalesce(max(step), 0)::int as done from keyring.migration');
    for (const [index, sql] of steps.slice(0, upTo).entries()) {
      if (index < rows[0]!.done) continue;
      await client.query(sql);
      await client.query('insert into keyring.migration (step) values ($1)', [index + 1]);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
};
