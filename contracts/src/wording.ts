import type { Language } from './platforms.js';
import type { CodeList } from './taxonomy.js';
import { allWording } from './wording.loading.js';

/** One language: group of codes → code → what a person reads. */
export type WordingFile = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Groups of words: every closed list of the taxonomy, and what only customers read. */
export type WordingGroup =
  CodeList | 'category' | 'detail' | 'question' | 'check' | 'channel' | 'evidence' | 'account-news' | 'channel-advice' | 'term';

/** What a person reads for a code, in her language. A code nobody worded is a mistake of ours, found by a spec. */
export const wordingOf = (language: Language, group: WordingGroup, code: string): string => {
  const text = allWording[language][group]?.[code];
  if (text === undefined) throw new Error(`No wording for ${group} ${code} in ${language}`);
  return text;
};

/** The language we speak that comes nearest to a language tag: `zh-Hans` and `zh-TW` read Chinese, everything else English. */
export const nearestLanguage = (tag: string): Language => (/^zh\b/i.test(tag) ? 'zh-CN' : 'en');
