import { instantPlus } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { Instant } from '@recourse/event-store';
import type { CaseDecision, ComplaintCaseEvent, Told } from './complaint-case.js';
import type { Letter, LiveCase } from './remembering.js';

export type PromiseUpdate = Told & { readonly type: 'PromiseUpdate'; readonly promise: string; readonly due: Instant };

/** "You hear from us by then": whoever says it binds all of us. */
export const promiseUpdate = ({ promise, due, at }: PromiseUpdate, state: LiveCase): CaseDecision => {
  if (state.stage === 'closed') return refuse('case-is-not-open');
  if (due <= at) return refuse('due-has-passed', { pointers: ['/due'] });
  return [{ type: 'UpdatePromised', promise, due }];
};

export type KeepPromise = Told & { readonly type: 'KeepPromise'; readonly promise: string; readonly sentAt: Instant };

/** Counts by when it left, whenever we hear of it. */
export const keepPromise = ({ promise, sentAt }: KeepPromise, state: LiveCase): CaseDecision => kept([promise], sentAt, state);

export type MissPromise = Told & {
  readonly type: 'MissPromise';
  readonly promise: string;
  /** Everything notification recorded up to this instant has been heard. */
  readonly heardUpTo: Instant;
  /** How long the report of a letter may be under way. */
  readonly grace: string;
};

/**
 * A miss is for ever, so it is recorded only when nothing can disprove it any more: what was sent in time has been heard, and no
 * letter issued in time for it still waits for its report.
 */
export const missPromise = ({ promise, at, heardUpTo, grace }: MissPromise, state: LiveCase): CaseDecision => {
  const promised = state.promises[promise];
  if (promised?.state !== 'open' || at <= promised.due || heardUpTo <= promised.due) return [];
  const awaited = Object.values(state.letters).some(
    (letter) => letter.state === 'issued' && letter.issuedAt <= promised.due && isFor(letter, promise),
  );
  if (awaited && at < instantPlus(promised.due, grace)) return [];
  return [{ type: 'PromiseMissed', promise, due: promised.due }];
};

/** The open ones among them for which this left in time. */
export const kept = (promises: readonly string[], sentAt: Instant, state: LiveCase): readonly ComplaintCaseEvent[] =>
  promises
    .filter((promise) => state.promises[promise]?.state === 'open' && sentAt <= state.promises[promise]!.due)
    .map((promise) => ({ type: 'PromiseKept', promise, sentAt }));

/** A letter is for the promise it names; a final answer is for every promise. */
export const isFor = ({ kind, promise: named }: Pick<Letter, 'kind' | 'promise'>, promise: string): boolean =>
  named === promise || kind === 'final-response' || kind === 'summary-resolution';
