import type { AuditedEvent } from '@recourse/contracts';

/** Streams that only serve the house. */
const behindTheScenes: ReadonlySet<string> = new Set(['feed', 'correspondence', 'recipient', 'signpost', 'reference', 'ledger', 'receipt']);

/**
 * What belongs to the story: not the machinery, not that a message was planned (only what became of it), not what the house opens to
 * send it.
 */
export const isOnStage = ({ stream, type, by }: Pick<AuditedEvent, 'stream' | 'type' | 'by'>): boolean => {
  if (behindTheScenes.has(/^[a-z]+/.exec(stream)?.[0] ?? '') || type === 'NoticePlanned' || type === 'SendingStarted') return false;
  return type !== 'GroupsOpened' || by.role !== 'service';
};

/** What a reader of a story does not miss: who and when stand above it, the rest is for machines. */
const machinery: ReadonlySet<string> = new Set(
  (
    'at by role actor matter subject notice heard saidAt plannedAt startedAt askedAt issuedAt rejectedAt facts ' +
    'guidance route mac instruction doneBy h content client ' +
    'causeRef version message field order template topic last inquiredAt'
  ).split(' '),
);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hash = /^(sha256:[0-9a-f]{64}|[A-Za-z0-9_-]{43})$/;

/** A member worth showing: not machinery, not an id or a hash (or a list of them), not nothing. */
export const isTold = (name: string, value: unknown): boolean => {
  if (machinery.has(name) || value === undefined || value === null || value === '') return false;
  if (typeof value === 'string') return !uuid.test(value) && !hash.test(value);
  if (Array.isArray(value)) return value.length > 0 && value.some((one) => isTold('', one));
  return typeof value !== 'object' || Object.entries(value).some(([member, inner]) => isTold(member, inner));
};

/** Under which groups of words the codes of a member are found. */
const groups: Readonly<Record<string, readonly string[]>> = {
  stage: ['stage'],
  category: ['category'],
  severity: ['severity'],
  priority: ['priority'],
  outcome: ['outcome'],
  channel: ['channel'],
  solution: ['solution'],
  cause: ['cause', 'lock-cause'],
  causeFamily: ['cause'],
  scope: ['lock-scope'],
  kind: ['letter-kind', 'measure-kind', 'evidence', 'proof-kind', 'credit-kind'],
  kinds: ['proof-kind'],
  check: ['check'],
  result: ['check-result', 'proof-result'],
  direction: ['direction'],
  how: ['closed-how', 'receipt-way', 'check-way'],
  grounds: ['decision-ground'],
  reason: ['refund-reason'],
  path: ['refund-path'],
  team: ['team'],
  skill: ['category'],
  missing: ['detail'],
  known: ['detail'],
  reporterVerified: ['reporter-verified'],
  why: [
    'hand-off-why',
    'reopened-why',
    'unlock-denied-why',
    'measure-dropped-why',
    'refund-declined-why',
    'credit-failed-why',
    'undelivered-why',
  ],
  what: ['information'],
  needs: ['proof-kind'],
  from: ['channel', 'evidence-from', 'information-from'],
  to: ['channel'],
};

/** Which words a state has depends on what is in that state. */
const states: readonly (readonly [RegExp, string])[] = [
  [/\/promises\//, 'promise-state'],
  [/^account-/, 'account-state'],
  [/^payment-.*\/(refunds|credits)\//, 'refund-state'],
];

export const groupsFor = (name: string, place: string): readonly string[] =>
  name === 'state' ? states.filter(([pattern]) => pattern.test(place)).map(([, group]) => group) : (groups[name] ?? []);
