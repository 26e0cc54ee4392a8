import type { Database, Inside } from './peeking.js';

/** Tables that the web role may read although no row of theirs belongs to a tenant. */
const ownerless: Readonly<Record<string, readonly string[]>> = {
  // How far each log has come is nobody's secret.
  audit: ['public.heard_origin', 'public.heard_gap'],
};

/**
 * Tables that lie open: one that the web role may read without forced row-level security, or one with a tenant outside of the log's own
 * schemas (which that role cannot read at all).
 */
export const unwalledTables = async (inside: Inside, database: Database): Promise<readonly string[]> => {
  const rows = await inside.ask<{ name: string }>(
    database,
    `select n.nspname || '.' || c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
       and not (c.relrowsecurity and c.relforcerowsecurity)
       and (exists (select from pg_roles r where r.rolname like '%\\_web' and has_table_privilege(r.oid, c.oid, 'select') and has_schema_privilege(r.oid, n.oid, 'usage')
           and has_database_privilege(r.oid, current_database(), 'connect') and not r.rolsuper)
         or (n.nspname not in ('log', 'relay', 'bus', 'keyring') and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped)))
     order by 1`,
  );
  return rows
    .map(({ name }) => name)
    .filter((name) => !ownerless[database]?.includes(name))
    .map((name) => `${database}: ${name}`);
};
