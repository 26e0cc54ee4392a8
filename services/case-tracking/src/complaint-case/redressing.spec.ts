import { describe, it } from '@jest/globals';
import { answered, assessed, at, byCustomer, byJing, given, oneOfEach, opened } from './complaint-case.testing.js';
import type { OfferRedress } from './redressing.js';

const offered = oneOfEach.RedressOffered;
const accepted = oneOfEach.RedressAccepted;

describe('Redress', () => {
  const offer = (items: OfferRedress['items'] = offered.items): OfferRedress => ({
    type: 'OfferRedress',
    ...byJing,
    redress: 'redress-1',
    items,
  });
  const accept = { type: 'AcceptRedress', ...byCustomer, redress: 'redress-1' } as const;
  const decline = { type: 'DeclineRedress', ...byCustomer, redress: 'redress-1' } as const;

  it('is offered', () => given(opened, assessed).when(offer()).records(offered));
  it('is offered once', () => given(opened, assessed, offered).when(offer()).recordsNothing());
  it('is offered after assessment', () => given(opened).when(offer()).isRefused('case-is-not-assessed'));
  it('names an amount where it is money', () =>
    given(opened, assessed)
      .when(offer([{ kind: 'apology' }, { kind: 'compensation' }]))
      .isRefused('redress-amount-does-not-fit', { pointers: ['/items/1/amount'] }));
  it('names none where it is not', () =>
    given(opened, assessed)
      .when(offer([{ kind: 'apology', amount: { currency: 'CNY', value: 1 } }]))
      .isRefused('redress-amount-does-not-fit', { pointers: ['/items/0/amount'] }));

  it('is accepted', () => given(opened, assessed, offered).when(accept).records(accepted));
  it('is accepted once', () => given(opened, assessed, offered, accepted).when(accept).recordsNothing());
  it('may be accepted after all', () => given(opened, assessed, offered, oneOfEach.RedressDeclined).when(accept).records(accepted));
  it('is declined', () => given(opened, assessed, offered).when(decline).records(oneOfEach.RedressDeclined));
  it('is declined once', () => given(opened, assessed, offered, oneOfEach.RedressDeclined).when(decline).recordsNothing());
  it('that was accepted is owed', () => given(opened, assessed, offered, accepted).when(decline).isRefused('redress-was-accepted'));
  it('must have been offered', () => {
    given(opened).when(accept).isRefused('redress-is-unknown');
    given(opened).when(decline).isRefused('redress-is-unknown');
  });

  it('is owed until the measure that pays it is done', () => {
    const close = { type: 'CloseCase', ...byJing, how: 'answered' } as const;
    const paying = { type: 'MeasurePlanned', measure: 'measure-1', kind: 'return-money', redress: 'redress-1' } as const;
    const paid = { ...oneOfEach.MeasureDone, kind: 'return-money' } as const;
    given(
      ...answered,
      offered,
      accepted,
      { ...oneOfEach.MeasurePlanned, measure: 'measure-2' },
      { ...oneOfEach.MeasureDone, measure: 'measure-2' },
    )
      .when(close)
      .isRefused('redress-still-owed');
    given(...answered, offered, accepted, paying, paid)
      .when(close)
      .records({ ...oneOfEach.CaseClosed, closedAt: at(60) });
  });
  it('without money in it is not owed', () =>
    given(...answered, { ...offered, items: [{ kind: 'apology' }] }, accepted)
      .when({ type: 'CloseCase', ...byJing, how: 'answered' })
      .records({ ...oneOfEach.CaseClosed, closedAt: at(60) }));
});
