import { describe, expect, it } from '@jest/globals';
import { dueWithin, subjectDeadlines } from '@recourse/contracts';
import { given } from '@recourse/decider/testing';
import { subjectRequest, type ReceiveRequest } from './answering.js';
import type { SubjectRequestEvent } from './subject-request.js';

const by = { actor: 'officer-1', role: 'privacy-officer', client: 'desk' };
const request = '01890a5d-ac96-774b-bcce-b302099a8057';
const told = { request, by, at: '2026-01-31T10:00:00.000Z' };
const receive: ReceiveRequest = {
  type: 'ReceiveRequest',
  kind: 'erasure',
  subject: 'c-1',
  identity: 'proof-7',
  jurisdiction: 'eu',
  ...told,
};
const [received] = subjectRequest.decide(receive, subjectRequest.initial) as readonly [SubjectRequestEvent];
const [chinese] = subjectRequest.decide({ ...receive, jurisdiction: 'cn' }, subjectRequest.initial) as readonly [SubjectRequestEvent];
const order = { scope: 'matter:1', keys: 2, order: 'o-1', kind: 'destroy' } as const;
const ordered = { type: 'ErasureOrdered', request, erasures: [order] } as const;

describe('By when a subject is answered', () => {
  it.each([
    ['2026-01-31T10:00:00.000Z', { months: 1 }, '2026-02-28T10:00:00.000Z'],
    ['2026-12-15T00:00:00.000Z', { months: 1 }, '2027-01-15T00:00:00.000Z'],
    ['2026-11-30T00:00:00.000Z', { months: 3 }, '2027-02-28T00:00:00.000Z'],
    ['2026-11-20T09:00:00.000Z', { workingDays: 1 }, '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:00.000Z', { workingDays: 15 }, '2026-12-14T09:00:00.000Z'],
  ])('from %s within %j is %s', (from, within, due) => expect(dueWithin(from, within)).toBe(due));

  it('stands in a law that is named', () => expect(Object.values(subjectDeadlines).every(({ source }) => source.length > 10)).toBe(true));
});

describe('The request of a subject', () => {
  const of = given(subjectRequest);
  it('begins its clock when it is received', () => expect(received).toMatchObject({ dueAt: '2026-02-28T10:00:00.000Z', kind: 'erasure' }));
  it('is extended once, from the day it would have been due', () => {
    const extend = { type: 'ExtendRequest', why: 'complex', ...told } as const;
    const extended = { type: 'SubjectRequestExtended', request, why: 'complex', dueAt: '2026-04-28T10:00:00.000Z' } as const;
    of(received).when(extend).records(extended);
    of(received, extended).when(extend).isRefused('subject-request-is-extended');
    of(received)
      .when({ ...extend, at: '2026-03-01T00:00:00.000Z' })
      .isRefused('subject-request-is-overdue');
    of(chinese).when(extend).isRefused('no-extension-in-law');
  });
  it('is missed once, for ever, when its day has passed without an answer', () => {
    const miss = { type: 'NoteMissed', ...told, at: '2026-02-28T10:00:00.001Z' } as const;
    const missed = { type: 'SubjectRequestMissed', request, dueAt: '2026-02-28T10:00:00.000Z' } as const;
    of(received)
      .when({ ...miss, at: '2026-02-28T10:00:00.000Z' })
      .recordsNothing();
    of(received).when(miss).records(missed);
    of(received, missed).when(miss).recordsNothing();
    of(received, { type: 'SubjectRequestAnswered', request, how: 'unfounded' }).when(miss).recordsNothing();
  });
  it('to erase is answered when what was ordered has been done', () => {
    const answer = { type: 'AnswerRequest', how: 'erased', open: [], ...told } as const;
    of(received).when(answer).isRefused('erasure-is-not-ordered');
    of(received)
      .when({ ...answer, how: 'given' })
      .isRefused('answer-does-not-fit');
    of(received, ordered)
      .when({ ...answer, open: ['o-1'] })
      .isRefused('erasure-is-not-done');
    of(received, ordered).when(answer).records({ type: 'SubjectRequestAnswered', request, how: 'erased' });
  });
  it('orders each thing once, and nothing for who asked for access', () => {
    const again = { type: 'OrderErasure', erasures: [order], ...told } as const;
    of(received).when(again).records(ordered);
    of(received, ordered).when(again).recordsNothing();
    const [access] = subjectRequest.decide({ ...receive, kind: 'access' }, subjectRequest.initial) as readonly [SubjectRequestEvent];
    of(access).when(again).isRefused('not-an-erasure');
  });
});
