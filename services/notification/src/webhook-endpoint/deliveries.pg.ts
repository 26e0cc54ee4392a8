import type { PlatformMessage } from '@recourse/contracts';
import type { Views } from '@recourse/edge';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Answered } from './delivering.js';

/**
 * One try at an endpoint. Not a view: what a stranger's server answered stands in no log, so it is written here and kept for thirty
 * days.
 */
@Entity('webhook_delivery')
export class DeliveryRow {
  @PrimaryColumn('bigint')
  delivery: string;
  @Column('uuid')
  endpoint: string;
  @Column('text')
  tenant: string;
  /** Number of the message; null for a test. */
  @Column('integer', { nullable: true })
  number: number | null;
  @Column('text')
  message: string;
  @Column('text')
  type: string;
  @Column('integer')
  attempt: number;
  @Column('timestamptz')
  at: Date;
  @Column('integer', { nullable: true })
  status: number | null;
  @Column('text', { nullable: true })
  failed: string | null;
  @Column('integer')
  ms: number;
  @Column('timestamptz', { nullable: true })
  nextTry: Date | null;
}

/** An endpoint this worker may deliver to now, until its lease ends, and where its cursor stands. */
export type Claimed = {
  readonly endpoint: string;
  readonly tenant: string;
  readonly url: string;
  readonly done: number;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly test: string | null;
  readonly testVersion: number;
};

/** What is written after a try, in one statement, and only while the lease is still ours. */
export type Noted = {
  readonly number: number | null;
  readonly message: string;
  readonly type: string;
  readonly answered: Answered;
  readonly then: { readonly done: number } | { readonly retryInMs: number } | { readonly testVersion: number };
};

/** How long an endpoint is one worker's: longer than the longest call. By the database's clock. */
const lease = '60 seconds';

/**
 * The cursors of the endpoints over the feed. A cursor is not an event: it moves with every message, and may move back for a replay.
 * One row an endpoint, leased to one worker at a time, so that one message is in flight and order is kept. A worker that lost its lease
 * (a process that was stopped) writes nothing any more.
 */
export class Deliveries {
  constructor(
    private readonly live: Views['live'],
    private readonly worker: string,
  ) {}

  /**
   * Endpoints with something to deliver now, leased to this worker. A replay, and being enabled again, takes effect here, and once: what was
   * acted on is never taken back, although a view that is being built again knows less than it did.
   */
  async claim(most: number): Promise<readonly Claimed[]> {
    await this.live.query(
      `insert into webhook_cursor (endpoint, tenant, done)
       select e.endpoint, e.tenant, e."after" from webhook_endpoint e
       where not exists (select from webhook_cursor c where c.endpoint = e.endpoint)
       on conflict do nothing`,
    );
    const { rows } = await this.live.query<Claimed>(
      `with waiting as (
         select c.endpoint,
           case when e."replayVersion" > c.replay_version then e."replayAfter" else c.done end as done,
           e."replayVersion" > c.replay_version or e."enabledVersion" > c.enabled_version as anew,
           e.url, e."replayVersion", e."enabledVersion", e."testVersion", case when e."testVersion" > c.test_version then e.test end as test
         from webhook_cursor c join webhook_endpoint e on e.endpoint = c.endpoint
         where e.state = 'enabled' and (c.leased_until is null or c.leased_until < clock_timestamp())
           and (c.next_try is null or c.next_try <= clock_timestamp()
             or e."replayVersion" > c.replay_version or e."enabledVersion" > c.enabled_version)
           and (e."testVersion" > c.test_version or exists (
             select from feed_message m where m.tenant = e.tenant
               and m.number > case when e."replayVersion" > c.replay_version then e."replayAfter" else c.done end))
         order by c.next_try nulls first limit $2 for update of c skip locked
       )
       update webhook_cursor c set leased_by = $1, leased_until = clock_timestamp() + interval '${lease}', done = w.done,
         replay_version = greatest(c.replay_version, w."replayVersion"), enabled_version = greatest(c.enabled_version, w."enabledVersion"),
         failures = case when w.anew then 0 else c.failures end, failing_since = case when w.anew then null else c.failing_since end,
         next_try = case when w.anew then null else c.next_try end
       from waiting w where c.endpoint = w.endpoint
       returning c.endpoint, c.tenant, w.url, c.done, c.failures, c.failing_since as "failingSince", w.test, w."testVersion"`,
      [this.worker, most],
    );
    return rows;
  }

  /** The next messages after a number, in order. */
  async next(tenant: string, after: number, limit: number): Promise<readonly PlatformMessage[]> {
    const { rows } = await this.live.query<{ message: PlatformMessage }>(
      'select message from feed_message where tenant = $1 and number > $2 order by number limit $3',
      [tenant, after, limit],
    );
    return rows.map(({ message }) => message);
  }

  /**
   * Notes a try and moves the cursor, and makes the lease longer. False when the lease is another's by now, or the endpoint was
   * changed: look again.
   */
  async note({ endpoint, tenant, failures }: Claimed, { number, message, type, answered, then }: Noted): Promise<boolean> {
    const [status, failed] = 'status' in answered ? [answered.status, null] : [null, answered.failed];
    const retryInMs = 'retryInMs' in then ? then.retryInMs : null;
    const done = 'done' in then ? then.done : null;
    const testVersion = 'testVersion' in then ? then.testVersion : null;
    const { rows } = await this.live.query<{ unchanged: boolean }>(
      `with mine as (
         update webhook_cursor c set leased_until = clock_timestamp() + interval '${lease}',
           done = coalesce($3, c.done), test_version = coalesce($4, c.test_version),
           failures = case when $5::integer is null then 0 else c.failures + 1 end,
           failing_since = case when $5::integer is null then null else coalesce(c.failing_since, clock_timestamp()) end,
           next_try = clock_timestamp() + $5::integer * interval '1 millisecond'
         where c.endpoint = $1 and c.leased_by = $2 and c.leased_until > clock_timestamp()
         returning c.endpoint, c.replay_version, c.next_try
       ), noted as (
         insert into webhook_delivery (endpoint, tenant, number, message, type, attempt, at, status, failed, ms, "nextTry")
         select $1, $6, $7, $8, $9, $10, clock_timestamp(), $11, $12, $13, mine.next_try from mine
       )
       select e.state = 'enabled' and e."replayVersion" <= mine.replay_version as unchanged
       from mine join webhook_endpoint e on e.endpoint = mine.endpoint`,
      [endpoint, this.worker, done, testVersion, retryInMs, tenant, number, message, type, failures + 1, status, failed, answered.ms],
    );
    return rows[0]?.unchanged ?? false;
  }

  async release(endpoint: string): Promise<void> {
    await this.live.query('update webhook_cursor set leased_by = null, leased_until = null where endpoint = $1 and leased_by = $2', [
      endpoint,
      this.worker,
    ]);
  }

  async forgetOld(): Promise<void> {
    await this.live.query(`delete from webhook_delivery where at < clock_timestamp() - interval '30 days'`);
  }
}

/** What a test sends: it stands in no feed, so it has no number. */
export const testMessage = (test: string, timestamp: string): Omit<PlatformMessage, 'number'> => ({
  id: `${test}.EndpointTested.v1`,
  type: 'EndpointTested',
  timestamp,
  source: { service: 'notification', stream: `test-${test}`, version: 0 },
  data: { test },
});
