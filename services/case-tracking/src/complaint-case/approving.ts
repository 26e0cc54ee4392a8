import { refuse, whyNotDecided, type AskedOf, type Refusal, type WhyNotDecided } from '@recourse/decider';
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

/** The second person is not the first, nor who proposed what is decided, and has seen what the first one saw. */
export const giveApproval = ({ review, by, at }: GiveApproval, state: LiveCase): CaseDecision => {
  const asked = state.reviews[review];
  if (!asked) return refuse('approval-was-not-asked');
  if (asked.state === 'given') return [];
  const not = whyNotDecided(asAsked(asked), { by, at }, Math.max(state.moved, asked.version));
  if (not) return refuse(refusals[not]);
  if (asked.for === 'decision' && state.proposal?.proposer === by.actor) return refuse('second-person-is-the-first');
  return [{ type: 'ApprovalGiven', review, for: asked.for, version: asked.version, given: { by: by.actor, at } }];
};

export type RefuseApproval = Told & { readonly type: 'RefuseApproval'; readonly review: string; readonly why?: string };

export const refuseApproval = ({ review, why, by, at }: RefuseApproval, state: LiveCase): CaseDecision => {
  const asked = state.reviews[review];
  if (!asked) return refuse('approval-was-not-asked');
  if (asked.state === 'refused') return [];
  // A no is right about a case that has moved on as well.
  const not = whyNotDecided(asAsked(asked), { by, at }, asked.version);
  if (not) return refuse(refusals[not]);
  if (why === undefined) return refuse('no-needs-a-reason', { pointers: ['/why'] });
  return [{ type: 'ApprovalRefused', review, for: asked.for, why }];
};

/** Nothing that was ever recorded of a case says until when an approval may be given: it does not expire, it lapses when the ground moves. */
const withoutEnd = '9999-12-31T23:59:59.999Z';

const asAsked = ({ asker, version, state }: Review): AskedOf<number> => ({
  askedBy: asker,
  about: version,
  expiresAt: withoutEnd,
  stage: state === 'asked' ? 'asked' : state === 'given' ? 'approved' : 'ended',
});

const refusals = {
  'is-decided': 'approval-is-for-an-older-version',
  'second-person-is-the-first': 'second-person-is-the-first',
  'has-expired': 'approval-is-for-an-older-version',
  'has-moved-on': 'approval-is-for-an-older-version',
} as const satisfies Readonly<Record<WhyNotDecided, CaseRefusal>>;

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
