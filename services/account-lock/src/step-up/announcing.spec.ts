import { describe, expect, it } from '@jest/globals';
import { stepUpHistory } from '@recourse/contracts';
import { announced, historyAfter, recorded, schemasOf, validate } from '../promising.spec-tools.js';
import { announce } from './announcing.js';
import type { StepUpEvent } from './step-up.js';

const stepUp = '019a9d11-0a00-7c11-8a22-9b8c7d6e5f40';
const route = '019a9b00-1c20-7a31-8d44-3f5e6a7b8c90';
const boundTo = '019a9d10-5b31-7e02-9a44-77c1d20f8e15';
const at = '2026-11-18T09:00:00.000Z';
const sealed = [{ id: '1', group: 'one-time-code', key: 'k', h: 'h' }];
const events: { [Type in StepUpEvent['type']]: Extract<StepUpEvent, { type: Type }> } = {
  StepUpAsked: {
    type: 'StepUpAsked',
    stepUp,
    purpose: 'unlock',
    boundTo,
    route,
    mac: 'a-keyed-hash',
    tries: 5,
    askedAt: at,
    expires: at,
    sealed,
  },
  CodeSent: { type: 'CodeSent', stepUp, route, sentAt: at },
  CodeRejected: { type: 'CodeRejected', stepUp, triesLeft: 4, rejectedAt: at },
  StepUpPassed: { type: 'StepUpPassed', stepUp, purpose: 'unlock', boundTo, usableUntil: at },
  StepUpUsed: { type: 'StepUpUsed', stepUp, purpose: 'unlock', boundTo },
  StepUpExhausted: { type: 'StepUpExhausted', stepUp },
  StepUpExpired: { type: 'StepUpExpired', stepUp },
};
const past = Object.values(events).map((event, version) => recorded('step-up-quanpay-wallet-8843', event, version));
const messages = announced(past, stepUpHistory, announce);

describe('What a step-up tells', () => {
  it('is that a code is to be sent, and that one was passed', () =>
    expect(messages.map(({ type }) => type)).toEqual(schemasOf('recourse.account-lock.v1').filter((type) => type.startsWith('StepUp'))));
  it.each(messages.map((message) => [message.type, message] as const))('%s is as its schema promises', (_type, message) =>
    validate(message),
  );
  it('carries the code sealed, and not even its keyed hash in clear', () => {
    expect(messages[0]).toMatchObject({ sealed });
    expect(JSON.stringify(messages)).not.toContain('a-keyed-hash');
  });
});

describe('The history of step-ups', () => {
  const history = historyAfter(past, stepUpHistory);
  it('knows every event, and none besides', () => {
    expect(history?.stepUps).toMatchObject([{ stepUp, stage: 'expired', triesLeft: 4, sentAt: at }]);
    expect(() => stepUpHistory(history, { ...past[0]!, type: 'StepUpPolished' })).toThrow();
  });
  it('shows neither the code’s hash nor where the code is sealed', () =>
    expect(JSON.stringify(history)).not.toMatch(/a-keyed-hash|one-time-code/));
  it('shows a code as replaced when a newer one for the same thing was asked for', () => {
    const twice = [past[0]!, recorded('step-up-quanpay-wallet-8843', { ...events.StepUpAsked, stepUp: route }, 1)];
    expect(historyAfter(twice, stepUpHistory)?.stepUps.map(({ stage }) => stage)).toEqual(['expired', 'asked']);
  });
});
