import type { Money } from '../money.js';
import type { Language } from '../platforms.js';
import type { PolicyVersions } from '../policies.js';
import type { Code } from '../taxonomy.js';
import type { Past, SealedPointer } from './past.js';

type CasePast = Past & { readonly stream: string; readonly approval?: Done };
type Done = { readonly at: string; readonly by: string };

/** Everything about a case, as the desk sees it at GET /v1/cases/{id}: what was told, done, promised and decided, in the order it came. */
export type CaseHistory = CaseFacts & {
  readonly id: string;
  readonly kind: 'complaint' | 'protective';
  readonly stage: 'opened' | 'assessed' | 'answered' | 'closed';
  readonly reference: string;
  readonly respondent: string;
  readonly language: Language;
  readonly receivedAt: string;
  readonly openedAt: string;
  /** The platform's settings at opening, by their hash. */
  readonly policy: string;
  /** The versions of its policies that they are made of; left out when it had published none. */
  readonly policies?: PolicyVersions;
  /** Every detail we have, the sealed ones by name only. */
  readonly known: readonly string[];
  /** What was told under seal, by group: the narrative, who complains, the device. */
  readonly told: Readonly<Record<string, SealedPointer>>;
  readonly channel?: string;
  readonly subject?: string;
  readonly capacity?: string;
  readonly complainantKind?: string;
  readonly rule?: string;
  readonly terms?: { readonly terms: string; readonly from: string; readonly h: string; readonly at: string };
  readonly checks: readonly { readonly check: string; readonly result: string; readonly how: string; readonly at: string }[];
  readonly links: readonly { readonly other: string; readonly relation: string; readonly at: string }[];
  readonly assessment?: Done & { readonly severity: Code<'severity'>; readonly category: string; readonly causeFamily: string };
  readonly priority: Code<'priority'>;
  /** The rule that set it, or `desk`: a person. */
  readonly priorityRule?: string;
  readonly vulnerabilities: readonly {
    readonly causedByOurFailure: boolean;
    readonly at: string;
    readonly sealed: readonly SealedPointer[];
  }[];
  readonly assignment?: Done & { readonly agent: string; readonly team: string; readonly skill: string };
  readonly tier?: string;
  readonly conflicts: readonly { readonly agent: string; readonly conflict: string; readonly at: string }[];
  readonly contacts: readonly CaseContact[];
  readonly notes: readonly (Done & { readonly note: string; readonly text?: SealedPointer })[];
  readonly inquiries: { readonly count: number; readonly last?: string };
  readonly promises: readonly CasePromise[];
  readonly informationRequests: readonly CaseQuestion[];
  readonly evidence: readonly {
    readonly evidence: string;
    readonly kind: string;
    readonly h: string;
    readonly size: number;
    readonly from: string;
    readonly at: string;
  }[];
  readonly cause?: Done & { readonly cause: string; readonly solution: string };
  readonly measures: readonly CaseMeasure[];
  readonly protection: { readonly requests: readonly CaseWish[]; readonly noted: readonly CaseProtection[] };
  readonly letters: readonly CaseLetter[];
  readonly proposal?: Done & { readonly outcome: Code<'outcome'>; readonly grounds: readonly string[] };
  readonly decision?: Done & { readonly outcome: Code<'outcome'>; readonly grounds: readonly string[]; readonly approval?: Done };
  readonly redress: readonly CaseRedress[];
  readonly approvals: readonly CaseApproval[];
  readonly answeredAt?: string;
  readonly withdrawn?: Done & { readonly why: string };
  readonly closure?: Done & { readonly how: Code<'closed-how'>; readonly outcome?: Code<'outcome'>; readonly cause?: string };
  readonly reopenings: readonly (Done & { readonly why: string; readonly closedAt: string })[];
};

