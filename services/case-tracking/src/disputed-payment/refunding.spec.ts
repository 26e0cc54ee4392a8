import { describe, it } from '@jest/globals';
import {
  agent,
  approved,
  arrived,
  asked,
  at,
  confirmed,
  disputed,
  disputedAgain,
  given,
  later,
  ordered,
  requested,
  service,
  supervisor,
  usd,
} from './payment.testing.js';

const request = { ...requested(), type: 'RequestRefund', ...agent } as const;
const another = (amount: number, more = {}) => ({ ...request, refund: 'f2', amount: usd(amount), ...more });

describe('Asking for a refund', () => {
  it('is written down with who asks and under which policy', () => given(disputed, confirmed).when(request).records(requested()));
  it('needs a case that disputes the payment', () =>
    given(disputed, confirmed)
      .when({ ...request, matter: 'm9' })
      .isRefused('case-does-not-dispute-this-payment'));
  it('is in the currency of the payment', () =>
    given(disputed, confirmed)
      .when({ ...request, amount: { currency: 'EUR', value: 1 } })
      .isRefused('currency-differs', { pointers: ['/amount/currency'] }));
  it('up to the last cent is fine', () =>
    given(disputed, confirmed, requested(32_899))
      .when(another(1))
      .records(requested(1, { refund: 'f2' })));
});

describe('Never more than was paid', () => {
  const refused = { pointers: ['/amount'], facts: { left: 0, currency: 'USD' } };
  it('in one go', () =>
    given(disputed, confirmed)
      .when({ ...request, amount: usd(32_901) })
      .isRefused('refund-exceeds-payment', { facts: { left: 32_900, currency: 'USD' } }));
  it('counting what is asked for', () =>
    given(disputed, confirmed, requested()).when(another(1)).isRefused('refund-exceeds-payment', refused));
  it('counting what the merchant looks at', () =>
    given(disputed, confirmed, requested(), asked).when(another(1)).isRefused('refund-exceeds-payment', refused));
  it('counting what was granted', () =>
    given(disputed, confirmed, requested(), asked, approved(32_900)).when(another(1)).isRefused('refund-exceeds-payment', refused));
  it('counting what is ordered', () =>
    given(disputed, confirmed, requested(), asked, approved(32_900), ordered(32_900))
      .when(another(1))
      .isRefused('refund-exceeds-payment', refused));
  it('counting what has arrived', () =>
    given(disputed, confirmed, requested(), asked, approved(32_900), ordered(32_900), arrived(32_900))
      .when(another(1))
      .isRefused('refund-exceeds-payment', refused));
  it('counting what the desk returned by itself', () =>
    given(disputed, confirmed, ordered(32_900, { refund: undefined }))
      .when(another(1))
      .isRefused('refund-exceeds-payment', refused));
  it('through another path', () =>
    given(disputed, confirmed, requested())
      .when(another(1, { path: 'chargeback' }))
      .isRefused('refund-exceeds-payment', refused));
  it('through a second case', () =>
    given(disputed, disputedAgain, confirmed, requested())
      .when(another(1, { matter: 'm2' }))
      .isRefused('refund-exceeds-payment', refused));
  it('before the platform confirmed it: then never more than was claimed', () => {
    given(disputed).when(request).records(requested());
    given(disputed)
      .when({ ...request, amount: usd(32_901) })
      .isRefused('refund-exceeds-payment');
  });

  it('not counting what the merchant did not grant', () =>
    given(disputed, confirmed, requested(), asked, approved(20_000))
      .when(another(12_900))
      .records(requested(12_900, { refund: 'f2' })));
  it('not counting what was declined', () =>
    given(disputed, confirmed, requested(), asked, { type: 'RefundDeclined', refund: 'f1', why: 'used', by: 'merchant' })
      .when(another(32_900))
      .records(requested(32_900, { refund: 'f2' })));
  it('counting once what failed and may be ordered again', () => {
    const failed = [
      disputed,
      confirmed,
      requested(),
      asked,
      approved(32_900),
      ordered(32_900),
      { type: 'CreditFailed', credit: 'c1', why: 'timed-out' },
    ] as const;
    given(...failed)
      .when(another(1))
      .isRefused('refund-exceeds-payment', refused);
  });
  it('not counting what was taken back', () =>
    given(
      disputed,
      confirmed,
      ordered(32_900, { refund: undefined, kind: 'provisional' }),
      arrived(32_900),
      { type: 'CreditReversalAnnounced', credit: 'c1', on: at, amount: usd(30_000) },
      { type: 'CreditReversed', credit: 'c1', amount: usd(30_000), ledgerReference: 'ledger-2' },
    )
      .when(another(30_000))
      .records(requested(30_000, { refund: 'f2' })));
});

