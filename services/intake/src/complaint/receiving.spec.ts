import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { ComplaintEvent, ComplaintReceived } from './complaint.js';
import { complaint } from './deciding.js';

const given = givenFor(complaint);
const by = { actor: 'cus-0012', role: 'customer', client: 'quanpay' };
const agent = { actor: 'agent-0417', role: 'agent', client: 'console' };
const platform = { actor: 'quanpay', role: 'platform', client: 'quanpay' };
const at = '2026-11-17T18:41:00.000Z';
const amount = { currency: 'CNY', value: 128000 };

const drafted: ComplaintEvent = {
  type: 'ComplaintDrafted',
  matter: 'm1',
  channel: 'app',
  language: 'zh-CN',
  account: 'wallet-8843',
  subject: 'cus-0012',
};
const narrative: ComplaintEvent = { type: 'NarrativeGiven', language: 'zh-CN', sealed: [] };
const category: ComplaintEvent = { type: 'CategoryChosen', category: 'account-taken-over' };
const details: ComplaintEvent = {
  type: 'DetailsGiven',
  details: {
    amount: { value: amount, source: 'complainant' },
    occurredAt: { value: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' }, source: 'complainant' },
  },
  sealed: [],
};
const receive = {
  type: 'ReceiveComplaint',
  by,
  at,
  reference: 'R000-0000-0R',
  respondent: 'QuanPay Payment Services Co., Ltd.',
} as const;
const received: ComplaintReceived = {
  type: 'ComplaintReceived',
  reference: 'R000-0000-0R',
  receivedAt: at,
  channel: 'app',
  how: 'submitted',
  respondent: 'QuanPay Payment Services Co., Ltd.',
  category: 'account-taken-over',
  account: 'wallet-8843',
  amount,
  reporterVerified: 'token-exchange',
  completeness: { score: 86, missing: ['device'] },
};

describe('Receiving a complaint', () => {
  it('listens before it asks: what is missing is noted, never a reason to refuse', () =>
    given(drafted, narrative, category, details).when(receive).records(received));
  it('needs nothing but a narrative', () =>
    given({ type: 'ComplaintDrafted', matter: 'm1', channel: 'letter', language: 'en' }, narrative)
      .when({ ...receive, by: agent })
      .records({
        type: 'ComplaintReceived',
        reference: receive.reference,
        receivedAt: at,
        channel: 'letter',
        how: 'told-to-staff',
        respondent: receive.respondent,
        completeness: { score: 25, missing: ['category', 'occurredAt', 'complainant'] },
      }));
  it('is refused when nothing was told', () =>
    given(drafted, category, details)
      .when(receive)
      .isRefused('nothing-was-told', { pointers: ['/narrative/text'] }));
  it('says nothing the second time: the reference stays', () =>
    given(drafted, narrative, received)
      .when({ ...receive, reference: 'R111-1111-11' })
      .recordsNothing());
  it('counts a letter from the day it reached the desk', () =>
    given(drafted, narrative, category, details)
      .when({ ...receive, by: agent, reporterVerified: 'call-back', receivedAt: '2026-11-16T08:00:00.000Z' })
      .records({ ...received, reporterVerified: 'call-back', receivedAt: '2026-11-16T08:00:00.000Z' }));
  it('does not believe in a letter of tomorrow', () =>
    given(drafted, narrative)
      .when({ ...receive, by: agent, receivedAt: '2026-11-18T08:00:00.000Z' })
      .isRefused('received-in-the-future', { pointers: ['/receivedAt'] }));
  it('is now when a customer submits: he cannot date it back', () =>
    given(drafted, narrative)
      .when({ ...receive, receivedAt: '2026-11-16T08:00:00.000Z' })
      .isRefused('receipt-is-now', { pointers: ['/receivedAt'] }));
  it('is refused to a discarded draft', () =>
    given(drafted, { type: 'DraftDiscarded', why: 'empty' }).when(receive).isRefused('draft-is-discarded'));
  it('takes the category, amount and channel that hold at that moment', () =>
    given(drafted, narrative, { type: 'CategoryChosen', category: 'scam' }, category, details, {
      type: 'HandedOff',
      from: 'app',
      to: 'telephone',
      why: 'urgent',
    })
      .when(receive)
      .records({ ...received, channel: 'telephone' }));
});

describe('Who reports', () => {
  const begunByThePlatform: ComplaintEvent = { type: 'ComplaintDrafted', matter: 'm1', channel: 'app', language: 'en' };
  const begunByTheCustomer: ComplaintEvent = { ...begunByThePlatform, subject: 'cus-0012', reporterVerified: 'token-exchange' };
  const { account: _account, category: _category, amount: _amount, reporterVerified: _verified, ...plain } = received;
  const missing = { score: 25, missing: ['category', 'occurredAt', 'complainant'] };

  it('is known of a customer who signed in through his platform', () =>
    given(begunByThePlatform, narrative)
      .when(receive)
      .records({ ...plain, reporterVerified: 'token-exchange', completeness: missing }));
  it('stays known when an agent completes what the customer began', () =>
    given(begunByTheCustomer, narrative)
      .when({ ...receive, by: agent })
      .records({ ...plain, reporterVerified: 'token-exchange', completeness: { score: 50, missing: ['category', 'occurredAt'] } }));
  it('is known when an agent says how she asked', () =>
    given(begunByThePlatform, narrative)
      .when({ ...receive, by: agent, reporterVerified: 'call-back' })
      .records({ ...plain, reporterVerified: 'call-back', completeness: missing }));
  it('is known when the platform asserts it', () =>
    given(begunByThePlatform, narrative)
      .when({ ...receive, by: platform, reporterVerified: 'platform-assertion' })
      .records({ ...plain, reporterVerified: 'platform-assertion', completeness: missing }));
  it('is not known when nobody says', () =>
    given(begunByThePlatform, narrative)
      .when({ ...receive, by: platform })
      .records({ ...plain, completeness: missing }));
  it.each([
    [platform, 'security-questions'],
    [agent, 'platform-assertion'],
    [by, 'identity-document'],
  ] as const)('cannot be known in a way that is not the caller’s', (who, way) =>
    given(begunByThePlatform, narrative)
      .when({ ...receive, by: who, reporterVerified: way })
      .isRefused('verification-is-not-yours', { pointers: ['/reporterVerified'] }),
  );
});

describe('An idle draft', () => {
  const service = { actor: 'service:intake', role: 'service', client: 'intake' };
  const { reporterVerified: _verified, ...unverified } = received;
  const lying = { ...receive, by: service, how: 'idle', asOf: 4 } as const;
  it('is received for the customer', () =>
    given(drafted, narrative, category, details)
      .when(lying)
      .records({ ...unverified, how: 'idle' }));
  it('is left alone when the customer has gone on since it was found', () =>
    given(drafted, narrative, category, details, { type: 'CheckRecorded', check: 'network', result: 'fine', how: 'asked' })
      .when(lying)
      .recordsNothing());
});

describe('After receipt', () => {
  it('narrative, details, category and checks may still come', () => {
    given(drafted, narrative, received)
      .when({ type: 'TellWhatHappened', by, at, language: 'zh-CN', characters: 3, sealed: [] })
      .records(narrative);
    given(drafted, narrative, received).when({ type: 'ChooseCategory', by, at, category: 'account-taken-over' }).records(category);
    given(drafted, narrative, received)
      .when({ type: 'GiveDetails', by, at, source: 'complainant', details: { amount }, sealed: [] })
      .records({ type: 'DetailsGiven', details: { amount: { value: amount, source: 'complainant' } }, sealed: [] });
    given(drafted, narrative, received)
      .when({ type: 'RecordCheck', by, at, check: 'network', result: 'fine', how: 'asked' })
      .records({ type: 'CheckRecorded', check: 'network', result: 'fine', how: 'asked' });
  });
});
