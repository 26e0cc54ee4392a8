import type { Money } from '../money.js';
import type { Language } from '../platforms.js';
import type { Category, ChannelKind, Check, Code, DetailField, EvidenceKind } from '../taxonomy.js';
import type { Past, SealedPointer } from './past.js';

/** Who said it, and when it was said. */
type Said = { readonly at: string; readonly by: { readonly actor: string; readonly role: string } };

export type ComplainantHistory = Said & {
  readonly subject?: string;
  readonly capacity: Code<'capacity'>;
  readonly kind: Code<'complainant-kind'>;
  readonly minor?: true;
  readonly person: SealedPointer;
};
export type RepresentativeHistory = Said & {
  readonly representative: string;
  readonly subject?: string;
  readonly capacity: Code<'representative-capacity'>;
  readonly scope: Code<'authority-scope'>;
  readonly until?: string;
  readonly person: SealedPointer;
  readonly authority: 'claimed' | 'accepted' | 'refused';
  readonly why?: string;
  readonly evidence?: string;
};
export type NarrativeHistory = Said & { readonly language: string; readonly told: SealedPointer };
/** When it happened, as precisely as was told. */
export type OccurredAt = { readonly at: string; readonly precision: Code<'time-precision'>; readonly zone: string };
export type DetailHistory = Said & { readonly value: string | Money | OccurredAt | SealedPointer; readonly source: Code<'detail-source'> };
export type CheckHistory = Said & { readonly check: Check; readonly result: Code<'check-result'>; readonly how: Code<'check-way'> };
export type HandOffHistory = Said & { readonly from: ChannelKind; readonly to: ChannelKind; readonly why: Code<'hand-off-why'> };
export type ListedEvidenceHistory = Said & {
  readonly evidence: string;
  readonly kind: EvidenceKind;
  readonly from: Code<'evidence-from'>;
  readonly h: string;
  readonly size: number;
  readonly redacts?: string;
  readonly redactedTo?: string;
  readonly setAside?: string;
};
type Receipt = {
  readonly reference: string;
  readonly receivedAt: string;
  readonly how: Code<'receipt-way'>;
  readonly respondent: string;
  readonly reporterVerified?: Code<'reporter-verified'>;
  /** What was there, and what was not, when it was received. */
  readonly completeness: { readonly score: number; readonly missing: readonly string[] };
};

/** Everything told about a complaint, every version of it, as GET /v1/complaints/{id} shows it. */
export type ComplaintHistory = {
  readonly matter: string;
  readonly stage: 'drafted' | 'received' | 'discarded';
  /** Where the customer is talking to us now. */
  readonly channel: ChannelKind;
  readonly language: Language;
  readonly account?: string;
  readonly subject?: string;
  readonly drafted: Said;
  readonly receipt?: Receipt;
  readonly category?: Category;
  readonly narratives: readonly NarrativeHistory[];
  /** What holds now, by field. */
  readonly details: { readonly [Field in DetailField]?: DetailHistory };
  /** What held before. */
  readonly earlierDetails: readonly (DetailHistory & { readonly field: DetailField })[];
  readonly categories: readonly (Said & { readonly category: Category })[];
  /** The last one holds. */
  readonly complainants: readonly ComplainantHistory[];
  readonly representatives: readonly RepresentativeHistory[];
  readonly checks: readonly CheckHistory[];
  readonly handOffs: readonly HandOffHistory[];
  readonly evidence: readonly ListedEvidenceHistory[];
  readonly discarded?: Said & { readonly why: string };
};