describe('Deciding a refund without a merchant', () => {
  const past = [disputed, confirmed, requested(32_900, { path: 'platform' })] as const;
  const approve = { type: 'DecideRefund', refund: 'f1', approved: usd(20_000), ...supervisor } as const;
  it('grants a part', () =>
    given(...past)
      .when(approve)
      .records(approved(20_000, { by: 'platform' })));
  it('or nothing, for a reason', () =>
    given(...past)
      .when({ type: 'DecideRefund', refund: 'f1', declined: 'terms-exclude', ...supervisor })
      .records({ type: 'RefundDeclined', refund: 'f1', why: 'terms-exclude', by: 'platform' }));
  it('never grants more than was asked for', () =>
    given(...past)
      .when({ ...approve, approved: usd(32_901) })
      .isRefused('approval-exceeds-request', { pointers: ['/amount'] }));
  it('is for somebody who did not ask for it', () =>
    given(...past)
      .when({ ...approve, ...agent })
      .isRefused('second-person-is-the-first'));
  it('waits while the merchant has time', () =>
    given(disputed, confirmed, requested(), asked)
      .when(approve)
      .isRefused('merchant-review-still-running', { facts: { due: later } }));
  it('is ours when the merchant let its time pass', () =>
    given(disputed, confirmed, requested(), asked, { type: 'MerchantReviewLapsed', refund: 'f1', then: 'escalate' })
      .when(approve)
      .records(approved(20_000, { by: 'platform' })));
  it('happens once', () =>
    given(...past, approved(20_000, { by: 'platform' }))
      .when(approve)
      .isRefused('refund-is-decided'));
  it('grants no more than was paid, should less have been paid than was claimed', () =>
    given(disputed, requested(32_900, { path: 'platform' }), { ...confirmed, paid: usd(20_000) })
      .when({ ...approve, approved: usd(20_001) })
      .isRefused('refund-exceeds-payment', { facts: { left: 20_000, currency: 'USD' } }));
});

describe('The target of a refund', () => {
  const sealed = [{ id: '1', group: 'refund-target', key: 'k', h: 'h' }];
  const noted = { type: 'StepUpNoted', refund: 'f1', stepUp: 's1', usableUntil: '2026-11-18T09:10:00.000Z' } as const;
  const set = { type: 'SetRefundTarget', refund: 'f1', stepUp: 's1', sealed, ...agent } as const;
  const target = { type: 'RefundTargetSet', refund: 'f1', stepUp: 's1', sealed } as const;
  it('is set after a one-time code for this refund', () => given(disputed, requested(), noted).when(set).records(target));
  it('is not set without one', () =>
    given(disputed, requested())
      .when(set)
      .isRefused('step-up-missing', { pointers: ['/stepUp'] }));
  it('is not set with the code of another refund', () =>
    given(disputed, requested(100), requested(100, { refund: 'f2' }), { ...noted, refund: 'f2' })
      .when(set)
      .isRefused('step-up-is-for-something-else'));
  it('is set once by one code', () => given(disputed, requested(), noted, target).when(set).isRefused('step-up-missing'));
  it('is not set by an old code', () =>
    given(disputed, requested(), noted)
      .when({ ...set, at: '2026-11-18T09:10:00.000Z' })
      .isRefused('step-up-missing'));
  it('does not change once the money is on its way', () =>
    given(disputed, confirmed, requested(), asked, approved(), noted, ordered()).when(set).isRefused('credit-is-under-way'));
  it('may change when that credit failed', () =>
    given(disputed, confirmed, requested(), asked, approved(), noted, ordered(), {
      type: 'CreditFailed',
      credit: 'c1',
      why: 'account-closed',
    })
      .when(set)
      .records(target));

  const note = { ...noted, type: 'NoteStepUp', ...service } as const;
  it('hears of passed codes', () => given(disputed, requested()).when(note).records(noted));
  it('does not hear of codes for refunds it does not know', () => given(disputed).when(note).recordsNothing());
});
