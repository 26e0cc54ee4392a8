import type { View } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn, type EntityManager } from 'typeorm';
import type { ComplaintCaseEvent } from './complaint-case.js';

/** Something that must happen to a case by an instant: a promise to be kept, information to come. */
@Entity('case_due')
export class DueRow {
  @PrimaryColumn('text')
  kind: 'promise' | 'information';
  /** Id of the promise or of the request. */
  @PrimaryColumn('uuid')
  what: string;
  @Column('text')
  tenant: string;
  @Column('uuid')
  case: string;
  @Column('timestamptz')
  due: Date;
}

export const dueView: View = {
  name: 'case-due',
  version: 1,
  entities: [DueRow],
  apply(rows, record) {
    if (!record.stream.startsWith('case-')) return;
    const row = { tenant: record.tenant, case: record.stream.slice('case-'.length) };
    const event = { type: record.type, ...record.data } as unknown as ComplaintCaseEvent;
    switch (event.type) {
      case 'UpdatePromised':
        rows.put(DueRow, { ...row, kind: 'promise', what: event.promise, due: new Date(event.due) });
        return;
      case 'PromiseKept':
      case 'PromiseMissed':
        rows.remove(DueRow, { kind: 'promise', what: event.promise });
        return;
      case 'InformationAsked':
        rows.put(DueRow, { ...row, kind: 'information', what: event.request, due: new Date(event.due) });
        return;
      case 'InformationReceived':
      case 'InformationRequestLapsed':
        rows.remove(DueRow, { kind: 'information', what: event.request });
        return;
      default:
    }
  },
};

/** Where a worker's last look ended; it goes on from there, so that what stays due (unconfirmed) does not hide what comes after it. */
export type Looked = { readonly due: Date; readonly what: string };

export const dueBy = (
  manager: EntityManager,
  kind: DueRow['kind'],
  now: string,
  after: Looked | undefined,
  limit: number,
): Promise<DueRow[]> => {
  const query = manager.createQueryBuilder(DueRow, 'row').where('row.kind = :kind and row.due < :now', { kind, now });
  if (after) query.andWhere('(row.due, row.what) > (:due, :what)', after);
  return query.orderBy('row.due').addOrderBy('row.what').limit(limit).getMany();
};
