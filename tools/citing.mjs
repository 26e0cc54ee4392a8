// node tools/citing.mjs: what the pages about security name is there, and no requirement is passed over. Part of npm run contracts.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { home } from './preparing.mjs';

if (process.argv.includes('--help')) {
  console.log(
    'node tools/citing.mjs   checks that every file and command named in docs/security.md and its neighbours exists, and that each ASVS requirement of level 1 and 2 has one row',
  );
  process.exit(0);
}
process.chdir(home);
const pages = ['docs/security.md', 'docs/transport-security.md', 'SECURITY.md'];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const faults = [];

for (const page of pages) {
  const text = readFileSync(page, 'utf8').replace(/```.*?```/gs, '');
  for (const [, quoted] of text.matchAll(/`([^`\n]+)`/g)) {
    const script = /^npm run ([\w:-]+)/.exec(quoted)?.[1];
    if (script && !scripts[script]) faults.push(`${page} names npm run ${script}, which package.json does not know`);
    const file = /^(?:node )?([\w.@-]+(?:\/[\w.@-]+)*\.(?:ts|mjs|json|md|yml|yaml|py)|Dockerfile|deploy\/\w+)(?: |$)/.exec(quoted)?.[1];
    if (file && !existsSync(file)) faults.push(`${page} names ${file}, which is not there`);
  }
  for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
    if (!existsSync(path.join(path.dirname(page), link))) faults.push(`${page} links to ${link}, which is not there`);
}

/** ASVS 5.0: how many requirements each section has, and which of them are of level 3 alone. */
const sections = {
  1.1: [2], 1.2: [10, 10], 1.3: [12, 12], 1.4: [3], 1.5: [3, 3],
  2.1: [3], 2.2: [3], 2.3: [5, 5], 2.4: [2, 2],
  3.2: [2], 3.3: [5, 5], 3.4: [7, 7], 3.5: [7, 6, 7], 3.7: [5, 3, 4, 5],
  4.1: [5, 4, 5], 4.2: [5, 2, 3, 4, 5], 4.3: [2], 4.4: [4],
  5.1: [1], 5.2: [6, 4, 5, 6], 5.3: [3, 3], 5.4: [3],
  6.1: [3], 6.2: [12, 12], 6.3: [8, 4, 5, 6, 7, 8], 6.4: [6, 5, 6], 6.5: [8, 6, 7, 8], 6.6: [4, 4], 6.8: [3],
  7.1: [3], 7.2: [4], 7.3: [2], 7.4: [5], 7.5: [3, 3], 7.6: [2],
  8.1: [4, 3, 4], 8.2: [4, 4], 8.3: [3, 2, 3], 8.4: [2, 2],
  9.1: [3], 9.2: [4],
  '10.1': [2], 10.2: [3, 3], 10.3: [5, 5], 10.4: [16, 12, 13, 14, 15, 16], 10.5: [5], 10.6: [2], 10.7: [3],
  11.1: [4, 3, 4], 11.2: [5, 4, 5], 11.3: [5, 4, 5], 11.4: [3], 11.5: [2, 2], 11.6: [2, 2],
  12.1: [5, 4, 5], 12.2: [2], 12.3: [5, 5],
  13.1: [4, 2, 3, 4], 13.2: [6, 6], 13.3: [4, 3, 4], 13.4: [7, 6, 7],
  14.1: [2], 14.2: [8, 5, 6, 7, 8], 14.3: [3],
  15.1: [5, 4, 5], 15.2: [5, 4, 5], 15.3: [7],
  16.1: [1], 16.2: [5], 16.3: [4], 16.4: [3], 16.5: [4, 4],
}; // prettier-ignore
const wanted = Object.entries(sections).flatMap(([section, [count, ...third]]) =>
  Array.from({ length: count }, (_, at) => at + 1)
    .filter((number) => !third.includes(number))
    .map((number) => `${section}.${number}`),
);
const rows = [...readFileSync('docs/security.md', 'utf8').matchAll(/^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \| (.) \| (.+) \|$/gm)];
const told = rows.flatMap(([, requirements]) => requirements.split(', '));
for (const requirement of wanted) {
  const times = told.filter((one) => one === requirement).length;
  if (times !== 1) faults.push(`docs/security.md says ${times === 0 ? 'nothing' : 'more than once something'} of ASVS ${requirement}`);
}
for (const requirement of told)
  if (!wanted.includes(requirement)) faults.push(`docs/security.md speaks of ASVS ${requirement}, which is no requirement of level 1 or 2`);

for (const fault of faults) console.error(fault);
const count = (state) =>
  rows.filter(([, , one]) => one === state).reduce((sum, [, requirements]) => sum + requirements.split(', ').length, 0);
console.log(
  `security: ${wanted.length} requirements of ASVS 5.0, ${count('✓')} shown, ${count('◐')} in part, ${count('✗')} not met, ${count('–')} not ours; ${faults.length} faults`,
);
process.exit(faults.length ? 1 : 0);
