import { refuse, type Refusal } from '@recourse/decider';
import type { Approval } from '@recourse/event-store';
import type { ApprovalFor, CaseDecision, ComplaintCaseEvent, Told } from './complaint-case.js';
import type { CaseRefusal } from './refusals.js';
import type { LiveCase, Review } from './remembering.js';

export type AskApproval = Told & {
  readonly type: 'AskApproval';
  readonly review: string;
  readonly for: ApprovalFor;
  readonly measure?: string;
};

/** Asked for the case as it stands: whatever moves its ground afterwards is not what was approved. */
export const askApproval = ({ review, for: what, measure, by }: AskApproval, state: LiveCase): CaseDecision => {
  if (state.reviews[review]) return [];
  if (what === 'decision' && !state.proposal) return refuse('decision-is-not-proposed');
  if (what === 'drop-measure' && !state.measures[measure ?? '']) return refuse('measure-is-unknown', { pointers: ['/measure'] });
  return [
    ...lapsedBefore(what, state, measure),
    { type: 'ApprovalAsked', review, for: what, ...(measure && { measure }), version: state.version, asker: by.actor },
  ];
};

export type GiveApproval = Told & { readonly type: 'GiveApproval'; readonly review: string };

/** The second person is not the first, and has seen what the first one saw. */
export const giveApproval = ({ review, by, at }: GiveApproval, state: LiveCase): CaseDecision => {
  const asked = state.reviews[review];
  if (!asked) return refuse('approval-was-not-asked');
  if (asked.state === 'given') return [];
  if (asked.state !== 'asked') return refuse('approval-is-for-an-older-version');
  if (by.actor === asked.asker) return refuse('second-person-is-the-first');
  if (state.moved > asked.version) return refuse('approval-is-for-an-older-version');
  return [{ type: 'ApprovalGiven', review, for: asked.for, version: asked.version, given: { by: by.actor, at } }];
};

export type RefuseApproval = Told & { readonly type: 'RefuseApproval'; readonly review: string; readonly why?: string };

export const refuseApproval = ({ review, why, by }: RefuseApproval, state: LiveCase): CaseDecision => {
  const asked = state.reviews[review];
  if (!asked) return refuse('approval-was-not-asked');
  if (asked.state === 'refused') return [];
  if (asked.state !== 'asked') return refuse('approval-is-for-an-older-version');
  if (by.actor === asked.asker) return refuse('second-person-is-the-first');
  if (why === undefined) return refuse('no-needs-a-reason', { pointers: ['/why'] });
  return [{ type: 'ApprovalRefused', review, for: asked.for, why }];
};

/** The approval that carries this act, or why there is none. */
export const approvalFor = (what: ApprovalFor, state: LiveCase, measure?: string): Approval | Refusal<CaseRefusal> => {
  const given = reviewsOf(what, state, measure).filter(([, review]) => review.state === 'given');
  const last = given.at(-1)?.[1];
  if (!last?.given) return refuse('approval-missing');
  return state.moved > last.version ? refuse('approval-is-for-an-older-version') : last.given;
};

/** Asking anew takes back what was asked before about the same thing. */
export const lapsedBefore = (what: ApprovalFor, state: LiveCase, measure?: string): readonly ComplaintCaseEvent[] =>
  reviewsOf(what, state, measure)
    .filter(([, review]) => review.state === 'asked' || review.state === 'given')
    .map(([review]) => ({ type: 'ApprovalLapsed', review, for: what }));

const reviewsOf = (what: ApprovalFor, state: LiveCase, measure?: string): readonly (readonly [string, Review])[] =>
  Object.entries(state.reviews).filter(([, review]) => review.for === what && review.measure === measure);
