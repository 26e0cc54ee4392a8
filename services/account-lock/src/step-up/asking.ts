import { refuse } from '@recourse/decider';
import { instantPlus } from '@recourse/contracts';
import type { Instant, SealedRef } from '@recourse/event-store';
import type { StepUp, StepUpDecision, StepUpPurpose, Told } from './step-up.js';

/** The platform's bounds on one-time codes; it may be stricter than the house, never laxer. */
export type CodeBounds = { readonly tries: number; readonly validFor: string; readonly perHour: number; readonly failsPerDay: number };

const most: CodeBounds = { tries: 5, validFor: 'PT10M', perHour: 3, failsPerDay: 10 };

/** What holds: of the platform's bounds and the house's the stricter ones. */
export const strictest = ({ tries, validFor, perHour, failsPerDay }: CodeBounds, at: Instant): CodeBounds => ({
  tries: Math.min(tries, most.tries),
  validFor: instantPlus(at, validFor) > instantPlus(at, most.validFor) ? most.validFor : validFor,
  perHour: Math.min(perHour, most.perHour),
  failsPerDay: Math.min(failsPerDay, most.failsPerDay),
});

export type AskStepUp = Told & {
  type: 'AskStepUp';
  stepUp: string;
  purpose: StepUpPurpose;
  boundTo: string;
  /** Looked up in the account's contact: undefined when nothing is registered that could take a code. */
  route?: { readonly route: string; readonly trusted: boolean };
  /** Keyed hash of the code, made at the edge. */
  mac: string;
  bounds: CodeBounds;
  sealed: readonly SealedRef[];
};
export type NoteCodeSent = Told & { type: 'NoteCodeSent'; stepUp: string; route: string; sentAt: Instant };
export type ExpireStepUp = Told & { type: 'ExpireStepUp'; stepUp: string };

/** A code goes only where the platform said its customer is, and only so often. A newer code for the same thing replaces the older one. */
export const ask = (command: AskStepUp, state: StepUp): StepUpDecision => {
  const { stepUp, purpose, boundTo, route, mac, sealed, at } = command;
  const bounds = strictest(command.bounds, at);
  if (!route) return refuse('route-is-not-registered', { pointers: ['/route'] });
  if (!route.trusted) return refuse('route-is-distrusted', { pointers: ['/route'] });
  if (since(state.asked, at, 'PT1H') >= bounds.perHour || failedTooOften(state, bounds, at)) return refuse('too-many-codes');
  return [
    {
      type: 'StepUpAsked',
      stepUp,
      purpose,
      boundTo,
      route: route.route,
      mac,
      tries: bounds.tries,
      askedAt: at,
      expires: instantPlus(at, bounds.validFor),
      sealed,
    },
  ];
};

/** Notification says it has left. */
export const noteSent = ({ stepUp, route, sentAt }: NoteCodeSent, state: StepUp): StepUpDecision =>
  state.codes.some((code) => code.stepUp === stepUp && !code.sent) ? [{ type: 'CodeSent', stepUp, route, sentAt }] : [];

/** Nobody typed it in time. */
export const expire = ({ stepUp, at }: ExpireStepUp, state: StepUp): StepUpDecision =>
  state.codes.some((code) => code.stepUp === stepUp && code.stage === 'asked' && code.expires <= at)
    ? [{ type: 'StepUpExpired', stepUp }]
    : [];

/** Wrong codes of a day, counted across all codes of the account: guessing with a fresh code each time gains nothing. */
export const failedTooOften = ({ rejected }: StepUp, { failsPerDay }: CodeBounds, at: Instant): boolean =>
  since(rejected, at, 'P1D') >= failsPerDay;

const since = (instants: readonly Instant[], at: Instant, duration: string): number => {
  const from = instantPlus(at, duration, -1);
  return instants.filter((instant) => instant > from).length;
};
