import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { stepUp } from './deciding.js';
import type { StepUpEvent } from './step-up.js';

const given = givenFor(stepUp);
const at = '2026-11-18T09:00:00.000Z';
const expires = '2026-11-18T09:10:00.000Z';
const told = { at, by: { actor: 'customer-9', role: 'customer', client: 'quanpay' } };
const bounds = { tries: 5, validFor: 'PT10M', perHour: 3, failsPerDay: 10 };
const sealed = [{ id: '1', group: 'one-time-code', key: 'k', h: 'h' }];

const asked = {
  type: 'StepUpAsked',
  stepUp: 's1',
  purpose: 'unlock',
  boundTo: 'u1',
  route: 'r1',
  mac: 'mac',
  tries: 5,
  askedAt: at,
  expires,
  sealed,
} as const;
const rejected = (triesLeft: number, more: Partial<Extract<StepUpEvent, { type: 'CodeRejected' }>> = {}): StepUpEvent => ({
  type: 'CodeRejected',
  stepUp: 's1',
  triesLeft,
  rejectedAt: at,
  ...more,
});
const passed = { type: 'StepUpPassed', stepUp: 's1', purpose: 'unlock', boundTo: 'u1', usableUntil: expires } as const;
const used = { type: 'StepUpUsed', stepUp: 's1', purpose: 'unlock', boundTo: 'u1' } as const;

describe('Asking for a code', () => {
  const ask = {
    type: 'AskStepUp',
    stepUp: 's1',
    purpose: 'unlock',
    boundTo: 'u1',
    route: { route: 'r1', trusted: true },
    mac: 'mac',
    bounds,
    sealed,
    ...told,
  } as const;
  it('keeps its keyed hash, never the code, and says when it ends', () => given().when(ask).records(asked));
  it('needs a route the platform registered', () =>
    given()
      .when({ ...ask, route: undefined })
      .isRefused('route-is-not-registered'));
  it('does not use a route that is distrusted', () =>
    given()
      .when({ ...ask, route: { route: 'r1', trusted: false } })
      .isRefused('route-is-distrusted'));

  it('is bound by the house where a platform would be laxer', () =>
    given()
      .when({ ...ask, bounds: { tries: 50, validFor: 'PT2H', perHour: 60, failsPerDay: 500 } })
      .records(asked));
  it('is bound by the platform where it is stricter', () =>
    given()
      .when({ ...ask, bounds: { ...bounds, tries: 3, validFor: 'PT5M' } })
      .records({ ...asked, tries: 3, expires: '2026-11-18T09:05:00.000Z' }));

  const earlier = (n: number, askedAt: string): StepUpEvent => ({ ...asked, stepUp: `e${n}`, askedAt });
  it('happens three times an hour', () =>
    given(...[1, 2, 3].map((n) => earlier(n, '2026-11-18T08:00:00.001Z')))
      .when(ask)
      .isRefused('too-many-codes'));
  it('happens again when the first of the three is an hour old', () =>
    given(earlier(1, '2026-11-18T08:00:00.000Z'), earlier(2, '2026-11-18T08:30:00.000Z'), earlier(3, '2026-11-18T08:30:00.000Z'))
      .when(ask)
      .records(asked));
  it('ends for the day after ten wrong ones, across all codes', () =>
    given(
      earlier(1, '2026-11-17T12:00:00.000Z'),
      ...Array.from({ length: 10 }, () => rejected(1, { stepUp: 'e1', rejectedAt: '2026-11-17T12:00:00.000Z' })),
    )
      .when(ask)
      .isRefused('too-many-codes'));
  it('goes on when those ten are a day old', () =>
    given(...Array.from({ length: 10 }, () => rejected(1, { rejectedAt: '2026-11-17T09:00:00.000Z' })))
      .when(ask)
      .records(asked));
});

