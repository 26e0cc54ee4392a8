import { never } from '@recourse/decider';
import type { Approval, Instant } from '@recourse/event-store';
import type { ApprovalFor, ComplaintCaseEvent, Facts, LetterKind, Outcome, Priority, RedressItem, Severity } from './complaint-case.js';

type ById<T> = Readonly<Record<string, T>>;

export type Promised = { readonly due: Instant; readonly state: 'open' | 'kept' | 'missed' };
export type Letter = {
  readonly kind: LetterKind;
  readonly issuedAt: Instant;
  readonly promise?: string;
  readonly state: 'issued' | 'sent' | 'undelivered';
  /** A response belongs to the round it was written in: reopening begins another. */
  readonly round: number;
};
export type Measure = {
  readonly kind: string;
  readonly state: 'planned' | 'done' | 'verified' | 'dropped';
  readonly payment?: string;
  readonly redress?: string;
  readonly doneBy?: string;
};
export type Review = {
  readonly for: ApprovalFor;
  readonly measure?: string;
  readonly version: number;
  readonly asker: string;
  readonly state: 'asked' | 'given' | 'refused' | 'lapsed';
  readonly given?: Approval;
};

/** Only what the next decision needs to know; everything else belongs to the history or to a view. */
export type LiveCase = {
  readonly stage: 'opened' | 'assessed' | 'answered' | 'closed';
  readonly version: number;
  /** The version at which the ground of an approval last moved. */
  readonly moved: number;
  /** Begins with 0; each reopening begins another. */
  readonly round: number;
  readonly kind: 'complaint' | 'protective';
  readonly facts: Facts;
  readonly known: readonly string[];
  readonly checks: ById<string>;
  readonly links: ById<string>;
  readonly terms?: string;
  readonly assessment?: { readonly severity: Severity; readonly category: string; readonly causeFamily: string };
  readonly priority: Priority;
  readonly holder?: string;
  readonly tier?: string;
  readonly conflicts: ById<string>;
  readonly inquiries: { readonly count: number; readonly last?: Instant };
  readonly promises: ById<Promised>;
  readonly information: ById<{ readonly due: Instant; readonly state: 'asked' | 'received' | 'lapsed' }>;
  readonly evidence: readonly string[];
  readonly cause?: { readonly cause: string; readonly solution: string };
  readonly measures: ById<Measure>;
  readonly wishes: ById<'asked' | 'answered'>;
  readonly protection: ById<{ readonly state: string; readonly sequence: number }>;
  readonly letters: ById<Letter>;
  readonly proposal?: { readonly outcome: Outcome; readonly grounds: readonly string[]; readonly proposer: string };
  readonly decision?: { readonly outcome: Outcome; readonly grounds: readonly string[] };
  readonly redress: ById<{ readonly items: readonly RedressItem[]; readonly state: 'offered' | 'accepted' | 'declined' }>;
  readonly reviews: ById<Review>;
  readonly withdrawn: boolean;
  readonly closedAt?: Instant;
};
export type ComplaintCase = { readonly stage: 'not-opened' } | LiveCase;

export const initial: ComplaintCase = { stage: 'not-opened' };

/** New evidence or facts, another assessment, cause or proposal: whoever approved before has not seen them. */
const movesTheGround: ReadonlySet<string> = new Set<ComplaintCaseEvent['type']>([
  'FactsNoted',
  'CaseAssessed',
  'EvidenceAttached',
  'CauseFound',
  'MeasureDone',
  'DecisionProposed',
  'CaseReopened',
]);

/** Only remembers: no rule, no clock. */
export const evolve = (state: ComplaintCase, event: ComplaintCaseEvent): ComplaintCase => {
  const version = state.stage === 'not-opened' ? 0 : state.version + 1;
  const known = remember(state, event);
  return { ...known, version, moved: movesTheGround.has(event.type) ? version : known.moved };
};

