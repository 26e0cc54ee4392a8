import { retentionAt, retentionTableHistory, usualRetention, type RetentionTable, type RetentionTableHistory } from '@recourse/contracts';
import type { Hearing } from '@recourse/edge';
import { part, type EventStore } from '@recourse/event-store';
import type { MatterNews } from './matter.js';
import { streamOfTable } from './publishing.js';
import { matterRetention, streamOfMatter } from './retaining.js';

/** What a message says of a matter, and which of its members says when; without one it is the time of the message. */
const news: Readonly<Record<string, { readonly what: MatterNews; readonly when?: string }>> = {
  ComplaintReceived: { what: 'received', when: 'receivedAt' },
  CaseOpened: { what: 'opened' },
  CaseClosed: { what: 'closed' },
  CaseReopened: { what: 'reopened' },
  CreditConfirmed: { what: 'money-moved', when: 'creditedAt' },
  CreditReversed: { what: 'money-moved' },
};

/** The table that holds for a platform at an instant: its own, or the committed one. */
export const tableOf = async (store: EventStore, tenant: string, at: string): Promise<RetentionTable> => {
  const records = await store.readStream(streamOfTable(tenant));
  const history = records.reduce<RetentionTableHistory | undefined>((before, record) => retentionTableHistory(before, record), undefined);
  return (history && retentionAt(history, at)) ?? usualRetention(tenant);
};

/** Whenever something happens to a matter that a period begins with, it is written down, and a matter that has ended is dated. */
export const mattersHeard: Hearing = {
  consumer: 'governance-matters',
  topics: ['recourse.complaint.v1', 'recourse.case.v1'],
  react: async ({ type, tenant, time, data }, { store }) => {
    const heard = news[type];
    const { matter, account, subject } = data as { matter?: string; account?: string; subject?: string };
    if (!heard || !matter) return [];
    const { what, when } = heard;
    // A period is counted from instants as the platform's records say them, whatever offset they were written with.
    const happenedAt = new Date(((when && data[when]) as string | undefined) ?? time).toISOString();
    const table = await tableOf(store, tenant, store.now(tenant));
    const stream = streamOfMatter(matter);
    const said = { matter, what, happenedAt, ...(account && { account }), ...(subject && { subject }) };
    return [
      {
        stream,
        corr: matter,
        parts: (told) => [
          part(matterRetention, stream, { type: 'HearMatter', ...said, ...told }),
          part(matterRetention, stream, { type: 'DateRetention', matter, table, ...told }),
        ],
      },
    ];
  },
};
