import type { KeyChange } from '@recourse/event-store';
import type pg from 'pg';

/**
 * A parked message waits with the sealed groups it brought. Of those whose key was destroyed it is rendered again without their
 * bytes, as the relay would tell it now; the references, headers, data and the place in the queue stay. What cannot be read as a message at all, and names the key, keeps its headers alone.
 */
export const forgettingParked = `
create function relay.without_keys(value text, gone text[]) returns text language plpgsql immutable as $$
begin
  return (value::jsonb || jsonb_build_object('sealed', (
    select coalesce(jsonb_agg(case when entry->>'key' = any (gone) then entry || '{"blob": ""}' else entry end order by n), '[]')
    from jsonb_array_elements(value::jsonb->'sealed') with ordinality as s(entry, n)
  )))::text;
exception when others then
  return '';
end $$;

create function relay.keys_named(value text) returns text[] language sql immutable
return (select array_agg(distinct found[1]) from regexp_matches(value, '"key"\\s*:\\s*"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"', 'g') found);

create function relay.park_without_forgotten() returns trigger language plpgsql as $$
declare
  named text[] := relay.keys_named(new.value);
  gone text[];
begin
  if named is not null then
    gone := array(select log.is_forgotten(named));
    if cardinality(gone) > 0 then new.value := relay.without_keys(new.value, gone); end if;
  end if;
  return new;
end $$;
create trigger without_forgotten before insert on relay.parked_message for each row execute function relay.park_without_forgotten();

do $$
declare
  teller name := regexp_replace(current_user, '_owner$', '_log');
begin
  execute format('grant execute on function relay.without_keys, relay.keys_named to %I', teller);
end $$;
`;

/** Renders the messages that wait anew, without the sealed bytes of this key: how many named it. In the transaction that notes the order. */
export const forgetParked = async (transaction: Pick<pg.ClientBase, 'query'>, { key }: Pick<KeyChange, 'key'>): Promise<number> => {
  const { rowCount } = await transaction.query(
    `update relay.parked_message set value = relay.without_keys(value, array[$1::text])
     where position($1::text in value) > 0 and $1::text = any (relay.keys_named(value))`,
    [key],
  );
  return rowCount ?? 0;
};
