import { refuse } from '@recourse/decider';
import type { Instant, SealedRef } from '@recourse/event-store';
import type { CaseDecision, ComplaintCaseEvent, Priority, Severity, Told } from './complaint-case.js';
import type { LiveCase } from './remembering.js';

export type AssessCase = Told & {
  readonly type: 'AssessCase';
  readonly severity: Severity;
  readonly category: string;
  readonly causeFamily: string;
  /** Which details a case of this category cannot be assessed without. */
  readonly needs: readonly string[];
};

/** Only now it matters what is missing. Assessing again with the same result says nothing new. */
export const assess = ({ severity, category, causeFamily, needs }: AssessCase, state: LiveCase): CaseDecision => {
  const missing = needs.filter((detail) => !state.known.includes(detail));
  if (missing.length > 0)
    return refuse('details-missing', { pointers: missing.map((detail) => `/details/${detail}`), facts: { missing: missing.join(', ') } });
  const before = state.assessment;
  if (before?.severity === severity && before.category === category && before.causeFamily === causeFamily) return [];
  return [
    { type: 'CaseAssessed', severity, category, causeFamily },
    ...raisedTo(severity === 'critical' ? 'urgent' : 'normal', `severity-${severity}`, state),
  ];
};

export type Prioritise = Told & { readonly type: 'Prioritise'; readonly priority: Priority };

/** By hand, up or down. */
export const prioritise = ({ priority }: Prioritise, state: LiveCase): CaseDecision =>
  state.priority === priority ? [] : [{ type: 'CasePrioritised', priority, rule: 'desk' }];

export type PinTerms = Told & { readonly type: 'PinTerms'; readonly terms: string; readonly from: Instant; readonly h: string };

/** The terms of use in force when it occurred; a corrected date may pin others, and both stay on the record. */
export const pinTerms = ({ terms, from, h }: PinTerms, state: LiveCase): CaseDecision =>
  state.terms === terms ? [] : [{ type: 'TermsPinned', terms, from, h }];

export type NoteVulnerability = Told & {
  readonly type: 'NoteVulnerability';
  readonly causedByOurFailure: boolean;
  readonly sealed: readonly SealedRef[];
};

/** What makes somebody vulnerable is sealed; that we must be quicker is not. */
export const noteVulnerability = ({ causedByOurFailure, sealed }: NoteVulnerability, state: LiveCase): CaseDecision => [
  { type: 'VulnerabilityNoted', causedByOurFailure, sealed },
  ...raisedTo('high', 'vulnerability', state),
];

const ladder: readonly Priority[] = ['low', 'normal', 'high', 'urgent'];

/** A rule only ever raises; lowering is a person's decision. */
export const raisedTo = (priority: Priority, rule: string, state: LiveCase): readonly ComplaintCaseEvent[] =>
  ladder.indexOf(priority) > ladder.indexOf(state.priority) ? [{ type: 'CasePrioritised', priority, rule }] : [];
