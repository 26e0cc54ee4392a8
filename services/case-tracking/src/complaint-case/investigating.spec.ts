import { describe, it } from '@jest/globals';
import type { ComplaintCaseEvent } from './complaint-case.js';
import { approval, byJing, byMin, byService, byWei, closed, given, heldBy, oneOfEach, opened } from './complaint-case.testing.js';
import type { CompleteMeasure, DropMeasure, FindCause, NoteCredit, PlanMeasure, VerifyMeasure } from './investigating.js';

const planned = oneOfEach.MeasurePlanned;
const done = oneOfEach.MeasureDone;
const toReturn = (measure: string, payment?: string): ComplaintCaseEvent => ({
  type: 'MeasurePlanned',
  measure,
  kind: 'return-money',
  ...(payment && { payment }),
});

describe('The cause', () => {
  const find: FindCause = { type: 'FindCause', ...byJing, cause: 'merchant-interface', solution: 'refund-by-merchant' };
  it('is found, with its solution', () => given(opened).when(find).records(oneOfEach.CauseFound));
  it('is found once', () => given(opened, oneOfEach.CauseFound).when(find).recordsNothing());
  it('may turn out to be another', () =>
    given(opened, oneOfEach.CauseFound)
      .when({ ...find, cause: 'network' })
      .records({ ...oneOfEach.CauseFound, cause: 'network' }));
  it('is for the holder to find', () => given(opened, heldBy('w-wei')).when(find).isRefused('case-belongs-to-another'));
});

describe('A measure', () => {
  const plan: PlanMeasure = { type: 'PlanMeasure', ...byJing, measure: 'measure-1', kind: 'secure-account' };
  const complete: CompleteMeasure = { type: 'CompleteMeasure', ...byJing, measure: 'measure-1', proof: { kind: 'checked-by-staff' } };

  it('is planned', () => given(opened).when(plan).records(planned));
  it('is planned once', () => given(opened, planned).when(plan).recordsNothing());
  it('may pay a redress that was offered', () =>
    given(opened, oneOfEach.RedressOffered)
      .when({ ...plan, redress: 'redress-1' })
      .records({ ...planned, redress: 'redress-1' }));
  it('cannot pay one that was not', () =>
    given(opened)
      .when({ ...plan, redress: 'redress-1' })
      .isRefused('redress-is-unknown', { pointers: ['/redress'] }));
  it('is refused in a closed case', () =>
    given(...closed)
      .when(plan)
      .isRefused('case-is-not-open'));

  it('is done', () => given(opened, planned).when(complete).records(done));
  it('is done once', () => given(opened, planned, done).when(complete).recordsNothing());
  it('that nobody planned cannot be done', () => given(opened).when(complete).isRefused('measure-is-unknown'));
  it('that was dropped cannot be done', () =>
    given(opened, planned, oneOfEach.MeasureDropped).when(complete).isRefused('measure-was-dropped'));
});

describe('Returning money', () => {
  const credit: NoteCredit = { type: 'NoteCredit', ...byService, payment: 'txn-1', credit: 'credit-1' };
  const returned = (measure: string): ComplaintCaseEvent => ({
    type: 'MeasureDone',
    measure,
    kind: 'return-money',
    proof: { kind: 'credit-confirmed', ref: 'credit-1' },
    doneBy: 'service:case-tracking',
  });

  it('is not done because somebody says so', () =>
    given(opened, toReturn('measure-1'))
      .when({ type: 'CompleteMeasure', ...byMin, measure: 'measure-1', proof: { kind: 'checked-by-staff' } })
      .isRefused('credit-is-not-confirmed'));
  it('is done by hand only with a credit that was confirmed before anybody planned it', () =>
    given(opened, toReturn('measure-1'))
      .when({ type: 'CompleteMeasure', ...byJing, measure: 'measure-1', proof: { kind: 'checked-by-staff' }, credit: 'credit-1' })
      .records({ ...returned('measure-1'), doneBy: 'w-jing' } as ComplaintCaseEvent));
  it('is done by the confirmed credit of that payment', () =>
    given(opened, toReturn('measure-1', 'txn-1'), toReturn('measure-2', 'txn-2'), { ...planned, measure: 'measure-3' })
      .when(credit)
      .records(returned('measure-1')));
  it('is done by any credit of the matter when no payment was named', () =>
    given(opened, toReturn('measure-1')).when(credit).records(returned('measure-1')));
  it('that pays a redress is done by the credit of that redress alone', () => {
    const paying = { ...oneOfEach.MeasurePlanned, kind: 'return-money', redress: 'redress-1' };
    given(opened, paying).when(credit).recordsNothing();
    given(opened, paying)
      .when({ ...credit, redress: 'redress-1' })
      .records(returned('measure-1'));
  });
  it('is done once', () => given(opened, toReturn('measure-1', 'txn-1'), returned('measure-1')).when(credit).recordsNothing());
});

describe('Verifying a measure', () => {
  const verify: VerifyMeasure = { type: 'VerifyMeasure', ...byWei, measure: 'measure-1' };
  it('is done by a second person', () => given(opened, planned, done).when(verify).records(oneOfEach.MeasureVerified));
  it('is refused to the first', () =>
    given(opened, planned, done)
      .when({ ...verify, ...byJing })
      .isRefused('second-person-is-the-first'));
  it('needs something done', () => given(opened, planned).when(verify).isRefused('measure-is-not-done'));
  it('is said once', () => given(opened, planned, done, oneOfEach.MeasureVerified).when(verify).recordsNothing());
});

describe('Dropping a measure', () => {
  const drop: DropMeasure = { type: 'DropMeasure', ...byJing, measure: 'measure-1', why: 'not-needed' };
  const asked: ComplaintCaseEvent = {
    type: 'ApprovalAsked',
    review: 'review-1',
    for: 'drop-measure',
    measure: 'measure-1',
    version: 1,
    asker: 'w-jing',
  };
  const given_: ComplaintCaseEvent = { type: 'ApprovalGiven', review: 'review-1', for: 'drop-measure', version: 1, given: approval };

  it('needs a second person', () => given(opened, planned).when(drop).isRefused('approval-missing'));
  it('needs one who has answered', () => given(opened, planned, asked).when(drop).isRefused('approval-missing'));
  it('is recorded with the approval', () => given(opened, planned, asked, given_).when(drop).records(oneOfEach.MeasureDropped));
  it('needs the approval of this measure', () =>
    given(opened, planned, { ...planned, measure: 'measure-2' }, asked, given_)
      .when({ ...drop, measure: 'measure-2' })
      .isRefused('approval-missing'));
  it('needs an approval of the case as it is now', () =>
    given(opened, planned, asked, given_, oneOfEach.EvidenceAttached).when(drop).isRefused('approval-is-for-an-older-version'));
  it('is too late once it is done', () => given(opened, planned, done).when(drop).isRefused('measure-is-already-done'));
});