describe('A code that has left', () => {
  const sent = { type: 'NoteCodeSent', stepUp: 's1', route: 'r1', sentAt: at, ...told } as const;
  it('is noted', () => given(asked).when(sent).records({ type: 'CodeSent', stepUp: 's1', route: 'r1', sentAt: at }));
  it('is noted once', () => given(asked, { type: 'CodeSent', stepUp: 's1', route: 'r1', sentAt: at }).when(sent).recordsNothing());
  it('is not noted for a code we do not know', () => given().when(sent).recordsNothing());
});

describe('Typing a code', () => {
  const right = { type: 'VerifyCode', stepUp: 's1', right: true, bounds, ...told } as const;
  const wrong = { ...right, right: false } as const;
  it('passes when it is right, and may be used for ten minutes', () => given(asked).when(right).records(passed));
  it('costs a try when it is wrong', () => given(asked).when(wrong).records(rejected(4)));
  it('may be right at the fifth try', () =>
    given(asked, ...[4, 3, 2, 1].map((left) => rejected(left)))
      .when(right)
      .records(passed));
  it('exhausts the code when the fifth is wrong', () =>
    given(asked, ...[4, 3, 2, 1].map((left) => rejected(left)))
      .when(wrong)
      .records(rejected(0), { type: 'StepUpExhausted', stepUp: 's1' }));
  it('is in vain afterwards, even when it is right', () =>
    given(asked, ...[4, 3, 2, 1, 0].map((left) => rejected(left)), { type: 'StepUpExhausted', stepUp: 's1' })
      .when(right)
      .isRefused('code-is-exhausted'));
  it('passes once', () => given(asked, passed).when(right).isRefused('code-was-used'));
  it('is too late after ten minutes, whether or not that was written down', () => {
    given(asked)
      .when({ ...right, at: expires })
      .isRefused('code-has-expired');
    given(asked, { type: 'StepUpExpired', stepUp: 's1' }).when(right).isRefused('code-has-expired');
  });
  it('is too late when a newer code for the same thing was asked for', () =>
    given(asked, { ...asked, stepUp: 's2' })
      .when(right)
      .isRefused('code-has-expired'));
  it('of one thing is not touched by a newer code for another', () =>
    given(asked, { ...asked, stepUp: 's2', boundTo: 'u2' })
      .when(right)
      .records(passed));
  it('ends for the day after ten wrong ones across codes', () =>
    given(...Array.from({ length: 10 }, () => rejected(1, { stepUp: 'e1' })), asked)
      .when(right)
      .isRefused('too-many-codes'));
});

describe('A passed code', () => {
  const useIt = { type: 'UseStepUp', stepUp: 's1', purpose: 'unlock', boundTo: 'u1', ...told } as const;
  it('is good once', () => {
    given(asked, passed).when(useIt).records(used);
    given(asked, passed, used)
      .when(useIt)
      .isRefused('step-up-missing', { pointers: ['/stepUp'] });
  });
  it('is good only for its purpose and its thing', () => {
    given(asked, passed)
      .when({ ...useIt, purpose: 'refund-target' })
      .isRefused('step-up-is-for-something-else');
    given(asked, passed)
      .when({ ...useIt, boundTo: 'u2' })
      .isRefused('step-up-is-for-something-else');
  });
  it('is good for ten minutes', () =>
    given(asked, passed)
      .when({ ...useIt, at: expires })
      .isRefused('step-up-missing'));
  it('must have been passed', () => given(asked).when(useIt).isRefused('step-up-missing'));
});

describe('A code nobody typed', () => {
  const expire = { type: 'ExpireStepUp', stepUp: 's1', ...told, at: expires } as const;
  it('expires', () => given(asked).when(expire).records({ type: 'StepUpExpired', stepUp: 's1' }));
  it('does not expire early', () =>
    given(asked)
      .when({ ...expire, at })
      .recordsNothing());
  it('does not expire when it was passed', () => given(asked, passed).when(expire).recordsNothing());
});
