import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, Metrics } from '@recourse/edge';
import type { PostgresEventStore } from '@recourse/event-store';
import { daysOf } from './openings.pg.js';
import { comparedWithRole, dayBefore, dayOf } from './standing-out.js';

const freshFor = 60_000;

/** Says how many people stand out by what they opened, yesterday or today, so that somebody goes and asks. Who they are is for auditor and privacy officer. */
@Injectable()
export class StandingOutMetrics {
  private counted: Promise<readonly { readonly labels: { readonly role: string }; readonly value: number }[]> = Promise.resolve([]);
  private until = 0;

  constructor(
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'recourse_openings_standing_out',
      'People who opened far more matters within a day than is usual for their role, since yesterday.',
      ['role'],
      () => {
        // Scraped by several, every few seconds: four weeks are not counted anew each time.
        if (performance.now() >= this.until) [this.counted, this.until] = [this.count(), performance.now() + freshFor];
        return this.counted;
      },
    );
  }

  private async count() {
    const today = dayOf(this.store.now());
    const yesterday = dayBefore(today, 1);
    const days = await daysOf(async (sql, values) => (await this.store.pool.query(sql, values)).rows, yesterday, today);
    const counts = new Map<string, number>();
    for (const { day, role, standsOut } of comparedWithRole(days))
      if (day >= yesterday) counts.set(role, (counts.get(role) ?? 0) + Number(standsOut));
    return [...counts].map(([role, value]) => ({ labels: { role }, value }));
  }
}
