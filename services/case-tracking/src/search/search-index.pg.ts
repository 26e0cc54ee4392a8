import type { Keeping } from '@recourse/edge';
import { pgSessions, type SealedRef } from '@recourse/event-store';
import type pg from 'pg';
import type { Findable, Token } from './indexing.js';

/** A group that waits to be read. */
export type Waiting = { readonly case: string; readonly ref: SealedRef };
/** A group that was read, and what it is found by: nothing when its key is gone. */
export type Read = { readonly entry: string; readonly tokens: readonly Token[] };
/** Whoever writes tokens holds it shared, whoever forgets holds it alone: nothing is written from a text whose key has been forgotten meanwhile. */
const lock = `hashtextextended('recourse.search', 0)`;

/** The tables of the search index. */
export class SearchIndex {
  constructor(private readonly pool: pg.Pool) {}

  /** Groups that the log names; each is known once. In the transaction that moves the cursor of whoever follows the log. */
  async know(client: pg.PoolClient, findable: readonly Findable[]): Promise<void> {
    if (findable.length === 0) return;
    await client.query(
      `insert into search_entry (id, tenant, "case", "group", key, h)
       select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::uuid[], $6::text[]) on conflict do nothing`,
      [
        findable.map(({ ref }) => ref.id),
        findable.map(({ tenant }) => tenant),
        findable.map((one) => one.case),
        ...(['group', 'key', 'h'] as const).map((member) => findable.map(({ ref }) => ref[member])),
      ],
    );
  }

  async tenants(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ tenant: string }>('select distinct tenant from search_entry order by tenant');
    return rows.map(({ tenant }) => tenant);
  }

  /** Takes some groups that are not indexed under this epoch yet, for a minute: another instance takes others, and a dead one's come back. */
  async take(tenant: string, epoch: number, most: number): Promise<readonly Waiting[]> {
    const { rows } = await this.pool.query<{ id: string; case: string; group: string; key: string; h: string }>(
      `update search_entry set taken_until = clock_timestamp() + interval '1 minute' where id in (
         select e.id from search_entry e
         where e.tenant = $1 and e.epoch < $2 and (e.taken_until is null or e.taken_until < clock_timestamp())
           and not exists (select from search_forgotten f where f.key = e.key)
         order by e.epoch, e.id limit $3 for update skip locked)
       returning id, "case", "group", key, h`,
      [tenant, epoch, most],
    );
    return rows.map(({ case: of, ...ref }) => ({ case: of, ref }));
  }

  /** Writes what groups are found by, but for those whose key has been forgotten since they were read. */
  async keep(epoch: number, read: readonly Read[]): Promise<void> {
    if (read.length === 0) return;
    const entries = read.map(({ entry }) => entry);
    const tokens = read.flatMap(({ entry, tokens }) => tokens.map((token) => ({ entry, ...token })));
    await pgSessions(this.pool)(async (client) => {
      await client.query(`select pg_advisory_xact_lock_shared(${lock})`);
      await client.query('delete from search_token where entry = any ($1::uuid[]) and epoch = $2', [entries, epoch]);
      await client.query(
        `insert into search_token (tenant, field, epoch, token, entry, "case", key)
         select e.tenant, t.field, $1, t.token, e.id, e."case", e.key
         from unnest($2::uuid[], $3::text[], $4::int[]) as t (entry, field, token) join search_entry e on e.id = t.entry
         where not exists (select from search_forgotten f where f.key = e.key) on conflict do nothing`,
        [epoch, tokens.map(({ entry }) => entry), tokens.map(({ field }) => field), tokens.map(({ token }) => token)],
      );
      await client.query(
        `update search_entry e set epoch = $1, taken_until = null
         where e.id = any ($2::uuid[]) and not exists (select from search_forgotten f where f.key = e.key)`,
        [epoch, entries],
      );
    });
  }

  /** Drops tokens of earlier epochs once everything has been made anew; false while something has not. */
  async dropBefore(tenant: string, epoch: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `delete from search_token where tenant = $1 and epoch < $2
         and not exists (select from search_entry where tenant = $1 and epoch between 1 and $2 - 1)`,
      [tenant, epoch],
    );
    if (rowCount) return true;
    const { rows } = await this.pool.query<{ left: boolean }>(
      'select exists (select from search_entry where tenant = $1 and epoch between 1 and $2 - 1) as left',
      [tenant, epoch],
    );
    return !rows[0]!.left;
  }

  /** How many groups cannot be found yet, though they might. */
  async waiting(): Promise<number> {
    const { rows } = await this.pool.query<{ waiting: number }>(
      `select count(*)::int as waiting from search_entry e
       where epoch < greatest(1, (select wanted from search_epoch w where w.tenant = e.tenant))
         and not exists (select from search_forgotten f where f.key = e.key)`,
    );
    return rows[0]!.waiting;
  }

  /** The epoch an operator asked for, if any. */
  async wanted(tenant: string): Promise<number> {
    const { rows } = await this.pool.query<{ wanted: number }>('select wanted from search_epoch where tenant = $1', [tenant]);
    return rows[0]?.wanted ?? 1;
  }

  /** One more search of somebody within this hour, unless he has had as many as he may; then how many seconds until the next hour. */
  async mayAsk(tenant: string, actor: string, most: number): Promise<number | undefined> {
    const { rowCount } = await this.pool.query(
      `insert into search_asked as a (tenant, actor, hour, asked) values ($1, $2, date_trunc('hour', clock_timestamp()), 1)
       on conflict (tenant, actor, hour) do update set asked = a.asked + 1 where a.asked < $3`,
      [tenant, actor, most],
    );
    if (rowCount) return undefined;
    const { rows } = await this.pool.query<{ left: number }>(
      `select ceil(extract(epoch from date_trunc('hour', clock_timestamp()) + interval '1 hour' - clock_timestamp()))::int as left`,
    );
    return Math.max(1, rows[0]!.left);
  }
}

