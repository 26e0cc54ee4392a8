// What the @nestjs/swagger compiler plugin would know (types, optional members, doc comments of DTOs and handlers), read from the sources of one
// service without being part of its compilation: TypeScript 7, which builds us, takes no plugins.
//   node tools/swagger-metadata.mjs services/intake      prints it
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { ReadonlyVisitor } from '@nestjs/swagger/plugin';

const f = ts.factory;
const objectOf = (value) =>
  ts.isObjectLiteralExpression(value)
    ? value
    : f.createObjectLiteralExpression(
        Object.entries(value).map(([name, member]) => propertyOf(name, member)),
        true,
      );
const pairs = (list) =>
  f.createArrayLiteralExpression(
    list.map(([imported, meta]) => f.createArrayLiteralExpression([imported, objectOf(meta)])),
    true,
  );
const propertyOf = (name, value) =>
  f.createPropertyAssignment(f.createStringLiteral(name), Array.isArray(value) ? pairs(value) : objectOf(value));

/** One program over several projects: their sources are read and checked once, however many ask. */
export const programOf = (projects) => {
  const configs = projects.map((project) =>
    ts.getParsedCommandLineOfConfigFile(path.join(project, 'tsconfig.json'), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail }),
  );
  const rootNames = configs.flatMap(({ fileNames }) => fileNames.filter((file) => !/\.(spec|testing)\.ts$/.test(file)));
  return ts.createProgram({
    rootNames,
    options: { ...configs[0].options, rootDir: undefined, noEmit: true, composite: false, incremental: false },
  });
};
const fail = ({ messageText }) => {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
};

/** The metadata as the text of an ES module whose imports are relative to the service's `dist`. */
export const metadataText = (project, program = programOf([project]), files = /\.(dto|http)\.ts$/) => {
  const source = path.join(project, 'src');
  const visitor = new ReadonlyVisitor({
    introspectComments: true,
    classValidatorShim: false, // the fields' own decorators say more, and say it exactly
    esmCompatible: true,
    dtoFileNameSuffix: ['.dto.ts'],
    controllerFileNameSuffix: ['.http.ts'],
    pathToSource: source,
  });
  for (const file of program.getSourceFiles())
    if (files.test(file.fileName) && file.fileName.startsWith(source)) visitor.visit(program, file);
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed });
  const sheet = ts.createSourceFile('metadata.ts', '', ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const body = printer.printNode(ts.EmitHint.Unspecified, objectOf({ [visitor.key]: visitor.collect() }), sheet);
  const imports = Object.entries(visitor.typeImports).map(([name, from]) => `    [${JSON.stringify(name)}]: ${from},`);
  return `export default async () => {\n  const t = {\n${imports.join('\n')}\n  };\n  return ${body};\n};\n`;
};

/** Writes it beside the build, where its imports resolve, and loads it. */
export const loadMetadata = async (project, program, files) => {
  const file = path.join(project, 'dist', 'openapi-metadata.mjs');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, metadataText(project, program, files));
  return (await import(pathToFileURL(file).href)).default;
};

if (process.argv[1] && import.meta.url === pathToFileURL(path.resolve(process.argv[1])).href) {
  const [project] = process.argv.slice(2);
  if (!project) {
    console.error('usage: node tools/swagger-metadata.mjs services/<service>');
    process.exit(2);
  }
  process.stdout.write(metadataText(path.resolve(project)));
}
