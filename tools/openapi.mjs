// Writes the API documents: contracts/openapi/<service>.json of each service and contracts/openapi/recourse.json of all together.
//   node tools/openapi.mjs            writes
//   node tools/openapi.mjs --check    fails when what is committed is not what the code says
// Needs a build (npm run build) and no database: main.ts is run with ears instead of a port.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadMetadata, programOf } from './swagger-metadata.mjs';
import { typeSchemas } from './type-schemas.mjs';

const home = fileURLToPath(new URL('..', import.meta.url));
const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'];
const projectOf = (service) => path.join(home, 'services', service);
const contracts = path.join(home, 'contracts');
const check = process.argv.includes('--check');
const folder = path.join(contracts, 'openapi');
const license = { name: 'Apache-2.0', identifier: 'Apache-2.0' };

try {
  execFileSync(process.execPath, [path.join(home, 'node_modules/typescript7/bin/tsc'), '-b', ...services.map(projectOf)], {
    stdio: 'inherit',
  });
} catch {
  process.exit(1); // the compiler has said why
}

const { ALLOW, ANSWERS, FRESH, REACH, catalogueOf, describedModule, DESCRIBING, fieldSchemas, finish, houseOf, merge } =
  await import('@recourse/edge/documents');
const { RouteParamtypes } = await import('@nestjs/common/enums/route-paramtypes.enum.js');
const QUERY = RouteParamtypes.QUERY;
const { NestFactory, ModulesContainer } = await import('@nestjs/core');
const { FastifyAdapter } = await import('@nestjs/platform-fastify');
const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');

const edge = path.join(home, 'libs', 'edge');
const program = programOf([contracts, edge, ...services.map(projectOf)]);
await SwaggerModule.loadPluginMetadata(await loadMetadata(edge, program, /(\.dto|\/operations\/[\w-]+\.http)\.ts$/));

/** Module and options, as main.ts gives them to startService. */
const described = async (service) => {
  let heard;
  globalThis[DESCRIBING] = async (module, options) => void (heard = { module, options });
  await import(pathToFileURL(path.join(projectOf(service), 'dist', 'main.js')).href);
  if (!heard) throw new Error(`services/${service}/src/main.ts does not call startService`);
  return heard;
};

const factsOf = (app) =>
  [...app.get(ModulesContainer, { strict: false }).values()].flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) =>
      methodsOf(metatype.prototype).map((method) => {
        const handler = metatype.prototype[method];
        return {
          operationId: `${metatype.name}.${method}`,
          rule: Reflect.getMetadata(ALLOW, handler),
          reach: Reflect.getMetadata(REACH, handler),
          fresh: Reflect.getMetadata(FRESH, handler),
          answering: Reflect.getMetadata(ANSWERS, handler),
          parameters: pipesOf(metatype, method),
          queries: queriesOf(metatype, method),
        };
      }),
    ),
  );
/** Which pipe reads which path parameter. */
const pipesOf = (metatype, method) =>
  Object.fromEntries(
    Object.values(Reflect.getMetadata('__routeArguments__', metatype, method) ?? {}).flatMap(({ data, pipes }) =>
      typeof data === 'string' && typeof pipes?.[0] === 'function' ? [[data, pipes[0].name]] : [],
    ),
  );
/** The classes of its query, the most particular first: what their decorators say is said of each parameter. */
const queriesOf = (metatype, method) => {
  const types = Reflect.getMetadata('design:paramtypes', metatype.prototype, method) ?? [];
  return Object.entries(Reflect.getMetadata('__routeArguments__', metatype, method) ?? {})
    .filter(([kind, { data }]) => kind.startsWith(`${QUERY}:`) && data === undefined)
    .flatMap(([, { index }]) => ancestry(types[index]));
};
const ancestry = (type) => (typeof type === 'function' && type.name ? [type.name, ...ancestry(Object.getPrototypeOf(type))] : []);
const methodsOf = (prototype) => {
  const names = [];
  for (let at = prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    names.push(...Object.getOwnPropertyNames(at).filter((name) => typeof Object.getOwnPropertyDescriptor(at, name).value === 'function'));
  return [...new Set(names)];
};

const documentOf = async (service) => {
  const project = projectOf(service);
  const { module, options } = await described(service);
  const metadata = await loadMetadata(project, program);
  await SwaggerModule.loadPluginMetadata(metadata);
  const app = await NestFactory.create(describedModule(module), new FastifyAdapter(), {
    preview: true,
    logger: ['error'],
    abortOnError: false,
  });
  const facts = factsOf(app);
  const classes = facts.flatMap(({ answering }) => (typeof answering?.schema === 'function' ? [answering.schema] : []));
  const info = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Recourse: ${service}`)
    .setDescription(options.title ?? service)
    .setVersion('1')
    .addServer('/')
    .build();
  const document = SwaggerModule.createDocument(app, info, {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
    extraModels: [...new Set(classes)],
    autoTagControllers: false,
  });
  document.info.license = license;
  const names = facts.flatMap(({ answering }) => (typeof answering?.schema === 'string' ? [answering.schema] : []));
  const schemas = typeSchemas(program, project, contracts)([...new Set(names)]);
  return finish(document, { facts, fields: fieldSchemas(), schemas, refusals: catalogueOf(houseOf(module)?.refusals ?? []) });
};

const textOf = (document) => `${JSON.stringify(document, undefined, 2)}\n`;
const documents = {};
const failures = [];
for (const service of services) {
  try {
    documents[service] = await documentOf(service);
  } catch (error) {
    failures.push(`${service}: ${error instanceof Error ? error.message : error}`);
  }
}
if (failures.length > 0) {
  console.error(['The API documents cannot be written:', ...failures.map((line) => `  ${line}`)].join('\n'));
  process.exit(1);
}
documents.recourse = merge(
  { ...documents },
  {
    title: 'Recourse',
    version: '1',
    description: 'The complaint-case API of digital wallets: one front door, six services.',
    license,
  },
);

mkdirSync(folder, { recursive: true });
const stale = [];
for (const [name, document] of Object.entries(documents)) {
  const file = path.join(folder, `${name}.json`);
  const text = textOf(document);
  if (check) {
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) stale.push(path.relative(home, file));
  } else writeFileSync(file, text);
}
if (stale.length > 0) {
  console.error(
    [
      'These API documents are not what the code says; run `node tools/openapi.mjs` and read the difference:',
      ...stale.map((file) => `  ${file}`),
    ].join('\n'),
  );
  process.exit(1);
}
const count = Object.values(documents.recourse.paths).reduce((sum, item) => sum + Object.keys(item).length, 0);
console.log(`${check ? 'checked' : 'wrote'} ${Object.keys(documents).length} API documents, ${count} operations`);
process.exit(0);
