import { pgSessions, type Instant } from '@recourse/event-store';
import type pg from 'pg';

/** A key that waits, on either side: its message could not be handled (`hearing`), or not be told (`telling`). */
export type WaitingKey = {
  /** Opaque: a hash of consumer, topic and key. The key itself may name an account. */
  readonly id: string;
  readonly side: 'hearing' | 'telling';
  /** Of the inbox, or `relay:<cursor>`. */
  readonly consumer: string;
  readonly topic: string;
  readonly why: string;
  /** Waits for a person; the others are tried again by themselves. */
  readonly held: boolean;
  readonly tries: number;
  readonly messages: number;
  readonly since: Instant;
  readonly nextTry?: Instant;
};

/** A message of a key that waits, without anything it says: never its value, its key or its subject. */
export type WaitingMessage = {
  readonly message: string;
  readonly type: string;
  readonly tenant: string;
  readonly at: string;
  readonly bytes: number;
  /** SHA-256 of what waits, base64url. */
  readonly hash: string;
  /** Which groups of personal data travel sealed beside it. */
  readonly sealed: readonly string[];
};

/** What became of a skip: `in-hand` while somebody is trying the message at this moment, `overtaken` when it waits no more. */
export type Skipping = 'marked' | 'in-hand' | 'overtaken' | 'done';
export type Skipped = { readonly consumer: string; readonly topic: string; readonly count: number; readonly last: Instant };
/** Keys of a page, in the order of `since` and `id`, after or (going back) before one of them. */
export type Page = { readonly limit: number; readonly after?: readonly [string, string]; readonly before?: readonly [string, string] };

/** How many messages of a key are looked at, and up to which size they are read for what is sealed. */
const looked = 50;
const readable = 256 * 1024;

