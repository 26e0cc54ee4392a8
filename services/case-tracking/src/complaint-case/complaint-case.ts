import type { Code, Language, Money, PolicyVersions } from '@recourse/contracts';
import type { Decision } from '@recourse/decider';
import type { Approval, By, Instant, SealedRef } from '@recourse/event-store';
import type { CaseRefusal } from './refusals.js';

/** What has happened. Names are past tense and stored for ever: add a new one, never reword an old one. */
export type ComplaintCaseEvent =
  Opening | Assessing | Assigning | Contacting | Promising | Asking | Investigating | Answering | Concluding | Approving;

type Opening =
  | (CaseOpened & Complaint & Facts & Sealed)
  | ({ type: 'FactsNoted'; facts: Facts; known: readonly string[] } & Sealed)
  | { type: 'CheckNoted'; check: string; result: string; how: string }
  | { type: 'CasesLinked'; other: string; relation: string };

type Assessing =
  | { type: 'CaseAssessed'; severity: Severity; category: string; causeFamily: string }
  | { type: 'CasePrioritised'; priority: Priority; rule: string }
  | { type: 'TermsPinned'; terms: string; from: Instant; h: string }
  | ({ type: 'VulnerabilityNoted'; causedByOurFailure: boolean } & Sealed);

type Assigning =
  | { type: 'CaseAssigned'; agent: string; team: string; skill: string }
  | { type: 'CaseReleased'; why: string }
  | { type: 'CaseEscalated'; tier: string }
  | { type: 'ConflictNoted'; agent: string; conflict: string };

type Contacting =
  | (ContactRecorded & Sealed)
  | { type: 'ProgressInquired'; count: number; inquiredAt: Instant }
  | ({ type: 'NoteAdded'; note: string } & Sealed);

type Promising =
  | { type: 'UpdatePromised'; promise: string; due: Instant }
  | { type: 'PromiseKept'; promise: string; sentAt: Instant }
  | { type: 'PromiseMissed'; promise: string; due: Instant };

type Asking =
  | { type: 'InformationAsked'; request: string; from: InformationFrom; what: string; due: Instant }
  | { type: 'InformationReceived'; request: string; evidence?: string }
  | { type: 'InformationRequestLapsed'; request: string }
  | { type: 'EvidenceAttached'; evidence: string; kind: string; h: string; size: number; from: string };

type Investigating =
  | { type: 'CauseFound'; cause: string; solution: string }
  | { type: 'MeasurePlanned'; measure: string; kind: string; payment?: string; lock?: string; redress?: string }
  | { type: 'MeasureDone'; measure: string; kind: string; proof: Proof; doneBy: string }
  | { type: 'MeasureVerified'; measure: string; kind: string; verifiedBy: string }
  | { type: 'MeasureDropped'; measure: string; kind: string; why: string; approval: Approval }
  | { type: 'ProtectionAsked'; request: string; kind: 'lock' | 'limit'; scope: string; amount?: Money; until?: Instant }
  | (ProtectionNoted & { type: 'ProtectionNoted' })
  | { type: 'ProtectionDeclined'; why: string; request?: string };

type Answering =
  | (LetterIssued & Sealed)
  | { type: 'LetterSent'; letter: string; kind: LetterKind; channel: string; sentAt: Instant }
  | { type: 'LetterUndelivered'; letter: string; why: string };

type Concluding =
  | { type: 'DecisionProposed'; outcome: Outcome; grounds: readonly string[]; proposer: string }
  | { type: 'DecisionMade'; outcome: Outcome; grounds: readonly string[]; approval?: Approval }
  | { type: 'RedressOffered'; redress: string; items: readonly RedressItem[] }
  | { type: 'RedressAccepted'; redress: string }
  | { type: 'RedressDeclined'; redress: string }
  | { type: 'CaseClosed'; how: Closing; outcome?: Outcome; cause?: string; closedAt: Instant }
  | { type: 'CaseReopened'; why: string }
  | { type: 'ComplaintWithdrawn'; why: string };

