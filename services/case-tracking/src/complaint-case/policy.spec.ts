import { describe, expect, it } from '@jest/globals';
import { platformSettings } from '@recourse/contracts';
import { at, byService, opened, sealed } from './complaint-case.testing.js';
import {
  whenCategoryChosen,
  whenCheckRecorded,
  whenComplaintReceived,
  whenDetailsGiven,
  whenLockDeclined,
  whenLockedByRule,
  whenMerchantReviews,
  whenNoticeGivenUp,
  whenNoticeSent,
  whenProtectionChanges,
  type ComplaintHeard,
} from './policy.js';

const settings = platformSettings('quanpay')!;
const heard: ComplaintHeard = {
  matter: 'm',
  reference: 'R7K3-M9QX-2D',
  receivedAt: at(0),
  channel: 'telephone',
  language: 'zh-CN',
  respondent: 'QuanPay Payment Services Co., Ltd.',
  account: 'wallet-8843',
  subject: 'cus-77',
  category: 'account-taken-over',
  occurredAt: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' },
  known: ['account', 'occurredAt', 'device'],
  checks: [{ check: 'network', result: 'fine', how: 'automatic' }],
  evidence: [{ evidence: 'e1', kind: 'chat-log', h: 'h', size: 1, from: 'complainant' }],
};

describe('Whenever a complaint is received', () => {
  const commands = (more: Partial<ComplaintHeard> = {}) =>
    whenComplaintReceived({ ...heard, ...more }, [sealed('narrative')], settings).map((then) => then(byService));

  it('its case opens with everything that was told', () =>
    expect(commands()[0]).toEqual({
      type: 'OpenCase',
      ...byService,
      kind: 'complaint',
      reference: 'R7K3-M9QX-2D',
      respondent: 'QuanPay Payment Services Co., Ltd.',
      language: 'zh-CN',
      receivedAt: at(0),
      policy: settings.policyVersion,
      channel: 'telephone',
      subject: 'cus-77',
      facts: { account: 'wallet-8843', category: 'account-taken-over', occurredAt: heard.occurredAt },
      known: ['account', 'occurredAt', 'device'],
      sealed: [sealed('narrative')],
    }));
  it('with the terms in force when it happened, its checks and its evidence', () =>
    expect(commands().slice(1)).toMatchObject([
      { type: 'PinTerms', terms: '2026-09-01' },
      { type: 'NoteFacts', check: { check: 'network', result: 'fine', how: 'automatic' } },
      { type: 'AttachEvidence', evidence: 'e1' },
    ]));
  it('with the terms of those days when it happened long ago', () =>
    expect(commands({ occurredAt: { at: '2026-08-31T23:59:59.999Z' } })[1]).toMatchObject({ terms: '2025-07-01' }));
  it('with those of the receipt when nobody knows when', () =>
    expect(commands({ occurredAt: undefined })[1]).toMatchObject({ terms: '2026-09-01' }));
  it('and with none when it was before all terms', () =>
    expect(commands({ occurredAt: { at: '2020-01-01T00:00:00.000Z' }, checks: [], evidence: [] })).toHaveLength(1));
});

describe('Whenever more is told', () => {
  it('the case notes it', () =>
    expect(whenDetailsGiven({ details: { merchant: 'm-12' }, known: ['merchant'] }, [], settings).map((then) => then(byService))).toEqual([
      { type: 'NoteFacts', ...byService, facts: { merchant: 'm-12' }, known: ['merchant'] },
    ]));
  it('and another time pins the terms of that time', () =>
    expect(
      whenDetailsGiven(
        { details: { occurredAt: { at: '2026-01-01T00:00:00.000Z' } }, known: ['occurredAt'] },
        [sealed('device')],
        settings,
      ).map((then) => then(byService)),
    ).toMatchObject([
      { type: 'NoteFacts', sealed: [sealed('device')] },
      { type: 'PinTerms', terms: '2025-07-01' },
    ]));
  it('a category or a check is a fact like others', () => {
    expect(whenCategoryChosen({ category: 'refund' })(byService)).toMatchObject({ type: 'NoteFacts', facts: { category: 'refund' } });
    expect(whenCheckRecorded({ check: 'balance', result: 'faulty', how: 'asked' })(byService)).toMatchObject({
      check: { check: 'balance', result: 'faulty', how: 'asked' },
    });
  });
});

