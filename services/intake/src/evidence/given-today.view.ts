import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, Problem, TenantLimits, VIEWS, type View } from '@recourse/edge';
import type { EventStore, Views } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file that was given, on its day of UTC: what quotas of a platform are counted from. */
@Entity('evidence_given')
export class EvidenceGiven {
  @PrimaryColumn('text')
  evidence: string;

  @Column('text')
  tenant: string;

  @Column('text')
  day: string;

  @Column('bigint')
  bytes: number;
}

/** How much evidence each platform has given, by day. */
export const givenView: View = {
  name: 'evidence-given',
  version: 1,
  entities: [EvidenceGiven],
  apply: async (rows, { type, tenant, at, data }) => {
    if (type !== 'EvidenceReceived') return;
    const { evidence, size } = data as { evidence: string; size: number };
    rows.put(EvidenceGiven, { evidence, tenant, day: at.slice(0, 10), bytes: size });
  },
};

/**
 * The quota of a platform's day. A view is a moment behind, so what is on its way at the last moment may still get in: the quota keeps the vault from
 * filling, it is no promise to the byte. The quota of a matter is one, and is kept by the matter itself.
 */
@Injectable()
export class GivenToday {
  constructor(
    private readonly limits: TenantLimits,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(VIEWS) private readonly views: Views,
  ) {}

  /** Throws when so many more bytes are too many for today. */
  async mustFit(tenant: string, bytes: number): Promise<void> {
    const most = this.limits.of(tenant).quotas.evidenceBytesPerDay;
    const now = this.store.now(tenant);
    const given = await this.views.read(tenant, async (manager) => {
      const sum = await manager.sum(EvidenceGiven, 'bytes', { tenant, day: now.slice(0, 10) });
      return Number(sum ?? 0);
    });
    if (given + bytes <= most) return;
    const seconds = Math.ceil((Date.parse(`${now.slice(0, 10)}T24:00:00Z`) - Date.parse(now)) / 1000);
    throw new Problem(429, 'uploads-used-up-today', { facts: { bytes: most }, headers: { 'retry-after': String(seconds) } });
  }
}
