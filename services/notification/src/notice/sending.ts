import type { By, Instant } from '@recourse/event-store';
import type { Notice, NoticeDecision, WhyGivenUp } from './notice.js';

type Order = { readonly by: By; readonly at: Instant };

/** Said before the mail server is called, so that a process killed in between is seen to have tried. */
export type StartSending = Order & { readonly type: 'StartSending'; readonly attempt: number };
export type RecordSent = Order & {
  readonly type: 'RecordSent';
  readonly attempt: number;
  readonly sentAt: Instant;
  readonly providerId?: string;
};
export type RecordFailure = Order & { readonly type: 'RecordFailure'; readonly attempt: number; readonly why: string };
export type GiveUp = Order & { readonly type: 'GiveUp'; readonly why: WhyGivenUp };

/** Seconds until the next try, after the first, the second, … try failed; after the last one we give up (about a day). */
const waits = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800];

/** A try that has said nothing for this long is taken to have died with its process. Longer than the mail client's own limits. */
export const silence = 30_000;

const later = (at: Instant, seconds: number): Instant => new Date(Date.parse(at) + seconds * 1000).toISOString();

const isDead = (startedAt: Instant, at: Instant): boolean => Date.parse(at) - Date.parse(startedAt) >= silence;

/** Only one worker gets to start a try: the second one finds the number taken, and nothing new is recorded. */
export const start = ({ at, attempt }: StartSending, state: Notice): NoticeDecision => {
  const free = state.stage === 'planned' || (state.stage === 'sending' && isDead(state.startedAt, at));
  if (!free || state.channel !== 'email' || attempt !== state.attempts + 1) return [];
  return [{ type: 'SendingStarted', attempt, startedAt: at }];
};

/** A mail that left has left, even when a later try began meanwhile. */
export const recordSent = ({ sentAt, providerId }: RecordSent, state: Notice): NoticeDecision =>
  state.stage === 'sending' || state.stage === 'planned' ? [{ type: 'NoticeSent', sentAt, ...(providerId && { providerId }) }] : [];

export const recordFailure = ({ at, attempt, why }: RecordFailure, state: Notice): NoticeDecision => {
  if (state.stage !== 'sending' || state.attempts !== attempt) return [];
  const wait = waits[attempt - 1];
  return wait === undefined
    ? [{ type: 'NoticeGivenUp', why: 'gave-up' }]
    : [{ type: 'NoticeFailed', attempt, why, nextTry: later(at, wait) }];
};

export const giveUp = ({ why }: GiveUp, state: Notice): NoticeDecision =>
  state.stage === 'planned' || state.stage === 'sending' ? [{ type: 'NoticeGivenUp', why }] : [];