/**
 * Nothing that was sealed under these data keys is found any more, from this moment on and whoever is indexing it just now: for keys that were destroyed or
 * restricted. May be repeated. Says how many tokens went.
 */
export const forgetIndex = (pool: pg.Pool, keyIds: readonly string[]): Promise<number> =>
  pgSessions(pool)((client) => forgetTokens(client, keyIds));

const forgetTokens = async (client: Pick<pg.ClientBase, 'query'>, keyIds: readonly string[]): Promise<number> => {
  await client.query(`select pg_advisory_xact_lock(${lock})`);
  await client.query('insert into search_forgotten (key) select distinct unnest($1::uuid[]) on conflict do nothing', [keyIds]);
  await client.query('update search_entry set epoch = 0, taken_until = null where key = any ($1::uuid[])', [keyIds]);
  const { rowCount } = await client.query('delete from search_token where key = any ($1::uuid[])', [keyIds]);
  return rowCount ?? 0;
};

/** What was sealed under these data keys is found again, once it has been read anew: for keys that were released. */
export const recallIndex = (pool: pg.Pool, keyIds: readonly string[]): Promise<void> =>
  pgSessions(pool)((client) => recallTokens(client, keyIds));

const recallTokens = async (client: Pick<pg.ClientBase, 'query'>, keyIds: readonly string[]): Promise<void> => {
  await client.query(`select pg_advisory_xact_lock(${lock})`);
  await client.query('delete from search_forgotten where key = any ($1::uuid[])', [keyIds]);
  await client.query('update search_entry set epoch = 0, taken_until = null where key = any ($1::uuid[])', [keyIds]);
};

/** What is found by tokens is found no more once its key is restricted or destroyed, and found again when it is released. */
export const searchTokens: Keeping = {
  name: 'tokens',
  opened: true,
  forget: (transaction, { key }) => forgetTokens(transaction, [key]),
  recall: (transaction, { key }) => recallTokens(transaction, [key]),
};
