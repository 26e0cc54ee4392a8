import type { Json } from './front.js';

/** The fields of every request body in which one may write what one likes: no code, no id, no instant. As path and pointer in one. */
export const freeTexts = (description: Json): readonly string[] => {
  const found = new Set<string>();
  const resolved = (schema: Json): Json =>
    schema?.$ref
      ? schema.$ref
          .slice(2)
          .split('/')
          .reduce((node: Json, name: string) => node[name], description)
      : schema;
  const walk = (schema: Json, at: string, depth = 0): void => {
    const { type, properties = {}, items, allOf = [], oneOf = [], anyOf = [], ...rest } = resolved(schema) ?? {};
    if (depth > 8) return;
    if (type === 'string' && !['enum', 'const', 'pattern', 'format'].some((name) => name in rest)) found.add(at);
    for (const one of [...allOf, ...oneOf, ...anyOf]) walk(one, at, depth + 1);
    if (items) walk(items, at, depth + 1);
    for (const [name, property] of Object.entries(properties)) walk(property, `${at}/${name}`, depth + 1);
  };
  for (const [path, { post }] of Object.entries<Json>(description.paths))
    for (const { schema } of Object.values<Json>(resolved(post?.requestBody)?.content ?? {})) walk(schema, path);
  return [...found];
};

/** Where in a body stand values of which this is true. */
export const pointersTo = (node: unknown, isTrue: (value: unknown) => boolean, at = ''): readonly string[] => {
  if (typeof node !== 'object' || node === null) return isTrue(node) ? [at] : [];
  const members = Array.isArray(node)
    ? node.map((element) => ['', element] as const)
    : Object.entries(node).map(([name, member]) => [`/${name}`, member] as const);
  return members.flatMap(([name, member]) => pointersTo(member, isTrue, at + name));
};
