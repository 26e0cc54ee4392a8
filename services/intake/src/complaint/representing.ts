import type { Code } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant, SealedRef } from '@recourse/event-store';
import { living, type Complainant, type Complaint, type ComplaintDecision, type Living, type Representative } from './complaint.js';

type Told = { readonly by: By; readonly at: Instant };

/** `born` (a day) is looked at and forgotten: the sealed group keeps it. */
export type NameComplainant = Told & Omit<Complainant, 'minor'> & { type: 'NameComplainant'; born?: string; sealed: readonly SealedRef[] };
export type NameRepresentative = Told & Representative & { type: 'NameRepresentative'; sealed: readonly SealedRef[] };
export type AcceptAuthority = Told & { type: 'AcceptAuthority'; representative: string; evidence?: string };
export type RefuseAuthority = Told & {
  type: 'RefuseAuthority';
  representative: string;
  why?: Code<'authority-refused-why'>;
  evidence?: string;
};

const ageOfMajority = 18;

export const nameComplainant = ({ subject, capacity, kind, born, at, sealed }: NameComplainant, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  const minor = born !== undefined && isMinor(born, at);
  if (minor && !complaint.guardian) return refuse('minor-needs-a-guardian', { pointers: ['/representative'] });
  return [{ type: 'ComplainantNamed', ...(subject !== undefined && { subject }), capacity, kind, ...(minor && { minor }), sealed }];
};

export const nameRepresentative = (
  { representative, subject, capacity, scope, until, sealed }: NameRepresentative,
  state: Complaint,
): ComplaintDecision => {
  if (!living(state)) return refuse('draft-is-discarded');
  return [
    {
      type: 'RepresentativeNamed',
      representative,
      ...(subject !== undefined && { subject }),
      capacity,
      scope,
      ...(until !== undefined && { until }),
      sealed,
    },
  ];
};

/** A representative is believed on paper: the document that shows it is evidence of this complaint. */
export const acceptAuthority = ({ representative, evidence }: AcceptAuthority, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  const unfit = unfitFor(complaint, representative, evidence);
  if (unfit) return unfit;
  if (evidence === undefined) return refuse('evidence-not-of-this-complaint', { pointers: ['/evidence'] });
  return complaint.representatives[representative] === 'accepted' ? [] : [{ type: 'AuthorityToActAccepted', representative, evidence }];
};

export const refuseAuthority = ({ representative, why, evidence }: RefuseAuthority, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  const unfit = unfitFor(complaint, representative, evidence);
  if (unfit) return unfit;
  if (why === undefined) return refuse('authority-needs-a-reason', { pointers: ['/why'] });
  return [{ type: 'AuthorityToActRefused', representative, why, ...(evidence !== undefined && { evidence }) }];
};

const unfitFor = (complaint: Living, representative: string, evidence: string | undefined) => {
  if (!complaint.representatives[representative]) return refuse('representative-not-named');
  if (evidence !== undefined && complaint.evidence[evidence] !== 'listed')
    return refuse('evidence-not-of-this-complaint', { pointers: ['/evidence'] });
  return undefined;
};

/** By the calendar of UTC: a day's difference at the other end of the world decides nothing that a guardian could not confirm. */
const isMinor = (born: string, at: Instant): boolean => {
  const [year = 0, month = 1, day = 1] = born.split('-').map(Number);
  const grownUp = new Date(Date.UTC(year + ageOfMajority, month - 1, day)).toISOString();
  return at < grownUp;
};
