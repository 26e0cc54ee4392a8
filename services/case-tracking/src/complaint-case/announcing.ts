import type { CaseHistory } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import type { ComplaintCaseEvent } from './complaint-case.js';

/** What every message of a case begins with, so that no hearer has to ask whom it is about. */
export const aboutOf = ({ id, reference, account, subject, language }: CaseHistory) => ({
  matter: id,
  reference,
  ...(account && { account }),
  ...(subject && { subject }),
  language,
});

/** What a message keeps of its event; an event that is not named here stays in the house, and so does what is said at the desk. */
const told: Readonly<Partial<Record<ComplaintCaseEvent['type'], readonly string[]>>> = {
  CaseOpened: ['kind', 'category', 'respondent', 'receivedAt', 'amount', 'transaction', 'rule'],
  CaseAssessed: ['severity', 'category', 'causeFamily'],
  CasePrioritised: ['priority', 'rule'],
  CaseAssigned: ['agent', 'team', 'skill'],
  ContactRecorded: ['contact', 'channel', 'direction', 'agent', 'badge', 'receipt', 'promise', 'nextUpdate'],
  ProgressInquired: ['count'],
  UpdatePromised: ['promise', 'due'],
  PromiseKept: ['promise', 'sentAt'],
  PromiseMissed: ['promise', 'due'],
  InformationAsked: ['request', 'from', 'what', 'due'],
  InformationReceived: ['request'],
  InformationRequestLapsed: ['request'],
  CauseFound: ['cause', 'solution'],
  MeasurePlanned: ['measure', 'kind'],
  MeasureDone: ['measure', 'kind'],
  MeasureVerified: ['measure', 'kind'],
  MeasureDropped: ['measure', 'kind', 'why'],
  ProtectionAsked: ['request', 'kind', 'scope', 'amount', 'until'],
  LetterIssued: ['letter', 'kind', 'channel', 'promise', 'nextUpdate'],
  LetterSent: ['letter', 'kind', 'channel', 'sentAt'],
  LetterUndelivered: ['letter', 'why'],
  DecisionMade: ['outcome', 'grounds'],
  RedressOffered: ['redress', 'items'],
  RedressAccepted: ['redress'],
  RedressDeclined: ['redress'],
  CaseClosed: ['how', 'outcome', 'cause'],
  CaseReopened: ['why'],
  ComplaintWithdrawn: ['why'],
};

/** Which sealed groups travel with a message: what the customer is to read. */
const carried: ReadonlySet<string> = new Set(['contact-text', 'letter-text']);

/** Of all that is recorded of a case, what the neighbours hear. */
export const announce = (record: Recorded, history: unknown): readonly Announcement[] => {
  const fields = told[record.type as ComplaintCaseEvent['type']];
  if (!fields) return [];
  const about = aboutOf(history as CaseHistory);
  const said = Object.fromEntries(fields.filter((field) => record.data[field] !== undefined).map((field) => [field, record.data[field]]));
  const sealed = record.sealed?.filter(({ group }) => carried.has(group)) ?? [];
  return [
    { topic: 'recourse.case.v1', key: about.matter, type: record.type, data: { ...about, ...said }, ...(sealed.length > 0 && { sealed }) },
  ];
};