const remember = (before: ComplaintCase, event: ComplaintCaseEvent): LiveCase => {
  if (event.type === 'CaseOpened') return openedWith(event);
  if (before.stage === 'not-opened') throw new Error(`${event.type} cannot come before CaseOpened`);
  const state = before;
  switch (event.type) {
    case 'FactsNoted':
      return { ...state, facts: { ...state.facts, ...event.facts }, known: [...new Set([...state.known, ...event.known])] };
    case 'CheckNoted':
      return { ...state, checks: { ...state.checks, [event.check]: event.result } };
    case 'CasesLinked':
      return { ...state, links: { ...state.links, [event.other]: event.relation } };

    case 'CaseAssessed': {
      const { severity, category, causeFamily } = event;
      return { ...state, assessment: { severity, category, causeFamily }, stage: state.stage === 'opened' ? 'assessed' : state.stage };
    }
    case 'CasePrioritised':
      return { ...state, priority: event.priority };
    case 'TermsPinned':
      return { ...state, terms: event.terms };
    case 'VulnerabilityNoted':
      return state;

    case 'CaseAssigned':
      return { ...state, holder: event.agent };
    case 'CaseReleased':
      return without(state, 'holder');
    case 'CaseEscalated':
      return { ...without(state, 'holder'), tier: event.tier };
    case 'ConflictNoted':
      return { ...state, conflicts: { ...state.conflicts, [event.agent]: event.conflict } };

    case 'ContactRecorded':
    case 'NoteAdded':
      return state;
    case 'ProgressInquired':
      return { ...state, inquiries: { count: event.count, last: event.inquiredAt } };

    case 'UpdatePromised':
      return { ...state, promises: { ...state.promises, [event.promise]: { due: event.due, state: 'open' } } };
    case 'PromiseKept':
      return { ...state, promises: changed(state.promises, event.promise, { state: 'kept' }) };
    case 'PromiseMissed':
      return { ...state, promises: changed(state.promises, event.promise, { state: 'missed' }) };

    case 'InformationAsked':
      return { ...state, information: { ...state.information, [event.request]: { due: event.due, state: 'asked' } } };
    case 'InformationReceived':
      return { ...state, information: changed(state.information, event.request, { state: 'received' }) };
    case 'InformationRequestLapsed':
      return { ...state, information: changed(state.information, event.request, { state: 'lapsed' }) };
    case 'EvidenceAttached':
      return { ...state, evidence: [...state.evidence, event.evidence] };

    case 'CauseFound':
      return { ...state, cause: { cause: event.cause, solution: event.solution } };
    case 'MeasurePlanned': {
      const { measure, kind, payment, redress } = event;
      return {
        ...state,
        measures: { ...state.measures, [measure]: { kind, state: 'planned', ...(payment && { payment }), ...(redress && { redress }) } },
      };
    }
    case 'MeasureDone':
      return { ...state, measures: changed(state.measures, event.measure, { state: 'done', doneBy: event.doneBy }) };
    case 'MeasureVerified':
      return { ...state, measures: changed(state.measures, event.measure, { state: 'verified' }) };
    case 'MeasureDropped':
      return { ...state, measures: changed(state.measures, event.measure, { state: 'dropped' }) };

    case 'ProtectionAsked':
      return { ...state, wishes: { ...state.wishes, [event.request]: 'asked' } };
    case 'ProtectionNoted': {
      const of = event.lock ?? event.limit ?? event.unlock;
      const protection = of ? { ...state.protection, [of]: { state: event.state, sequence: event.sequence ?? -1 } } : state.protection;
      return { ...answered(state, event.request), protection };
    }
    case 'ProtectionDeclined':
      return answered(state, event.request);

    case 'LetterIssued': {
      const { letter, kind, issuedAt, promise } = event;
      return {
        ...state,
        letters: { ...state.letters, [letter]: { kind, issuedAt, ...(promise && { promise }), state: 'issued', round: state.round } },
      };
    }
    case 'LetterSent': {
      const answers = event.kind === 'final-response' && state.letters[event.letter]?.round === state.round && state.stage === 'assessed';
      return { ...state, letters: changed(state.letters, event.letter, { state: 'sent' }), stage: answers ? 'answered' : state.stage };
    }
    case 'LetterUndelivered':
      return { ...state, letters: changed(state.letters, event.letter, { state: 'undelivered' }) };

    case 'DecisionProposed':
      return { ...state, proposal: { outcome: event.outcome, grounds: event.grounds, proposer: event.proposer } };
    case 'DecisionMade':
      return { ...without(state, 'proposal'), decision: { outcome: event.outcome, grounds: event.grounds } };
    case 'RedressOffered':
      return { ...state, redress: { ...state.redress, [event.redress]: { items: event.items, state: 'offered' } } };
    case 'RedressAccepted':
      return { ...state, redress: changed(state.redress, event.redress, { state: 'accepted' }) };
    case 'RedressDeclined':
      return { ...state, redress: changed(state.redress, event.redress, { state: 'declined' }) };
    case 'CaseClosed':
      return { ...state, stage: 'closed', closedAt: event.closedAt };
    case 'CaseReopened': {
      const { decision: _decision, proposal: _proposal, closedAt: _closedAt, ...rest } = state;
      return { ...rest, stage: state.assessment ? 'assessed' : 'opened', round: state.round + 1, withdrawn: false };
    }
    case 'ComplaintWithdrawn':
      return { ...state, withdrawn: true };

    case 'ApprovalAsked': {
      const { review, measure, version, asker } = event;
      return {
        ...state,
        reviews: { ...state.reviews, [review]: { for: event.for, ...(measure && { measure }), version, asker, state: 'asked' } },
      };
    }
    case 'ApprovalGiven':
      return { ...state, reviews: changed(state.reviews, event.review, { state: 'given', given: event.given }) };
    case 'ApprovalRefused':
      return { ...state, reviews: changed(state.reviews, event.review, { state: 'refused' }) };
    case 'ApprovalLapsed':
      return { ...state, reviews: changed(state.reviews, event.review, { state: 'lapsed' }) };
    default:
      return never(event);
  }
};

const openedWith = (event: Extract<ComplaintCaseEvent, { type: 'CaseOpened' }>): LiveCase => {
  const { account, category, occurredAt, amount, transaction, merchant, recipient, method, operation } = event;
  const facts = { account, category, occurredAt, amount, transaction, merchant, recipient, method, operation };
  return {
    stage: 'opened',
    version: 0,
    moved: 0,
    round: 0,
    kind: event.kind,
    facts: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)),
    known: event.known,
    checks: {},
    links: {},
    priority: 'normal',
    conflicts: {},
    inquiries: { count: 0 },
    promises: {},
    information: {},
    evidence: [],
    measures: {},
    wishes: {},
    protection: {},
    letters: {},
    redress: {},
    reviews: {},
    withdrawn: false,
  };
};

const changed = <T extends object>(all: ById<T>, id: string, change: Partial<T>): ById<T> => {
  const before = all[id];
  return before ? { ...all, [id]: { ...before, ...change } } : all;
};

const without = (state: LiveCase, member: 'holder' | 'proposal'): LiveCase => {
  const { [member]: _gone, ...rest } = state;
  return rest as LiveCase;
};

const answered = (state: LiveCase, request: string | undefined): LiveCase =>
  request !== undefined && state.wishes[request] ? { ...state, wishes: { ...state.wishes, [request]: 'answered' } } : state;
