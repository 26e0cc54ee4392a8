import { describe, it } from '@jest/globals';
import { agent, approved, asked, confirmed, disputed, given, later, platform, requested, service, usd } from './payment.testing.js';

const underReview = [disputed, confirmed, requested(), asked] as const;

describe('Asking the merchant', () => {
  const ask = { type: 'AskMerchant', refund: 'f1', due: later, then: 'escalate', ...agent } as const;
  it('starts the merchant’s own clock', () => given(disputed, confirmed, requested()).when(ask).records(asked));
  it('again does not start it anew', () =>
    given(...underReview)
      .when({ ...ask, due: '2026-11-30T00:00:00.000Z' })
      .recordsNothing());
  it('is not part of other paths', () =>
    given(disputed, confirmed, requested(100, { path: 'chargeback' }))
      .when(ask)
      .isRefused('refund-is-not-for-the-merchant'));
});

describe('The merchant', () => {
  const approve = { type: 'RecordMerchantDecision', refund: 'f1', approved: usd(20_000), ...platform } as const;
  it('may grant a part', () =>
    given(...underReview)
      .when(approve)
      .records(approved(20_000)));
  it('may grant all of it', () =>
    given(...underReview)
      .when({ ...approve, approved: usd(32_900) })
      .records(approved(32_900)));
  it('cannot grant more than was asked for', () =>
    given(...underReview)
      .when({ ...approve, approved: usd(32_901) })
      .isRefused('approval-exceeds-request', { pointers: ['/amount'] }));
  it('may decline for a reason', () =>
    given(...underReview)
      .when({ type: 'RecordMerchantDecision', refund: 'f1', declined: 'goods-delivered', ...platform })
      .records({ type: 'RefundDeclined', refund: 'f1', why: 'goods-delivered', by: 'merchant' }));
  it('decides once', () =>
    given(...underReview, approved())
      .when(approve)
      .isRefused('refund-is-decided'));
  it('decides only what it was asked', () => given(disputed, confirmed, requested()).when(approve).isRefused('merchant-was-not-asked'));
  it('may still answer while we look at what it left unanswered', () =>
    given(...underReview, { type: 'MerchantReviewLapsed', refund: 'f1', then: 'escalate' })
      .when(approve)
      .records(approved(20_000)));
});

describe('A merchant that does not answer', () => {
  const lapse = { type: 'LetReviewLapse', refund: 'f1', ...service, at: later } as const;
  const whose = (then: 'approve' | 'decline' | 'escalate') => [disputed, confirmed, requested(), { ...asked, then }] as const;
  const lapsed = (then: 'approve' | 'decline' | 'escalate') => ({ type: 'MerchantReviewLapsed', refund: 'f1', then }) as const;
  it('has granted it, where the policy said so', () =>
    given(...whose('approve'))
      .when(lapse)
      .records(lapsed('approve'), approved(32_900, { by: 'lapse' })));
  it('has declined it, where the policy said so', () =>
    given(...whose('decline'))
      .when(lapse)
      .records(lapsed('decline'), { type: 'RefundDeclined', refund: 'f1', why: 'merchant-did-not-answer', by: 'lapse' }));
  it('leaves it to us, where the policy said so', () =>
    given(...whose('escalate'))
      .when(lapse)
      .records(lapsed('escalate')));
  it('has until its clock says', () =>
    given(...whose('approve'))
      .when({ ...lapse, at: '2026-11-20T08:59:59.999Z' })
      .isRefused('merchant-review-still-running', { facts: { due: later } }));
  it('lapses once', () =>
    given(...whose('approve'), lapsed('approve'), approved(32_900, { by: 'lapse' }))
      .when(lapse)
      .recordsNothing());
  it('does not lapse after it has answered', () =>
    given(...whose('decline'), approved())
      .when(lapse)
      .recordsNothing());
  it('does not grant more than was paid by silence: then somebody looks', () =>
    given(disputed, requested(), { ...asked, then: 'approve' }, { ...confirmed, paid: usd(20_000) })
      .when(lapse)
      .records(lapsed('escalate')));
});
