import type { Language, PublishedSettings } from '@recourse/contracts';
import type { Instant, SealedRef } from '@recourse/event-store';
import type { NoteLetterSent, NoteLetterUndelivered } from './answering.js';
import type { AskForInformation, AttachEvidence, LetInformationLapse, ReceiveInformation } from './asking.js';
import type { PinTerms } from './assessing.js';
import type { Facts, ProtectionNoted, Told } from './complaint-case.js';
import type { ComplaintCaseCommand } from './deciding.js';
import type { NoteFacts, OpenCase } from './opening.js';
import type { NoteProtection, NoteProtectionDeclined } from './protecting.js';

/** Whenever X is heard, command Y: the commands, once somebody says who and when. */
export type Then<Command extends ComplaintCaseCommand = ComplaintCaseCommand> = (told: Told) => Command;

type Check = { readonly check: string; readonly result: string; readonly how: string };
type Evidence = { readonly evidence: string; readonly kind: string; readonly h: string; readonly size: number; readonly from: string };

/** What intake says of a received complaint. */
export type ComplaintHeard = Facts & {
  readonly matter: string;
  readonly reference: string;
  readonly receivedAt: Instant;
  readonly channel: string;
  readonly language: Language;
  readonly respondent: string;
  readonly subject?: string;
  readonly capacity?: string;
  readonly complainantKind?: string;
  readonly known: readonly string[];
  readonly checks: readonly Check[];
  readonly evidence: readonly Evidence[];
};

/** Whenever a complaint is received, its case opens with all that was told, under the terms in force when it happened. */
export const whenComplaintReceived = (
  heard: ComplaintHeard,
  sealed: readonly SealedRef[],
  settings: PublishedSettings,
): readonly Then[] => {
  const { reference, receivedAt, channel, language, respondent, subject, capacity, complainantKind, known, checks, evidence } = heard;
  const open: Then<OpenCase> = (told) => ({
    type: 'OpenCase',
    ...told,
    kind: 'complaint',
    reference,
    respondent,
    language,
    receivedAt,
    ...policyOf(settings),
    channel,
    ...(subject && { subject }),
    ...(capacity && { capacity }),
    ...(complainantKind && { complainantKind }),
    facts: factsOf(heard),
    known,
    ...(sealed.length > 0 && { sealed }),
  });
  return [
    open,
    ...pinning(settings, heard.occurredAt?.at ?? receivedAt),
    ...checks.map((check): Then => (told) => ({ type: 'NoteFacts', ...told, facts: {}, known: [], check })),
    ...evidence.map(whenEvidenceReceived),
  ];
};

/** Whenever more is told after receipt, the case notes it; another time of the event may mean other terms. */
export const whenDetailsGiven = (
  { details, known }: { readonly details: Facts; readonly known: readonly string[] },
  sealed: readonly SealedRef[],
  settings: PublishedSettings,
): readonly Then[] => {
  const note: Then<NoteFacts> = (told) => ({
    type: 'NoteFacts',
    ...told,
    facts: factsOf(details),
    known,
    ...(sealed.length > 0 && { sealed }),
  });
  return details.occurredAt ? [note, ...pinning(settings, details.occurredAt.at)] : [note];
};

export const whenCategoryChosen =
  ({ category }: { readonly category: string }): Then<NoteFacts> =>
  (told) => ({ type: 'NoteFacts', ...told, facts: { category }, known: [] });

export const whenCheckRecorded =
  ({ check, result, how }: Check): Then<NoteFacts> =>
  (told) => ({ type: 'NoteFacts', ...told, facts: {}, known: [], check: { check, result, how } });

export const whenEvidenceReceived =
  ({ evidence, kind, h, size, from }: Evidence): Then<AttachEvidence> =>
  (told) => ({ type: 'AttachEvidence', ...told, evidence, kind, h, size, from });

/** Whenever a rule locks an account nobody has complained about, a protective case stands for it under the lock's own id. */
export const whenLockedByRule =
  (
    { account, rule, time }: { readonly account: string; readonly rule?: string; readonly time: Instant },
    reference: string,
    settings: PublishedSettings,
  ): Then<OpenCase> =>
  (told) => ({
    type: 'OpenCase',
    ...told,
    kind: 'protective',
    reference,
    respondent: settings.respondent,
    language: settings.defaultLanguage,
    receivedAt: time,
    ...policyOf(settings),
    facts: { account, category: 'account-security' },
    known: ['account'],
    ...(rule && { rule }),
  });

/** Under which settings a case is opened: it keeps them, whatever its platform publishes later. */
const policyOf = ({ policyVersion: policy, policies }: PublishedSettings): Pick<OpenCase, 'policy' | 'policies'> => ({
  policy,
  ...(Object.keys(policies).length > 0 && { policies }),
});

