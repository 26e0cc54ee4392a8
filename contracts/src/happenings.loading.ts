import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsFolder } from './platforms.loading.js';
import type { Language } from './platforms.js';

type File = { readonly happenings: Readonly<Record<string, string>> };

const read = (language: Language): File['happenings'] =>
  (JSON.parse(readFileSync(join(contractsFolder('wording'), `happenings.${language}.json`), 'utf8')) as File).happenings;

/** What each recorded event means, in the desk's words: contracts/wording/happenings.<language>.json. */
export const allHappenings: Readonly<Record<Language, File['happenings']>> = { en: read('en'), 'zh-CN': read('zh-CN') };

/** What happened, as one would say it; an event nobody has worded is called by its name. */
export const happeningOf = (language: Language, type: string): string => allHappenings[language][type] ?? type;
