// Says whether the lock file works elsewhere: every optional platform package has its entry, and no entry records a download address.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const found = (from, name) => {
  for (let folder = from; ; folder = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : '') {
    if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
};
const missing = Object.entries(packages).flatMap(([from, { version, optionalDependencies = {} }]) =>
  Object.keys(optionalDependencies)
    .filter((name) => !found(from, name))
    .map(
      (name) =>
        `${from}@${version} lacks ${name}: npm ci would fail on another platform; pin a version whose platform packages are all published`,
    ),
);
const addressed = Object.entries(packages)
  .filter(([, { resolved }]) => resolved?.startsWith('http'))
  .map(([name]) => `${name} records a download address: reinstall with omit-lockfile-registry-resolved`);
for (const line of [...missing, ...addressed.slice(0, 5)]) console.error(line);
console.log(`lock file: ${Object.keys(packages).length} packages, ${missing.length + addressed.length} problems`);
process.exit(missing.length + addressed.length > 0 ? 1 : 0);