/** What account-lock says of an account. */
export type ProtectionHeard = {
  readonly type: string;
  readonly data: {
    readonly account: string;
    readonly sequence?: number;
    readonly lock?: string;
    readonly limit?: string;
    /** Of an unlock request. */
    readonly request?: string;
    readonly cause?: string;
    readonly causeRef?: string;
    readonly matter?: string;
    readonly rule?: string;
    readonly why?: string;
    readonly until?: Instant;
    readonly disclosable?: boolean;
  };
};

const states: Readonly<Record<string, string>> = {
  AccountLocked: 'locked',
  AccountWatched: 'watched',
  LockConfirmed: 'confirmed',
  LockLapsed: 'lapsed',
  LockLifted: 'lifted',
  LimitSet: 'limited',
  LimitLifted: 'lifted',
  LimitExpired: 'expired',
  UnlockRequested: 'requested',
  IdentityConfirmed: 'identity-confirmed',
  UnlockApproved: 'approved',
  UnlockDenied: 'denied',
  AccountUnlocked: 'unlocked',
};

/** Whenever an account's protection changes, each open case of it notes the change: of a lock, a limit, or a request to unlock. */
export const whenProtectionChanges = ({ type, data }: ProtectionHeard): Then<NoteProtection> | undefined => {
  const state = states[type];
  if (!state) return undefined;
  const { sequence, lock, limit, request, rule, cause, causeRef, disclosable } = data;
  const of: Pick<ProtectionNoted, 'lock' | 'limit' | 'unlock'> = lock ? { lock } : limit ? { limit } : request ? { unlock: request } : {};
  return (told) => ({
    type: 'NoteProtection',
    ...told,
    ...of,
    state,
    ...(sequence !== undefined && { sequence }),
    ...(cause === 'case' && causeRef && { request: causeRef }),
    ...(rule && { rule }),
    ...(disclosable === false && { disclosable }),
  });
};

/** Whenever account-lock says no to what a case asked for, the case knows. */
export const whenLockDeclined =
  ({ why = '', cause, causeRef }: ProtectionHeard['data']): Then<NoteProtectionDeclined> =>
  (told) => ({ type: 'NoteProtectionDeclined', ...told, why, ...(cause === 'case' && causeRef && { request: causeRef }) });

/** Whenever a letter has left or could not be delivered, the case of that letter knows. A notice that is no letter answers nothing. */
export const whenNoticeSent = ({
  letter,
  channel,
  sentAt,
}: {
  letter?: string;
  channel: string;
  sentAt: Instant;
}): Then<NoteLetterSent> | undefined =>
  letter === undefined ? undefined : (told) => ({ type: 'NoteLetterSent', ...told, letter, channel, sentAt });

export const whenNoticeGivenUp = ({ letter, why }: { letter?: string; why: string }): Then<NoteLetterUndelivered> | undefined =>
  letter === undefined ? undefined : (told) => ({ type: 'NoteLetterUndelivered', ...told, letter, why });

type ReviewHeard = { readonly refund?: string; readonly due?: Instant; readonly by?: string };

/** Whenever a merchant is asked and answers, or is silent for too long, the case knows for whom it waits. */
export const whenMerchantReviews = (type: string, { refund, due, by }: ReviewHeard): Then | undefined => {
  switch (type) {
    case 'MerchantAsked':
      return refund && due ? waitForMerchant(refund, due) : undefined;
    case 'RefundApproved':
    case 'RefundDeclined':
      return refund && by === 'merchant' ? merchantAnswered(refund) : undefined;
    case 'MerchantReviewLapsed':
      return refund ? merchantWasSilent(refund) : undefined;
    default:
      return undefined;
  }
};

const waitForMerchant =
  (request: string, due: Instant): Then<AskForInformation> =>
  (told) => ({ type: 'AskForInformation', ...told, request, from: 'merchant', what: 'merchant-decision', due });
const merchantAnswered =
  (request: string): Then<ReceiveInformation> =>
  (told) => ({ type: 'ReceiveInformation', ...told, request });
const merchantWasSilent =
  (request: string): Then<LetInformationLapse> =>
  (told) => ({ type: 'LetInformationLapse', ...told, request });

/** Newest terms first is not promised by the file: the latest that had begun by then. */
const pinning = ({ terms }: PublishedSettings, occurredAt: Instant): readonly Then<PinTerms>[] => {
  const begun = terms.filter(({ from }) => from <= occurredAt).sort((one, other) => (one.from < other.from ? 1 : -1));
  const [inForce] = begun;
  return inForce ? [(told) => ({ type: 'PinTerms', ...told, terms: inForce.version, from: inForce.from, h: inForce.h })] : [];
};

const factsOf = ({ account, category, occurredAt, amount, transaction, merchant, recipient, method, operation }: Facts): Facts =>
  Object.fromEntries(
    Object.entries({ account, category, occurredAt, amount, transaction, merchant, recipient, method, operation }).filter(
      ([, fact]) => fact !== undefined,
    ),
  );
