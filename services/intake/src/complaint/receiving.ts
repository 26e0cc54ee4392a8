import { completenessOf, type Code, type Completeness, type DetailField } from '@recourse/contracts';
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
  readonly how: Code<'receipt-way'>;
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
  const { reference, respondent, how, at, receivedAt = at, reporterVerified, asOf } = command;
  if (receivedAt > at) return refuse('received-in-the-future', { pointers: ['/receivedAt'] });
  if (asOf !== undefined && asOf !== complaint.told) return [];
  const { account, amount, transaction } = complaint.details;
  const { score, missing } = completeness(complaint);
  return [
    {
      type: 'ComplaintReceived',
      reference,
      receivedAt,
      channel: complaint.channel,
      how,
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
