import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '@recourse/decider';
import { credited } from './counting.js';
import { disputedPayment, type PaymentCommand } from './deciding.js';
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
  platform,
  requested,
  supervisor,
  usd,
} from './payment.testing.js';

const granted = [disputed, confirmed, requested(), asked, approved(20_000)] as const;

describe('Ordering a credit', () => {
  const order = { ...ordered(), type: 'OrderCredit', ...agent } as const;
  it('tells the wallet to pay what was granted', () =>
    given(...granted)
      .when(order)
      .records(ordered()));
  it('waits for the platform to confirm the payment', () =>
    given(disputed, requested(), asked, approved()).when(order).isRefused('payment-not-confirmed'));
  it('waits for the refund to be granted', () =>
    given(disputed, confirmed, requested(), asked)
      .when(order)
      .isRefused('refund-is-not-approved', { pointers: ['/refund'] }));
  it('may come in parts, and together they are no more than was granted', () => {
    given(...granted, ordered(15_000))
      .when({ ...order, credit: 'c2', amount: usd(5_000) })
      .records(ordered(5_000, { credit: 'c2' }));
    given(...granted, ordered(15_000))
      .when({ ...order, credit: 'c2', amount: usd(5_001) })
      .isRefused('credit-exceeds-approval', { facts: { left: 5_000, currency: 'USD' } });
  });
  it('may come again when it failed', () =>
    given(...granted, ordered(), { type: 'CreditFailed', credit: 'c1', why: 'timed-out' })
      .when({ ...order, credit: 'c2' })
      .records(ordered(20_000, { credit: 'c2' })));
  it('returns stolen money without anybody’s leave, once the payment is confirmed', () =>
    given(disputed, confirmed)
      .when({ ...order, refund: undefined, amount: usd(32_900) })
      .records({ ...ordered(32_900), refund: undefined }));
  it('leaves room for every refund that is asked for', () =>
    given(...granted)
      .when({ ...order, credit: 'c2', refund: undefined, amount: usd(12_901) })
      .isRefused('refund-exceeds-payment', { facts: { left: 12_900, currency: 'USD' } }));
  it('is for a case that disputes the payment', () =>
    given(...granted)
      .when({ ...order, matter: 'm9' })
      .isRefused('case-does-not-dispute-this-payment'));
  it('is in the currency of the payment', () =>
    given(...granted)
      .when({ ...order, amount: { currency: 'EUR', value: 1 } })
      .isRefused('currency-differs'));
  it('with the same id says nothing new', () =>
    given(...granted, ordered())
      .when(order)
      .recordsNothing());
});

describe('A credit has arrived', () => {
  const confirm = { ...arrived(), type: 'ConfirmCredit', ...platform } as const;
  it('when the ledger says so', () =>
    given(...granted, ordered())
      .when(confirm)
      .records(arrived()));
  it('once', () =>
    given(...granted, ordered(), arrived())
      .when(confirm)
      .recordsNothing());
  it('under one reference', () =>
    given(...granted, ordered(), arrived())
      .when({ ...confirm, ledgerReference: 'ledger-2' })
      .isRefused('credit-is-settled', { facts: { stage: 'credited' } }));
  it('to the cent', () => {
    given(...granted, ordered())
      .when({ ...confirm, amount: usd(19_999) })
      .isRefused('amount-differs-from-order', { pointers: ['/amount'] });
    given(...granted, ordered())
      .when({ ...confirm, amount: { currency: 'EUR', value: 20_000 } })
      .isRefused('amount-differs-from-order');
  });
  it('not in the future', () =>
    given(...granted, ordered())
      .when({ ...confirm, creditedAt: later })
      .isRefused('credited-in-the-future'));
  it('not after it was said to have failed', () =>
    given(...granted, ordered(), { type: 'CreditFailed', credit: 'c1', why: 'timed-out' })
      .when(confirm)
      .isRefused('credit-is-settled'));
});

