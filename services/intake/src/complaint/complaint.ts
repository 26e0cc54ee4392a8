import type { Category, ChannelKind, Check, Code, DetailField, EvidenceKind, Language, Money } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { Instant, SealedRef } from '@recourse/event-store';
import type { ComplaintRefusal } from './refusals.js';

/** What has happened. Names are past tense and stored for ever: add a new one, never reword an old one. */
export type ComplaintEvent =
  | {
      type: 'ComplaintDrafted';
      matter: string;
      channel: ChannelKind;
      language: Language;
      account?: string;
      subject?: string;
      reporterVerified?: 'token-exchange';
    }
  | ({ type: 'ComplainantNamed' } & Complainant & Sealed)
  | ({ type: 'RepresentativeNamed' } & Representative & Sealed)
  | { type: 'AuthorityToActAccepted'; representative: string; evidence: string }
  | { type: 'AuthorityToActRefused'; representative: string; why: Code<'authority-refused-why'>; evidence?: string }
  | ({ type: 'NarrativeGiven'; language: string } & Sealed)
  | ({ type: 'DetailsGiven'; details: ToldDetails } & Sealed)
  | { type: 'CategoryChosen'; category: Category }
  | ({ type: 'CheckRecorded' } & RecordedCheck)
  | { type: 'HandedOff'; from: ChannelKind; to: ChannelKind; why: Code<'hand-off-why'> }
  | ({ type: 'EvidenceListed' } & ListedEvidence)
  | { type: 'EvidenceSetAside'; evidence: string; why: Code<'quarantine-why'> }
  | ComplaintReceived
  | { type: 'DraftDiscarded'; why: Code<'discard-why'> };

type Sealed = { readonly sealed: readonly SealedRef[] };

export type Complainant = {
  readonly subject?: string;
  readonly capacity: Code<'capacity'>;
  readonly kind: Code<'complainant-kind'>;
  /** Stands only for a minor: who may not complain without a guardian. */
  readonly minor?: true;
};
export type Representative = {
  readonly representative: string;
  readonly subject?: string;
  readonly capacity: Code<'representative-capacity'>;
  readonly scope: Code<'authority-scope'>;
  readonly until?: Instant;
};

/** When it happened, as precisely as the customer knows, and the zone in which she read the clock. */
export type Occurred = { readonly at: Instant; readonly precision: Code<'time-precision'>; readonly zone: string };

/** What may be told in clear. The device is personal: only that it was told stands here, the rest is sealed. */
export type Details = {
  readonly account?: string;
  readonly occurredAt?: Occurred;
  readonly amount?: Money;
  readonly transaction?: string;
  readonly merchant?: string;
  readonly device?: 'sealed';
  readonly recipient?: string;
  readonly method?: Code<'method'>;
  readonly operation?: Code<'operation'>;
};
export type Source = Code<'detail-source'>;
export type ToldDetails = { readonly [Field in DetailField]?: { readonly value: NonNullable<Details[Field]>; readonly source: Source } };

export type RecordedCheck = { readonly check: Check; readonly result: Code<'check-result'>; readonly how: Code<'check-way'> };
export type ListedEvidence = {
  readonly evidence: string;
  readonly kind: EvidenceKind;
  readonly from: Code<'evidence-from'>;
  /** SHA-256 of the stored (encrypted) bytes, and how many bytes were given. */
  readonly h: string;
  readonly size: number;
  /** A redacted version stands for this earlier one. */
  readonly redacts?: string;
};

export type ComplaintReceived = {
  readonly type: 'ComplaintReceived';
  readonly reference: string;
  readonly receivedAt: Instant;
  readonly channel: ChannelKind;
  readonly how: Code<'receipt-way'>;
  readonly respondent: string;
  readonly category?: Category;
  readonly account?: string;
  readonly amount?: Money;
  readonly transaction?: string;
  /** How we know who reports; left out when we do not. */
  readonly reporterVerified?: Code<'reporter-verified'>;
  readonly completeness: { readonly score: number; readonly missing: readonly string[] };
};

/** Only what the next decision needs to know. `told` counts what was recorded, so that an idle draft can be told from a touched one. */
export type Complaint = { readonly stage: 'none' } | { readonly stage: 'discarded' } | Living;
export type Living = {
  readonly stage: 'drafted' | 'received';
  readonly told: number;
  readonly channel: ChannelKind;
  readonly language: Language;
  readonly narrative: boolean;
  readonly complainant: boolean;
  readonly guardian: boolean;
  /** Who began it had signed in through the platform. */
  readonly reporterVerified?: 'token-exchange';
  readonly category?: Category;
  readonly details: ToldDetails;
  readonly checks: Readonly<Partial<Record<Check, Omit<RecordedCheck, 'check'>>>>;
  readonly representatives: Readonly<Record<string, 'named' | 'accepted' | 'refused'>>;
  readonly evidence: Readonly<Record<string, 'listed' | 'set-aside'>>;
  readonly evidenceBytes: number;
};

export type ComplaintDecision = Decision<ComplaintEvent, ComplaintRefusal>;

export const initial: Complaint = { stage: 'none' };

export const evolve = (state: Complaint, event: ComplaintEvent): Complaint => {
  if (event.type === 'ComplaintDrafted') return drafted(event);
  if (state.stage === 'none' || state.stage === 'discarded') return state;
  const living: Living = { ...state, told: state.told + 1 };
  switch (event.type) {
    case 'ComplainantNamed':
      return { ...living, complainant: true };
    case 'RepresentativeNamed':
      return {
        ...living,
        guardian: living.guardian || event.capacity === 'guardian',
        representatives: { ...living.representatives, [event.representative]: 'named' },
      };
    case 'AuthorityToActAccepted':
      return { ...living, representatives: { ...living.representatives, [event.representative]: 'accepted' } };
    case 'AuthorityToActRefused':
      return { ...living, representatives: { ...living.representatives, [event.representative]: 'refused' } };
    case 'NarrativeGiven':
      return { ...living, narrative: true };
    case 'DetailsGiven':
      return { ...living, details: { ...living.details, ...event.details } };
    case 'CategoryChosen':
      return { ...living, category: event.category };
    case 'CheckRecorded':
      return { ...living, checks: { ...living.checks, [event.check]: { result: event.result, how: event.how } } };
    case 'HandedOff':
      return { ...living, channel: event.to };
    case 'EvidenceListed':
      return { ...living, evidence: { ...living.evidence, [event.evidence]: 'listed' }, evidenceBytes: living.evidenceBytes + event.size };
    case 'EvidenceSetAside':
      return { ...living, evidence: { ...living.evidence, [event.evidence]: 'set-aside' } };
    case 'ComplaintReceived':
      return { ...living, stage: 'received' };
    case 'DraftDiscarded':
      return { stage: 'discarded' };
    default:
      return never(event);
  }
};

const drafted = ({
  channel,
  language,
  account,
  subject,
  reporterVerified,
}: Extract<ComplaintEvent, { type: 'ComplaintDrafted' }>): Living => ({
  stage: 'drafted',
  told: 1,
  channel,
  language,
  narrative: false,
  complainant: subject !== undefined,
  guardian: false,
  ...(reporterVerified && { reporterVerified }),
  details: account === undefined ? {} : { account: { value: account, source: 'platform' } },
  checks: {},
  representatives: {},
  evidence: {},
  evidenceBytes: 0,
});

/** What every command after drafting begins with: a draft that was thrown away takes nothing more. */
export const living = (state: Complaint): Living | undefined => {
  if (state.stage === 'none') throw new Error('a complaint begins with a draft');
  return state.stage === 'discarded' ? undefined : state;
};
