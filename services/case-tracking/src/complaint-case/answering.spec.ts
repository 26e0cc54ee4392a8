import { describe, it } from '@jest/globals';
import type { IssueLetter, NoteLetterSent, NoteLetterUndelivered } from './answering.js';
import type { ComplaintCaseEvent } from './complaint-case.js';
import {
  assessed,
  at,
  byJing,
  byMin,
  byService,
  byWei,
  closed,
  decided,
  given,
  heldBy,
  issuedLetter,
  oneOfEach,
  opened,
  sealed,
  sentLetter,
} from './complaint-case.testing.js';

const promised: ComplaintCaseEvent = { type: 'UpdatePromised', promise: 'promise-1', due: at(120) };

describe('Issuing a letter', () => {
  const issue = (more: Partial<IssueLetter> = {}): IssueLetter => ({
    type: 'IssueLetter',
    ...byJing,
    letter: 'letter-1',
    kind: 'update',
    channel: 'email',
    sealed: [sealed('letter-text')],
    ...more,
  });
  const issued = issuedLetter('update', { issuedAt: at(60) });

  it('is recorded', () => given(opened).when(issue()).records(issued));
  it('is recorded once', () => given(opened, issued).when(issue()).recordsNothing());
  it('may be for a promise', () =>
    given(opened, promised)
      .when(issue({ promise: 'promise-1' }))
      .records(issuedLetter('update', { issuedAt: at(60), promise: 'promise-1' })));
  it('cannot be for a promise nobody made', () =>
    given(opened)
      .when(issue({ promise: 'promise-9' }))
      .isRefused('promise-is-unknown'));
  it('may promise the next one', () =>
    given(opened)
      .when(issue({ next: { promise: 'promise-1', due: at(120) } }))
      .records(issuedLetter('update', { issuedAt: at(60), nextUpdate: at(120) }), promised));
  it('cannot promise what has passed', () =>
    given(opened)
      .when(issue({ next: { promise: 'promise-1', due: at(60) } }))
      .isRefused('due-has-passed', { pointers: ['/nextUpdate'] }));
  it('answers nothing before it is assessed', () =>
    given(opened)
      .when(issue({ kind: 'final-response' }))
      .isRefused('case-is-not-assessed'));
  it('tells a decision that was made', () =>
    given(opened, assessed)
      .when(issue({ kind: 'final-response' }))
      .isRefused('decision-is-missing'));
  it('is the holder’s', () => given(opened, heldBy('w-wei')).when(issue()).isRefused('case-belongs-to-another'));
  it('may be the supervisor’s', () => given(opened, heldBy('w-wei')).when(issue(byMin)).records(issued));
  it('is refused in a closed case', () =>
    given(...closed)
      .when(issue({ letter: 'letter-2' }))
      .isRefused('case-is-not-open'));
});

describe('A letter that left', () => {
  const sent = (more: Partial<NoteLetterSent> = {}): NoteLetterSent => ({
    type: 'NoteLetterSent',
    ...byService,
    at: at(200),
    letter: 'letter-1',
    channel: 'email',
    sentAt: at(45),
    ...more,
  });
  const issuedFor = issuedLetter('update', { promise: 'promise-1' });

  it('is noted with the instant it left', () => given(opened, issuedLetter('update')).when(sent()).records(sentLetter('update')));
  it('is noted once', () => given(opened, issuedLetter('update'), sentLetter('update')).when(sent()).recordsNothing());
  it('keeps the promise it is for, though it is reported late', () =>
    given(opened, promised, issuedFor)
      .when(sent({ at: at(9999) }))
      .records(sentLetter('update'), { type: 'PromiseKept', promise: 'promise-1', sentAt: at(45) }));
  it('keeps no promise when it left late', () =>
    given(opened, promised, issuedFor)
      .when(sent({ sentAt: at(121) }))
      .records(sentLetter('update', { sentAt: at(121) })));
  it('keeps every promise when it is the final answer', () =>
    given(opened, assessed, promised, { ...promised, promise: 'promise-2' }, decided(), issuedLetter('final-response'))
      .when(sent())
      .records(
        sentLetter('final-response'),
        { type: 'PromiseKept', promise: 'promise-1', sentAt: at(45) },
        { type: 'PromiseKept', promise: 'promise-2', sentAt: at(45) },
      ));
  it('left when it was issued, at the earliest, whatever the clock says of whoever reports it', () =>
    given(opened, promised, issuedFor)
      .when(sent({ sentAt: at(39) }))
      .records(sentLetter('update', { sentAt: at(40) }), { type: 'PromiseKept', promise: 'promise-1', sentAt: at(40) }));
  it('keeps no promise when it was issued late, whatever the clock says of whoever reports it', () =>
    given(opened, promised, issuedLetter('update', { promise: 'promise-1', issuedAt: at(130) }))
      .when(sent({ sentAt: at(39) }))
      .records(sentLetter('update', { sentAt: at(130) })));
  it('is noted though the clock of whoever reports it is ahead of ours', () =>
    given(opened, issuedLetter('update'))
      .when(sent({ sentAt: at(201) }))
      .records(sentLetter('update', { sentAt: at(201) })));
  it('must have been issued', () => given(opened).when(sent()).isRefused('letter-is-unknown'));
});

describe('A letter that could not be delivered', () => {
  const undelivered: NoteLetterUndelivered = { type: 'NoteLetterUndelivered', ...byService, letter: 'letter-1', why: 'no-route' };
  it('is noted', () => given(opened, issuedLetter('update')).when(undelivered).records(oneOfEach.LetterUndelivered));
  it('is noted once', () => given(opened, issuedLetter('update'), oneOfEach.LetterUndelivered).when(undelivered).recordsNothing());
  it('must have been issued', () => given(opened).when(undelivered).isRefused('letter-is-unknown'));
});

describe('The case is answered', () => {
  const close = { type: 'CloseCase', ...byWei, how: 'answered' } as const;
  it('not when the final response is issued', () =>
    given(opened, assessed, decided(), issuedLetter('final-response')).when(close).isRefused('complainant-has-no-final-response'));
  it('not when it could not be delivered', () =>
    given(opened, assessed, decided(), issuedLetter('final-response'), oneOfEach.LetterUndelivered)
      .when(close)
      .isRefused('complainant-has-no-final-response'));
  it('not by a mere update', () =>
    given(opened, assessed, issuedLetter('update'), sentLetter('update')).when(close).isRefused('complainant-has-no-final-response'));
  it('when the final response has left', () =>
    given(opened, assessed, decided(), issuedLetter('final-response'), sentLetter('final-response'))
      .when(close)
      .records({ type: 'CaseClosed', how: 'answered', outcome: 'upheld', closedAt: at(60) }));
  it('not by a response written before it was reopened', () =>
    given(
      opened,
      assessed,
      decided(),
      issuedLetter('final-response'),
      { type: 'CaseClosed', how: 'withdrawn', closedAt: at(41) },
      oneOfEach.CaseReopened,
      sentLetter('final-response'),
    )
      .when(close)
      .isRefused('complainant-has-no-final-response'));
});
