import type { Past } from './past.js';

/** One one-time code and what became of it: GET /v1/step-ups/{id}. Neither the code nor its hash is shown, nor where it is sealed. */
export type StepUpHistory = {
  readonly stepUp: string;
  readonly purpose: string;
  readonly boundTo: string;
  readonly route: string;
  readonly stage: 'asked' | 'sent' | 'passed' | 'used' | 'exhausted' | 'expired';
  readonly askedAt: string;
  readonly askedBy: string;
  readonly expires: string;
  readonly triesLeft: number;
  readonly sentAt?: string;
  readonly passedAt?: string;
  readonly usableUntil?: string;
};

/** All one-time codes of an account. */
export type StepUpsHistory = { readonly stepUps: readonly StepUpHistory[] };

export const stepUpHistory = (history: StepUpsHistory = { stepUps: [] }, { type, at, by, data }: Past): StepUpsHistory => {
  const change = (how: Partial<StepUpHistory>): StepUpsHistory => ({
    stepUps: history.stepUps.map((one) => (one.stepUp === data['stepUp'] ? { ...one, ...how } : one)),
  });
  switch (type) {
    case 'StepUpAsked': {
      const {
        mac: _mac,
        tries,
        ...asked
      } = data as Pick<StepUpHistory, 'stepUp' | 'purpose' | 'boundTo' | 'route' | 'askedAt' | 'expires'> & { mac: string; tries: number };
      const older = history.stepUps.map((one) => (replaces(asked, one) ? { ...one, stage: 'expired' as const } : one));
      return { stepUps: [...older, { ...asked, stage: 'asked', askedBy: by.actor, triesLeft: tries }] };
    }
    case 'CodeSent':
      return {
        stepUps: history.stepUps.map((one) =>
          one.stepUp === data['stepUp']
            ? { ...one, ...(one.stage === 'asked' && { stage: 'sent' as const }), sentAt: data['sentAt'] as string }
            : one,
        ),
      };
    case 'CodeRejected':
      return change({ triesLeft: data['triesLeft'] as number });
    case 'StepUpPassed':
      return change({ stage: 'passed', passedAt: at, usableUntil: data['usableUntil'] as string });
    case 'StepUpUsed':
      return change({ stage: 'used' });
    case 'StepUpExhausted':
      return change({ stage: 'exhausted' });
    case 'StepUpExpired':
      return change({ stage: 'expired' });
    default:
      throw new Error(`unknown to a step-up: ${type}`);
  }
};

/** A newer code for the same thing replaces one that was not typed yet. */
const replaces = ({ purpose, boundTo }: Pick<StepUpHistory, 'purpose' | 'boundTo'>, older: StepUpHistory): boolean =>
  (older.stage === 'asked' || older.stage === 'sent') && older.purpose === purpose && older.boundTo === boundTo;
