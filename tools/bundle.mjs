// npm run build, second half: makes of each service, and of all it needs, one file: dist/bundle.js is what runs (docs/decisions/0010 says why).
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const itself = fileURLToPath(import.meta.url);
const home = path.resolve(itself, '../..');
const built = (project) => path.join(home, project, 'dist');
const bundleOf = (service) => path.join(built(`services/${service}`), 'bundle.js');
const services = readdirSync(path.join(home, 'services'));

const written = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const compiled = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js') && name !== 'bundle.js' && !name.endsWith('.spec.js'))
    .map((name) => path.join(folder, name));
const newest = (files) => files.reduce((latest, file) => Math.max(latest, written(file)), 0);

/** The services whose bundle is older than a file of theirs, of the libraries, or of the packages installed. */
export const stale = () => {
  const libraries = readdirSync(path.join(home, 'libs')).map((name) => built(`libs/${name}`));
  const shared = newest([
    itself,
    path.join(home, 'node_modules/.package-lock.json'),
    ...[built('contracts'), ...libraries].flatMap(compiled),
  ]);
  return services.filter((service) => written(bundleOf(service)) < Math.max(shared, newest(compiled(built(`services/${service}`)))));
};

/** Stays outside and is read where it is installed: what few houses need is loaded when they do, and swagger-ui-dist is served as files. */
const external = ['@aws-sdk/*', 'kafkajs', 'swagger-ui-dist'];

/** A file of ours finds what lies beside it where it always lay. */
const ownPlaces = {
  name: 'own-places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path: file }) => {
      if (file.includes('node_modules')) return undefined;
      const place = path
        .relative(path.dirname(bundleOf('any')), file)
        .split(path.sep)
        .join('/');
      const text = readFileSync(file, 'utf8');
      return { contents: text.replaceAll('import.meta.url', `new URL('${place}', import.meta.url).href`) };
    }),
};

/** A package that asks for another one which is not installed can do without it. */
const optionalPackages = {
  name: 'optional-packages',
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /^[^./]/ }, async ({ path: name, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === 'asked' || !importer.includes('node_modules')) return undefined;
      const { errors } = await resolve(name, { importer, kind, resolveDir, pluginData: 'asked' });
      return errors.length > 0 ? { path: name, external: true } : undefined;
    }),
};

/** What a package written for require expects to find around it. */
const around = `import { createRequire as $createRequire } from 'node:module';
import { fileURLToPath as $fileURLToPath } from 'node:url';
const require = $createRequire(import.meta.url), __filename = $fileURLToPath(import.meta.url), __dirname = $fileURLToPath(new URL('.', import.meta.url));`;

/** A bundle takes its place at once: a service that starts meanwhile reads the old one or the new one. */
const bundle = async (names) => {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(names.map((service) => [service, path.join(built(`services/${service}`), 'main.js')])),
    outdir: home,
    absWorkingDir: home,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    keepNames: true,
    external,
    plugins: [ownPlaces, optionalPackages],
    banner: { js: around },
    write: false,
    logLevel: 'warning',
  });
  for (const { path: file, contents } of outputFiles) {
    const place = bundleOf(path.basename(file, '.js'));
    writeFileSync(`${place}.${process.pid}`, contents);
    renameSync(`${place}.${process.pid}`, place);
  }
};

if (process.argv[1] === itself) await bundle(stale());
