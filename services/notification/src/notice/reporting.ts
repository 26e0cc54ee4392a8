import { isInTheFuture } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { Notice, NoticeDecision } from './notice.js';

/**
 * What the platform saw of a notice. `reportedAs: sent` and `failed` are for notices handed over to it; the time is its own, and may be
 * told late.
 */
export type ReportDelivery = {
  readonly type: 'ReportDelivery';
  readonly by: By;
  readonly at: Instant;
  readonly reportedAs: 'sent' | 'delivered' | 'bounced' | 'failed';
  readonly when: Instant;
  readonly why?: string;
  readonly providerId?: string;
};

/** It counts by its own time, whenever we hear of it: a promise kept in time but told late is kept. */
export const report = (command: ReportDelivery, state: Notice): NoticeDecision => {
  const { at, reportedAs, when, why = 'unknown' } = command;
  if (state.stage === 'given-up' || state.stage === 'not-planned') return refuse('notice-was-given-up');
  if (isInTheFuture(when, at)) return refuse('notice-left-in-the-future', { pointers: [`/${reportedAs}At`] });
  if (isInTheFuture(state.saidAt, when)) return refuse('notice-left-before-it-was-issued', { pointers: [`/${reportedAs}At`] });
  switch (reportedAs) {
    case 'sent':
      return reportSent(command, state);
    case 'failed':
      if (state.channel === 'email') return refuse('notice-is-sent-by-us');
      return state.stage === 'handed-over' ? [{ type: 'NoticeGivenUp', why: 'platform-could-not-deliver' }] : refuse('notice-already-sent');
    case 'delivered':
      if (state.stage === 'delivered') return [];
      return 'sentAt' in state ? [{ type: 'NoticeDelivered', deliveredAt: when }] : refuse('notice-was-not-sent');
    case 'bounced':
      if (state.stage === 'bounced') return [];
      return 'sentAt' in state ? [{ type: 'NoticeBounced', bouncedAt: when, why }] : refuse('notice-was-not-sent');
  }
};

const reportSent = (
  { when, providerId }: ReportDelivery,
  state: Exclude<Notice, { stage: 'given-up' | 'not-planned' }>,
): NoticeDecision => {
  if (state.channel === 'email') return refuse('notice-is-sent-by-us');
  if ('sentAt' in state) return state.sentAt === when ? [] : refuse('notice-already-sent');
  return [{ type: 'NoticeSent', sentAt: when, ...(providerId && { providerId }) }];
};
