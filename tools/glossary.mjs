// Every word of GLOSSARY.md is a name in the code: a row whose name is used nowhere fails, so the glossary cannot drift into wishes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', 'openapi', 'asyncapi'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.(ts|json|sql)$/.test(entry.name) ? [path] : [];
  });
const code = ['contracts', 'libs', 'services', 'deploy', 'stories', 'faults']
  .flatMap(files)
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const names = [...readFileSync('GLOSSARY.md', 'utf8').matchAll(/^\| \*\*[^|]+\| ([^|]+)\|/gm)].flatMap(([, cell]) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
);
const missing = names.filter(
  (name) => !new RegExp(`(^|[^A-Za-z0-9])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^A-Za-z0-9])`).test(code),
);
for (const name of missing) console.error(`GLOSSARY.md names ${name}, but no code does`);
console.log(`glossary: ${names.length} names, ${missing.length} not in the code`);
process.exit(missing.length || names.length === 0 ? 1 : 0);
