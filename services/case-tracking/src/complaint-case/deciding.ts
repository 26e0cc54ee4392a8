import { decisions, type Decider } from '@recourse/decider';
import * as answering from './answering.js';
import * as approving from './approving.js';
import * as asking from './asking.js';
import * as assessing from './assessing.js';
import * as assigning from './assigning.js';
import * as concluding from './concluding.js';
import * as contacting from './contacting.js';
import * as investigating from './investigating.js';
import * as opening from './opening.js';
import * as promising from './promising.js';
import * as protecting from './protecting.js';
import * as redressing from './redressing.js';
import { byItsHolder, onAnyCase, onOpenCase, withSkill } from './attending.js';
import type { ComplaintCaseEvent } from './complaint-case.js';
import type { CaseRefusal } from './refusals.js';
import { evolve, initial, type ComplaintCase } from './remembering.js';

// prettier-ignore
export type ComplaintCaseCommand =
  | opening.OpenCase | opening.NoteFacts | opening.LinkCases
  | assessing.AssessCase | assessing.Prioritise | assessing.PinTerms | assessing.NoteVulnerability
  | assigning.TakeCase | assigning.AssignCase | assigning.ReleaseCase | assigning.EscalateCase | assigning.NoteConflict
  | contacting.RecordContact | contacting.RecordInquiry | contacting.AddNote
  | promising.PromiseUpdate | promising.KeepPromise | promising.MissPromise
  | asking.AskForInformation | asking.ReceiveInformation | asking.LetInformationLapse | asking.AttachEvidence
  | investigating.FindCause | investigating.PlanMeasure | investigating.CompleteMeasure | investigating.NoteCredit | investigating.VerifyMeasure | investigating.DropMeasure
  | protecting.AskForProtection | protecting.NoteProtection | protecting.NoteProtectionDeclined
  | answering.IssueLetter | answering.NoteLetterSent | answering.NoteLetterUndelivered
  | redressing.OfferRedress | redressing.AcceptRedress | redressing.DeclineRedress
  | concluding.ProposeDecision | concluding.MakeDecision | concluding.CloseCase | concluding.ReopenCase | concluding.WithdrawComplaint
  | approving.AskApproval | approving.GiveApproval | approving.RefuseApproval;

/** The life of a case, in order: who may lay hands on it, and when, stands beside each command. */
export const complaintCase: Decider<ComplaintCaseCommand, ComplaintCaseEvent, ComplaintCase, CaseRefusal> = {
  initial,
  evolve,
  decide: decisions({
    OpenCase: opening.open,
    NoteFacts: onAnyCase(opening.noteFacts),
    LinkCases: onAnyCase(withSkill(opening.link)),

    AssessCase: onOpenCase(byItsHolder(assessing.assess)),
    Prioritise: onOpenCase(withSkill(assessing.prioritise)),
    PinTerms: onAnyCase(assessing.pinTerms),
    NoteVulnerability: onOpenCase(withSkill(assessing.noteVulnerability)),

    TakeCase: onOpenCase(withSkill(assigning.take)),
    AssignCase: onOpenCase(withSkill(assigning.assign)),
    ReleaseCase: onOpenCase(byItsHolder(assigning.release)),
    EscalateCase: onOpenCase(withSkill(assigning.escalate)),
    NoteConflict: onAnyCase(assigning.noteConflict),

    RecordContact: onAnyCase(withSkill(contacting.recordContact)),
    RecordInquiry: onAnyCase(contacting.recordInquiry),
    AddNote: onAnyCase(withSkill(contacting.addNote)),

    PromiseUpdate: onOpenCase(withSkill(promising.promiseUpdate)),
    KeepPromise: onAnyCase(promising.keepPromise),
    MissPromise: onAnyCase(promising.missPromise),

    AskForInformation: onOpenCase(withSkill(asking.ask)),
    ReceiveInformation: onOpenCase(withSkill(asking.receive)),
    LetInformationLapse: onOpenCase(asking.lapse),
    AttachEvidence: onAnyCase(asking.attach),

    FindCause: onOpenCase(byItsHolder(investigating.findCause)),
    PlanMeasure: onOpenCase(byItsHolder(investigating.plan)),
    CompleteMeasure: onOpenCase(withSkill(investigating.complete)),
    NoteCredit: onAnyCase(investigating.noteCredit),
    VerifyMeasure: onAnyCase(withSkill(investigating.verify)),
    DropMeasure: onOpenCase(byItsHolder(investigating.drop)),

    AskForProtection: onOpenCase(withSkill(protecting.askForProtection)),
    NoteProtection: onAnyCase(protecting.noteProtection),
    NoteProtectionDeclined: onAnyCase(protecting.noteDeclined),

    IssueLetter: onOpenCase(byItsHolder(answering.issue)),
    NoteLetterSent: onAnyCase(answering.noteSent),
    NoteLetterUndelivered: onAnyCase(answering.noteUndelivered),

    ProposeDecision: onOpenCase(byItsHolder(concluding.propose)),
    MakeDecision: onOpenCase(byItsHolder(concluding.decide)),
    OfferRedress: onOpenCase(byItsHolder(redressing.offer)),
    AcceptRedress: onOpenCase(redressing.accept),
    DeclineRedress: onOpenCase(redressing.decline),

    AskApproval: onOpenCase(withSkill(approving.askApproval)),
    GiveApproval: onOpenCase(withSkill(approving.giveApproval)),
    RefuseApproval: onOpenCase(withSkill(approving.refuseApproval)),

    CloseCase: onAnyCase(byItsHolder(concluding.close)),
    ReopenCase: onAnyCase(withSkill(concluding.reopen)),
    WithdrawComplaint: onOpenCase(concluding.withdraw),
  }),
};
