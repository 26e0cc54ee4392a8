import { setTimeout as pause } from 'node:timers/promises';
import { forgetSealed, mayForget, pgSessions, type Counts, type KeyChange } from '@recourse/event-store';
import type { KeyOrdered, Privacy } from '@recourse/privacy';
import { forgetParked } from '@recourse/relay';
import type pg from 'pg';
import type { Log } from '../logging.js';
import type { Keeping } from './forgetting.js';

type ForgettingOptions = {
  readonly pool: pg.Pool;
  readonly privacy: Pick<Privacy, 'ordered' | 'acknowledge' | 'forgetKeys'>;
  readonly keeps: readonly Keeping[];
  readonly log: Log;
  readonly pace?: Partial<ForgettingPace>;
};
/** Milliseconds, but for `others`. */
export type ForgettingPace = {
  /** Between two looks at the keyring. */
  readonly look: number;
  /** Orders may become visible a little out of order: each look begins this far before the last one noted. */
  readonly overlap: number;
  /** After this long nothing is under way any more that was sealed before the key was gone. */
  readonly underWay: number;
  /** Among how many looks that find nothing new one cares for what is left over. */
  readonly others: number;
};
const usualForgettingPace: ForgettingPace = { look: 1_500, overlap: 60_000, underWay: 60_000, others: 5 };

/** What every service keeps of a key beside the sealed bytes of its log, which the function forgets and counts that notes the order. */
const everywhere: readonly Keeping[] = [
  { name: 'parked', opened: false, forget: (transaction, change) => forgetParked(transaction, change) },
];

/**
 * Follows what becomes of keys by order. The keyring says it, not a message: so no service can miss it, and none hears of it before it is so.
 *
 * Of each change: one transaction notes it here and forgets, with the counts; then the governor is told. A process killed before the commit has done
 * nothing, one killed after it leaves a row that says the governor does not know. Several instances may do it at once: the row is written by one.
 * A while later each destroyed key is looked at once more, for what was sealed in the seconds in which an instance still remembered the key.
 */
export class ForgettingWorker {
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private readonly keeps: readonly Keeping[];
  private readonly pace: ForgettingPace;
  private troubled = false;
  /** Of the newest change that stands here for certain; undefined until the first look. */
  private noted: number | undefined;
  private looks = 0;

  constructor(private readonly options: ForgettingOptions) {
    this.keeps = [...everywhere, ...options.keeps];
    this.pace = { ...usualForgettingPace, ...options.pace };
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    const { log } = this.options;
    while (!signal.aborted) {
      try {
        await this.look();
        this.troubled = false;
      } catch (error) {
        // A database that is away comes back; said once, not every second.
        if (!this.troubled && !signal.aborted) log.error({ err: error }, 'what keys sealed cannot be forgotten yet');
        this.troubled = true;
      }
      await pause(this.pace.look, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const latest = (this.noted ??= await this.latest());
    const ordered = await this.options.privacy.ordered(new Date(Math.max(latest - this.pace.overlap, 0)).toISOString());
    const changes = await this.unknown(ordered);
    for (const change of changes) {
      if (this.stopped.signal.aborted) return;
      await this.forget(change);
    }
    this.noted = Math.max(latest, ...ordered.map(({ since }) => Date.parse(since)));
    // What somebody else left behind, or has to be looked at once more, may wait for a few looks.
    if (changes.length === 0 && this.looks++ % this.pace.others > 0) return;
    await this.acknowledge();
    await this.lookAgain();
  }

  private async latest(): Promise<number> {
    const { rows } = await this.options.pool.query<{ latest: Date | null }>('select max(since) as latest from log.key_ordered');
    return rows[0]?.latest?.getTime() ?? 0;
  }

  /** Those of the changes that do not stand here yet. */
  private async unknown(ordered: readonly KeyOrdered[]): Promise<readonly KeyChange[]> {
    if (ordered.length === 0) return [];
    const { rows } = await this.options.pool.query<{ key: string; state: string; since: Date }>(
      'select key, state, since from log.key_ordered where key = any($1)',
      [ordered.map(({ id }) => id)],
    );
    const known = new Set(rows.map(({ key, state, since }) => `${key} ${state} ${since.toISOString()}`));
    return ordered
      .filter(({ id, state, since }) => !known.has(`${id} ${state} ${since}`))
      .map(({ id: key, tenant, state, since, order }) => ({ key, tenant, state, since, order }));
  }

  private async forget(change: KeyChange): Promise<void> {
    const { pool, privacy, log } = this.options;
    // First of all: what is sealed from here on is sealed with another key, or refused.
    privacy.forgetKeys();
    const counts = await pgSessions(pool)(async (transaction) => {
      if (!(await mayForget(transaction, change))) return undefined; // another instance was faster
      const forgotten = await this.forgetAll(transaction, change);
      return { ...forgotten, ...(await forgetSealed(transaction, change, forgotten)) };
    });
    if (counts) log.info({ order: change.order, key: change.key, state: change.state, ...counts }, 'what a key had opened is forgotten');
  }

  private async forgetAll(transaction: pg.PoolClient, change: KeyChange): Promise<Counts> {
    const counts: Record<string, number> = {};
    if (change.state === 'active') {
      for (const { recall } of this.keeps) await recall?.(transaction, change);
      return counts;
    }
    for (const { name, opened, forget } of this.keeps)
      if (opened || change.state === 'destroyed') counts[name] = (counts[name] ?? 0) + (await forget(transaction, change));
    return counts;
  }

  /** What was forgotten and the governor does not know yet: by us a moment ago, or by somebody who died. */
  private async acknowledge(): Promise<void> {
    const { pool, privacy } = this.options;
    const { rows } = await pool.query<{ key: string; ordered_by: string; counts: Counts; since: Date }>(
      'select key, ordered_by, counts, since from log.key_ordered where acknowledged is null order by since limit 200',
    );
    for (const { key, ordered_by: order, counts, since } of rows) {
      // False when another order has changed the key meanwhile: that one will be seen, noted and acknowledged.
      await privacy.acknowledge(order, key, counts);
      await pool.query('update log.key_ordered set acknowledged = clock_timestamp() where key = $1 and since = $2', [key, since]);
    }
  }

  /** For a destroyed key, once, when nothing can be under way any more. What is found is forgotten; it was not there to be counted. */
  private async lookAgain(): Promise<void> {
    const { pool } = this.options;
    const { rows } = await pool.query<Omit<KeyChange, 'since' | 'order'> & { since: Date; ordered_by: string }>(
      `select key, tenant, state, since, ordered_by from log.key_ordered
       where not again and acknowledged < clock_timestamp() - $1 * interval '1 millisecond' order by since limit 200`,
      [this.pace.underWay],
    );
    for (const { since, ordered_by: order, ...rest } of rows) {
      const change: KeyChange = { ...rest, since: since.toISOString(), order };
      await pgSessions(pool)(async (transaction) => {
        await this.forgetAll(transaction, change);
        await transaction.query('update log.key_ordered set again = true where key = $1 and state = $2', [change.key, change.state]);
      });
    }
  }
}