/** What the customer told that is not personal. */
export type CaseFacts = {
  readonly account?: string;
  readonly category?: string;
  readonly occurredAt?: { readonly at: string; readonly precision?: string; readonly zone?: string };
  readonly amount?: Money;
  readonly transaction?: string;
  readonly merchant?: string;
  readonly recipient?: string;
  readonly method?: string;
  readonly operation?: string;
};
export type CaseContact = {
  readonly contact: string;
  readonly channel: string;
  readonly direction: Code<'direction'>;
  readonly agent: string;
  readonly badge: string;
  readonly receipt: string;
  readonly promise?: string;
  readonly nextUpdate?: string;
  readonly at: string;
  /** The agent's name, what was said, the solution proposed. */
  readonly said?: SealedPointer;
};
/** Open until it is kept or missed; both are for ever. */
export type CasePromise = {
  readonly promise: string;
  readonly due: string;
  readonly state: 'open' | 'kept' | 'missed';
  readonly madeAt: string;
  readonly sentAt?: string;
};
export type CaseQuestion = {
  readonly request: string;
  readonly from: 'complainant' | 'merchant' | 'bank';
  readonly what: string;
  readonly due: string;
  readonly state: 'asked' | 'received' | 'lapsed';
  readonly askedAt: string;
  readonly answeredAt?: string;
  readonly evidence?: string;
};
export type CaseMeasure = {
  readonly measure: string;
  readonly kind: string;
  readonly state: 'planned' | 'done' | 'verified' | 'dropped';
  readonly payment?: string;
  readonly lock?: string;
  readonly redress?: string;
  readonly planned: Done;
  readonly done?: Done & { readonly proof: Proof };
  readonly verified?: Done;
  readonly dropped?: Done & { readonly why: string; readonly approval: Done };
};
type Proof = { readonly kind: string; readonly ref?: string };
export type CaseWish = {
  readonly request: string;
  readonly kind: 'lock' | 'limit';
  readonly scope: string;
  readonly amount?: Money;
  readonly until?: string;
  readonly state: 'asked' | 'granted' | 'declined';
  readonly askedAt: string;
  readonly why?: string;
};
export type CaseProtection = {
  readonly lock?: string;
  readonly limit?: string;
  readonly unlock?: string;
  readonly state: string;
  readonly sequence?: number;
  readonly rule?: string;
  /** An authority forbids telling the customer. */
  readonly disclosable?: false;
  readonly at: string;
};
export type CaseLetter = {
  readonly letter: string;
  readonly kind: Code<'letter-kind'>;
  readonly channel: string;
  readonly promise?: string;
  readonly nextUpdate?: string;
  readonly state: 'issued' | 'sent' | 'undelivered';
  readonly issuedAt: string;
  readonly issuedBy: string;
  readonly sentAt?: string;
  readonly why?: string;
  readonly text?: SealedPointer;
  /** How often the case had been reopened when it was written: it answers only that round. */
  readonly round: number;
};
export type CaseRedress = {
  readonly redress: string;
  readonly items: readonly { readonly kind: string; readonly amount?: Money }[];
  readonly state: 'offered' | 'accepted' | 'declined';
  readonly offeredAt: string;
  readonly answeredAt?: string;
};
export type CaseApproval = {
  readonly review: string;
  readonly for: 'decision' | 'drop-measure';
  readonly measure?: string;
  readonly version: number;
  readonly state: 'asked' | 'given' | 'refused' | 'lapsed';
  readonly asked: Done;
  readonly answered?: Done & { readonly why?: string };
};

/** Folds the records of a case into all that is known of it. Every version of an event ever stored stays readable. */
export const caseHistory = (history: CaseHistory | undefined, record: CasePast): CaseHistory => {
  if (record.type === 'CaseOpened') return opened(record);
  if (!history) throw new Error(`a case begins with CaseOpened, not with ${record.type}`);
  const fold = folds[record.type];
  if (!fold) throw new Error(`unknown to a case: ${record.type}`);
  return fold(history, record);
};

const opened = ({ stream, at, data, sealed = [] }: CasePast): CaseHistory => ({
  ...(data as unknown as Omit<CaseHistory, 'id' | 'stage'>),
  id: stream.slice('case-'.length),
  stage: 'opened',
  openedAt: at,
  told: byGroup(sealed),
  priority: 'normal',
  checks: [],
  links: [],
  vulnerabilities: [],
  conflicts: [],
  contacts: [],
  notes: [],
  inquiries: { count: 0 },
  promises: [],
  informationRequests: [],
  evidence: [],
  measures: [],
  protection: { requests: [], noted: [] },
  letters: [],
  redress: [],
  approvals: [],
  reopenings: [],
});

type Fold = (history: CaseHistory, record: CasePast) => CaseHistory;

const on =
  <Data>(fold: (history: CaseHistory, data: Data, record: CasePast) => Partial<CaseHistory>): Fold =>
  (history, record) => ({ ...history, ...fold(history, record.data as unknown as Data, record) });

const done = ({ at, by }: CasePast): Done => ({ at, by: by.actor });
const byGroup = (sealed: readonly SealedPointer[] = []) => Object.fromEntries(sealed.map((pointer) => [pointer.group, pointer]));
/** The sealed group of a record, under the name it has in the answer. */
const sealedAs = <Name extends string>(name: Name, { sealed }: CasePast) =>
  (sealed?.[0] ? { [name]: sealed[0] } : {}) as { readonly [_ in Name]?: SealedPointer };
const without = <Member extends keyof CaseHistory>(history: CaseHistory, member: Member): CaseHistory =>
  Object.fromEntries(Object.entries(history).filter(([name]) => name !== member)) as unknown as CaseHistory;
