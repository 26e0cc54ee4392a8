import {
  millisecondsOf,
  type Category,
  type ChannelKind,
  type ComplaintHistory,
  type DraftShown,
  type Language,
} from '@recourse/contracts';
import type { PlatformSettingsOf, View } from '@recourse/edge';
import type { Instant, Recorded } from '@recourse/event-store';
import { Column, Entity, PrimaryColumn, type EntityManager } from 'typeorm';

/** A complaint that was begun and not yet received. */
@Entity('draft')
export class Draft {
  @PrimaryColumn('text')
  matter: string;

  @Column('text')
  tenant: string;

  @Column('text', { nullable: true })
  subject: string | null;

  @Column('text')
  channel: ChannelKind;

  @Column('text')
  language: Language;

  @Column('text', { nullable: true })
  category: Category | null;

  @Column('boolean')
  narrative: boolean;

  @Column('text')
  draftedAt: Instant;

  @Column('text')
  touchedAt: Instant;

  /** How many records it has: who acts on an idle draft says how it looked. */
  @Column('integer')
  told: number;
}

/** The drafts that lie here: what a customer may go on with, and what is received for him when he does not. */
export const draftsView: View = {
  name: 'drafts',
  version: 1,
  entities: [Draft],
  apply: async (rows, record, history) => {
    if (!record.stream.startsWith('complaint-')) return;
    const { matter, stage, subject, channel, language, category, narratives, drafted } = await history<ComplaintHistory>();
    if (stage !== 'drafted') return rows.remove(Draft, { matter });
    rows.put(Draft, {
      matter,
      tenant: record.tenant,
      subject: subject ?? null,
      channel,
      language,
      category: category ?? null,
      narrative: narratives.length > 0,
      draftedAt: drafted.at,
      touchedAt: record.at,
      told: toldBy(record),
    });
  },
};

const toldBy = ({ version }: Recorded): number => version + 1;

/** A draft as it is answered in a list. */
export const draftShown = ({ matter, subject, channel, language, category, narrative, draftedAt, touchedAt }: Draft): DraftShown => ({
  matter,
  ...(subject !== null && { subject }),
  channel,
  language,
  ...(category !== null && { category }),
  narrative,
  draftedAt,
  touchedAt,
});

/** Drafts with a narrative that nobody has touched for as long as their platform waits, the longest first. */
export const idleDrafts = async (
  manager: EntityManager,
  now: Instant,
  settings: PlatformSettingsOf,
  most = 100,
): Promise<readonly Draft[]> => {
  const idle = manager.createQueryBuilder(Draft, 'draft').where('draft.narrative');
  const since = settings.tenants().map((tenant, at) => {
    const { idleDraftSubmitAfter } = settings.of(tenant);
    idle.setParameters({
      [`tenant${at}`]: tenant,
      [`since${at}`]: new Date(Date.parse(now) - millisecondsOf(idleDraftSubmitAfter)).toISOString(),
    });
    return `(draft.tenant = :tenant${at} and draft.touchedAt <= :since${at})`;
  });
  if (since.length === 0) return [];
  return idle
    .andWhere(`(${since.join(' or ')})`)
    .orderBy('draft.touchedAt')
    .limit(most)
    .getMany();
};
