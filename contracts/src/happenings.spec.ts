import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allHappenings, happeningOf, memberName } from './happenings.loading.js';
import { contractsFolder } from './platforms.loading.js';

/** Every event type a history knows: as a case, a comparison, or a member of a table. */
const known = (): readonly string[] => {
  const folder = contractsFolder('src/histories');
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.includes('.spec.'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const patterns = [/case '([A-Z]\w+)'/g, /type [!=]== '([A-Z]\w+)'/g, /^ {2}([A-Z][a-z]+[A-Z]\w+)(?::|\()/gm];
  return [...new Set(sources.flatMap((source) => patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([, type]) => type!))))];
};

describe('What happened', () => {
  it('can be said of every event a history knows, in every language', () => {
    expect(known().length).toBeGreaterThan(100);
    for (const language of ['en', 'zh-CN'] as const)
      expect(known().filter((type) => !(type in allHappenings[language].happenings))).toEqual([]);
  });
  it.each(['happenings', 'members'] as const)('is worded in both languages: %s', (part) =>
    expect(Object.keys(allHappenings.en[part])).toEqual(Object.keys(allHappenings['zh-CN'][part])),
  );
  it('is called by its name when nobody has worded it', () =>
    expect([happeningOf('en', 'SomethingNew'), memberName('en', 'something')]).toEqual(['SomethingNew', 'something']));
});
