// Every field of every request in which a person might stand is declared in contracts/privacy/personal-fields.json: sealed, and in which group, or open, and why.
import { readFileSync } from 'node:fs';

if (process.argv.includes('--help')) {
  console.log(
    `node tools/personal.mjs   compares contracts/openapi/recourse.json with contracts/privacy/personal-fields.json (part of npm run contracts)`,
  );
  process.exit(0);
}
const { personalFields, undeclaredFields } = await import('../contracts/dist/index.js').catch(() => {
  console.error('contracts are not built: npm run build');
  process.exit(1);
});
const description = JSON.parse(readFileSync('contracts/openapi/recourse.json', 'utf8'));
const declared = JSON.parse(readFileSync('contracts/privacy/personal-fields.json', 'utf8'));
const wrong = undeclaredFields(description, declared);
for (const sentence of wrong) console.error(sentence);
if (wrong.length)
  console.error(
    'Seal the field in a group and declare it as sealed:<group> in contracts/privacy/personal-fields.json, or as open:<why it is nobody’s>.',
  );
console.log(`personal fields: ${personalFields(description).length} declared or not, ${wrong.length} wrong`);
process.exit(wrong.length ? 1 : 0);
