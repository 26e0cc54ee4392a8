import { refuse } from '@recourse/decider';
import type { Instant, SealedRef } from '@recourse/event-store';
import type { CaseDecision, LetterChannel, LetterKind, Told } from './complaint-case.js';
import { isFor, kept, promiseUpdate } from './promising.js';
import type { LiveCase } from './remembering.js';

export type IssueLetter = Told & {
  readonly type: 'IssueLetter';
  readonly letter: string;
  readonly kind: LetterKind;
  readonly channel: LetterChannel;
  /** The promise this letter is for. */
  readonly promise?: string;
  /** When the customer hears next: a new promise, made in this letter. */
  readonly next?: { readonly promise: string; readonly due: Instant };
  readonly sealed: readonly SealedRef[];
};

/** Written and signed, not yet sent. The final response tells a decision that has been made. */
export const issue = ({ letter, kind, channel, promise, next, sealed, by, at }: IssueLetter, state: LiveCase): CaseDecision => {
  if (state.letters[letter]) return [];
  if (kind === 'final-response' && !state.assessment) return refuse('case-is-not-assessed');
  if (kind === 'final-response' && !state.decision) return refuse('decision-is-missing');
  if (promise !== undefined && !state.promises[promise]) return refuse('promise-is-unknown', { pointers: ['/promise'] });
  const promised = next ? promiseUpdate({ type: 'PromiseUpdate', by, at, ...next }, state) : [];
  if ('refused' in promised) return refuse(promised.refused, { pointers: ['/nextUpdate'] });
  return [
    {
      type: 'LetterIssued',
      letter,
      kind,
      channel,
      issuedAt: at,
      ...(promise && { promise }),
      ...(next && { nextUpdate: next.due }),
      sealed,
    },
    ...promised,
  ];
};

export type NoteLetterSent = Told & {
  readonly type: 'NoteLetterSent';
  readonly letter: string;
  readonly channel: string;
  readonly sentAt: Instant;
};

/** It has left: the stage moves, and promises are kept by the instant it left, not by the one we hear of it. */
export const noteSent = ({ letter, channel, sentAt }: NoteLetterSent, state: LiveCase): CaseDecision => {
  const issued = state.letters[letter];
  if (!issued) return refuse('letter-is-unknown');
  if (issued.state === 'sent') return [];
  // Whoever reported it has another clock than whoever issued it: it left, and not before it was issued.
  const left = sentAt < issued.issuedAt ? issued.issuedAt : sentAt;
  const promises = Object.keys(state.promises).filter((promise) => isFor(issued, promise));
  return [{ type: 'LetterSent', letter, kind: issued.kind, channel, sentAt: left }, ...kept(promises, left, state)];
};

export type NoteLetterUndelivered = Told & { readonly type: 'NoteLetterUndelivered'; readonly letter: string; readonly why: string };

/** A letter that did not leave answers nothing; another one must. */
export const noteUndelivered = ({ letter, why }: NoteLetterUndelivered, state: LiveCase): CaseDecision => {
  const issued = state.letters[letter];
  if (!issued) return refuse('letter-is-unknown');
  return issued.state === 'undelivered' ? [] : [{ type: 'LetterUndelivered', letter, why }];
};
