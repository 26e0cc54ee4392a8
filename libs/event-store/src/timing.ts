import type { Instant } from './record.js';
import type { Queryable } from './reading.js';

const refreshEvery = 10_000;
const believedWithin = 500;

/**
 * The database's clock, carried on by this process's monotonic one and compared every ten seconds. Within a process it never steps back, even
 * when the database's does. A sandbox tenant may be ahead of it.
 */
export class DatabaseClock {
  #ahead = 0; // of performance.now(), in milliseconds since 1970
  #last = 0;
  #tenants = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Queryable) {}

  /** Compares for the first time. When later comparisons fail, the last one stands: clocks drift slowly. */
  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.refresh().catch(() => undefined), refreshEvery);
    this.#timer.unref();
  }

  async refresh(): Promise<void> {
    const asked = performance.now();
    const { rows } = await this.database.query<{ now: string; tenants: Record<string, number> | null }>(
      `select extract(epoch from clock_timestamp()) * 1000 as now,
        (select json_object_agg(tenant, ahead_ms) from log.tenant_clock)::jsonb as tenants`,
    );
    const heard = performance.now();
    // A slow answer says little about when it was given: believed too far ahead, the clock would stand still until time has caught up.
    if (this.#ahead === 0 || heard - asked < believedWithin) this.#ahead = Number(rows[0]!.now) - (asked + heard) / 2;
    this.#tenants = new Map(Object.entries(rows[0]!.tenants ?? {}));
  }

  now(tenant?: string): Instant {
    this.#last = Math.max(this.#last, Math.floor(performance.now() + this.#ahead));
    return new Date(this.#last + (tenant === undefined ? 0 : (this.#tenants.get(tenant) ?? 0))).toISOString();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
