import { given as givenFor } from '@recourse/decider/testing';
import type { Approval, SealedRef } from '@recourse/event-store';
import type { ComplaintCaseEvent, LetterKind, Outcome } from './complaint-case.js';
import { complaintCase } from './deciding.js';

/** The language the specs of a case are written in. */
export const given = givenFor(complaintCase);

export const jing = { actor: 'w-jing', role: 'agent', client: 'desk' };
export const wei = { actor: 'w-wei', role: 'agent', client: 'desk' };
export const min = { actor: 'w-min', role: 'supervisor', client: 'desk' };
export const service = { actor: 'service:case-tracking', role: 'service', client: 'case-tracking' };
export const customer = { actor: 'cus-77', role: 'customer', client: 'quanpay-platform' };

/** 09:00 plus so many minutes on the morning after. */
export const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 18, 9, minutes)).toISOString();
export const days = (number: number): string => new Date(Date.UTC(2026, 10, 18 + number, 9, 0)).toISOString();

/** Jing, who knows about take-overs and failed payments, at 10:00. */
export const byJing = { by: jing, at: at(60), skills: ['account-taken-over', 'payment-failed'] };
export const byWei = { by: wei, at: at(60), skills: ['account-taken-over', 'payment-failed'] };
export const byMin = { by: min, at: at(60) };
export const byService = { by: service, at: at(60) };
export const byCustomer = { by: customer, at: at(60) };

export const sealed = (group: string): SealedRef => ({ id: `sealed-${group}`, group, key: 'key-1', h: `hash-of-${group}` });
export const approval: Approval = { by: 'w-min', at: at(30) };

type Event<Type extends ComplaintCaseEvent['type']> = Extract<ComplaintCaseEvent, { type: Type }>;

