import { describe, it } from '@jest/globals';
import { about, agent, confirmed, disputed, disputedAgain, given, platform, usd } from './payment.testing.js';

describe('Disputing a payment', () => {
  const dispute = { type: 'DisputePayment', payment: 't-1', transaction: 't-1', about, claimed: usd(32_900), ...agent } as const;
  it('says whose complaint it is and how much', () => given().when(dispute).records(disputed));
  it('twice by the same case says nothing new', () => given(disputed).when(dispute).recordsNothing());
  it('twice by the same case with another amount is a contradiction', () =>
    given(disputed)
      .when({ ...dispute, claimed: usd(1) })
      .isRefused('case-disputes-this-payment-already'));
  it('by a second case is heard, and linked as a possible duplicate', () =>
    given(disputed)
      .when({ ...dispute, about: { ...about, matter: 'm2', reference: 'R7K3-M9QX-2E' } })
      .records(disputedAgain));
});

describe('Confirming a payment', () => {
  const confirm = { ...confirmed, type: 'ConfirmPayment', ...platform } as const;
  it('says what was paid, when, and to whom', () => given(disputed).when(confirm).records(confirmed));
  it('twice says nothing new', () => given(disputed, confirmed).when(confirm).recordsNothing());
  it('with another amount overwrites nothing', () =>
    given(disputed, confirmed)
      .when({ ...confirm, paid: usd(1) })
      .isRefused('payment-was-confirmed-otherwise'));
  it('cannot be about the future', () =>
    given(disputed)
      .when({ ...confirm, occurredAt: '2026-11-18T09:00:02.001Z' })
      .isRefused('occurred-in-the-future', { pointers: ['/occurredAt'] }));
});
