import { describe, expect, it } from '@jest/globals';
import { categories, completenessOf, taxonomy, type DetailField, type Known } from './index.js';

const nothing: Known = { narrative: false, complainant: false, details: [], checks: [], channel: 'app' };
const takeOver: Known = {
  narrative: true,
  complainant: true,
  category: 'account-taken-over',
  details: ['account', 'occurredAt', 'amount'],
  checks: [],
  channel: 'app',
};
const missingOf = (known: Known) => completenessOf(known, 'en').missing.map(({ what }) => what);

describe('Completeness', () => {
  it('of a take-over told without the device asks for the device alone, in the customer’s language', () =>
    expect(completenessOf(takeOver, 'zh-CN')).toMatchObject({
      score: 86,
      missing: [{ what: 'device', pointer: '/details/device', question: '请问当时使用的（或丢失的）是哪一台设备？' }],
    }));
  it('is 100 when nothing is missing', () =>
    expect(completenessOf({ ...takeOver, details: [...takeOver.details, 'device'] }, 'en')).toMatchObject({ score: 100, missing: [] }));
  it('is 0 for an empty draft, and asks first what happened', () => {
    expect(completenessOf(nothing, 'en').score).toBe(0);
    expect(missingOf(nothing)).toEqual(['narrative', 'category', 'occurredAt', 'complainant']);
  });
  it('asks for a category but never insists: without one it is triage', () =>
    expect(missingOf({ ...nothing, narrative: true })).toContain('category'));
  it.each(['payment-failed', 'refund'] as const)('of %s asks for the merchant', (category) => {
    const everythingElse = taxonomy.categories.get(category)!.needs.filter((field) => field !== 'merchant');
    expect(missingOf({ ...takeOver, category, details: everythingElse })).toEqual(['merchant']);
  });
  it.each(categories)('of %s reaches 100 with exactly what the category needs', (category) =>
    expect(completenessOf({ ...takeOver, category, details: taxonomy.categories.get(category)!.needs }, 'zh-CN')).toMatchObject({
      score: 100,
      missing: [],
    }),
  );
  it('only rises while details come in', () => {
    const given: DetailField[] = [];
    let before = completenessOf({ ...takeOver, details: given }, 'en').score;
    for (const field of taxonomy.categories.get('account-taken-over')!.needs) {
      given.push(field);
      const after = completenessOf({ ...takeOver, details: given }, 'en').score;
      expect(after).toBeGreaterThan(before);
      before = after;
    }
  });
});

describe('The next check of a failed payment', () => {
  const failed: Known = { ...takeOver, category: 'payment-failed' };
  it('is the network first', () => expect(completenessOf(failed, 'en').nextCheck).toBe('network'));
  it('is the merchant interface after network and balance', () =>
    expect(completenessOf({ ...failed, checks: ['network', 'balance'] }, 'en').nextCheck).toBe('merchant-interface'));
  it('is none when a person has looked', () =>
    expect(completenessOf({ ...failed, checks: ['network', 'balance', 'merchant-interface', 'human'] }, 'en')).not.toHaveProperty(
      'nextCheck',
    ));
  it('is none for other categories', () => expect(completenessOf(takeOver, 'en')).not.toHaveProperty('nextCheck'));
});

describe('The suggested channel', () => {
  const why = (known: Known) => completenessOf(known, 'en').suggestedChannel?.why;
  it('is the telephone for a take-over told in the app: it is urgent', () =>
    expect(completenessOf(takeOver, 'zh-CN').suggestedChannel).toEqual({
      kind: 'telephone',
      why: 'urgent',
      because: '情况紧急，建议电话联系，以便立即保护您的账户。',
    }));
  it('is the telephone when it is complex', () => expect(why({ ...takeOver, category: 'account-locked' })).toBe('complex'));
  it('is the telephone when much is missing', () => expect(why({ ...nothing, category: 'wrong-debit' })).toBe('much-is-missing'));
  it('is none when little is missing and the matter is plain', () => expect(why({ ...takeOver, category: 'wrong-debit' })).toBeUndefined());
  it('is none for somebody on the telephone already', () => expect(why({ ...takeOver, channel: 'telephone' })).toBeUndefined());
});
