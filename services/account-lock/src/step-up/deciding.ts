import { decisions, type Decider } from '@recourse/decider';
import { ask, expire, noteSent, type AskStepUp, type ExpireStepUp, type NoteCodeSent } from './asking.js';
import type { StepUpRefusal } from './refusals.js';
import { evolve, initial, type StepUp, type StepUpEvent } from './step-up.js';
import { use, verify, type UseStepUp, type VerifyCode } from './verifying.js';

export type StepUpCommand = AskStepUp | NoteCodeSent | VerifyCode | UseStepUp | ExpireStepUp;

/** One-time codes of an account: asked, sent, typed, used once. */
export const stepUp: Decider<StepUpCommand, StepUpEvent, StepUp, StepUpRefusal> = {
  initial,
  evolve,
  decide: decisions({ AskStepUp: ask, NoteCodeSent: noteSent, VerifyCode: verify, UseStepUp: use, ExpireStepUp: expire }),
};
