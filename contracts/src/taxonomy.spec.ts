import { describe, expect, it } from '@jest/globals';
import { categories, channelKinds, checks, codes, detailFields, evidenceKinds, taxonomy } from './index.js';

describe('The taxonomy as data', () => {
  it('has the facts of every category, and of no other', () => expect([...taxonomy.categories.keys()]).toEqual([...categories]));
  it('has the facts of every detail', () => expect([...taxonomy.details.keys()]).toEqual([...detailFields]));
  it('keeps the order of triage', () => expect(taxonomy.checks).toEqual([...checks]));
  it('has the facts of every channel', () => expect([...taxonomy.channels.keys()]).toEqual([...channelKinds]));
  it('says for every kind of evidence which files it may be', () => {
    expect(taxonomy.evidence.kinds.map(({ code }) => code)).toEqual([...evidenceKinds]);
    for (const { types } of taxonomy.evidence.kinds) expect(types.length).toBeGreaterThan(0);
  });
  it('publishes every closed list', () => expect(taxonomy.codes).toEqual(codes));
});

describe('A category', () => {
  const all = [...taxonomy.categories.values()];
  it('needs only details we know how to ask for', () => {
    for (const { needs } of all) expect(detailFields).toEqual(expect.arrayContaining([...needs]));
  });
  it('needs the merchant when a payment failed or a refund is wanted', () =>
    expect(all.filter(({ needs }) => needs.includes('merchant')).map(({ code }) => code)).toEqual(['payment-failed', 'refund']));
  it('claims protection for a take-over, a scam and a lost device, and for nothing else', () =>
    expect(all.filter(({ claimsProtection }) => claimsProtection).map(({ code }) => code)).toEqual([
      'account-taken-over',
      'scam',
      'device-lost',
    ]));
  it('has a cause family of the closed list', () => {
    for (const { causeFamily } of all) expect(codes.cause).toContain(causeFamily);
  });
  it('names the source of every code that is not ours', () => {
    for (const { cfpb, iso20022, card } of all)
      for (const outside of [cfpb, iso20022, card]) if (outside) expect(Object.keys(taxonomy.sources)).toContain(outside.source);
  });
  it('welcomes evidence of known kinds', () => {
    for (const { evidenceWelcome } of all) expect(evidenceKinds).toEqual(expect.arrayContaining([...evidenceWelcome]));
  });
});

describe('A source', () => {
  it('says what it is, where it stands and when it was read', () => {
    for (const source of Object.values(taxonomy.sources)) {
      expect(source.title).not.toBe('');
      expect(source.url).toMatch(/^https:\/\//);
      expect(source.readOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
