import { describe, it } from '@jest/globals';
import type { ComplaintCaseEvent } from './complaint-case.js';
import {
  answered,
  approval,
  assessed,
  assessedAs,
  at,
  byCustomer,
  byJing,
  byMin,
  byWei,
  closed,
  days,
  decided,
  given,
  heldBy,
  issuedLetter,
  oneOfEach,
  opened,
  openedAs,
  sentLetter,
} from './complaint-case.testing.js';
import type { CloseCase, MakeDecision, ProposeDecision, ReopenCase, WithdrawComplaint } from './concluding.js';

const rejection = { outcome: 'not-upheld', grounds: ['not-proved'] } as const;
const proposed = oneOfEach.DecisionProposed;
const asked: ComplaintCaseEvent = { type: 'ApprovalAsked', review: 'review-1', for: 'decision', version: 2, asker: 'w-jing' };
const approved: ComplaintCaseEvent = { type: 'ApprovalGiven', review: 'review-1', for: 'decision', version: 2, given: approval };

describe('Proposing a decision', () => {
  const propose = (more: Partial<ProposeDecision> = {}): ProposeDecision => ({
    type: 'ProposeDecision',
    ...byJing,
    ...rejection,
    review: 'review-1',
    ...more,
  });
  it('to reject asks a second person at once, about the case as it will stand', () =>
    given(opened, assessed).when(propose()).records(proposed, asked));
  it('to uphold asks nobody', () =>
    given(opened, assessed)
      .when(propose({ outcome: 'upheld', grounds: ['unauthorised'] }))
      .records({ type: 'DecisionProposed', outcome: 'upheld', grounds: ['unauthorised'], proposer: 'w-jing' }));
  it('says nothing twice', () => given(opened, assessed, proposed, asked).when(propose()).recordsNothing());
  it('anew takes back what was asked before', () =>
    given(opened, assessed, proposed, asked)
      .when(propose({ grounds: ['within-terms'], review: 'review-2' }))
      .records(
        { type: 'ApprovalLapsed', review: 'review-1', for: 'decision' },
        { ...proposed, grounds: ['within-terms'] },
        { type: 'ApprovalAsked', review: 'review-2', for: 'decision', version: 5, asker: 'w-jing' },
      ));
  it('needs an assessment', () => given(opened).when(propose()).isRefused('case-is-not-assessed'));
  it('is the holder’s', () => given(opened, assessed, heldBy('w-wei')).when(propose()).isRefused('case-belongs-to-another'));
  it('is too late once the customer has the answer', () =>
    given(...answered)
      .when(propose())
      .isRefused('case-is-answered'));
});

describe('Deciding', () => {
  const decide = (more: Partial<MakeDecision> = {}): MakeDecision => ({
    type: 'MakeDecision',
    ...byJing,
    outcome: 'upheld',
    grounds: ['unauthorised'],
    ...more,
  });
  it('for the customer takes one person', () => given(opened, assessed).when(decide()).records(decided()));
  it('says nothing twice', () => given(opened, assessed, decided()).when(decide()).recordsNothing());
  it('against the customer takes two', () => given(opened, assessed).when(decide(rejection)).isRefused('approval-missing'));
  it('against the customer waits for the second', () =>
    given(opened, assessed, proposed, asked).when(decide(rejection)).isRefused('approval-missing'));
  it('against the customer carries the second person’s approval', () =>
    given(opened, assessed, proposed, asked, approved)
      .when(decide(rejection))
      .records({ type: 'DecisionMade', ...rejection, approval }));
  it('is decided as it was approved, to the word', () =>
    given(opened, assessed, proposed, asked, approved)
      .when(decide({ ...rejection, grounds: ['not-proved', 'within-terms'] }))
      .isRefused('approval-missing'));
  it('needs a new approval when new evidence has come since', () =>
    given(opened, assessed, proposed, asked, approved, oneOfEach.EvidenceAttached)
      .when(decide(rejection))
      .isRefused('approval-is-for-an-older-version'));
  it('is not against the customer when the second person said no', () =>
    given(opened, assessed, proposed, asked, oneOfEach.ApprovalRefused).when(decide(rejection)).isRefused('approval-missing'));
  it('needs an assessment', () => given(opened).when(decide()).isRefused('case-is-not-assessed'));
  it('cannot change once the customer has the answer', () =>
    given(...answered)
      .when(decide({ outcome: 'partly-upheld' }))
      .isRefused('case-is-answered'));
});