describe('Whenever an account’s protection changes', () => {
  const account = 'wallet-8843';
  const noted = (type: string, data: object) => whenProtectionChanges({ type, data: { account, ...data } })?.(byService);

  it('a case notes the lock', () =>
    expect(noted('AccountLocked', { lock: 'l1', sequence: 4, cause: 'claim', causeRef: 'e1', disclosable: true })).toEqual({
      type: 'NoteProtection',
      ...byService,
      lock: 'l1',
      state: 'locked',
      sequence: 4,
    }));
  it('a case whose wish it was knows that it is granted', () =>
    expect(noted('LimitSet', { limit: 'li1', sequence: 5, cause: 'case', causeRef: 'wish-1' })).toMatchObject({
      limit: 'li1',
      state: 'limited',
      request: 'wish-1',
    }));
  it('what an authority forbids to tell is marked', () =>
    expect(noted('AccountLocked', { lock: 'l1', sequence: 4, cause: 'authority', disclosable: false })).toMatchObject({
      disclosable: false,
    }));
  it('an unlock request is followed by its id', () =>
    expect(noted('AccountUnlocked', { request: 'u1', sequence: 9, seconds: 90 })).toMatchObject({ unlock: 'u1', state: 'unlocked' }));
  it('routes and codes are not the case’s affair', () => expect(noted('RouteRegistered', { route: 'r1' })).toBeUndefined());
  it('a no is noted', () =>
    expect(whenLockDeclined({ account, why: 'account-unknown', cause: 'case', causeRef: 'wish-1' })(byService)).toEqual({
      type: 'NoteProtectionDeclined',
      ...byService,
      why: 'account-unknown',
      request: 'wish-1',
    }));
  it('a lock by rule that no case stands for gets a protective one', () =>
    expect(whenLockedByRule({ account, rule: 'sim-swap-reported', time: at(3) }, opened.reference, settings)(byService)).toMatchObject({
      type: 'OpenCase',
      kind: 'protective',
      facts: { account, category: 'account-security' },
      rule: 'sim-swap-reported',
      receivedAt: at(3),
    }));
});

describe('Whenever a notice is reported', () => {
  it('a letter has left', () =>
    expect(whenNoticeSent({ letter: 'letter-1', channel: 'email', sentAt: at(5) })?.(byService)).toEqual({
      type: 'NoteLetterSent',
      ...byService,
      letter: 'letter-1',
      channel: 'email',
      sentAt: at(5),
    }));
  it('or could not be delivered', () =>
    expect(whenNoticeGivenUp({ letter: 'letter-1', why: 'no-route' })?.(byService)).toMatchObject({
      type: 'NoteLetterUndelivered',
      why: 'no-route',
    }));
  it('and what is no letter answers nothing', () => {
    expect(whenNoticeSent({ channel: 'email', sentAt: at(5) })).toBeUndefined();
    expect(whenNoticeGivenUp({ why: 'no-route' })).toBeUndefined();
  });
});

describe('Whenever a merchant reviews', () => {
  const moved = (type: string, more: object = {}) => whenMerchantReviews(type, more)?.(byService);
  it('the case waits for the merchant', () =>
    expect(moved('MerchantAsked', { refund: 'r1', due: at(90) })).toMatchObject({
      type: 'AskForInformation',
      request: 'r1',
      from: 'merchant',
      due: at(90),
    }));
  it('until he says yes or no', () => {
    expect(moved('RefundApproved', { refund: 'r1', by: 'merchant' })).toMatchObject({ type: 'ReceiveInformation', request: 'r1' });
    expect(moved('RefundDeclined', { refund: 'r1', by: 'merchant' })).toMatchObject({ type: 'ReceiveInformation', request: 'r1' });
  });
  it('or is silent for too long', () => {
    expect(moved('MerchantReviewLapsed', { refund: 'r1' })).toMatchObject({ type: 'LetInformationLapse', request: 'r1' });
    expect(moved('RefundApproved', { refund: 'r1', by: 'lapse' })).toBeUndefined();
  });
  it('and other news is news for others', () => expect(moved('CreditConfirmed', { refund: 'r1' })).toBeUndefined());
});
