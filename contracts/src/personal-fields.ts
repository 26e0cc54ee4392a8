/** What is read of an OpenAPI document. */
type Node = Readonly<Record<string, unknown>>;

/** A field of a request body: its path and pointer in one, and whether one may write there what one likes. */
export type BodyField = { readonly field: string; readonly free: boolean };

/** Where personal data goes (`sealed:<group>`), or why a field that looks like it holds none (`open:<reason>`). */
export type Declared = Readonly<Record<string, string>>;

/** A field of this name is about a person, whatever form it must have. */
const looksPersonal = /(^|\/)([a-z]*name|[a-z]*phone|mobile|[a-z]*mail|[a-z]*address|dateOf\w+|birthday|text|note|remark)$/i;

/** No form at all, or the one of every text: that it is not blank. */
const isFree = ({ pattern, format }: Node): boolean => format === undefined && (pattern === undefined || pattern === '\\S');

/** Every string of every request body of an OpenAPI document that is no code and no instant, with the name of its operation's path. */
export const bodyFields = (description: Node): readonly BodyField[] => {
  const found = new Map<string, boolean>();
  const resolved = (schema: unknown): Node => {
    const ref = (schema as { $ref?: string } | undefined)?.$ref;
    const target = ref?.slice(2).split('/');
    return (target ? target.reduce<unknown>((node, name) => (node as Node)[name], description) : (schema ?? {})) as Node;
  };
  const walk = (schema: unknown, at: string, depth = 0): void => {
    if (depth > 8) return;
    const { type, properties = {}, items, allOf = [], oneOf = [], anyOf = [], ...rest } = resolved(schema);
    if (type === 'string' && !('enum' in rest) && !('const' in rest)) found.set(at, isFree(rest));
    for (const one of [allOf, oneOf, anyOf].flat() as unknown[]) walk(one, at, depth + 1);
    if (items) walk(items, at, depth + 1);
    for (const [name, property] of Object.entries(properties as Node)) walk(property, `${at}/${name}`, depth + 1);
  };
  for (const [path, operations] of Object.entries(description['paths'] as Node)) {
    const { post } = operations as { post?: { requestBody?: unknown } };
    const content = (resolved(post?.requestBody)['content'] ?? {}) as Record<string, { schema?: unknown }>;
    for (const { schema } of Object.values(content)) walk(schema, path);
  }
  return [...found].map(([field, free]) => ({ field, free }));
};

/** Every field in which a person might stand: one may write there what one likes, or its name says so. */
export const personalFields = (description: Node): readonly string[] =>
  bodyFields(description)
    .filter(({ field, free }) => free || looksPersonal.test(field))
    .map(({ field }) => field);

/** Personal-looking fields that nobody declared, and declarations whose field is gone: both stop the build. */
export const undeclaredFields = (description: Node, declared: Declared): readonly string[] => {
  const fields = personalFields(description);
  return [
    ...fields.filter((field) => !declared[field]).map((field) => `${field} looks personal and is declared nowhere`),
    ...Object.keys(declared)
      .filter((field) => !fields.includes(field))
      .map((field) => `${field} is declared and is no field of any request`),
    ...Object.entries(declared)
      .filter(([, place]) => !/^(sealed|open):[a-z-]+$/.test(place))
      .map(([field, place]) => `${field} is declared as ${place}, which is neither sealed:<group> nor open:<reason>`),
  ];
};
