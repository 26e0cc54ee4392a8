import { describe, it } from '@jest/globals';
import type { ComplaintCaseEvent } from './complaint-case.js';
import { at, byJing, byService, closed, days, given, issuedLetter, oneOfEach, opened, sentLetter } from './complaint-case.testing.js';
import type { KeepPromise, MissPromise, PromiseUpdate } from './promising.js';

const promised: ComplaintCaseEvent = { type: 'UpdatePromised', promise: 'promise-1', due: at(120) };
const missed: ComplaintCaseEvent = { type: 'PromiseMissed', promise: 'promise-1', due: at(120) };
const keptAt = (sentAt: string): ComplaintCaseEvent => ({ type: 'PromiseKept', promise: 'promise-1', sentAt });

describe('Promising an update', () => {
  const promise: PromiseUpdate = { type: 'PromiseUpdate', ...byJing, promise: 'promise-1', due: at(120) };
  it('is recorded', () => given(opened).when(promise).records(promised));
  it('is refused for the past', () =>
    given(opened)
      .when({ ...promise, due: at(60) })
      .isRefused('due-has-passed', { pointers: ['/due'] }));
  it('is refused when the case is closed', () =>
    given(...closed)
      .when(promise)
      .isRefused('case-is-not-open'));
});

describe('A promise', () => {
  const keep = (sentAt: string, heardAt = at(500)): KeepPromise => ({
    type: 'KeepPromise',
    ...byService,
    at: heardAt,
    promise: 'promise-1',
    sentAt,
  });
  it('is kept by what left in time', () =>
    given(opened, promised)
      .when(keep(at(120)))
      .records(keptAt(at(120))));
  it('is kept by what left in time and was reported late', () =>
    given(opened, promised)
      .when(keep(at(119), days(3)))
      .records(keptAt(at(119))));
  it('is not kept by what left late', () =>
    given(opened, promised)
      .when(keep(at(121)))
      .recordsNothing());
  it('is kept once', () =>
    given(opened, promised, keptAt(at(100)))
      .when(keep(at(110)))
      .recordsNothing());
  it('that was missed stays missed, whatever is heard later', () =>
    given(opened, promised, missed)
      .when(keep(at(110)))
      .recordsNothing());
});

describe('A miss', () => {
  const miss = (more: Partial<MissPromise> = {}): MissPromise => ({
    type: 'MissPromise',
    ...byService,
    at: at(130),
    promise: 'promise-1',
    heardUpTo: at(121),
    grace: 'P14D',
    ...more,
  });
  const letter = issuedLetter('update', { promise: 'promise-1', issuedAt: at(100) });

  it('is recorded when nothing can disprove it', () => given(opened, promised).when(miss()).records(missed));
  it('is recorded once', () => given(opened, promised, missed).when(miss()).recordsNothing());
  it('is not recorded before the promise is due', () =>
    given(opened, promised)
      .when(miss({ at: at(119) }))
      .recordsNothing());
  it('waits until everything sent by then has been heard', () =>
    given(opened, promised)
      .when(miss({ heardUpTo: at(120) }))
      .recordsNothing());
  it('is none when the promise was kept', () =>
    given(opened, promised, keptAt(at(110)))
      .when(miss())
      .recordsNothing());
  it('waits for the report of a letter issued in time', () => given(opened, promised, letter).when(miss()).recordsNothing());
  it('waits for it no longer than the platform allows', () =>
    given(opened, promised, letter)
      .when(miss({ at: days(15) }))
      .records(missed));
  it('does not wait for a letter issued too late', () =>
    given(opened, promised, issuedLetter('update', { promise: 'promise-1', issuedAt: at(125) }))
      .when(miss())
      .records(missed));
  it('does not wait for a letter about something else', () =>
    given(opened, promised, issuedLetter('update', { issuedAt: at(100) }))
      .when(miss())
      .records(missed));
  it('does not wait for a letter that is known to have left late', () =>
    given(opened, promised, letter, sentLetter('update', { sentAt: at(125) }))
      .when(miss())
      .records(missed));
  it('does not wait for a letter that could not be delivered', () =>
    given(opened, promised, letter, oneOfEach.LetterUndelivered).when(miss()).records(missed));
  it('is recorded of a closed case as well', () =>
    given(opened, promised, ...closed.slice(1))
      .when(miss({ heardUpTo: at(200) }))
      .records(missed));
});
