import type { ApiDocument, Components, Operation, PathItem, Schema } from './openapi.js';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
};
const same = (one: unknown, other: unknown): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

/**
 * One document out of the services'. Equal components are shared; one of the same name that differs gets its service before it; the same path
 * twice is a mistake of ours.
 */
export const merge = (documents: Readonly<Record<string, ApiDocument>>, info: Schema): ApiDocument => {
  const paths: Record<string, PathItem> = {};
  const components: Record<string, Record<string, unknown>> = {};
  const tags = new Map<string, { readonly name: string; readonly description?: string }>();
  for (const [service, original] of Object.entries(documents)) {
    const document = withoutClashes(service, original, components);
    for (const [kind, entries] of Object.entries(document.components)) components[kind] = { ...components[kind], ...entries };
    for (const [path, item] of Object.entries(document.paths)) {
      if (paths[path]) throw new Error(`${path} is served by ${service} and by another service`);
      paths[path] = Object.fromEntries(
        Object.entries(item).map(([method, operation]): [string, Operation] => [
          method,
          { ...operation, operationId: `${service}_${operation.operationId}` },
        ]),
      );
    }
    for (const tag of document.tags ?? []) tags.set(tag.name, tags.get(tag.name) ?? tag);
  }
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    tags: [...tags.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
    paths: Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1))),
    components: Object.fromEntries(
      Object.entries(components).map(([kind, entries]) => [
        kind,
        Object.fromEntries(Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1))),
      ]),
    ),
  };
};

/** Components that mean something else than one already taken get a name of their own, and so do all references to them. */
const withoutClashes = (service: string, document: ApiDocument, taken: Components): ApiDocument => {
  const clashes = Object.entries(document.components).flatMap(([kind, entries]) =>
    Object.entries(entries)
      .filter(([name, value]) => taken[kind]?.[name] !== undefined && !same(taken[kind]?.[name], value))
      .map(([name]) => ({ kind, name, own: `${service}.${name}` })),
  );
  if (clashes.length === 0) return document;
  const text = clashes.reduce(
    (all, { kind, name, own }) => all.replaceAll(`"#/components/${kind}/${name}"`, `"#/components/${kind}/${own}"`),
    JSON.stringify(document),
  );
  const renamed = JSON.parse(text) as ApiDocument;
  const components = Object.fromEntries(
    Object.entries(renamed.components).map(([kind, entries]) => [
      kind,
      Object.fromEntries(
        Object.entries(entries).map(([name, value]) => [
          clashes.find((clash) => clash.kind === kind && clash.name === name)?.own ?? name,
          value,
        ]),
      ),
    ]),
  );
  return { ...renamed, components };
};
