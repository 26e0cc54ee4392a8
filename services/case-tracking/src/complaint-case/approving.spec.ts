import { describe, it } from '@jest/globals';
import type { ComplaintCaseEvent } from './complaint-case.js';
import { assessed, byJing, byMin, given, jing, min, oneOfEach, opened } from './complaint-case.testing.js';

const proposed = oneOfEach.DecisionProposed;
const asked: ComplaintCaseEvent = { type: 'ApprovalAsked', review: 'review-1', for: 'decision', version: 2, asker: 'w-jing' };
const pending = [opened, assessed, proposed, asked] as const;
const give = { type: 'GiveApproval', ...byMin, review: 'review-1' } as const;
const older = 'approval-is-for-an-older-version';

/** Whoever wants to decide alone tries one of these. */
describe('An insider who wants to approve alone', () => {
  it.each(['desk', 'console', 'script'])('is one person, also with another client (%s) or another role', (client) => {
    for (const role of ['agent', 'supervisor'])
      given(...pending)
        .when({ ...give, ...byJing, by: { actor: jing.actor, role, client } })
        .isRefused('second-person-is-the-first');
  });

  it('cannot have a colleague ask for what he proposed himself', () =>
    given(opened, assessed, { ...proposed, proposer: min.actor }, { ...asked, asker: 'w-wei' })
      .when(give)
      .isRefused('second-person-is-the-first'));

  it.each(['EvidenceAttached', 'FactsNoted', 'CauseFound', 'MeasureDone', 'CaseAssessed', 'DecisionProposed'] as const)(
    'cannot approve after %s, whoever brought it, and not his own edit either',
    (type) =>
      given(...pending, oneOfEach[type])
        .when(give)
        .isRefused(older),
  );

  it('cannot approve what was taken back, or refused', () => {
    given(...pending, oneOfEach.ApprovalLapsed)
      .when(give)
      .isRefused(older);
    given(...pending, oneOfEach.ApprovalRefused)
      .when(give)
      .isRefused(older);
  });

  it('cannot turn an approval of one thing into that of another', () => {
    const drop: ComplaintCaseEvent = { ...asked, review: 'review-2', for: 'drop-measure', measure: 'measure-1', version: 4 };
    given(...pending, oneOfEach.MeasurePlanned, drop)
      .when({ ...give, review: 'review-3' })
      .isRefused('approval-was-not-asked');
  });

  it('says no to nothing by himself either', () =>
    given(...pending)
      .when({ type: 'RefuseApproval', ...byJing, review: 'review-1', why: 'grounds-do-not-fit' })
      .isRefused('second-person-is-the-first'));
});
