import type { Instant } from '@recourse/event-store';
import type { Told } from './disputed-payment.js';
import type { NoteStepUp } from './refunding.js';

export type StepUpHeard = { readonly stepUp: string; readonly purpose: string; readonly boundTo: string; readonly usableUntil: Instant };

/** Whenever a customer passes a one-time code for the target of a refund, the refund knows. */
export const whenStepUpPassed = ({ stepUp, purpose, boundTo, usableUntil }: StepUpHeard): ((told: Told) => NoteStepUp) | undefined =>
  purpose === 'refund-target' ? (told) => ({ type: 'NoteStepUp', ...told, refund: boundTo, stepUp, usableUntil }) : undefined;