/** Folds the records of a complaint. */
export const complaintHistory = (history: ComplaintHistory | undefined, record: Past): ComplaintHistory => {
  if (record.type === 'ComplaintDrafted') return drafted(record);
  if (!history) throw new Error(`a complaint begins with ComplaintDrafted, not with ${record.type}`);
  const said = saidIn(record);
  const data = record.data as never;
  switch (record.type) {
    case 'NarrativeGiven':
      return {
        ...history,
        narratives: [...history.narratives, { ...said, ...(data as { language: string }), told: sealedIn(record, 'narrative') }],
      };
    case 'DetailsGiven':
      return withDetails(history, record);
    case 'CategoryChosen': {
      const { category } = data as { category: Category };
      return { ...history, category, categories: [...history.categories, { ...said, category }] };
    }
    case 'ComplainantNamed':
      return withComplainant(history, {
        ...said,
        ...(data as Omit<ComplainantHistory, keyof Said | 'person'>),
        person: sealedIn(record, 'complainant'),
      });
    case 'RepresentativeNamed': {
      const named = data as Omit<RepresentativeHistory, keyof Said | 'person' | 'authority'>;
      return {
        ...history,
        representatives: [
          ...history.representatives,
          { ...said, ...named, person: sealedIn(record, 'representative'), authority: 'claimed' },
        ],
      };
    }
    case 'AuthorityToActAccepted':
    case 'AuthorityToActRefused':
      return withAuthority(history, record);
    case 'CheckRecorded':
      return { ...history, checks: [...history.checks, { ...said, ...(data as Omit<CheckHistory, keyof Said>) }] };
    case 'HandedOff': {
      const handOff = data as Omit<HandOffHistory, keyof Said>;
      return { ...history, channel: handOff.to, handOffs: [...history.handOffs, { ...said, ...handOff }] };
    }
    case 'EvidenceListed':
      return withEvidence(history, { ...said, ...(data as Omit<ListedEvidenceHistory, keyof Said>) });
    case 'EvidenceSetAside': {
      const { evidence, why } = data as { evidence: string; why: string };
      return { ...history, evidence: history.evidence.map((one) => (one.evidence === evidence ? { ...one, setAside: why } : one)) };
    }
    case 'ComplaintReceived': {
      const { reference, receivedAt, how, respondent, reporterVerified, completeness } = data as Receipt;
      return {
        ...history,
        stage: 'received',
        receipt: { reference, receivedAt, how, respondent, ...(reporterVerified && { reporterVerified }), completeness },
      };
    }
    case 'DraftDiscarded':
      return { ...history, stage: 'discarded', discarded: { ...said, ...(data as { why: string }) } };
    default:
      throw new Error(`unknown to a complaint: ${record.type}`);
  }
};

const saidIn = ({ at, by: { actor, role } }: Past): Said => ({ at, by: { actor, role } });

const sealedIn = ({ type, sealed = [] }: Past, group: string): SealedPointer => {
  const pointer = sealed.find((one) => one.group === group);
  if (!pointer) throw new Error(`${type} carries no sealed ${group}`);
  return pointer;
};

const drafted = (record: Past): ComplaintHistory => {
  const { matter, channel, language, account, subject } = record.data as unknown as ComplaintHistory;
  const said = saidIn(record);
  return {
    matter,
    stage: 'drafted',
    channel,
    language,
    ...(account !== undefined && { account }),
    ...(subject !== undefined && { subject }),
    drafted: said,
    narratives: [],
    details: account === undefined ? {} : { account: { ...said, value: account, source: 'platform' } },
    earlierDetails: [],
    categories: [],
    complainants: [],
    representatives: [],
    checks: [],
    handOffs: [],
    evidence: [],
  };
};

const withDetails = (history: ComplaintHistory, record: Past): ComplaintHistory => {
  const { details } = record.data as { details: Record<string, Pick<DetailHistory, 'value' | 'source'>> };
  const fields = Object.keys(details) as DetailField[];
  const told = fields.map((field): [DetailField, DetailHistory] => {
    const value = field === 'device' ? sealedIn(record, 'device') : details[field]!.value;
    return [field, { ...saidIn(record), value, source: details[field]!.source }];
  });
  const earlier = fields.flatMap((field) => (history.details[field] ? [{ field, ...history.details[field] }] : []));
  const account = details['account']?.value as string | undefined;
  return {
    ...history,
    ...(account !== undefined && { account }),
    details: { ...history.details, ...Object.fromEntries(told) },
    earlierDetails: [...history.earlierDetails, ...earlier],
  };
};

/** The complaint is the complainant's: naming somebody known to the platform makes it his. */
const withComplainant = (history: ComplaintHistory, complainant: ComplainantHistory): ComplaintHistory => ({
  ...history,
  ...(complainant.subject !== undefined && { subject: complainant.subject }),
  complainants: [...history.complainants, complainant],
});

const withAuthority = (history: ComplaintHistory, { type, data }: Past): ComplaintHistory => {
  const { representative, why, evidence } = data as { representative: string; why?: string; evidence?: string };
  const authority = type === 'AuthorityToActAccepted' ? 'accepted' : 'refused';
  const changed = (one: RepresentativeHistory): RepresentativeHistory => {
    const { why: _why, evidence: _evidence, ...named } = one;
    return { ...named, authority, ...(why !== undefined && { why }), ...(evidence !== undefined && { evidence }) };
  };
  return {
    ...history,
    representatives: history.representatives.map((one) => (one.representative === representative ? changed(one) : one)),
  };
};

const withEvidence = (history: ComplaintHistory, listed: ListedEvidenceHistory): ComplaintHistory => ({
  ...history,
  evidence: [...history.evidence.map((one) => (one.evidence === listed.redacts ? { ...one, redactedTo: listed.evidence } : one)), listed],
});