describe('Closing', () => {
  const close = (how: CloseCase['how'] = 'answered'): CloseCase => ({ type: 'CloseCase', ...byJing, how });
  const planned = oneOfEach.MeasurePlanned;

  it('is recorded with the outcome', () =>
    given(...answered)
      .when(close())
      .records({ type: 'CaseClosed', how: 'answered', outcome: 'upheld', closedAt: at(60) }));
  it('says nothing the second time', () =>
    given(...closed)
      .when(close())
      .recordsNothing());
  it('waits for open measures', () =>
    given(...answered, planned)
      .when(close())
      .isRefused('measure-still-open', { facts: { measures: 'secure-account' } }));
  it('does not wait for a measure that is done', () =>
    given(...answered, planned, oneOfEach.MeasureDone)
      .when(close())
      .records({ ...oneOfEach.CaseClosed, closedAt: at(60) }));
  it('does not wait for a measure that was dropped', () =>
    given(...answered, planned, oneOfEach.MeasureDropped)
      .when(close())
      .records({ ...oneOfEach.CaseClosed, closedAt: at(60) }));
  it('waits for redress that was accepted', () =>
    given(...answered, oneOfEach.RedressOffered, oneOfEach.RedressAccepted)
      .when(close())
      .isRefused('redress-still-owed'));
  it('waits for an answer about protection', () =>
    given(...answered, oneOfEach.ProtectionAsked)
      .when(close())
      .isRefused('protection-undecided'));
  it('does not wait once protection was declined', () =>
    given(...answered, oneOfEach.ProtectionAsked, oneOfEach.ProtectionDeclined)
      .when(close())
      .records({ ...oneOfEach.CaseClosed, closedAt: at(60) }));
  it('does not wait once protection was granted', () =>
    given(...answered, oneOfEach.ProtectionAsked, { ...oneOfEach.ProtectionNoted, request: 'wish-1' })
      .when(close())
      .records({ ...oneOfEach.CaseClosed, closedAt: at(60) }));
  it('waits for the final response', () => given(opened, assessed, decided()).when(close()).isRefused('complainant-has-no-final-response'));
  it('is the holder’s', () =>
    given(...answered, heldBy('w-wei'))
      .when(close())
      .isRefused('case-belongs-to-another'));

  describe('a failed payment', () => {
    const failed = [openedAs('payment-failed'), assessedAs('payment-failed'), ...answered.slice(2)];
    it('needs cause and solution', () =>
      given(...failed)
        .when(close())
        .isRefused('cause-is-missing'));
    it('carries the cause', () =>
      given(...failed, oneOfEach.CauseFound)
        .when(close())
        .records({ ...oneOfEach.CaseClosed, cause: 'merchant-interface', closedAt: at(60) }));
  });

  it('early needs the summary resolution', () => {
    given(opened, assessed, issuedLetter('summary-resolution')).when(close('resolved-early')).isRefused('summary-resolution-was-not-sent');
    given(opened, assessed, issuedLetter('summary-resolution'), sentLetter('summary-resolution'))
      .when(close('resolved-early'))
      .records({ type: 'CaseClosed', how: 'resolved-early', closedAt: at(60) });
  });
  it('as withdrawn needs the customer’s word', () => {
    given(opened).when(close('withdrawn')).isRefused('complaint-was-not-withdrawn');
    given(opened, oneOfEach.ComplaintWithdrawn)
      .when(close('withdrawn'))
      .records({ type: 'CaseClosed', how: 'withdrawn', closedAt: at(60) });
  });
  it('as withdrawn waits for open measures, too', () =>
    given(opened, planned, oneOfEach.ComplaintWithdrawn).when(close('withdrawn')).isRefused('measure-still-open'));
  it('as a duplicate needs the original', () => {
    given(opened).when(close('duplicate')).isRefused('original-case-is-not-linked');
    given(opened, oneOfEach.CasesLinked)
      .when(close('duplicate'))
      .records({ type: 'CaseClosed', how: 'duplicate', closedAt: at(60) });
  });
  it('as protective is for protective cases', () => {
    given(opened).when(close('protective-ended')).isRefused('case-is-not-protective');
    given({ ...opened, kind: 'protective' })
      .when(close('protective-ended'))
      .records({ type: 'CaseClosed', how: 'protective-ended', closedAt: at(60) });
  });
});

