import { granting } from './granting.js';

/** A step of the keyring's migration: the keys of blind indexes, apart from the keys that open something. */
export const indexKeysStep = `
  create table keyring.index_key (
    id uuid primary key,
    tenant text collate "C" not null check (length(tenant) between 1 and 64),
    purpose text collate "C" not null check (purpose ~ '^[a-z][a-z-]{0,40}$'),
    epoch int not null check (epoch > 0),
    kek text not null,
    wrapped bytea,
    made_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    unique (tenant, purpose, epoch),
    check ((ended_at is null) = (wrapped is not null))
  );
  comment on table keyring.index_key is 'What tokens of blind indexes are made with. An epoch that has ended leaves its row, without the key.';

  create function keyring.index_keys(p_tenant text, p_purpose text) returns table (id uuid, epoch int, kek text, wrapped bytea)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select k.id, k.epoch, k.kek, k.wrapped from keyring.index_key k
      where k.tenant = p_tenant and k.purpose = p_purpose and k.wrapped is not null order by k.epoch;
  end;

  -- Only the next one, and only once: of several who begin it at the same time one makes it, and the others find it made.
  create function keyring.begin_index_epoch(p_id uuid, p_tenant text, p_purpose text, p_epoch int, p_kek text, p_wrapped bytea) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    insert into keyring.index_key (id, tenant, purpose, epoch, kek, wrapped)
      select p_id, p_tenant, p_purpose, p_epoch, p_kek, p_wrapped
        where p_epoch = 1 + coalesce((select max(k.epoch) from keyring.index_key k where k.tenant = p_tenant and k.purpose = p_purpose), 0)
      on conflict (tenant, purpose, epoch) do nothing;
  end $$;

  -- The last epoch never ends: there would be nothing left to ask with.
  create function keyring.end_index_epochs(p_tenant text, p_purpose text, p_before int) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
  begin
    update keyring.index_key set wrapped = null, ended_at = clock_timestamp()
      where tenant = p_tenant and purpose = p_purpose and wrapped is not null and epoch < least(p_before,
        (select max(k.epoch) from keyring.index_key k where k.tenant = p_tenant and k.purpose = p_purpose));
  end $$;

  ${granting({ services: ['execute on function keyring.index_keys, keyring.begin_index_epoch, keyring.end_index_epochs'] })}
`;

/** A later step: the governor wraps them anew with everything else, so that an older wrapping key can go. */
export const indexKeysRotationStep = `
  create or replace function keyring.by_kek() returns table (state text, kek text, many bigint) language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select k.state, k.kek, count(*) from keyring.data_key k where k.state <> 'destroyed' group by k.state, k.kek
    union all select 'index', i.kek, count(*) from keyring.index_key i where i.wrapped is not null group by i.kek
    union all select 'secret', s.kek, count(*) from keyring.secret s group by s.kek
    order by 1, 2;
  end;
  create function keyring.index_keys_otherwise(p_kek text) returns table (id uuid, tenant text, purpose text, epoch int, kek text, wrapped bytea)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  begin atomic
    select i.id, i.tenant, i.purpose, i.epoch, i.kek, i.wrapped from keyring.index_key i where i.wrapped is not null and i.kek <> p_kek order by i.id;
  end;
  create function keyring.rewrap_index_key(p_id uuid, p_before bytea, p_kek text, p_wrapped bytea) returns boolean
  language sql volatile security definer set search_path = pg_catalog, pg_temp
  begin atomic
    update keyring.index_key i set kek = p_kek, wrapped = p_wrapped where i.id = p_id and i.wrapped = p_before returning true;
  end;

  ${granting({ governor: ['execute on function keyring.index_keys_otherwise, keyring.rewrap_index_key'] })}
`;
