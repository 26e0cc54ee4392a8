// npm run sbom: the bill of materials of what runs in production, from the lock file alone. --help says more.
// (npm sbom walks the workspaces and stops at what they name themselves: of 333 packages it lists 200.)
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkNode, home, stopWith } from './preparing.mjs';

const help = `Writes the bill of materials (CycloneDX 1.5, JSON) of what production needs, and checks it against the lock file.

  npm run sbom [-- --out dist/sbom.json]

Every package that package-lock.json installs without the development ones is a component, with its licence, the hash npm checks and what it depends on; the
run fails when one is missing, stands twice, or depends on what is not listed.
`;
const { values } = (() => {
  try {
    return parseArgs({ options: { out: { type: 'string' }, help: { type: 'boolean' } } });
  } catch (error) {
    return stopWith(`${error.message.split('.')[0]}. See: npm run sbom -- --help`);
  }
})();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
checkNode();
process.chdir(home);

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const nameOf = (place, { name }) => name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const inProduction = Object.entries(packages).filter(([place, one]) => place !== '' && !one.dev && !one.link);

const purlOf = (name, version) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
/** npm keeps hashes as SRI, CycloneDX wants them in hex. */
const hashesOf = (integrity = '') =>
  integrity
    .split(/\s+/)
    .filter(Boolean)
    .map((one) => {
      const [kind, ...rest] = one.split('-');
      return { alg: kind.replace('sha', 'SHA-'), content: Buffer.from(rest.join('-'), 'base64').toString('hex') };
    });

/** Where Node would find it from there: its own folder first, then those above. A workspace's link leads to the workspace. */
const found = (from, name) => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[place]) return packages[place].link ? packages[place].resolved : place;
    if (at === '') return undefined;
    if (!at.includes('/node_modules/')) at = '';
    if (at === '' && packages[`node_modules/${name}`]) {
      const top = packages[`node_modules/${name}`];
      return top.link ? top.resolved : `node_modules/${name}`;
    }
  }
};
const refAt = (place) => purlOf(nameOf(place, packages[place]), packages[place].version);

const components = new Map();
const needs = new Map();
for (const [place, one] of inProduction) {
  const name = place.includes('node_modules/') ? nameOf(place, one) : one.name;
  const ref = purlOf(name, one.version);
  const group = name.startsWith('@') ? name.split('/')[0] : undefined;
  components.set(ref, {
    type: 'library',
    'bom-ref': ref,
    ...(group && { group }),
    name: group ? name.slice(group.length + 1) : name,
    version: one.version,
    scope: one.optional || one.devOptional ? 'optional' : 'required',
    purl: ref,
    ...(one.license && { licenses: [{ license: /^[\w.+-]+$/.test(one.license) ? { id: one.license } : { name: one.license } }] }),
    ...(one.integrity && { hashes: hashesOf(one.integrity) }),
  });
  const wanted = Object.keys({ ...one.dependencies, ...one.optionalDependencies });
  const there = wanted.map((name) => found(place, name)).filter((at) => at !== undefined && !packages[at].dev);
  needs.set(ref, new Set([...(needs.get(ref) ?? []), ...there.map(refAt)]));
}

const root = JSON.parse(readFileSync('package.json', 'utf8'));
const ours = purlOf(root.name, root.version);
const workspaces = inProduction.filter(([place]) => !place.includes('node_modules/')).map(([place]) => refAt(place));
const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: `urn:uuid:${randomUUID()}`,
  version: 1,
  metadata: {
    timestamp: new Date().toISOString(),
    lifecycles: [{ phase: 'build' }],
    component: {
      type: 'application',
      'bom-ref': ours,
      name: root.name,
      version: root.version,
      purl: ours,
      licenses: [{ license: { id: root.license } }],
    },
  },
  components: [...components.values()].sort((one, other) => (one.purl < other.purl ? -1 : 1)),
  dependencies: [
    { ref: ours, dependsOn: [...new Set([...workspaces, ...Object.keys(root.dependencies).map((name) => refAt(found('', name)))])].sort() },
    ...[...needs].map(([ref, on]) => ({ ref, dependsOn: [...on].sort() })),
  ],
};

/** What CycloneDX demands of these members, and that nothing the lock file names is missing. */
const faults = [];
const mustBe = (holds, what) => void (holds || faults.push(what));
mustBe(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bom.serialNumber), 'the serial number is no UUID');
const refs = new Set([ours, ...bom.components.map((one) => one['bom-ref'])]);
mustBe(refs.size === bom.components.length + 1, 'a reference stands twice');
for (const { type, name, version, purl, hashes = [] } of bom.components) {
  mustBe(type === 'library' && name && version, `${purl} lacks its type, name or version`);
  for (const { alg, content } of hashes)
    mustBe(
      /^SHA-(1|256|384|512)$/.test(alg) && /^([0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/.test(content),
      `${purl} has a hash that is none`,
    );
}
for (const { ref, dependsOn } of bom.dependencies)
  for (const one of [ref, ...dependsOn]) mustBe(refs.has(one), `${ref} depends on ${one}, which is not listed`);
const locked = new Set(inProduction.map(([place, one]) => `${nameOf(place, one)}@${one.version}`));
mustBe(locked.size === bom.components.length, `${locked.size} packages are locked for production, ${bom.components.length} are listed`);
if (faults.length > 0) stopWith(['The bill of materials is not whole:', ...faults.slice(0, 20).map((fault) => `  ${fault}`)].join('\n'));

const out = path.resolve(values.out ?? 'dist/sbom.json');
mkdirSync(path.dirname(out), { recursive: true });
writeFileSync(out, `${JSON.stringify(bom, undefined, 2)}\n`);
console.log(
  `${path.relative(home, out)}: ${bom.components.length} components of ${locked.size} locked for production, CycloneDX ${bom.specVersion}`,
);
