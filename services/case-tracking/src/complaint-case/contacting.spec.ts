import { describe, it } from '@jest/globals';
import type { AddNote, RecordContact, RecordInquiry } from './contacting.js';
import type { ComplaintCaseEvent } from './complaint-case.js';
import { at, byCustomer, byJing, closed, given, oneOfEach, opened, sealed } from './complaint-case.testing.js';

const contact: RecordContact = {
  type: 'RecordContact',
  ...byJing,
  contact: 'contact-1',
  channel: 'telephone',
  direction: 'inbound',
  badge: '0417',
  ownBadge: '0417',
  receipt: 'C0A1-B2C3-D4',
  sealed: [sealed('contact-text')],
};

describe('A contact', () => {
  it('is recorded with badge and receipt, and what was said stays sealed', () =>
    given(opened).when(contact).records(oneOfEach.ContactRecorded));
  it('is refused without a badge number', () =>
    given(opened)
      .when({ ...contact, badge: undefined })
      .isRefused('badge-number-missing', { pointers: ['/badge'] }));
  it('is refused under another’s badge', () =>
    given(opened)
      .when({ ...contact, badge: '0533' })
      .isRefused('badge-belongs-to-another', { pointers: ['/badge'] }));
  it('may promise the next update', () =>
    given(opened)
      .when({ ...contact, next: { promise: 'promise-1', due: at(120) } })
      .records({ ...oneOfEach.ContactRecorded, nextUpdate: at(120) }, oneOfEach.UpdatePromised));
  it('cannot promise what has passed', () =>
    given(opened)
      .when({ ...contact, next: { promise: 'promise-1', due: at(59) } })
      .isRefused('due-has-passed', { pointers: ['/nextUpdate'] }));
  it('keeps the promise it is for', () =>
    given(opened, oneOfEach.UpdatePromised)
      .when({ ...contact, promise: 'promise-1' })
      .records({ ...oneOfEach.ContactRecorded, promise: 'promise-1' }, { type: 'PromiseKept', promise: 'promise-1', sentAt: at(60) }));
  it('comes too late for a promise that was due before', () =>
    given(opened, { ...oneOfEach.UpdatePromised, due: at(59) })
      .when({ ...contact, promise: 'promise-1' })
      .records({ ...oneOfEach.ContactRecorded, promise: 'promise-1' }));
  it('cannot be for a promise nobody made', () =>
    given(opened)
      .when({ ...contact, promise: 'promise-9' })
      .isRefused('promise-is-unknown'));
  it('is heard after the case is closed', () =>
    given(...closed)
      .when(contact)
      .records(oneOfEach.ContactRecorded));
  it('but promises nothing then', () =>
    given(...closed)
      .when({ ...contact, next: { promise: 'promise-1', due: at(120) } })
      .isRefused('case-is-not-open'));
});

describe('An inquiry', () => {
  const inquiry: RecordInquiry = { type: 'RecordInquiry', ...byCustomer, interval: 'PT60M', inquiriesForPriority: 3 };
  const inquired = (count: number, inquiredAt: string): ComplaintCaseEvent => ({ type: 'ProgressInquired', count, inquiredAt });

  it('is counted', () =>
    given(opened)
      .when(inquiry)
      .records(inquired(1, at(60))));
  it('is not counted again within the platform’s interval', () =>
    given(opened, inquired(1, at(1)))
      .when(inquiry)
      .recordsNothing());
  it('is counted again after it', () =>
    given(opened, inquired(1, at(0)))
      .when(inquiry)
      .records(inquired(2, at(60))));
  it('raises the priority by rule when it is the third', () =>
    given(opened, inquired(1, at(-60)), inquired(2, at(0)))
      .when(inquiry)
      .records(inquired(3, at(60)), { type: 'CasePrioritised', priority: 'high', rule: 'inquiries' }));
  it('raises it no further when it is high', () =>
    given(opened, inquired(3, at(0)), oneOfEach.CasePrioritised)
      .when(inquiry)
      .records(inquired(4, at(60))));
  it('about a closed case records nothing', () =>
    given(...closed)
      .when(inquiry)
      .recordsNothing());
});

describe('A note', () => {
  const note: AddNote = { type: 'AddNote', ...byJing, note: 'note-1', sealed: [sealed('note')] };
  it('is added, sealed', () => given(opened).when(note).records(oneOfEach.NoteAdded));
  it('may be added to a closed case', () =>
    given(...closed)
      .when(note)
      .records(oneOfEach.NoteAdded));
});
