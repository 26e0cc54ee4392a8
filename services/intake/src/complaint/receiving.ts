import {
  completenessOf,
  isInTheFuture,
  taxonomy,
  type ChannelKind,
  type Code,
  type Completeness,
  type DetailField,
} from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import { living, type Complaint, type ComplaintDecision, type Living } from './complaint.js';

/** `reference` is drawn and `respondent` looked up at the edge. `asOf`: what an idle draft had recorded when it was found lying. */
export type ReceiveComplaint = {
  type: 'ReceiveComplaint';
  readonly by: By;
  readonly at: Instant;
  readonly reference: string;
  readonly respondent: string;
  /** An idle draft is found lying; everything else is told or submitted by somebody. */
  readonly how?: 'idle';
  /** When it reached the desk, if earlier than now: a letter carries the stamp of its day. */
  readonly receivedAt?: Instant;
  readonly reporterVerified?: Code<'reporter-verified'>;
  readonly asOf?: number;
};

/** A complaint with a narrative is received, whatever is missing. Receiving it again says nothing new: it keeps its reference. */
export const receive = (command: ReceiveComplaint, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  if (complaint.stage === 'received') return [];
  if (!complaint.narrative) return refuse('nothing-was-told', { pointers: ['/narrative/text'] });
  const { reference, respondent, by, at, receivedAt = at, asOf } = command;
  if (command.reporterVerified && !ways[by.role]?.includes(command.reporterVerified))
    return refuse('verification-is-not-yours', { pointers: ['/reporterVerified'] });
  if (command.receivedAt !== undefined && by.role === 'customer') return refuse('receipt-is-now', { pointers: ['/receivedAt'] });
  if (isInTheFuture(receivedAt, at)) return refuse('received-in-the-future', { pointers: ['/receivedAt'] });
  if (asOf !== undefined && asOf !== complaint.told) return [];
  const { account, amount, transaction } = complaint.details;
  const reporterVerified = by.role === 'customer' ? 'token-exchange' : (command.reporterVerified ?? complaint.reporterVerified);
  const { score, missing } = completeness(complaint);
  return [
    {
      type: 'ComplaintReceived',
      reference,
      receivedAt,
      channel: complaint.channel,
      how: command.how ?? (by.role !== 'customer' && isToldToStaff(complaint.channel) ? 'told-to-staff' : 'submitted'),
      respondent,
      ...(complaint.category && { category: complaint.category }),
      ...(account && { account: account.value }),
      ...(amount && { amount: amount.value }),
      ...(transaction && { transaction: transaction.value }),
      ...(reporterVerified && { reporterVerified }),
      completeness: { score, missing: missing.map(({ what }) => what) },
    },
  ];
};

/** How each role may know who reports: a platform by its own sign-in, staff by asking. */
const ways: Readonly<Record<string, readonly Code<'reporter-verified'>[]>> = {
  customer: ['token-exchange'],
  platform: ['platform-assertion'],
  agent: ['one-time-code', 'security-questions', 'call-back', 'identity-document'],
  supervisor: ['one-time-code', 'security-questions', 'call-back', 'identity-document'],
};

/** On the telephone, at the counter, by letter: a person of the platform has heard it, so it is received at once. */
export const isToldToStaff = (channel: ChannelKind): boolean => taxonomy.channels.get(channel)?.toldToStaff ?? false;

const completeness = ({ narrative, complainant, category, details, checks, channel, language }: Living): Completeness =>
  completenessOf(
    {
      narrative,
      complainant,
      ...(category && { category }),
      details: Object.keys(details) as DetailField[],
      checks: Object.keys(checks) as (keyof typeof checks)[],
      channel,
    },
    language,
  );
