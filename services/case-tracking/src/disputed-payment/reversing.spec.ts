import { describe, it } from '@jest/globals';
import { arrived, at, confirmed, disputed, given, later, ordered, supervisor, usd } from './payment.testing.js';

const provisional = [disputed, confirmed, ordered(20_000, { refund: undefined, kind: 'provisional' }), arrived()] as const;
const announced = { type: 'CreditReversalAnnounced', credit: 'c1', on: later, amount: usd(20_000) } as const;

describe('Taking a provisional credit back', () => {
  const announce = { ...announced, type: 'AnnounceReversal', ...supervisor } as const;
  it('is announced with its day and its amount', () =>
    given(...provisional)
      .when(announce)
      .records(announced));
  it('may be announced anew, for another day', () =>
    given(...provisional, announced)
      .when({ ...announce, on: '2026-11-25T00:00:00.000Z' })
      .records({ ...announced, on: '2026-11-25T00:00:00.000Z' }));
  it('announced twice says nothing new', () =>
    given(...provisional, announced)
      .when(announce)
      .recordsNothing());
  it('is not announced for a day that has passed', () =>
    given(...provisional)
      .when({ ...announce, on: at })
      .isRefused('reversal-day-has-passed'));
  it('takes no more than was credited', () =>
    given(...provisional)
      .when({ ...announce, amount: usd(20_001) })
      .isRefused('reversal-exceeds-credit'));
  it('never happens to a final credit', () =>
    given(...provisional, { type: 'CreditMadeFinal', credit: 'c1' })
      .when(announce)
      .isRefused('credit-is-final'));
  it('needs something that arrived', () =>
    given(disputed, confirmed, ordered(20_000, { refund: undefined, kind: 'provisional' }))
      .when(announce)
      .isRefused('credit-has-not-arrived'));

  const reverse = { type: 'ReverseCredit', credit: 'c1', ledgerReference: 'ledger-2', ...supervisor, at: later } as const;
  const reversed = { type: 'CreditReversed', credit: 'c1', amount: usd(20_000), ledgerReference: 'ledger-2' } as const;
  it('happens on the announced day', () =>
    given(...provisional, announced)
      .when(reverse)
      .records(reversed));
  it('does not happen before', () =>
    given(...provisional, announced)
      .when({ ...reverse, at })
      .isRefused('reversal-was-not-announced', { facts: { on: later } }));
  it('does not happen unannounced', () =>
    given(...provisional)
      .when(reverse)
      .isRefused('reversal-was-not-announced'));
  it('happens once', () =>
    given(...provisional, announced, reversed)
      .when(reverse)
      .recordsNothing());
  it('does not happen to what became final after all', () =>
    given(...provisional, announced, { type: 'CreditMadeFinal', credit: 'c1' })
      .when(reverse)
      .isRefused('credit-is-final'));
});
