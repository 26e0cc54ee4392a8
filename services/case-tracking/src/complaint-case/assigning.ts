import { deskOf } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import { categoryOf } from './attending.js';
import type { CaseDecision, ComplaintCaseEvent, Told } from './complaint-case.js';
import type { LiveCase } from './remembering.js';

export type TakeCase = Told & {
  readonly type: 'TakeCase';
  /** From a queue: what is mine already is not the next one. */
  readonly next?: boolean;
};

/** An agent takes what nobody holds. */
export const take = ({ by, next = false }: TakeCase, state: LiveCase): CaseDecision => {
  if (state.holder === by.actor && !next) return [];
  if (state.holder !== undefined) return refuse('case-belongs-to-another');
  return [assignedTo(by.actor, state)];
};

export type AssignCase = Told & { readonly type: 'AssignCase'; readonly agent: string };

/** Somebody else gives it: that agent's skill is asked of the agent's own token at each step; a noted conflict is known here. */
export const assign = ({ agent }: AssignCase, state: LiveCase): CaseDecision => {
  if (state.holder === agent) return [];
  if (state.conflicts[agent]) return refuse('agent-has-a-conflict', { pointers: ['/agent'], facts: { conflict: state.conflicts[agent]! } });
  return [assignedTo(agent, state)];
};

const assignedTo = (agent: string, state: LiveCase): ComplaintCaseEvent => {
  const category = categoryOf(state);
  return { type: 'CaseAssigned', agent, team: deskOf(category).team, skill: category ?? 'triage' };
};

export type ReleaseCase = Told & { readonly type: 'ReleaseCase'; readonly why: string };

export const release = ({ why }: ReleaseCase, state: LiveCase): CaseDecision =>
  state.holder === undefined ? [] : [{ type: 'CaseReleased', why }];

export type EscalateCase = Told & { readonly type: 'EscalateCase'; readonly tier: string };

/** Goes up, out of the hands that held it. */
export const escalate = ({ tier }: EscalateCase, state: LiveCase): CaseDecision =>
  state.tier === tier ? [] : [{ type: 'CaseEscalated', tier }];

export type NoteConflict = Told & { readonly type: 'NoteConflict'; readonly agent: string; readonly conflict: string };

/** Whoever the complaint is about, or who decided before, lets go of it. */
export const noteConflict = ({ agent, conflict }: NoteConflict, state: LiveCase): CaseDecision => {
  if (state.conflicts[agent] === conflict) return [];
  const noted: ComplaintCaseEvent = { type: 'ConflictNoted', agent, conflict };
  return state.holder === agent ? [noted, { type: 'CaseReleased', why: 'conflict' }] : [noted];
};
