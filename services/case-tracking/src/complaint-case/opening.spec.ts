import { describe, it } from '@jest/globals';
import { assessed, byJing, byService, given, oneOfEach, opened, sealed } from './complaint-case.testing.js';
import type { LinkCases, NoteFacts, OpenCase } from './opening.js';

const openCase: OpenCase = {
  type: 'OpenCase',
  ...byService,
  kind: 'complaint',
  reference: 'R7K3-M9QX-2D',
  respondent: 'QuanPay Payment Services Co., Ltd.',
  language: 'zh-CN',
  receivedAt: opened.receivedAt,
  policy: 'sha256:00',
  known: ['account', 'occurredAt'],
  facts: { category: 'account-taken-over', account: 'wallet-8843' },
  sealed: [sealed('narrative')],
};
const noteFacts = (facts: NoteFacts['facts'], more: Partial<NoteFacts> = {}): NoteFacts => ({
  type: 'NoteFacts',
  ...byService,
  facts,
  known: Object.keys(facts),
  ...more,
});

describe('A received complaint', () => {
  it('opens its case', () =>
    given()
      .when(openCase)
      .records({
        type: 'CaseOpened',
        kind: 'complaint',
        reference: 'R7K3-M9QX-2D',
        respondent: 'QuanPay Payment Services Co., Ltd.',
        language: 'zh-CN',
        receivedAt: opened.receivedAt,
        policy: 'sha256:00',
        known: ['account', 'occurredAt'],
        category: 'account-taken-over',
        account: 'wallet-8843',
        sealed: [sealed('narrative')],
      }));
  it('opens it once', () => given(opened).when(openCase).recordsNothing());
});

describe('Facts told after receipt', () => {
  it('are noted', () =>
    given(opened)
      .when(noteFacts({ merchant: 'm-12' }))
      .records({ type: 'FactsNoted', facts: { merchant: 'm-12' }, known: ['merchant'] }));
  it('are noted without what we knew', () =>
    given(opened)
      .when(noteFacts({ merchant: 'm-12', amount: { currency: 'CNY', value: 128000 } }))
      .records({ type: 'FactsNoted', facts: { merchant: 'm-12' }, known: ['merchant'] }));
  it('say nothing when we knew them all', () =>
    given(opened, oneOfEach.FactsNoted)
      .when(noteFacts({ merchant: 'm-12' }))
      .recordsNothing());
  it('may be personal: then only the name of the detail is known', () =>
    given(opened)
      .when(noteFacts({}, { known: ['device'], sealed: [sealed('device')] }))
      .records({ type: 'FactsNoted', facts: {}, known: [], sealed: [sealed('device')] }));
  it('include the checks of triage, each result once', () => {
    const check = { check: 'network', result: 'fine', how: 'automatic' };
    given(opened).when(noteFacts({}, { check })).records(oneOfEach.CheckNoted);
    given(opened, oneOfEach.CheckNoted).when(noteFacts({}, { check })).recordsNothing();
  });
  it('are refused of a case nobody opened', () =>
    given()
      .when(noteFacts({ merchant: 'm-12' }))
      .isRefused('case-is-not-open'));
});

describe('Linking cases', () => {
  const linkCases: LinkCases = { type: 'LinkCases', ...byJing, other: 'case-b', relation: 'duplicate-of' };
  it('is recorded', () => given(opened, assessed).when(linkCases).records(oneOfEach.CasesLinked));
  it('says nothing the second time', () => given(opened, oneOfEach.CasesLinked).when(linkCases).recordsNothing());
});
