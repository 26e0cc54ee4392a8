import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsFolder } from './platforms.loading.js';
import type { Language } from './platforms.js';
import type { WordingFile } from './wording.js';

const read = (language: Language): WordingFile =>
  (JSON.parse(readFileSync(join(contractsFolder('wording'), `${language}.json`), 'utf8')) as { readonly wording: WordingFile }).wording;

/** Every language's wording, read once when the process starts. */
export const allWording: Readonly<Record<Language, WordingFile>> = { en: read('en'), 'zh-CN': read('zh-CN') };
