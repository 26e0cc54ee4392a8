import type pg from 'pg';
import type { HeardMessage } from './transport.js';

/** Why a key waits: a code, never a text that could quote the message. */
export type Why = 'failed' | 'kills-the-process' | 'tenant-disagrees' | 'unreadable' | 'queues-behind';
export type ParkedKey = {
  readonly consumer: string;
  readonly topic: string;
  readonly key: string;
  readonly why: string;
  /** Waits for a person; the others are tried again by themselves. */
  readonly held: boolean;
  readonly tries: number;
  readonly messages: number;
  readonly since: string;
  readonly nextTry: string;
};
type Key = Pick<ParkedKey, 'consumer' | 'topic' | 'key'>;
export type Claimed = Key & { readonly tries: number; readonly starts: number };
export type Waiting = { readonly number: string; readonly message: string; readonly heard: HeardMessage };

const ms = (parameter: string) => `${parameter} * interval '1 millisecond'`;

/**
 * The parking place: keys whose message failed, with that message and all later ones of the key, in the service's own database. Not a retry topic:
 * that would bring the failed message back behind the later ones of its key, and an order to unlock would overtake the order to lock.
 */
export class Parked {
  constructor(
    private readonly pool: pg.Pool,
    /** A claim that is not renewed belongs to nobody: its holder died. Milliseconds. */
    private readonly lease: number,
  ) {}

  /** Puts a message at the end of its key's queue, opening the queue where there is none. The same message stands in it once. */
  async park(
    consumer: string,
    message: string,
    heard: HeardMessage,
    { why, held, wait, watermark }: { why: Why | string; held: boolean; wait: number; watermark: string | undefined },
  ): Promise<void> {
    const { topic, key, partition, offset, headers, value } = heard;
    await this.pool.query(
      `with queue as (
         insert into relay.parked_key as k (consumer, topic, key, partition, why, held, next_try, watermark)
         values ($1, $2, $3, $4, $5, $6, clock_timestamp() + ${ms('$7')}, $8)
         on conflict (consumer, topic, key) do update set why = k.why
         returning consumer
       )
       insert into relay.parked_message (consumer, topic, key, message, partition, "offset", headers, value)
       select $1, $2, $3, $9, $4, $10, $11, $12 from queue on conflict do nothing`,
      [consumer, topic, key, partition, why, held, wait, watermark ?? null, message, offset, JSON.stringify(headers), value],
    );
  }

  /** Takes the queue that is due longest, for as long as the lease is renewed. */
  async claim(consumers: readonly string[]): Promise<Claimed | undefined> {
    const { rows } = await this.pool.query<Claimed>({
      name: 'relay-claim',
      text: `update relay.parked_key set leased_until = clock_timestamp() + ${ms('$2')}, starts = starts + 1
         where (consumer, topic, key) in (
           select consumer, topic, key from relay.parked_key
           where not held and skipping is null and next_try <= clock_timestamp() and leased_until < clock_timestamp() and consumer = any($1)
           order by next_try limit 1 for update skip locked
         )
         returning consumer, topic, key, tries, starts`,
      values: [consumers, this.lease],
    });
    return rows[0];
  }

  async first({ consumer, topic, key }: Key): Promise<Waiting | undefined> {
    const { rows } = await this.pool.query<{
      number: string;
      message: string;
      partition: number;
      offset: string;
      headers: string;
      value: string;
    }>(
      `select number, message, partition, "offset", headers, value from relay.parked_message
       where consumer = $1 and topic = $2 and key = $3 order by number limit 1`,
      [consumer, topic, key],
    );
    if (!rows[0]) return undefined;
    const { number, message, headers, ...rest } = rows[0];
    return { number, message, heard: { ...rest, topic, key, headers: JSON.parse(headers) as Record<string, string> } };
  }

  /** It took effect: the next one of the key may come, with all its tries. */
  async done({ consumer, topic, key }: Key, number: string): Promise<void> {
    await this.pool.query(
      `with gone as (delete from relay.parked_message where number = $4)
       update relay.parked_key set tries = 0, starts = 1, leased_until = clock_timestamp() + ${ms('$5')} where consumer = $1 and topic = $2 and key = $3`,
      [consumer, topic, key, number, this.lease],
    );
  }

  /** Closes the queue if nothing came to it meanwhile. */
  async close({ consumer, topic, key }: Key): Promise<boolean> {
    const client = await this.pool.connect();
    const lost = () => undefined; // the query says it too, and an event without a listener would end the process
    client.on('error', lost);
    let broken: Error | undefined;
    try {
      await client.query('begin');
      // Whoever parks takes this lock too; the second statement sees what he wrote.
      await client.query('select from relay.parked_key where consumer = $1 and topic = $2 and key = $3 for update', [consumer, topic, key]);
      const { rowCount } = await client.query(
        `delete from relay.parked_key k where consumer = $1 and topic = $2 and key = $3
         and not exists (select from relay.parked_message m where (m.consumer, m.topic, m.key) = (k.consumer, k.topic, k.key))`,
        [consumer, topic, key],
      );
      await client.query('commit');
      return rowCount === 1;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.off('error', lost);
      client.release(broken);
    }
  }

  /** Gives the claim back: after a try that failed (`why`), or untried. */
  async giveBack({ consumer, topic, key }: Key, after: { why?: string; held?: boolean; wait: number }): Promise<void> {
    await this.pool.query(
      `update relay.parked_key set leased_until = '-infinity', starts = 0, next_try = clock_timestamp() + ${ms('$4')},
         tries = tries + case when $5::text is null then 0 else 1 end, why = coalesce($5, why), held = held or $6
       where consumer = $1 and topic = $2 and key = $3`,
      [consumer, topic, key, after.wait, after.why ?? null, after.held ?? false],
    );
  }

  /** An operator's word: try this key now, whatever held it. False when it does not wait. */
  async retry({ consumer, topic, key }: Key): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `update relay.parked_key set held = false, tries = 0, starts = 0, next_try = clock_timestamp() where consumer = $1 and topic = $2 and key = $3`,
      [consumer, topic, key],
    );
    return rowCount === 1;
  }

  async list(): Promise<readonly ParkedKey[]> {
    const { rows } = await this.pool.query<Omit<ParkedKey, 'messages'> & { messages: string }>(
      `select consumer, topic, key, why, held, tries, since::text, next_try::text as "nextTry",
         (select count(*) from relay.parked_message m where (m.consumer, m.topic, m.key) = (k.consumer, k.topic, k.key)) as messages
       from relay.parked_key k order by since`,
    );
    return rows.map((row) => ({ ...row, messages: Number(row.messages) }));
  }
}
