import type { CustodyHistory, HoldLine } from '@recourse/contracts';
import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager, type SelectQueryBuilder } from 'typeorm';

/** One line for each hold somebody asked for. */
@Entity('hold')
export class HoldRow {
  @PrimaryColumn('uuid')
  id: string;
  @Column('text')
  tenant: string;
  @Column('text')
  scope: HoldLine['scope'];
  @Column('text')
  of: string;
  @Column('text')
  stage: HoldLine['stage'];
  @Column('timestamptz')
  askedAt: Date;
}

export const holdsView: View = {
  name: 'holds',
  version: 1,
  entities: [HoldRow],
  async apply(rows, { stream, tenant, data }, history) {
    const id = data['hold'];
    if (!stream.startsWith('custody-') || typeof id !== 'string') return;
    const { holds } = await history<CustodyHistory>();
    const found = holds.find(({ hold }) => hold === id)!;
    rows.put(HoldRow, { id, tenant, scope: found.scope, of: found.of, stage: found.stage, askedAt: new Date(found.asked.at) });
  },
};

/** All holds, or those that stand (`placed` and `release-asked`) or wait as asked for. */
export const holds = (manager: EntityManager, stage?: string): SelectQueryBuilder<HoldRow> => {
  const rows = manager.createQueryBuilder(HoldRow, 'hold');
  return stage === undefined ? rows : rows.where('hold.stage = :stage', { stage });
};

export const holdLine = ({ id, scope, of, stage, askedAt }: HoldRow): HoldLine => ({
  hold: id,
  scope,
  of,
  stage,
  askedAt: askedAt.toISOString(),
});
