import { checks } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import { living, type Complaint, type ComplaintDecision, type RecordedCheck } from './complaint.js';

export type RecordCheck = RecordedCheck & { type: 'RecordCheck'; readonly by: By; readonly at: Instant };

/** Network, balance, merchant interface, human: the cheap and likely first. Each result counts, "unknown" too; none may be skipped. */
export const check = ({ check, result, how }: RecordCheck, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  const skipped = checks.slice(0, checks.indexOf(check)).find((earlier) => !complaint.checks[earlier]);
  if (skipped) return refuse('earlier-check-missing', { pointers: ['/check'], facts: { missing: skipped } });
  const before = complaint.checks[check];
  if (before?.result === result && before.how === how) return [];
  return [{ type: 'CheckRecorded', check, result, how }];
};