/** Two pairs of eyes: the same four events wherever a second person is needed. */
type Approving =
  | { type: 'ApprovalAsked'; review: string; for: ApprovalFor; measure?: string; version: number; asker: string }
  | { type: 'ApprovalGiven'; review: string; for: ApprovalFor; version: number; given: Approval }
  | { type: 'ApprovalRefused'; review: string; for: ApprovalFor; why: string }
  | { type: 'ApprovalLapsed'; review: string; for: ApprovalFor };

type Sealed = { readonly sealed?: readonly SealedRef[] };

type CaseOpened = {
  type: 'CaseOpened';
  /** A protective case stands for a lock by rule: no complaint was made (yet). */
  kind: 'complaint' | 'protective';
  reference: string;
  respondent: string;
  language: Language;
  receivedAt: Instant;
  /** The platform's settings in force, by their hash. */
  policy: string;
  /** The versions of its policies that they are made of; left out when it had published none. */
  policies?: PolicyVersions;
  /** Every detail we have, the sealed ones by name only. */
  known: readonly string[];
  /** The rule that locked the account of a protective case. */
  rule?: string;
};

type Complaint = {
  readonly channel?: string;
  readonly subject?: string;
  readonly capacity?: string;
  readonly complainantKind?: string;
};

/** What the customer told that is not personal. */
export type Facts = {
  readonly account?: string;
  readonly category?: string;
  readonly occurredAt?: Occurred;
  readonly amount?: Money;
  readonly transaction?: string;
  readonly merchant?: string;
  readonly recipient?: string;
  readonly method?: string;
  readonly operation?: string;
};
export type Occurred = { readonly at: Instant; readonly precision?: string; readonly zone?: string };

type ContactRecorded = {
  type: 'ContactRecorded';
  contact: string;
  channel: string;
  direction: 'inbound' | 'outbound';
  agent: string;
  badge: string;
  receipt: string;
  /** The promise this contact is for. */
  promise?: string;
  nextUpdate?: Instant;
};

type LetterIssued = {
  type: 'LetterIssued';
  letter: string;
  kind: LetterKind;
  channel: LetterChannel;
  issuedAt: Instant;
  /** The promise this letter is for. */
  promise?: string;
  nextUpdate?: Instant;
};

/** What account-lock told of the account: about one lock, one limit or one unlock request. `request` is the wish of ours it answers. */
export type ProtectionNoted = {
  readonly lock?: string;
  readonly limit?: string;
  readonly unlock?: string;
  readonly state: string;
  readonly sequence?: number;
  readonly request?: string;
  readonly rule?: string;
  /** An authority forbids telling the customer. */
  readonly disclosable?: false;
};

export type Severity = Code<'severity'>;
export type Priority = Code<'priority'>;
export type Outcome = Code<'outcome'>;
/** Not taken up and forwarded are told of with their own events, which this desk does not write yet. */
export type Closing = Exclude<Code<'closed-how'>, 'not-taken-up' | 'forwarded'>;
export type LetterKind = Code<'letter-kind'>;
export type LetterChannel = 'email' | 'platform' | 'post';
export type InformationFrom = 'complainant' | 'merchant' | 'bank';
export type Proof = { readonly kind: string; readonly ref?: string };
/** What needs a second person. */
export type ApprovalFor = 'decision' | 'drop-measure';
export type RedressItem = {
  readonly kind: Code<'redress-kind'>;
  readonly amount?: Money;
};

export type CaseDecision = Decision<ComplaintCaseEvent, CaseRefusal>;

/** What every command carries: who, when, and for an agent the skills the token names. */
export type Told = { readonly by: By; readonly at: Instant; readonly skills?: readonly string[] };

/** What changes what somebody saw and judged by: only these make an If-Match stale. */
export const judgedBy: ReadonlySet<string> = new Set<ComplaintCaseEvent['type']>([
  'CaseAssessed',
  'CaseAssigned',
  'CaseReleased',
  'CaseEscalated',
  'CauseFound',
  'MeasurePlanned',
  'MeasureDone',
  'MeasureVerified',
  'MeasureDropped',
  'LetterIssued',
  'DecisionProposed',
  'DecisionMade',
  'RedressOffered',
  'RedressAccepted',
  'RedressDeclined',
  'CaseClosed',
  'CaseReopened',
  'ComplaintWithdrawn',
]);
