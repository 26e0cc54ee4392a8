import type { Language, PolicyVersions } from '@recourse/contracts';
import type { Instant, SealedRef } from '@recourse/event-store';
import type { CaseDecision, ComplaintCaseEvent, Facts, Told } from './complaint-case.js';
import type { ComplaintCase, LiveCase } from './remembering.js';

export type OpenCase = Told & {
  readonly type: 'OpenCase';
  readonly kind: 'complaint' | 'protective';
  readonly reference: string;
  readonly respondent: string;
  readonly language: Language;
  readonly receivedAt: Instant;
  readonly policy: string;
  readonly policies?: PolicyVersions;
  readonly facts: Facts;
  readonly known: readonly string[];
  readonly channel?: string;
  readonly subject?: string;
  readonly capacity?: string;
  readonly complainantKind?: string;
  readonly rule?: string;
  readonly sealed?: readonly SealedRef[];
};

/** A received complaint opens its case once; told again, it opens nothing. */
export const open = ({ type: _, by: _by, at: _at, skills: _skills, facts, ...told }: OpenCase, state: ComplaintCase): CaseDecision =>
  state.stage === 'not-opened' ? [{ type: 'CaseOpened', ...told, ...facts }] : [];

export type NoteFacts = Told & {
  readonly type: 'NoteFacts';
  readonly facts: Facts;
  readonly known: readonly string[];
  readonly check?: { readonly check: string; readonly result: string; readonly how: string };
  readonly sealed?: readonly SealedRef[];
};

/** What the customer adds after receipt; what we knew already is not noted again. */
export const noteFacts = ({ facts, known, check, sealed }: NoteFacts, state: LiveCase): CaseDecision => {
  const news = Object.entries(facts).filter(([name, value]) => value !== undefined && !same(value, state.facts[name as keyof Facts]));
  const learned = known.filter((name) => !state.known.includes(name));
  const noted: ComplaintCaseEvent[] = [];
  if (news.length > 0 || learned.length > 0 || sealed?.length)
    noted.push({ type: 'FactsNoted', facts: Object.fromEntries(news), known: learned, ...(sealed?.length && { sealed }) });
  if (check && state.checks[check.check] !== check.result) noted.push({ type: 'CheckNoted', ...check });
  return noted;
};

export type LinkCases = Told & { readonly type: 'LinkCases'; readonly other: string; readonly relation: string };

export const link = ({ other, relation }: LinkCases, state: LiveCase): CaseDecision =>
  state.links[other] === relation ? [] : [{ type: 'CasesLinked', other, relation }];

/** Plain data: the same members in the same order say the same. */
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
