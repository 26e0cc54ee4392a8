import { refuse } from '@recourse/decider';
import { instantPlus } from '@recourse/contracts';
import { failedTooOften, strictest, type CodeBounds } from './asking.js';
import type { StepUp, StepUpDecision, StepUpPurpose, Told } from './step-up.js';

export type VerifyCode = Told & {
  type: 'VerifyCode';
  stepUp: string;
  /** Compared at the edge, in constant time, with the keyed hash. */
  right: boolean;
  bounds: CodeBounds;
};
export type UseStepUp = Told & { type: 'UseStepUp'; stepUp: string; purpose: StepUpPurpose; boundTo: string };

/** Somebody typed a code. A wrong one is written down too: it is what the bounds count. */
export const verify = ({ stepUp, right, bounds: wished, at }: VerifyCode, state: StepUp): StepUpDecision => {
  const bounds = strictest(wished, at);
  const code = state.codes.find((one) => one.stepUp === stepUp);
  if (!code) throw new Error('this step-up stands in another stream');
  if (code.stage === 'passed' || code.stage === 'used') return refuse('code-was-used');
  if (code.stage === 'exhausted') return refuse('code-is-exhausted');
  if (code.stage === 'expired' || code.expires <= at) return refuse('code-has-expired');
  if (failedTooOften(state, bounds, at)) return refuse('too-many-codes');
  const { purpose, boundTo } = code;
  if (right) return [{ type: 'StepUpPassed', stepUp, purpose, boundTo, usableUntil: instantPlus(at, bounds.validFor) }];
  const triesLeft = code.triesLeft - 1;
  return [
    { type: 'CodeRejected', stepUp, triesLeft, rejectedAt: at },
    ...(triesLeft > 0 ? [] : [{ type: 'StepUpExhausted', stepUp } as const]),
  ];
};

/** A passed code is good once, soon, and only for what it was asked for. */
export const use = ({ stepUp, purpose, boundTo, at }: UseStepUp, state: StepUp): StepUpDecision => {
  const code = state.codes.find((one) => one.stepUp === stepUp);
  if (code?.stage !== 'passed' || !code.usableUntil || code.usableUntil <= at) return refuse('step-up-missing', { pointers: ['/stepUp'] });
  if (code.purpose !== purpose || code.boundTo !== boundTo) return refuse('step-up-is-for-something-else', { pointers: ['/stepUp'] });
  return [{ type: 'StepUpUsed', stepUp, purpose, boundTo }];
};
