import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsFolder } from './platforms.loading.js';
import type { Language } from './platforms.js';

type File = { readonly happenings: Readonly<Record<string, string>>; readonly members: Readonly<Record<string, string>> };

const read = (language: Language): File =>
  JSON.parse(readFileSync(join(contractsFolder('wording'), `happenings.${language}.json`), 'utf8')) as File;

/** What each recorded event means and what its members are called, in the desk's words: contracts/wording/happenings.<language>.json. */
export const allHappenings: Readonly<Record<Language, File>> = { en: read('en'), 'zh-CN': read('zh-CN') };

/** What happened, as one would say it; an event nobody has worded is called by its name. */
export const happeningOf = (language: Language, type: string): string => allHappenings[language].happenings[type] ?? type;

/** What a member of an event is called; its own name when nobody has worded it. */
export const memberName = (language: Language, member: string): string => allHappenings[language].members[member] ?? member;