/** One of every event there is: what a fold, a schema or a reader must be able to bear. */
export const oneOfEach: { readonly [Type in ComplaintCaseEvent['type']]: Event<Type> } = {
  CaseOpened: {
    type: 'CaseOpened',
    kind: 'complaint',
    reference: 'R7K3-M9QX-2D',
    respondent: 'QuanPay Payment Services Co., Ltd.',
    language: 'zh-CN',
    receivedAt: at(0),
    policy: 'sha256:00',
    known: ['account', 'occurredAt', 'amount', 'device'],
    channel: 'app',
    account: 'wallet-8843',
    subject: 'cus-77',
    category: 'account-taken-over',
    occurredAt: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' },
    amount: { currency: 'CNY', value: 128000 },
    sealed: [sealed('narrative')],
  },
  FactsNoted: { type: 'FactsNoted', facts: { merchant: 'm-12' }, known: ['merchant'] },
  CheckNoted: { type: 'CheckNoted', check: 'network', result: 'fine', how: 'automatic' },
  CasesLinked: { type: 'CasesLinked', other: 'case-b', relation: 'duplicate-of' },
  CaseAssessed: { type: 'CaseAssessed', severity: 'serious', category: 'account-taken-over', causeFamily: 'take-over' },
  CasePrioritised: { type: 'CasePrioritised', priority: 'high', rule: 'inquiries' },
  TermsPinned: { type: 'TermsPinned', terms: '2026-09-01', from: '2026-09-01T00:00:00.000Z', h: 'sha256:01' },
  VulnerabilityNoted: { type: 'VulnerabilityNoted', causedByOurFailure: false, sealed: [sealed('vulnerability')] },
  CaseAssigned: { type: 'CaseAssigned', agent: 'w-jing', team: 'account-security-desk', skill: 'account-taken-over' },
  CaseReleased: { type: 'CaseReleased', why: 'shift-end' },
  CaseEscalated: { type: 'CaseEscalated', tier: 'second-line' },
  ConflictNoted: { type: 'ConflictNoted', agent: 'w-wei', conflict: 'complained-about' },
  ContactRecorded: {
    type: 'ContactRecorded',
    contact: 'contact-1',
    channel: 'telephone',
    direction: 'inbound',
    agent: 'w-jing',
    badge: '0417',
    receipt: 'C0A1-B2C3-D4',
    sealed: [sealed('contact-text')],
  },
  ProgressInquired: { type: 'ProgressInquired', count: 1, inquiredAt: at(0) },
  NoteAdded: { type: 'NoteAdded', note: 'note-1', sealed: [sealed('note')] },
  UpdatePromised: { type: 'UpdatePromised', promise: 'promise-1', due: at(120) },
  PromiseKept: { type: 'PromiseKept', promise: 'promise-1', sentAt: at(100) },
  PromiseMissed: { type: 'PromiseMissed', promise: 'promise-1', due: at(120) },
  InformationAsked: { type: 'InformationAsked', request: 'question-1', from: 'complainant', what: 'transaction-record', due: at(120) },
  InformationReceived: { type: 'InformationReceived', request: 'question-1' },
  InformationRequestLapsed: { type: 'InformationRequestLapsed', request: 'question-1' },
  EvidenceAttached: { type: 'EvidenceAttached', evidence: 'evidence-1', kind: 'chat-log', h: 'hash', size: 512, from: 'complainant' },
  CauseFound: { type: 'CauseFound', cause: 'merchant-interface', solution: 'refund-by-merchant' },
  MeasurePlanned: { type: 'MeasurePlanned', measure: 'measure-1', kind: 'secure-account' },
  MeasureDone: { type: 'MeasureDone', measure: 'measure-1', kind: 'secure-account', proof: { kind: 'checked-by-staff' }, doneBy: 'w-jing' },
  MeasureVerified: { type: 'MeasureVerified', measure: 'measure-1', kind: 'secure-account', verifiedBy: 'w-wei' },
  MeasureDropped: { type: 'MeasureDropped', measure: 'measure-1', kind: 'secure-account', why: 'not-needed', approval },
  ProtectionAsked: { type: 'ProtectionAsked', request: 'wish-1', kind: 'lock', scope: 'outgoing' },
  ProtectionNoted: { type: 'ProtectionNoted', lock: 'lock-1', state: 'locked', sequence: 1 },
  ProtectionDeclined: { type: 'ProtectionDeclined', why: 'account-unknown', request: 'wish-1' },
  LetterIssued: {
    type: 'LetterIssued',
    letter: 'letter-1',
    kind: 'final-response',
    channel: 'email',
    issuedAt: at(40),
    sealed: [sealed('letter-text')],
  },
  LetterSent: { type: 'LetterSent', letter: 'letter-1', kind: 'final-response', channel: 'email', sentAt: at(45) },
  LetterUndelivered: { type: 'LetterUndelivered', letter: 'letter-1', why: 'no-route' },
  DecisionProposed: { type: 'DecisionProposed', outcome: 'not-upheld', grounds: ['not-proved'], proposer: 'w-jing' },
  DecisionMade: { type: 'DecisionMade', outcome: 'upheld', grounds: ['unauthorised'] },
  RedressOffered: { type: 'RedressOffered', redress: 'redress-1', items: [{ kind: 'goodwill', amount: { currency: 'CNY', value: 5000 } }] },
  RedressAccepted: { type: 'RedressAccepted', redress: 'redress-1' },
  RedressDeclined: { type: 'RedressDeclined', redress: 'redress-1' },
  CaseClosed: { type: 'CaseClosed', how: 'answered', outcome: 'upheld', closedAt: at(50) },
  CaseReopened: { type: 'CaseReopened', why: 'new-information' },
  ComplaintWithdrawn: { type: 'ComplaintWithdrawn', why: 'resolved' },
  ApprovalAsked: { type: 'ApprovalAsked', review: 'review-1', for: 'decision', version: 2, asker: 'w-jing' },
  ApprovalGiven: { type: 'ApprovalGiven', review: 'review-1', for: 'decision', version: 2, given: approval },
  ApprovalRefused: { type: 'ApprovalRefused', review: 'review-1', for: 'decision', why: 'grounds-do-not-fit' },
  ApprovalLapsed: { type: 'ApprovalLapsed', review: 'review-1', for: 'decision' },
};

export const opened = oneOfEach.CaseOpened;
export const openedAs = (category: string): ComplaintCaseEvent => ({ ...opened, category });
export const assessed = oneOfEach.CaseAssessed;
export const assessedAs = (category: string): ComplaintCaseEvent => ({ ...assessed, category });
export const heldBy = (agent: string): ComplaintCaseEvent => ({ ...oneOfEach.CaseAssigned, agent });
export const decided = (outcome: Outcome = 'upheld'): ComplaintCaseEvent => ({ ...oneOfEach.DecisionMade, outcome });
export const issuedLetter = (kind: LetterKind, more: Partial<Event<'LetterIssued'>> = {}): ComplaintCaseEvent => ({
  ...oneOfEach.LetterIssued,
  kind,
  ...more,
});
export const sentLetter = (kind: LetterKind, more: Partial<Event<'LetterSent'>> = {}): ComplaintCaseEvent => ({
  ...oneOfEach.LetterSent,
  kind,
  ...more,
});
/** From opening to the answer that has left. */
export const answered = [opened, assessed, decided(), issuedLetter('final-response'), sentLetter('final-response')] as const;
export const closed = [...answered, oneOfEach.CaseClosed] as const;
