import type { Instant } from './record.js';
import type { Queryable } from './reading.js';

const refreshEvery = 10_000;
/** How far two clocks may drift apart, in parts of the time that has passed. */
const drift = 0.001;

/**
 * The database's clock, carried on by this process's monotonic one and compared every ten seconds. Within a process it never steps back, even
 * when the database's does. A sandbox tenant may be ahead of it.
 */
export class DatabaseClock {
  #ahead = 0; // of performance.now(), in milliseconds since 1970
  #compared = -Infinity; // by performance.now()
  #error = Infinity; // of `ahead` at most, in milliseconds, when it was compared
  #last = 0;
  #tenants = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Queryable) {}

  /** Compares for the first time. When later comparisons fail, the last one stands: clocks drift slowly. */
  async start(): Promise<void> {
    await this.refresh(); // which took a connection first
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
    // A slow answer says little about when it was given: it is believed only when it says more than what is known has become wrong since.
    const error = (heard - asked) / 2;
    if (error <= this.#error + (heard - this.#compared) * drift) {
      this.#ahead = Number(rows[0]!.now) - (asked + heard) / 2;
      this.#compared = heard;
      this.#error = error;
    }
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
