import { deskOf, instantPlus } from '@recourse/contracts';
import { refuse, type Refusal } from '@recourse/decider';
import { approvalFor, lapsedBefore } from './approving.js';
import { categoryOf } from './attending.js';
import type { CaseDecision, Closing, Outcome, Told } from './complaint-case.js';
import { openRedress } from './redressing.js';
import type { CaseRefusal } from './refusals.js';
import type { LiveCase } from './remembering.js';

export type ProposeDecision = Told & {
  readonly type: 'ProposeDecision';
  readonly outcome: Outcome;
  readonly grounds: readonly string[];
  /** The review a rejection asks for, in the same breath. */
  readonly review: string;
};

/** A rejection goes to a second person at once; a proposal made anew takes the old one's approval with it. */
export const propose = ({ outcome, grounds, review, by }: ProposeDecision, state: LiveCase): CaseDecision => {
  if (!state.assessment) return refuse('case-is-not-assessed');
  if (state.stage === 'answered') return refuse('case-is-answered');
  if (state.proposal && sameDecision(state.proposal, { outcome, grounds })) return [];
  const lapsed = lapsedBefore('decision', state);
  const proposed = { type: 'DecisionProposed', outcome, grounds, proposer: by.actor } as const;
  if (outcome !== 'not-upheld') return [...lapsed, proposed];
  const version = state.version + lapsed.length + 1;
  return [...lapsed, proposed, { type: 'ApprovalAsked', review, for: 'decision', version, asker: by.actor }];
};

export type MakeDecision = Told & { readonly type: 'MakeDecision'; readonly outcome: Outcome; readonly grounds: readonly string[] };

/** Nobody is turned away by one person alone: what a second person approved is what is decided, to the word. */
export const decide = ({ outcome, grounds }: MakeDecision, state: LiveCase): CaseDecision => {
  if (!state.assessment) return refuse('case-is-not-assessed');
  if (state.decision && sameDecision(state.decision, { outcome, grounds })) return [];
  if (state.stage === 'answered') return refuse('case-is-answered');
  if (outcome !== 'not-upheld') return [{ type: 'DecisionMade', outcome, grounds }];
  if (!state.proposal || !sameDecision(state.proposal, { outcome, grounds })) return refuse('approval-missing');
  const approved = approvalFor('decision', state);
  return 'refused' in approved ? approved : [{ type: 'DecisionMade', outcome, grounds, approval: approved }];
};

export type CloseCase = Told & { readonly type: 'CloseCase'; readonly how: Closing };

/** Everything we owe is done, and the person has been told. */
export const close = ({ how, at }: CloseCase, state: LiveCase): CaseDecision => {
  if (state.stage === 'closed') return [];
  const owed = stillOwed(state) ?? notYet[how](state);
  if (owed) return owed;
  return [
    {
      type: 'CaseClosed',
      how,
      ...(state.decision && { outcome: state.decision.outcome }),
      ...(state.cause && { cause: state.cause.cause }),
      closedAt: at,
    },
  ];
};

type No = Refusal<CaseRefusal> | undefined;

const stillOwed = (state: LiveCase): No => {
  const open = Object.entries(state.measures).filter(([, { state: stands }]) => stands === 'planned');
  if (open.length > 0) return refuse('measure-still-open', { facts: { measures: open.map(([, { kind }]) => kind).join(', ') } });
  if (openRedress(state)) return refuse('redress-still-owed');
  if (Object.values(state.wishes).includes('asked')) return refuse('protection-undecided');
  return undefined;
};

/** What each way of closing waits for. */
const notYet: Readonly<Record<Closing, (state: LiveCase) => No>> = {
  answered: (state) => {
    if (state.stage !== 'answered') return refuse('complainant-has-no-final-response');
    return withoutCause(state);
  },
  'resolved-early': (state) => {
    const sent = Object.values(state.letters).some(({ kind, state: stands }) => kind === 'summary-resolution' && stands === 'sent');
    return sent ? withoutCause(state) : refuse('summary-resolution-was-not-sent');
  },
  withdrawn: (state) => (state.withdrawn ? undefined : refuse('complaint-was-not-withdrawn')),
  duplicate: (state) => (Object.values(state.links).includes('duplicate-of') ? undefined : refuse('original-case-is-not-linked')),
  'protective-ended': (state) => (state.kind === 'protective' ? undefined : refuse('case-is-not-protective')),
};

const withoutCause = (state: LiveCase): No =>
  deskOf(categoryOf(state)).causeRequired && !state.cause ? refuse('cause-is-missing') : undefined;

export type ReopenCase = Told & { readonly type: 'ReopenCase'; readonly why: string; readonly window: string };

/** Goes back to assessed and is answered again. After the window a new complaint is the way, never a dead end. */
export const reopen = ({ why, window, at }: ReopenCase, state: LiveCase): CaseDecision => {
  if (state.stage !== 'closed') return refuse('case-is-not-closed');
  const until = instantPlus(state.closedAt!, window);
  return at > until ? refuse('reopening-window-has-passed', { facts: { until } }) : [{ type: 'CaseReopened', why }];
};

export type WithdrawComplaint = Told & { readonly type: 'WithdrawComplaint'; readonly why: string };

/** The complainant's word; what was begun for the account goes on until it is done. */
export const withdraw = ({ why }: WithdrawComplaint, state: LiveCase): CaseDecision =>
  state.withdrawn ? [] : [{ type: 'ComplaintWithdrawn', why }];

const sameDecision = (
  one: { outcome: Outcome; grounds: readonly string[] },
  other: { outcome: Outcome; grounds: readonly string[] },
): boolean => one.outcome === other.outcome && [...one.grounds].sort().join() === [...other.grounds].sort().join();