const text = (instant: string) => `to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const keys = `(
  select id, 'hearing' as side, consumer, topic, why, held, tries, since, next_try,
    (select count(*) from relay.parked_message m where (m.consumer, m.topic, m.key) = (k.consumer, k.topic, k.key)) as messages
  from relay.parked_key k
  union all
  select id, 'telling', 'relay:' || cursor, topic, (array_agg(why order by position))[1], true, 0, min(since), null, count(*)
  from relay.untold group by id, cursor, topic
) as waiting`;

/** What operators see of the keys that wait, and may do to them: parked by the inbox, or untold by the relay. */
export class WaitingKeys {
  constructor(private readonly pool: pg.Pool) {}

  /** The keys that wait, those that wait longest first. One more than the limit tells that there are more. */
  async list({ limit, after, before }: Page): Promise<readonly WaitingKey[]> {
    const edge = after ?? before;
    const [sign, direction] = before ? ['<', 'desc'] : ['>', 'asc'];
    const { rows } = await this.pool.query<Row>(
      `select ${columns} from ${keys} where $2::timestamptz is null or (since, id) ${sign} ($2::timestamptz, $3::uuid)
       order by since ${direction}, id ${direction} limit $1`,
      [limit, edge?.[0] ?? null, edge?.[1] ?? null],
    );
    return rows.map(keyOf);
  }

  async find(id: string): Promise<WaitingKey | undefined> {
    const { rows } = await this.pool.query<Row>(`select ${columns} from ${keys} where id = $1`, [id]);
    return rows[0] && keyOf(rows[0]);
  }

  /** Its messages in their order, the first fifty of them; nothing of what they say. */
  async messages({ id, side }: Pick<WaitingKey, 'id' | 'side'>): Promise<readonly WaitingMessage[]> {
    const { rows } = await this.pool.query<Seen>(side === 'hearing' ? heardMessages : untoldMessages, [id, looked, readable]);
    return rows.map(({ bytes, groups, value, ...row }) => ({ ...row, bytes: Number(bytes), sealed: groups ?? groupsOf(value) }));
  }

  /** Tries the key now, whatever held it. False when it does not wait (any more). */
  async retry(id: string): Promise<boolean> {
    const parked = await this.pool.query(
      'update relay.parked_key set held = false, tries = 0, starts = 0, next_try = clock_timestamp() where id = $1',
      [id],
    );
    if (parked.rowCount) return true;
    const { rowCount } = await this.pool.query('select from relay.untold where id = $1 limit 1', [id]);
    if (rowCount) await this.#tryUntold();
    return rowCount === 1;
  }

  /**
   * Takes the first message of a key out of everybody's hands, if it is still the one that was decided about. Whoever marks it must record the skip
   * and calls `letGo`; until then nobody tries the key, and asking again gives the same answer.
   */
  async mark(id: string, message: string, request: string): Promise<Skipping> {
    const asked = await pgSessions(this.pool)(async (client) => {
      // Whoever has the key in hand changes these rows: after waiting for them, the second statement sees what he did.
      await client.query('select from relay.parked_key where id = $1 for update', [id]);
      await client.query('select from relay.untold where id = $1 for update', [id]);
      return client.query<{ done: boolean; marked: boolean; first: string | null }>(
        `with marked_key as (
         update relay.parked_key k set skipping = $3
         where id = $1 and (skipping = $3 or (skipping is null and leased_until < clock_timestamp())) and $2 = ${firstParked('k')}
         returning id
       ), marked_untold as (
         update relay.untold u set skipping = $3
         where id = $1 and (skipping = $3 or (skipping is null and leased_until < clock_timestamp())) and position::text = $2
           and position = (select min(position) from relay.untold o where o.id = $1)
         returning id
       )
       select exists (select from relay.skipped where request = $3) as done,
         exists (select from marked_key union all select from marked_untold) as marked,
         coalesce((select ${firstParked('k')} from relay.parked_key k where id = $1),
           (select min(position)::text from relay.untold where id = $1)) as first`,
        [id, message, request],
      );
    });
    const { done, marked, first } = asked.rows[0]!;
    if (done) return 'done';
    if (marked) return 'marked';
    return first === message ? 'in-hand' : 'overtaken';
  }

  /**
   * Lets the marked message go, and remembers that it was: told again one day, it is passed over. What waits behind it is tried next. May be called
   * again after a crash.
   */
  async letGo(id: string, message: string, request: string): Promise<void> {
    await this.pool.query(
      `with gone as (
         delete from relay.parked_message m using relay.parked_key k
         where k.id = $1 and k.skipping = $3 and (m.consumer, m.topic, m.key) = (k.consumer, k.topic, k.key) and m.message = $2
         returning m.consumer, m.topic
       ), untold as (
         delete from relay.untold where id = $1 and skipping = $3 and position::text = $2 returning 'relay:' || cursor as consumer, topic
       ), remembered as (
         insert into relay.skipped (request, id, consumer, topic, message)
         select $3, $1, consumer, topic, $2 from (select * from gone union all select * from untold) let_go
         on conflict do nothing
       )
       update relay.parked_key
       set skipping = null, held = false, tries = 0, starts = 0, leased_until = '-infinity', next_try = clock_timestamp()
       where id = $1 and skipping = $3`,
      [id, message, request],
    );
    await this.#tryUntold();
  }

  /** What was ever skipped, by consumer and topic: nobody has heard (or told) it, and the watermark passed it all the same. */
  async skipped(): Promise<readonly Skipped[]> {
    const { rows } = await this.pool.query<Skipped & { count: string }>(
      `select consumer, topic, count(*), ${text('max(since)')} as last from relay.skipped group by consumer, topic order by consumer, topic`,
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  /** The relay's leader, whoever it is, looks at once at what it could not tell. */
  async #tryUntold() {
    await this.pool.query(`select pg_notify('recourse_relay', 'retry')`);
  }
}

type Row = Omit<WaitingKey, 'messages' | 'nextTry'> & { readonly messages: string; readonly nextTry: string | null };
type Seen = Omit<WaitingMessage, 'bytes' | 'sealed'> & {
  readonly bytes: string;
  readonly groups: readonly string[] | null;
  readonly value: string | null;
};

const columns = `id, side, consumer, topic, why, held, tries, messages, ${text('since')} as since,
  case when not held then ${text('next_try')} end as "nextTry"`;

const firstParked = (key: string) =>
  `(select message from relay.parked_message m where (m.consumer, m.topic, m.key) = (${key}.consumer, ${key}.topic, ${key}.key) order by number limit 1)`;

const hash = (column: string) => `rtrim(translate(encode(sha256(convert_to(${column}, 'UTF8')), 'base64'), E'+/\\n', '-_'), '=')`;

const heardMessages = `
  select m.message, coalesce(m.headers::json ->> 'ce_type', '') as type, coalesce(m.headers::json ->> 'ce_tenantid', '') as tenant,
    coalesce(m.headers::json ->> 'ce_time', '') as at, octet_length(m.value) as bytes, ${hash('m.value')} as hash,
    null::text[] as groups, case when octet_length(m.value) <= $3 then m.value end as value
  from relay.parked_message m join relay.parked_key k using (consumer, topic, key)
  where k.id = $1 order by m.number limit $2`;

const untoldMessages = `
  select u.position::text as message, e.record ->> 'type' as type, e.record ->> 'tenant' as tenant, e.record ->> 'at' as at,
    octet_length(e.record::text) as bytes, ${hash('e.record::text')} as hash,
    (select coalesce(array_agg(one ->> 'group'), '{}') from json_array_elements(e.record -> 'sealed') one) as groups, null as value
  from relay.untold u join log.event e using (position)
  where u.id = $1 and $3 > 0 order by u.position limit $2`;

const keyOf = ({ messages, nextTry, ...row }: Row): WaitingKey => ({ ...row, messages: Number(messages), ...(nextTry && { nextTry }) });

/** Names of groups only: blobs and references stay where they are. */
const groupsOf = (value: string | null): readonly string[] => {
  try {
    const { sealed } = JSON.parse(value ?? '{}') as { sealed?: unknown };
    return Array.isArray(sealed) ? sealed.map((one) => String((one as { group?: unknown } | null)?.group ?? '')) : [];
  } catch {
    return [];
  }
};
