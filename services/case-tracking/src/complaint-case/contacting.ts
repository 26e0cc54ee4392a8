import { instantPlus } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { Instant, SealedRef } from '@recourse/event-store';
import { raisedTo } from './assessing.js';
import type { CaseDecision, Told } from './complaint-case.js';
import { kept, promiseUpdate } from './promising.js';
import type { LiveCase } from './remembering.js';

export type RecordContact = Told & {
  readonly type: 'RecordContact';
  readonly contact: string;
  readonly channel: string;
  readonly direction: 'inbound' | 'outbound';
  readonly badge?: string;
  readonly ownBadge?: string;
  readonly receipt: string;
  /** The promise this contact is for. */
  readonly promise?: string;
  /** When the customer hears next: a new promise, made in this contact. */
  readonly next?: { readonly promise: string; readonly due: Instant };
  /** The agent's name, the text, the proposed solution. */
  readonly sealed: readonly SealedRef[];
};

/** Every contact names a badge, and nobody signs with another's. */
export const recordContact = (command: RecordContact, state: LiveCase): CaseDecision => {
  const { by, at, contact, channel, direction, badge, ownBadge, receipt, promise, next, sealed } = command;
  if (!badge) return refuse('badge-number-missing', { pointers: ['/badge'] });
  if (by.role === 'agent' && ownBadge !== undefined && ownBadge !== badge)
    return refuse('badge-belongs-to-another', { pointers: ['/badge'] });
  if (promise !== undefined && !state.promises[promise]) return refuse('promise-is-unknown', { pointers: ['/promise'] });
  const promised = next ? promiseUpdate({ type: 'PromiseUpdate', by, at, ...next }, state) : [];
  if ('refused' in promised) return refuse(promised.refused, { pointers: ['/nextUpdate'] });
  return [
    {
      type: 'ContactRecorded',
      contact,
      channel,
      direction,
      agent: by.actor,
      badge,
      receipt,
      ...(promise && { promise }),
      ...(next && { nextUpdate: next.due }),
      sealed,
    },
    ...kept(promise ? [promise] : [], at, state),
    ...promised,
  ];
};

export type RecordInquiry = Told & {
  readonly type: 'RecordInquiry';
  /** The platform's: asked again within it, the customer hears the progress and nothing is recorded. */
  readonly interval: string;
  readonly inquiriesForPriority: number;
};

/** Asking is an event, and asking often is heard: the priority rises by rule. A closed case has its answer. */
export const recordInquiry = ({ at, interval, inquiriesForPriority }: RecordInquiry, state: LiveCase): CaseDecision => {
  const { count, last } = state.inquiries;
  if (state.stage === 'closed' || (last !== undefined && at < instantPlus(last, interval))) return [];
  const raised = count + 1 >= inquiriesForPriority ? raisedTo('high', 'inquiries', state) : [];
  return [{ type: 'ProgressInquired', count: count + 1, inquiredAt: at }, ...raised];
};

export type AddNote = Told & { readonly type: 'AddNote'; readonly note: string; readonly sealed: readonly SealedRef[] };

/** For the desk alone: never told outside. */
export const addNote = ({ note, sealed }: AddNote): CaseDecision => [{ type: 'NoteAdded', note, sealed }];