describe('Reopening', () => {
  const reopen = (more: Partial<ReopenCase> = {}): ReopenCase => ({
    type: 'ReopenCase',
    ...byCustomer,
    why: 'new-information',
    window: 'P180D',
    ...more,
  });
  it('is recorded', () =>
    given(...closed)
      .when(reopen())
      .records(oneOfEach.CaseReopened));
  it('is possible until the window has passed', () =>
    given(...closed)
      .when(reopen({ at: days(180) }))
      .records(oneOfEach.CaseReopened));
  it('is refused after that', () =>
    given(...closed)
      .when(reopen({ at: days(181) }))
      .isRefused('reopening-window-has-passed'));
  it('is for closed cases', () =>
    given(...answered)
      .when(reopen())
      .isRefused('case-is-not-closed'));
  it('asks for another final response', () =>
    given(...closed, oneOfEach.CaseReopened)
      .when({ type: 'CloseCase', ...byJing, how: 'answered' })
      .isRefused('complainant-has-no-final-response'));
  it('asks for another decision', () =>
    given(...closed, oneOfEach.CaseReopened)
      .when({ type: 'IssueLetter', ...byJing, letter: 'letter-2', kind: 'final-response', channel: 'email', sealed: [] })
      .isRefused('decision-is-missing'));
  it('does not carry an old approval over', () =>
    given(
      opened,
      assessed,
      proposed,
      asked,
      approved,
      { type: 'CaseClosed', how: 'withdrawn', closedAt: at(50) },
      oneOfEach.CaseReopened,
      proposed,
    )
      .when({ type: 'MakeDecision', ...byJing, ...rejection })
      .isRefused('approval-is-for-an-older-version'));
});

describe('Withdrawing', () => {
  const withdraw: WithdrawComplaint = { type: 'WithdrawComplaint', ...byCustomer, why: 'resolved' };
  it('is recorded', () => given(opened).when(withdraw).records(oneOfEach.ComplaintWithdrawn));
  it('says nothing twice', () => given(opened, oneOfEach.ComplaintWithdrawn).when(withdraw).recordsNothing());
  it('is refused when the case is closed', () =>
    given(...closed)
      .when(withdraw)
      .isRefused('case-is-not-open'));
});

describe('A second person', () => {
  const give = { type: 'GiveApproval', ...byMin, review: 'review-1' } as const;
  const refuse = { type: 'RefuseApproval', ...byMin, review: 'review-1', why: 'grounds-do-not-fit' } as const;
  const pending = [opened, assessed, proposed, asked] as const;

  it('approves what the first one saw', () =>
    given(...pending)
      .when(give)
      .records({ ...approved, given: { by: 'w-min', at: at(60) } }));
  it('is not the first', () =>
    given(...pending)
      .when({ ...give, ...byJing })
      .isRefused('second-person-is-the-first'));
  it('says so once', () =>
    given(...pending, approved)
      .when(give)
      .recordsNothing());
  it('cannot approve what has changed since', () =>
    given(...pending, oneOfEach.CauseFound)
      .when(give)
      .isRefused('approval-is-for-an-older-version'));
  it('cannot approve what has lapsed', () =>
    given(...pending, oneOfEach.ApprovalLapsed)
      .when(give)
      .isRefused('approval-is-for-an-older-version'));
  it('cannot approve what nobody asked', () => given(opened, assessed).when(give).isRefused('approval-was-not-asked'));
  it('may refuse', () =>
    given(...pending)
      .when(refuse)
      .records(oneOfEach.ApprovalRefused));
  it('may not refuse his own', () =>
    given(...pending)
      .when({ ...refuse, ...byJing })
      .isRefused('second-person-is-the-first'));
  it('says why not', () =>
    given(...pending)
      .when({ ...refuse, why: undefined })
      .isRefused('no-needs-a-reason', { pointers: ['/why'] }));
  it('refuses once', () =>
    given(...pending, oneOfEach.ApprovalRefused)
      .when(refuse)
      .recordsNothing());
  it('cannot refuse what was approved', () =>
    given(...pending, approved)
      .when(refuse)
      .isRefused('approval-is-for-an-older-version'));
  it('cannot refuse what nobody asked', () => given(opened).when(refuse).isRefused('approval-was-not-asked'));
  it('may be asked again, which takes back the first question', () =>
    given(...pending, oneOfEach.EvidenceAttached)
      .when({ type: 'AskApproval', ...byWei, review: 'review-2', for: 'decision' })
      .records(
        { type: 'ApprovalLapsed', review: 'review-1', for: 'decision' },
        { type: 'ApprovalAsked', review: 'review-2', for: 'decision', version: 4, asker: 'w-wei' },
      ));
  it('is asked once', () =>
    given(...pending)
      .when({ type: 'AskApproval', ...byJing, review: 'review-1', for: 'decision' })
      .recordsNothing());
  it('needs a proposal to look at', () =>
    given(opened, assessed)
      .when({ type: 'AskApproval', ...byJing, review: 'review-1', for: 'decision' })
      .isRefused('decision-is-not-proposed'));
  it('needs a measure to look at', () =>
    given(opened, assessed)
      .when({ type: 'AskApproval', ...byJing, review: 'review-1', for: 'drop-measure', measure: 'measure-1' })
      .isRefused('measure-is-unknown', { pointers: ['/measure'] }));
});
