import type { MatterRetentionHistory, MatterRetentionLine } from '@recourse/contracts';
import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager, type SelectQueryBuilder } from 'typeorm';

/** One line for each matter anybody told us of: until when it is kept, and when somebody has to look. */
@Entity('matter_retention')
export class MatterRow {
  @PrimaryColumn('uuid')
  id: string;
  @Column('text')
  tenant: string;
  @Column('text')
  stage: MatterRetentionHistory['stage'];
  @Column('timestamptz', { nullable: true })
  until: Date | null;
  @Column('text', { nullable: true })
  basis: string | null;
  @Column('integer', { nullable: true })
  table: number | null;
  /** In the tenant's own time. */
  @Column('timestamptz', { nullable: true })
  nextLook: Date | null;
}

export const mattersView: View = {
  name: 'matters',
  version: 1,
  entities: [MatterRow],
  async apply(rows, { stream, tenant }, history) {
    if (!stream.startsWith('matter-')) return;
    const { matter, stage, kept, nextLook } = await history<MatterRetentionHistory>();
    rows.put(MatterRow, {
      ...{ id: matter, tenant, stage },
      until: kept ? new Date(kept.until) : null,
      basis: kept?.basis ?? null,
      table: kept?.table ?? null,
      nextLook: nextLook === undefined ? null : new Date(nextLook),
    });
  },
};

/** Matters in this stage, or all. */
export const matters = (manager: EntityManager, stage?: string): SelectQueryBuilder<MatterRow> => {
  const rows = manager.createQueryBuilder(MatterRow, 'matter');
  return stage === undefined ? rows : rows.where('matter.stage = :stage', { stage });
};

/** Those whose period has ended by the database's clock, and by the clock of a tenant that has moved its own. */
export const mattersToLookAt = (manager: EntityManager, now: string): Promise<MatterRow[]> =>
  manager
    .createQueryBuilder(MatterRow, 'matter')
    .where(`matter.stage = 'closed'`)
    .andWhere(
      `matter.nextLook <= cast(:now as timestamptz) + interval '1 millisecond' * coalesce((select c.ahead_ms from log.tenant_clock c where c.tenant = matter.tenant), 0)`,
      { now },
    )
    .orderBy('matter.nextLook')
    .addOrderBy('matter.id')
    .limit(200)
    .getMany();

/** Those of a platform that were dated by another version of its table than the one that holds now, or not at all. */
export const mattersDatedOtherwise = (manager: EntityManager, tenant: string, table: number): Promise<MatterRow[]> =>
  manager
    .createQueryBuilder(MatterRow, 'matter')
    .where(`matter.stage = 'closed' and matter.tenant = :tenant and matter.table is distinct from :table`, { tenant, table })
    .orderBy('matter.id')
    .limit(200)
    .getMany();

export const matterLine = ({ id, stage, until, basis, table, nextLook }: MatterRow): MatterRetentionLine => ({
  matter: id,
  stage,
  ...(until && { until: until.toISOString() }),
  ...(basis !== null && { basis }),
  ...(table !== null && { table }),
  ...(nextLook && { nextLook: nextLook.toISOString() }),
});
