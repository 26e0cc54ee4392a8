import { describe, it } from '@jest/globals';
import type { AskForInformation, AttachEvidence, LetInformationLapse, ReceiveInformation } from './asking.js';
import { at, byJing, byService, closed, given, oneOfEach, opened } from './complaint-case.testing.js';

const asked = oneOfEach.InformationAsked;

describe('Asking for information', () => {
  const ask: AskForInformation = {
    type: 'AskForInformation',
    ...byJing,
    request: 'question-1',
    from: 'complainant',
    what: 'transaction-record',
    due: at(120),
  };
  it('is recorded', () => given(opened).when(ask).records(asked));
  it('says nothing twice', () => given(opened, asked).when(ask).recordsNothing());
  it('is refused for the past', () =>
    given(opened)
      .when({ ...ask, due: at(1) })
      .isRefused('due-has-passed', { pointers: ['/due'] }));
  it('is refused of a closed case', () =>
    given(...closed)
      .when(ask)
      .isRefused('case-is-not-open'));
});

describe('Information', () => {
  const receive: ReceiveInformation = { type: 'ReceiveInformation', ...byJing, request: 'question-1' };
  it('is received', () => given(opened, asked).when(receive).records(oneOfEach.InformationReceived));
  it('is received late rather than never', () =>
    given(opened, asked, oneOfEach.InformationRequestLapsed).when(receive).records(oneOfEach.InformationReceived));
  it('is received once', () => given(opened, asked, oneOfEach.InformationReceived).when(receive).recordsNothing());
  it('may name the evidence it came as', () =>
    given(opened, asked, oneOfEach.EvidenceAttached)
      .when({ ...receive, evidence: 'evidence-1' })
      .records({ ...oneOfEach.InformationReceived, evidence: 'evidence-1' }));
  it('cannot name evidence the case does not have', () =>
    given(opened, asked)
      .when({ ...receive, evidence: 'evidence-1' })
      .isRefused('evidence-is-unknown'));
  it('that nobody asked for is refused', () => given(opened).when(receive).isRefused('information-was-not-asked'));
});

describe('A request nobody answers', () => {
  const lapse: LetInformationLapse = { type: 'LetInformationLapse', ...byService, at: at(121), request: 'question-1' };
  it('lapses', () => given(opened, asked).when(lapse).records(oneOfEach.InformationRequestLapsed));
  it('does not lapse early', () =>
    given(opened, asked)
      .when({ ...lapse, at: at(120) })
      .recordsNothing());
  it('does not lapse when it was answered', () => given(opened, asked, oneOfEach.InformationReceived).when(lapse).recordsNothing());
});

describe('Evidence', () => {
  const attach: AttachEvidence = {
    type: 'AttachEvidence',
    ...byService,
    evidence: 'evidence-1',
    kind: 'chat-log',
    h: 'hash',
    size: 512,
    from: 'complainant',
  };
  it('is attached', () => given(opened).when(attach).records(oneOfEach.EvidenceAttached));
  it('is attached once', () => given(opened, oneOfEach.EvidenceAttached).when(attach).recordsNothing());
  it('is attached to a closed case as well', () =>
    given(...closed)
      .when(attach)
      .records(oneOfEach.EvidenceAttached));
});
