import { refuse } from '@recourse/decider';
import type { CaseDecision, ComplaintCaseEvent, Proof, Told } from './complaint-case.js';
import { approvalFor } from './approving.js';
import type { LiveCase } from './remembering.js';

export type FindCause = Told & { readonly type: 'FindCause'; readonly cause: string; readonly solution: string };

/** Found again with the same words says nothing new; another cause stands beside the first in the history. */
export const findCause = ({ cause, solution }: FindCause, state: LiveCase): CaseDecision =>
  state.cause?.cause === cause && state.cause.solution === solution ? [] : [{ type: 'CauseFound', cause, solution }];

export type PlanMeasure = Told & {
  readonly type: 'PlanMeasure';
  readonly measure: string;
  readonly kind: string;
  readonly payment?: string;
  readonly lock?: string;
  readonly redress?: string;
};

export const plan = ({ measure, kind, payment, lock, redress }: PlanMeasure, state: LiveCase): CaseDecision => {
  if (state.measures[measure]) return [];
  if (redress !== undefined && !state.redress[redress]) return refuse('redress-is-unknown', { pointers: ['/redress'] });
  return [{ type: 'MeasurePlanned', measure, kind, ...(payment && { payment }), ...(lock && { lock }), ...(redress && { redress }) }];
};

export type CompleteMeasure = Told & {
  readonly type: 'CompleteMeasure';
  readonly measure: string;
  readonly proof: Proof;
  /** Looked up: the confirmed credit that returned this money before anybody planned to. */
  readonly credit?: string;
};

/** Money counts as returned when the wallet's ledger says so, never because somebody here does. */
export const complete = ({ measure, proof, credit, by }: CompleteMeasure, state: LiveCase): CaseDecision => {
  const planned = state.measures[measure];
  if (!planned) return refuse('measure-is-unknown');
  if (planned.state === 'dropped') return refuse('measure-was-dropped');
  if (planned.state !== 'planned') return [];
  if (planned.kind !== 'return-money') return [{ type: 'MeasureDone', measure, kind: planned.kind, proof, doneBy: by.actor }];
  return credit === undefined ? refuse('credit-is-not-confirmed') : [returned(measure, credit, by.actor)];
};

export type NoteCredit = Told & {
  readonly type: 'NoteCredit';
  readonly payment: string;
  readonly credit: string;
  readonly redress?: string;
};

/** A confirmed credit completes the measures that were to return this payment's money, or to pay this redress. */
export const noteCredit = ({ payment, credit, redress, by }: NoteCredit, state: LiveCase): CaseDecision =>
  Object.entries(state.measures)
    .filter(([, measure]) => measure.kind === 'return-money' && measure.state === 'planned')
    .filter(([, measure]) => (measure.payment ?? payment) === payment && (measure.redress ?? redress) === redress)
    .map(([measure]) => returned(measure, credit, by.actor));

const returned = (measure: string, credit: string, doneBy: string): ComplaintCaseEvent => ({
  type: 'MeasureDone',
  measure,
  kind: 'return-money',
  proof: { kind: 'credit-confirmed', ref: credit },
  doneBy,
});

export type VerifyMeasure = Told & { readonly type: 'VerifyMeasure'; readonly measure: string };

/** Looked at by somebody who did not do it. */
export const verify = ({ measure, by }: VerifyMeasure, state: LiveCase): CaseDecision => {
  const done = state.measures[measure];
  if (!done) return refuse('measure-is-unknown');
  if (done.state === 'verified') return [];
  if (done.state !== 'done') return refuse('measure-is-not-done');
  if (done.doneBy === by.actor) return refuse('second-person-is-the-first');
  return [{ type: 'MeasureVerified', measure, kind: done.kind, verifiedBy: by.actor }];
};

export type DropMeasure = Told & { readonly type: 'DropMeasure'; readonly measure: string; readonly why: string };

/** What was promised to be done is not let go of by one person alone. */
export const drop = ({ measure, why }: DropMeasure, state: LiveCase): CaseDecision => {
  const planned = state.measures[measure];
  if (!planned) return refuse('measure-is-unknown');
  if (planned.state === 'dropped') return [];
  if (planned.state !== 'planned') return refuse('measure-is-already-done');
  const approved = approvalFor('drop-measure', state, measure);
  return 'refused' in approved ? approved : [{ type: 'MeasureDropped', measure, kind: planned.kind, why, approval: approved }];
};
