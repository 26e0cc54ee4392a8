import {
  accountContactHistory,
  accountProtectionHistory,
  caseHistory,
  channelDirectoryHistory,
  complaintHistory,
  correspondenceHistory,
  disputedPaymentHistory,
  endpointHistory,
  evidenceHistory,
  feedHistory,
  noticeHistory,
  originHistory,
  preferencesHistory,
  receiptHistory,
  recipientHistory,
  signpostHistory,
  stepUpHistory,
  tellingHistory,
  waitingKeyHistory,
  type AuditedEvent,
  type AuditedState,
} from '@recourse/contracts';
import { byPrefix, type History, type SealedRef } from '@recourse/event-store';
import { differences, withSealsShown, type Gaps } from './differing.js';
import type { Told } from './telling.js';

/** How each kind of stream is folded: the same folds by which the services answer. */
const histories: Readonly<Record<string, History>> = {
  complaint: complaintHistory,
  evidence: evidenceHistory,
  channels: channelDirectoryHistory,
  case: caseHistory,
  payment: disputedPaymentHistory,
  receipt: receiptHistory,
  account: accountProtectionHistory,
  contact: accountContactHistory,
  'step-up': stepUpHistory,
  signpost: signpostHistory,
  notice: noticeHistory,
  preferences: preferencesHistory,
  recipient: recipientHistory,
  correspondence: correspondenceHistory,
  endpoint: endpointHistory,
  feed: feedHistory,
  origin: originHistory,
  parked: waitingKeyHistory,
  relay: tellingHistory,
};

type Fold = (state: unknown, record: unknown) => unknown;

/** The fold of a stream; undefined where nothing is folded. */
export const foldFor = (stream: string): Fold | undefined => {
  const history = byPrefix(histories, stream);
  return (typeof history === 'function' ? history : history?.evolve) as Fold | undefined;
};

/** Which kind of thing a stream is: `case`, `step-up`, `opening`. */
export const kindOf = (stream: string): string => {
  const known = Object.keys(histories).filter((name) => stream.startsWith(`${name}-`));
  return known.sort((one, other) => other.length - one.length)[0] ?? /^(ledger-reference|[a-z]+)/.exec(stream)?.[0] ?? stream;
};

/**
 * The public state of every stream, folded record by record; `seen` is told what each record changed. A stream without a history has no
 * state.
 */
export const replay = (
  records: readonly Told[],
  seen?: (told: Told, before: unknown, after: unknown) => void,
): ReadonlyMap<string, unknown> => {
  const states = new Map<string, unknown>();
  for (const told of records) {
    const { stream } = told.record;
    const before = states.get(stream);
    const after = foldFor(stream)?.(before, told.record);
    if (after !== undefined) states.set(stream, after);
    seen?.(told, before, after);
  }
  return states;
};

/** The steps of a timeline, for the records `mine` picks; all records of its streams are folded, so that each change is right. */
export const stepsOf = (records: readonly Told[], mine: (told: Told) => boolean, gaps: Gaps = new Map()): readonly AuditedEvent[] => {
  const steps: AuditedEvent[] = [];
  replay(records, (told, before, after) => {
    if (!mine(told)) return;
    const { record, origin, position, leaf, recordedAt } = told;
    const { at, type, stream, version, by, approval, cause, data, sealed = [] } = record;
    steps.push({
      n: steps.length + 1,
      position: `${origin}:${position}`,
      leaf,
      recordedAt,
      at,
      type,
      stream,
      version,
      by,
      ...(approval && { approval }),
      ...(cause && { cause }),
      data: withSealsShown(data, gaps) as AuditedEvent['data'],
      sealed: sealed.map(({ group }) => group),
      ...gapsIn(sealed, gaps),
      changes: differences(withSealsShown(before, gaps), withSealsShown(after, gaps)),
    });
  });
  return steps;
};

/** Which of the groups nobody can open any more, and why. */
const gapsIn = (sealed: readonly SealedRef[], gaps: Gaps): Pick<AuditedEvent, 'gaps'> => {
  const found = sealed.flatMap(({ group, key }) => {
    const gap = gaps.get(key);
    return gap ? [{ group, ...gap }] : [];
  });
  return found.length > 0 ? { gaps: found } : {};
};

/** Every key that sealed something in these records. */
export const keysIn = (records: readonly Told[]): readonly string[] => [
  ...new Set(records.flatMap(({ record }) => (record.sealed ?? []).map(({ key }) => key))),
];

/** Everything known of a matter, by kind: one thing, or several with their streams. */
export const stateOf = (records: readonly Told[], gaps: Gaps = new Map()): AuditedState['kinds'] => {
  const kinds: Record<string, { stream: string; state: unknown }[]> = {};
  for (const [stream, state] of replay(records)) (kinds[kindOf(stream)] ??= []).push({ stream, state: withSealsShown(state, gaps) });
  return kinds;
};
