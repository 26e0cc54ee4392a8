import type { Recorded } from '@recourse/event-store';
import type { View } from '@recourse/edge';
import { Column, Entity, PrimaryColumn, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import type { NoticeEvent } from './notice.js';
import { silence } from './sending.js';

/** One line a notice: what a desk or a platform lists, and when the next try is due. */
@Entity('notice')
export class NoticeRow {
  @PrimaryColumn('uuid')
  notice: string;
  @Column('text')
  tenant: string;
  /** Order of planning: the position of the record that planned it. */
  @Column('bigint')
  position: string;
  @Column('text')
  state: string;
  @Column('text')
  topic: string;
  @Column('text')
  channel: string;
  @Column('text')
  template: string;
  @Column('text')
  language: string;
  @Column('text', { nullable: true })
  matter: string | null;
  @Column('text', { nullable: true })
  account: string | null;
  @Column('text', { nullable: true })
  subject: string | null;
  @Column('text', { nullable: true })
  letter: string | null;
  @Column('timestamptz')
  plannedAt: Date;
  @Column('timestamptz', { nullable: true })
  sentAt: Date | null;
  /** By the database's clock; null when nothing is to be tried. */
  @Column('timestamptz', { nullable: true })
  tryAt: Date | null;
}

type Change = Partial<Pick<NoticeRow, 'state' | 'sentAt' | 'tryAt'>>;

/** A wait in the record's own time, counted from when it was recorded: a tenant's moved clock does not delay a mail. */
const later = ({ recordedAt }: Recorded, milliseconds: number): Date => new Date(Date.parse(recordedAt) + milliseconds);

const changeOf = (record: Recorded, event: NoticeEvent): Change | undefined => {
  switch (event.type) {
    case 'NoticePlanned':
      return undefined;
    case 'NoticeHandedOver':
      return { state: 'handed-over', tryAt: null };
    case 'SendingStarted':
      return { state: 'sending', tryAt: later(record, silence) };
    case 'NoticeFailed':
      return { state: 'planned', tryAt: later(record, Date.parse(event.nextTry) - Date.parse(record.at)) };
    case 'NoticeSent':
      return { state: 'sent', sentAt: new Date(event.sentAt), tryAt: null };
    case 'NoticeDelivered':
      return { state: 'delivered' };
    case 'NoticeBounced':
      return { state: 'bounced' };
    case 'NoticeGivenUp':
      return { state: 'given-up', tryAt: null };
  }
};

export const noticesView: View = {
  name: 'notices',
  version: 1,
  entities: [NoticeRow],
  apply(rows, record) {
    if (!record.stream.startsWith('notice-')) return;
    const notice = record.stream.slice('notice-'.length);
    const event = { type: record.type, ...record.data } as unknown as NoticeEvent;
    if (event.type === 'NoticePlanned') rows.put(NoticeRow, rowOf(record, event));
    const change = changeOf(record, event);
    if (change) rows.change(NoticeRow, { notice }, change);
  },
};

const rowOf = (record: Recorded, event: Extract<NoticeEvent, { type: 'NoticePlanned' }>): NoticeRow => ({
  notice: event.notice,
  tenant: record.tenant,
  position: String(record.position),
  state: 'planned',
  topic: event.topic,
  channel: event.channel,
  template: event.template.id,
  language: event.language,
  matter: event.matter ?? null,
  account: event.account ?? null,
  subject: event.subject ?? null,
  letter: event.letter ?? null,
  plannedAt: new Date(event.plannedAt),
  sentAt: null,
  tryAt: event.channel === 'email' ? new Date(record.recordedAt) : null,
});

export type NoticeFilter = {
  readonly case?: string;
  readonly account?: string;
  readonly subject?: string;
  readonly state?: string;
  readonly letter?: string;
};

/** The notices a filter asks for, unordered. */
export const noticesBy = (manager: EntityManager, filter: NoticeFilter): SelectQueryBuilder<NoticeRow> => {
  const { case: matter, ...rest } = filter;
  const query = manager.createQueryBuilder(NoticeRow, 'notice').where('true');
  for (const [column, value] of Object.entries({ matter, ...rest }))
    if (value !== undefined) query.andWhere(`notice.${column} = :${column}`, { [column]: value });
  return query;
};
