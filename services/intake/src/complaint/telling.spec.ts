import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { ComplaintEvent } from './complaint.js';
import { complaint } from './deciding.js';

const given = givenFor(complaint);
const by = { actor: 'cus-0012', role: 'customer', client: 'quanpay' };
const at = '2026-11-17T18:30:00.000Z';
const ref = (group: string) => ({ id: `019a9c3e-0000-7000-8000-00000000000${group.length}`, group, key: 'k1', h: 'h'.repeat(43) });

const drafted: ComplaintEvent = {
  type: 'ComplaintDrafted',
  matter: 'm1',
  channel: 'app',
  language: 'zh-CN',
  account: 'wallet-8843',
  subject: 'cus-0012',
};
const amount = { currency: 'CNY', value: 128000 };
const toldAmount: ComplaintEvent = { type: 'DetailsGiven', details: { amount: { value: amount, source: 'complainant' } }, sealed: [] };
const discarded: ComplaintEvent = { type: 'DraftDiscarded', why: 'empty' };

const tell = { type: 'TellWhatHappened', by, at, language: 'zh-CN', characters: 27, sealed: [ref('narrative')] } as const;
const give = { type: 'GiveDetails', by, at, source: 'complainant', sealed: [] } as const;

describe('Telling what happened', () => {
  it('is recorded with the sealed text beside it', () =>
    given(drafted)
      .when(tell)
      .records({ type: 'NarrativeGiven', language: 'zh-CN', sealed: [ref('narrative')] }));
  it('may be done again: every version stays', () =>
    given(drafted, { type: 'NarrativeGiven', language: 'zh-CN', sealed: [ref('narrative')] })
      .when(tell)
      .records({ type: 'NarrativeGiven', language: 'zh-CN', sealed: [ref('narrative')] }));
  it('is in the complaint’s language unless another is named', () => {
    const { language: _language, ...unnamed } = tell;
    given(drafted)
      .when(unnamed)
      .records({ type: 'NarrativeGiven', language: 'zh-CN', sealed: [ref('narrative')] });
    given(drafted)
      .when({ ...tell, language: 'ug' })
      .records({ type: 'NarrativeGiven', language: 'ug', sealed: [ref('narrative')] });
  });
  it('is refused when nothing is told', () =>
    given(drafted)
      .when({ ...tell, characters: 0 })
      .isRefused('nothing-was-told', { pointers: ['/narrative/text'] }));
  it('is refused to a discarded draft', () => given(drafted, discarded).when(tell).isRefused('draft-is-discarded'));
});

describe('Giving details', () => {
  it('keeps each with its source', () =>
    given(drafted)
      .when({ ...give, details: { amount, merchant: 'merchant-5521' } })
      .records({
        type: 'DetailsGiven',
        details: { amount: { value: amount, source: 'complainant' }, merchant: { value: 'merchant-5521', source: 'complainant' } },
        sealed: [],
      }));
  it('says nothing when told the same again', () =>
    given(drafted, toldAmount)
      .when({ ...give, details: { amount: { ...amount } } })
      .recordsNothing());
  it('keeps the same again when another side says it', () =>
    given(drafted, toldAmount)
      .when({ ...give, by: { ...by, role: 'agent' }, source: 'platform', details: { amount } })
      .records({ type: 'DetailsGiven', details: { amount: { value: amount, source: 'platform' } }, sealed: [] }));
  it('keeps only what is new', () =>
    given(drafted, toldAmount)
      .when({ ...give, details: { amount, transaction: 'T-1' } })
      .records({ type: 'DetailsGiven', details: { transaction: { value: 'T-1', source: 'complainant' } }, sealed: [] }));
  it('keeps a device each time: what is sealed cannot be compared', () =>
    given(drafted, { type: 'DetailsGiven', details: { device: { value: 'sealed', source: 'complainant' } }, sealed: [ref('device')] })
      .when({ ...give, details: { device: 'sealed' }, sealed: [ref('device')] })
      .records({ type: 'DetailsGiven', details: { device: { value: 'sealed', source: 'complainant' } }, sealed: [ref('device')] }));
  it('comes from whoever tells, unless the desk says otherwise', () => {
    const { source: _source, ...unsaid } = give;
    const from = (source: 'complainant' | 'platform' | 'bank') =>
      ({ type: 'DetailsGiven', details: { amount: { value: amount, source } }, sealed: [] }) as const;
    given(drafted)
      .when({ ...unsaid, details: { amount } })
      .records(from('complainant'));
    given(drafted)
      .when({ ...unsaid, by: { ...by, role: 'platform' }, details: { amount } })
      .records(from('platform'));
    given(drafted)
      .when({ ...unsaid, by: { ...by, role: 'agent' }, details: { amount } })
      .records(from('complainant'));
    given(drafted)
      .when({ ...give, by: { ...by, role: 'agent' }, source: 'bank', details: { amount } })
      .records(from('bank'));
  });
  it('is refused to a customer who speaks for the bank', () =>
    given(drafted)
      .when({ ...give, source: 'bank', details: { amount } })
      .isRefused('source-is-another', { pointers: ['/source'] }));
  it('is refused with a time zone nobody knows', () =>
    given(drafted)
      .when({ ...give, details: { occurredAt: { at, precision: 'day', zone: 'Asia/Atlantis' } } })
      .isRefused('zone-unknown', { pointers: ['/details/occurredAt/zone'] }));
  it('is refused when it occurred in the future', () =>
    given(drafted)
      .when({ ...give, details: { occurredAt: { at: '2026-11-17T18:30:02.001Z', precision: 'minute', zone: 'Asia/Shanghai' } } })
      .isRefused('occurred-in-the-future', { pointers: ['/details/occurredAt/at'] }));
  it('is not refused for this very moment', () =>
    given(drafted)
      .when({ ...give, details: { occurredAt: { at, precision: 'second', zone: 'Asia/Shanghai' } } })
      .records({
        type: 'DetailsGiven',
        details: { occurredAt: { value: { at, precision: 'second', zone: 'Asia/Shanghai' }, source: 'complainant' } },
        sealed: [],
      }));
  it.each([
    ['a fraction of a fen', { currency: 'CNY', value: 1280.5 }],
    ['a currency nobody knows', { currency: 'XXX', value: 100 }],
    ['nothing', { currency: 'CNY', value: 0 }],
    ['less than nothing', { currency: 'CNY', value: -1 }],
  ])('is refused with an amount of %s', (_what, wrong) =>
    given(drafted)
      .when({ ...give, details: { amount: wrong } })
      .isRefused('amount-not-in-minor-units', { pointers: ['/details/amount/value'] }),
  );
  it('is refused to a discarded draft', () =>
    given(drafted, discarded)
      .when({ ...give, details: { amount } })
      .isRefused('draft-is-discarded'));
});

describe('Choosing a category', () => {
  const choose = { type: 'ChooseCategory', by, at, category: 'account-taken-over' } as const;
  it('is recorded', () => given(drafted).when(choose).records({ type: 'CategoryChosen', category: 'account-taken-over' }));
  it('says nothing when it is the same', () =>
    given(drafted, { type: 'CategoryChosen', category: 'account-taken-over' }).when(choose).recordsNothing());
  it('may change as we understand more', () =>
    given(drafted, { type: 'CategoryChosen', category: 'wrong-debit' })
      .when(choose)
      .records({ type: 'CategoryChosen', category: 'account-taken-over' }));
  it('is refused to a discarded draft', () => given(drafted, discarded).when(choose).isRefused('draft-is-discarded'));
});
