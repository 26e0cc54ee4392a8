import { describe, expect, it } from '@jest/globals';
import {
  allWording,
  categories,
  channelKinds,
  checks,
  codes,
  detailFields,
  evidenceKinds,
  nearestLanguage,
  wordingOf,
  type Language,
} from './index.js';

const asked = [...detailFields, 'narrative', 'complainant', 'category'];
const lists: Readonly<Record<string, readonly string[]>> = {
  ...codes,
  category: categories,
  check: checks,
  channel: channelKinds,
  evidence: evidenceKinds,
  detail: asked,
  question: asked,
};
const languages = Object.keys(allWording) as Language[];
const chinese = Object.entries(allWording['zh-CN']).flatMap(([group, rows]) =>
  Object.entries(rows).map(([code, text]) => ({ group, code, text })),
);
const wordedWith = (word: string) => chinese.filter(({ text }) => text.includes(word)).map(({ group, code }) => `${group} ${code}`);

describe.each(languages)('The wording in %s', (language) => {
  it.each(Object.keys(lists))('has every code of %s, and no code that is none', (group) =>
    expect(Object.keys(allWording[language][group] ?? {}).sort()).toEqual([...lists[group]!].sort()),
  );
  it('leaves nothing empty', () => {
    for (const rows of Object.values(allWording[language])) for (const text of Object.values(rows)) expect(text.trim()).not.toBe('');
  });
  it('has the groups and codes of every other language', () => {
    const shape = (of: Language) => Object.entries(allWording[of]).map(([group, rows]) => [group, Object.keys(rows)]);
    expect(shape(language)).toEqual(shape('en'));
  });
});

describe('The Chinese of a complaints desk', () => {
  it('says 受理 only from assessment on', () =>
    expect(wordedWith('受理')).toEqual(['stage assessed', 'stage not-taken-up', 'closed-how not-taken-up']));
  it('says 冻结 and 止付 only of an authority', () =>
    expect([...new Set([...wordedWith('冻结'), ...wordedWith('止付')])]).toEqual(['account-state authority-locked']));
  it('says 赔偿 only where liability is admitted', () => expect(wordedWith('赔偿')).toEqual(['redress-kind compensation']));
  it('says 补偿 only of goodwill', () => expect(wordedWith('补偿')).toEqual(['redress-kind goodwill']));
  it('never says 驳回', () => expect(wordedWith('驳回')).toEqual([]));
  it('says 已到账 only of what the ledger confirmed', () => expect(wordedWith('已到账')).toEqual(['refund-state confirmed']));
  it('addresses the customer with 您', () => expect(chinese.filter(({ text }) => text.includes('你'))).toEqual([]));
});

describe('Looking a word up', () => {
  it('finds it', () => expect(wordingOf('zh-CN', 'category', 'account-taken-over')).toBe('账户被盗'));
  it('throws for a code nobody worded', () =>
    expect(() => wordingOf('en', 'category', 'no-such')).toThrow('No wording for category no-such in en'));
  it('speaks Chinese to every Chinese tag and English to the rest', () =>
    expect(['zh-CN', 'zh', 'zh-Hant-TW', 'en-GB', 'fr'].map(nearestLanguage)).toEqual(['zh-CN', 'zh-CN', 'zh-CN', 'en', 'en']));
});
