import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager } from 'typeorm';

/** Something of an account that ends by itself: a lock nobody confirmed, a limit, a code nobody typed, the distrust of a route. */
@Entity('account_due')
export class DueRow {
  /** Id of the lock, limit, step-up or route. */
  @PrimaryColumn('uuid')
  thing: string;
  @Column('text')
  tenant: string;
  @Column('text')
  stream: string;
  @Column('text')
  kind: 'lock' | 'limit' | 'step-up' | 'route';
  /** In the tenant's own time. */
  @Column('timestamptz')
  due: Date;
}

const begins: Readonly<Record<string, { kind: DueRow['kind']; ends: string; id: string }>> = {
  AccountLocked: { kind: 'lock', ends: 'until', id: 'lock' },
  LimitSet: { kind: 'limit', ends: 'until', id: 'limit' },
  StepUpAsked: { kind: 'step-up', ends: 'expires', id: 'stepUp' },
  RouteDistrusted: { kind: 'route', ends: 'until', id: 'route' },
};
const over: Readonly<Record<string, string>> = {
  LockConfirmed: 'lock',
  LockLapsed: 'lock',
  LockLifted: 'lock',
  LimitLifted: 'limit',
  LimitExpired: 'limit',
  StepUpPassed: 'stepUp',
  StepUpExhausted: 'stepUp',
  StepUpExpired: 'stepUp',
  RouteTrusted: 'route',
  RouteRemoved: 'route',
};

/** What must happen next on accounts, and by when. */
export const dueView: View = {
  name: 'due',
  version: 2,
  entities: [DueRow],
  apply(rows, { type, data, tenant, stream }) {
    const begun = begins[type];
    const ended = over[type];
    if (begun && data[begun.ends] !== undefined)
      rows.put(DueRow, {
        thing: data[begun.id] as string,
        tenant,
        stream,
        kind: begun.kind,
        due: new Date(data[begun.ends] as string),
      });
    // What was to end by itself no longer does: somebody distrusts the route until there is a proof.
    if (type === 'RouteDistrusted' && data['until'] === undefined) rows.remove(DueRow, { thing: data['route'] as string });
    if (ended) rows.remove(DueRow, { thing: data[ended] as string });
  },
};

/** What is due by the database's clock, and by the clock of a tenant that has moved its own. */
export const dueNow = (manager: EntityManager, kind: DueRow['kind'], now: string): Promise<DueRow[]> =>
  manager
    .createQueryBuilder(DueRow, 'row')
    .where('row.kind = :kind', { kind })
    .andWhere(
      `row.due <= cast(:now as timestamptz) + interval '1 millisecond' * coalesce((select c.ahead_ms from log.tenant_clock c where c.tenant = row.tenant), 0)`,
      { now },
    )
    .orderBy('row.due')
    .addOrderBy('row.thing')
    .limit(200)
    .getMany();
