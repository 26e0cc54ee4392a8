import type { ComplaintHistory, DetailField, DetailHistory } from '@recourse/contracts';
import type { Recorded, SealedRef } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import type { ComplaintEvent, ListedEvidence, ToldDetails } from './complaint.js';

export const COMPLAINT_TOPIC = 'recourse.complaint.v1';

/** The neighbours hear of a complaint when it is received, then of whatever comes after. Drafts stay in the house. */
export const announceComplaint = (event: Recorded, history: unknown): readonly Announcement[] => {
  const complaint = history as ComplaintHistory;
  const { matter } = complaint;
  const say = (type: string, data: object, sealed: readonly SealedRef[] = []): Announcement => ({
    topic: COMPLAINT_TOPIC,
    key: matter,
    type,
    data: { matter, ...data },
    ...(sealed.length > 0 && { sealed }),
  });
  if (complaint.stage !== 'received') return [];
  const type = event.type as ComplaintEvent['type'];
  switch (type) {
    case 'ComplaintReceived':
      return [say(type, received(complaint), sealedOf(complaint))];
    case 'DetailsGiven': {
      const details = event.data['details'] as ToldDetails;
      return [say(type, { details: factsIn(details), sources: sourcesOf(details), known: Object.keys(complaint.details) }, event.sealed)];
    }
    case 'CategoryChosen':
    case 'CheckRecorded':
    case 'HandedOff':
      return [say(type, event.data)];
    case 'EvidenceListed': {
      const { redacts, ...listed } = event.data as unknown as ListedEvidence;
      const received = say('EvidenceReceived', listed);
      return redacts === undefined ? [received] : [received, say('EvidenceRedacted', { evidence: redacts, to: listed.evidence })];
    }
    case 'EvidenceSetAside':
      return [say('EvidenceQuarantined', event.data)];
    case 'ComplaintDrafted':
    case 'ComplainantNamed':
    case 'RepresentativeNamed':
    case 'AuthorityToActAccepted':
    case 'AuthorityToActRefused':
    case 'NarrativeGiven':
    case 'DraftDiscarded':
      return [];
    default:
      return unknown(type);
  }
};

/** Everything a neighbour needs to open a case, to protect an account or to acknowledge: nobody has to ask back. */
const received = (complaint: ComplaintHistory): object => {
  const { receipt, channel, language, category, account, subject, details, checks, evidence } = complaint;
  if (!receipt) throw new Error('a received complaint has a receipt');
  const complainant = complaint.complainants.at(-1);
  const { reference, receivedAt, respondent, reporterVerified, completeness } = receipt;
  return {
    reference,
    receivedAt,
    channel,
    language,
    respondent,
    ...(category && { category }),
    ...(account !== undefined && { account }),
    ...(subject !== undefined && { subject }),
    ...(complainant && { capacity: complainant.capacity, complainantKind: complainant.kind }),
    ...withoutAccount(factsIn(details)),
    known: Object.keys(details),
    reporterVerified: reporterVerified !== undefined,
    ...(reporterVerified && { verifiedHow: reporterVerified }),
    completeness,
    checks: checks.map(({ check, result, how }) => ({ check, result, how })),
    evidence: evidence
      .filter(({ setAside, redactedTo }) => setAside === undefined && redactedTo === undefined)
      .map(({ evidence: id, kind, from, h, size }) => ({ evidence: id, kind, from, h, size })),
  };
};

type Facts = Readonly<Record<string, unknown>>;

/** The details that may stand in clear, by field. */
const factsIn = (details: Readonly<Partial<Record<DetailField, Pick<DetailHistory, 'value'>>>>): Facts =>
  Object.fromEntries(Object.entries(details).flatMap(([field, told]) => (field === 'device' ? [] : [[field, told.value]])));

const withoutAccount = ({ account: _account, ...facts }: Facts): Facts => facts;

const sourcesOf = (details: ToldDetails): Facts =>
  Object.fromEntries(Object.entries(details).map(([field, { source }]) => [field, source]));

/** The last narrative and complainant, and the device: what a handler has to read first. */
const sealedOf = ({ narratives, complainants, details }: ComplaintHistory): readonly SealedRef[] => {
  const device = details.device?.value as SealedRef | undefined;
  const refs = [narratives.at(-1)?.told, complainants.at(-1)?.person, device];
  return refs.filter((ref): ref is SealedRef => ref !== undefined);
};

const unknown = (type: never): never => {
  throw new Error(`nobody decided what the neighbours hear of ${String(type)}`);
};