describe('A credit has failed', () => {
  const fail = { type: 'FailCredit', credit: 'c1', why: 'account-closed', ...platform } as const;
  const failed = { type: 'CreditFailed', credit: 'c1', why: 'account-closed' } as const;
  it('for a reason', () =>
    given(...granted, ordered())
      .when(fail)
      .records(failed));
  it('once', () =>
    given(...granted, ordered(), failed)
      .when(fail)
      .recordsNothing());
  it('not after it has arrived', () =>
    given(...granted, ordered(), arrived())
      .when(fail)
      .isRefused('credit-is-settled'));
});

describe('A provisional credit', () => {
  const provisional = [disputed, confirmed, ordered(20_000, { refund: undefined, kind: 'provisional' })] as const;
  const final = { type: 'MakeCreditFinal', credit: 'c1', ...supervisor } as const;
  it('becomes final', () =>
    given(...provisional, arrived())
      .when(final)
      .records({ type: 'CreditMadeFinal', credit: 'c1' }));
  it('becomes final once', () =>
    given(...provisional, arrived(), { type: 'CreditMadeFinal', credit: 'c1' })
      .when(final)
      .recordsNothing());
  it('has to arrive first', () =>
    given(...provisional)
      .when(final)
      .isRefused('credit-has-not-arrived'));
});

describe('Whatever anybody asks for, in whatever order', () => {
  const id = fc.constantFrom('1', '2', '3');
  const amount = fc.integer({ min: 1, max: 40_000 }).map(usd);
  const matter = fc.constantFrom('m1', 'm2');
  const refund = fc.option(
    id.map((n) => `f${n}`),
    { nil: undefined },
  );
  const command: fc.Arbitrary<PaymentCommand> = fc.oneof(
    fc.record({ refund: id, matter, amount }).map(({ refund, ...more }): PaymentCommand => ({
      type: 'RequestRefund',
      refund: `f${refund}`,
      ...more,
      reason: 'other',
      path: 'platform',
      policy: 'p',
      ...agent,
    })),
    fc
      .record({ refund: id, amount })
      .map(({ refund, amount }): PaymentCommand => ({ type: 'DecideRefund', refund: `f${refund}`, approved: amount, ...supervisor })),
    fc.record({ credit: id, refund, matter, amount }).map(({ credit, ...more }): PaymentCommand => ({
      type: 'OrderCredit',
      credit: `c${credit}`,
      ...more,
      kind: 'provisional',
      instruction: credit,
      due: later,
      ...agent,
    })),
    fc.record({ credit: id, amount }).map(({ credit, amount }): PaymentCommand => ({
      type: 'ConfirmCredit',
      credit: `c${credit}`,
      amount,
      ledgerReference: credit,
      creditedAt: at,
      ...platform,
    })),
    id.map((credit): PaymentCommand => ({ type: 'FailCredit', credit: `c${credit}`, why: 'timed-out', ...platform })),
    fc
      .integer({ min: 1, max: 40_000 })
      .map((paid): PaymentCommand => ({ type: 'ConfirmPayment', paid: usd(paid), occurredAt: at, source: 'ledger', ...platform })),
  );

  it('no more flows back than was paid', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        let state = [disputed, disputedAgain].reduce(disputedPayment.evolve, disputedPayment.initial);
        for (const one of commands) {
          const unknown =
            ('refund' in one && one.type === 'DecideRefund' && !state.refunds[one.refund]) ||
            ('credit' in one && one.type !== 'OrderCredit' && !state.credits[one.credit]);
          if (unknown) continue;
          const decision = disputedPayment.decide(one, state);
          if (!isRefusal(decision)) state = decision.reduce(disputedPayment.evolve, state);
          expect(credited(state)).toBeLessThanOrEqual(state.paid?.value ?? 0);
        }
      }),
      { numRuns: 500 },
    ));
});