const changed = <Item>(items: readonly Item[], member: keyof Item, id: unknown, change: Partial<Item>): readonly Item[] =>
  items.map((item) => (item[member] === id ? { ...item, ...change } : item));

type Item<List extends keyof CaseHistory> = CaseHistory[List] extends readonly (infer One)[] ? One : NonNullable<CaseHistory[List]>;

const folds: Readonly<Record<string, Fold>> = {
  FactsNoted: on<{ facts: CaseFacts; known: readonly string[] }>((history, { facts: { category, ...facts }, known }, record) => ({
    ...facts,
    ...(category !== undefined && !history.assessment && { category }),
    known: [...new Set([...history.known, ...known])],
    told: { ...history.told, ...byGroup(record.sealed) },
  })),
  CheckNoted: on<Item<'checks'>>(({ checks }, check, { at }) => ({ checks: [...checks, { ...check, at }] })),
  CasesLinked: on<Item<'links'>>(({ links }, link, { at }) => ({ links: [...links, { ...link, at }] })),

  CaseAssessed: on<Item<'assessment'>>(({ stage }, assessment, record) => ({
    assessment: { ...assessment, ...done(record) },
    category: assessment.category,
    stage: stage === 'opened' ? 'assessed' : stage,
  })),
  CasePrioritised: on<{ priority: CaseHistory['priority']; rule: string }>((_, { priority, rule }) => ({ priority, priorityRule: rule })),
  TermsPinned: on<Item<'terms'>>((_, terms, { at }) => ({ terms: { ...terms, at } })),
  VulnerabilityNoted: on<Item<'vulnerabilities'>>(({ vulnerabilities }, noted, record) => ({
    vulnerabilities: [...vulnerabilities, { ...noted, at: record.at, ...sealedAs('detail', record) }],
  })),

  CaseAssigned: on<Item<'assignment'>>((_, assignment, record) => ({ assignment: { ...assignment, ...done(record) } })),
  CaseReleased: (history) => without(history, 'assignment'),
  CaseEscalated: (history, { data }) => ({ ...without(history, 'assignment'), tier: data['tier'] as string }),
  ConflictNoted: on<Item<'conflicts'>>(({ conflicts }, conflict, { at }) => ({ conflicts: [...conflicts, { ...conflict, at }] })),

  ContactRecorded: on<CaseContact>(({ contacts }, contact, record) => ({
    contacts: [...contacts, { ...contact, at: record.at, ...sealedAs('said', record) }],
  })),
  NoteAdded: on<Item<'notes'>>(({ notes }, note, record) => ({
    notes: [...notes, { ...note, ...done(record), ...sealedAs('text', record) }],
  })),
  ProgressInquired: on<{ count: number; inquiredAt: string }>((_, { count, inquiredAt }) => ({ inquiries: { count, last: inquiredAt } })),

  UpdatePromised: on<CasePromise>(({ promises }, promise, { at }) => ({
    promises: [...promises, { ...promise, state: 'open', madeAt: at }],
  })),
  PromiseKept: on<{ promise: string; sentAt: string }>(({ promises }, { promise, sentAt }) => ({
    promises: changed(promises, 'promise', promise, { state: 'kept', sentAt }),
  })),
  PromiseMissed: on<CasePromise>(({ promises }, { promise }) => ({ promises: changed(promises, 'promise', promise, { state: 'missed' }) })),

  InformationAsked: on<CaseQuestion>(({ informationRequests }, question, { at }) => ({
    informationRequests: [...informationRequests, { ...question, state: 'asked', askedAt: at }],
  })),
  InformationReceived: on<CaseQuestion>(({ informationRequests }, { request, evidence }, { at }) => ({
    informationRequests: changed(informationRequests, 'request', request, {
      state: 'received',
      answeredAt: at,
      ...(evidence && { evidence }),
    }),
  })),
  InformationRequestLapsed: on<CaseQuestion>(({ informationRequests }, { request }) => ({
    informationRequests: changed(informationRequests, 'request', request, { state: 'lapsed' }),
  })),
  EvidenceAttached: on<Item<'evidence'>>(({ evidence }, piece, { at }) => ({ evidence: [...evidence, { ...piece, at }] })),

  CauseFound: on<Item<'cause'>>((_, cause, record) => ({ cause: { ...cause, ...done(record) } })),
  MeasurePlanned: on<CaseMeasure>(({ measures }, measure, record) => ({
    measures: [...measures, { ...measure, state: 'planned', planned: done(record) }],
  })),
  MeasureDone: on<{ measure: string; proof: Proof }>(({ measures }, { measure, proof }, record) => ({
    measures: changed(measures, 'measure', measure, { state: 'done', done: { ...done(record), proof } }),
  })),
  MeasureVerified: on<{ measure: string }>(({ measures }, { measure }, record) => ({
    measures: changed(measures, 'measure', measure, { state: 'verified', verified: done(record) }),
  })),
  MeasureDropped: on<{ measure: string; why: string }>(({ measures }, { measure, why }, record) => ({
    measures: changed(measures, 'measure', measure, { state: 'dropped', dropped: { ...done(record), why, approval: record.approval! } }),
  })),

  ProtectionAsked: on<CaseWish>(({ protection }, wish, { at }) => ({
    protection: { ...protection, requests: [...protection.requests, { ...wish, state: 'asked', askedAt: at }] },
  })),
  ProtectionNoted: on<CaseProtection & { request?: string }>(({ protection }, { request, ...noted }, { at }) => ({
    protection: {
      requests: changed(protection.requests, 'request', request, { state: 'granted' }),
      noted: [...protection.noted, { ...noted, at }],
    },
  })),
  ProtectionDeclined: on<{ request?: string; why: string }>(({ protection }, { request, why }) => ({
    protection: { ...protection, requests: changed(protection.requests, 'request', request, { state: 'declined', why }) },
  })),

  LetterIssued: on<CaseLetter>(({ letters, reopenings }, letter, record) => ({
    letters: [...letters, { ...letter, state: 'issued', issuedBy: record.by.actor, round: reopenings.length, ...sealedAs('text', record) }],
  })),
  LetterSent: on<CaseLetter & { sentAt: string }>(({ stage, letters, reopenings }, { letter, kind, channel, sentAt }) => {
    const ofThisRound = letters.find((one) => one.letter === letter)?.round === reopenings.length;
    const sent = changed(letters, 'letter', letter, { state: 'sent', channel, sentAt });
    const answers = kind === 'final-response' && stage === 'assessed' && ofThisRound;
    return answers ? { letters: sent, stage: 'answered', answeredAt: sentAt } : { letters: sent };
  }),
  LetterUndelivered: on<CaseLetter>(({ letters }, { letter, why }) => ({
    letters: changed(letters, 'letter', letter, { state: 'undelivered', ...(why && { why }) }),
  })),

  DecisionProposed: on<Item<'proposal'>>((_, { outcome, grounds }, record) => ({ proposal: { outcome, grounds, ...done(record) } })),
  DecisionMade: (history, record) => {
    const { outcome, grounds } = record.data as unknown as Item<'decision'>;
    const decision = { outcome, grounds, ...done(record), ...(record.approval && { approval: record.approval }) };
    return { ...without(history, 'proposal'), decision };
  },
  RedressOffered: on<CaseRedress>(({ redress }, offer, { at }) => ({
    redress: [...redress, { ...offer, state: 'offered', offeredAt: at }],
  })),
  RedressAccepted: on<CaseRedress>((history, { redress }, { at }) => ({
    redress: changed(history.redress, 'redress', redress, { state: 'accepted', answeredAt: at }),
  })),
  RedressDeclined: on<CaseRedress>((history, { redress }, { at }) => ({
    redress: changed(history.redress, 'redress', redress, { state: 'declined', answeredAt: at }),
  })),
  ComplaintWithdrawn: on<{ why: string }>((_, { why }, record) => ({ withdrawn: { why, ...done(record) } })),
  CaseClosed: on<Item<'closure'>>((_, { how, outcome, cause }, record) => ({
    stage: 'closed',
    closure: { how, ...(outcome && { outcome }), ...(cause && { cause }), ...done(record) },
  })),
  CaseReopened: (history, record) => {
    const { decision: _decision, proposal: _proposal, answeredAt: _answered, withdrawn: _withdrawn, closure, ...rest } = history;
    const reopening = { why: record.data['why'] as string, closedAt: closure?.at ?? record.at, ...done(record) };
    return { ...rest, stage: history.assessment ? 'assessed' : 'opened', reopenings: [...history.reopenings, reopening] };
  },

  ApprovalAsked: on<CaseApproval & { asker: string }>(({ approvals }, { asker, ...asked }, record) => ({
    approvals: [...approvals, { ...asked, state: 'asked', asked: { ...done(record), by: asker } }],
  })),
  ApprovalGiven: on<CaseApproval & { given: Done }>(({ approvals }, { review, given }) => ({
    approvals: changed(approvals, 'review', review, { state: 'given', answered: given }),
  })),
  ApprovalRefused: on<CaseApproval & { why: string }>(({ approvals }, { review, why }, record) => ({
    approvals: changed(approvals, 'review', review, { state: 'refused', answered: { ...done(record), why } }),
  })),
  ApprovalLapsed: on<CaseApproval>(({ approvals }, { review }) => ({
    approvals: changed(approvals, 'review', review, { state: 'lapsed' }),
  })),
};
