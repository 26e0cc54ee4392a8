// Writes docs/problems.md: every "no" of this API, what it means and what to do about it, from the refusals of the code.
//   node tools/problems.mjs            writes
//   node tools/problems.mjs --check    fails when what is committed is not what the code says
// Needs a build (npm run build) and no database.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));
const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'];
const file = path.join(home, 'docs', 'problems.md');
const project = (service) => path.join(home, 'services', service);

try {
  execFileSync(
    process.execPath,
    [path.join(home, 'node_modules/typescript7/bin/tsc'), '-b', ...services.map(project), project('front-door')],
    { stdio: 'inherit' },
  );
} catch {
  process.exit(1); // the compiler has said why
}
const { catalogueOf, codesInUse, DESCRIBING, edgeRefusals, fieldCodes, houseOf, PROBLEMS_AT } = await import('@recourse/edge/documents');

const refusalsOf = async (service) => {
  let module;
  globalThis[DESCRIBING] = async (given) => void (module = given);
  await import(pathToFileURL(path.join(project(service), 'dist', 'main.js')).href);
  const house = module && houseOf(module);
  if (!house) throw new Error(`services/${service} has no house`);
  return catalogueOf(house.refusals);
};

/** One code may be said by several services, each in the words of its desk; the status is the same everywhere, or it is two codes. */
const all = new Map();
const add = (by, refusals) => {
  for (const [code, { status = 409, title, advice }] of Object.entries(refusals)) {
    const known = all.get(code) ?? { status, wordings: [] };
    if (known.status !== status)
      throw new Error(`${code} has the status ${known.status} in ${known.wordings[0].by.join(', ')} and ${status} in ${by}`);
    const same = known.wordings.find((one) => JSON.stringify([one.title, one.advice]) === JSON.stringify([title, advice]));
    if (same) same.by.push(by);
    else known.wordings.push({ title, advice, by: [by] });
    all.set(code, known);
  }
};
const clashes = [];
const catalogues = [['every service', edgeRefusals]];
const { refusals: ofTheDoor } = await import(pathToFileURL(path.join(project('front-door'), 'dist', 'refusals.js')).href);
catalogues.push(['front door', ofTheDoor]);
for (const service of services) catalogues.push([service, await refusalsOf(service)]);
for (const [by, refusals] of catalogues)
  try {
    add(by, refusals);
  } catch (error) {
    clashes.push(error.message);
  }
for (const code of [...codesInUse()].sort())
  if (!fieldCodes[code] && !all.has(code))
    clashes.push(`${code} is what a field may fail with, and has no words: put it into a refusals.ts`);
if (clashes.length > 0) {
  console.error(['docs/problems.md cannot be written:', ...clashes.map((line) => `  ${line}`)].join('\n'));
  process.exit(1);
}

const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
const table = ({ title, advice }) => `| | |
|---|---|
| ${cell(title.en)} | ${cell(title['zh-CN'])} |
| ${cell(advice.en)} | ${cell(advice['zh-CN'])} |
`;
const section = ([code, { status, wordings }]) => {
  const tables = wordings.length === 1 ? table(wordings[0]) : wordings.map((one) => `${one.by.join(', ')}:\n\n${table(one)}`).join('\n');
  return `### ${code}

**${status}** · ${wordings.flatMap(({ by }) => by).join(', ')} · \`${PROBLEMS_AT}${code}\`

${tables}`;
};
const sorted = [...all].sort(([one], [other]) => (one < other ? -1 : 1));
const isOurs = ([, { wordings }]) => wordings.some(({ by }) => by.includes('every service'));
const fields = Object.entries(fieldCodes).sort(([one], [other]) => (one < other ? -1 : 1));

const text = `# Problems

Every "no" of this API and what to do about it. Written from the refusals of the code by \`tools/problems.mjs\`; do not edit.

A problem is an RFC 9457 document (\`application/problem+json\`): \`code\` is stable and the last part of \`type\`; \`title\` and \`advice\` come in the
language of \`Accept-Language\` (\`en\`, \`zh-CN\`); \`{name}\` in a text is filled from \`facts\`; \`errors\` names each field that cannot be taken, by an
RFC 6901 \`pointer\` into the body or by the name of a \`parameter\`. \`instance\` names this very answer.

## Of every operation

${sorted.filter(isOurs).map(section).join('\n')}
## Of the desk

${sorted
  .filter((entry) => !isOurs(entry))
  .map(section)
  .join('\n')}
## Of single fields

Codes of \`errors[].code\`, beside those above.

| code | | |
|---|---|---|
${fields.map(([code, words]) => `| \`${code}\` | ${cell(words.en)} | ${cell(words['zh-CN'])} |`).join('\n')}
`;

if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error('docs/problems.md is not what the code says; run `node tools/problems.mjs` and read the difference.');
    process.exit(1);
  }
} else {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.log(`${process.argv.includes('--check') ? 'checked' : 'wrote'} docs/problems.md: ${all.size} codes and ${fields.length} of fields`);
process.exit(0);
