import { decisions, type Decider } from '@recourse/decider';
import { check, type RecordCheck } from './checking.js';
import { evolve, initial, type Complaint, type ComplaintEvent } from './complaint.js';
import { discard, draft, handOff, type DiscardDraft, type DraftComplaint, type HandOff } from './drafting.js';
import { list, setAside, type ListEvidence, type SetEvidenceAside } from './listing.js';
import { receive, type ReceiveComplaint } from './receiving.js';
import type { ComplaintRefusal } from './refusals.js';
import {
  acceptAuthority,
  nameComplainant,
  nameRepresentative,
  refuseAuthority,
  type AcceptAuthority,
  type NameComplainant,
  type NameRepresentative,
  type RefuseAuthority,
} from './representing.js';
import { choose, giveDetails, tell, type ChooseCategory, type GiveDetails, type TellWhatHappened } from './telling.js';

export type ComplaintCommand =
  | DraftComplaint
  | NameComplainant
  | NameRepresentative
  | AcceptAuthority
  | RefuseAuthority
  | TellWhatHappened
  | GiveDetails
  | ChooseCategory
  | RecordCheck
  | HandOff
  | ListEvidence
  | SetEvidenceAside
  | ReceiveComplaint
  | DiscardDraft;

/** What the customer tells, whoever types it; in the order of a conversation. */
export const complaint: Decider<ComplaintCommand, ComplaintEvent, Complaint, ComplaintRefusal> = {
  initial,
  evolve,
  decide: decisions({
    DraftComplaint: draft,
    TellWhatHappened: tell,
    GiveDetails: giveDetails,
    ChooseCategory: choose,
    NameComplainant: nameComplainant,
    NameRepresentative: nameRepresentative,
    AcceptAuthority: acceptAuthority,
    RefuseAuthority: refuseAuthority,
    RecordCheck: check,
    HandOff: handOff,
    ListEvidence: list,
    SetEvidenceAside: setAside,
    ReceiveComplaint: receive,
    DiscardDraft: discard,
  }),
};
