import type { ApiDocument, Components } from './openapi.js';

/** Leaves out every component that nothing refers to, and then what only those referred to. */
export const pruned = (document: ApiDocument): ApiDocument => {
  const { components, ...rest } = document;
  const used = new Set<string>();
  const waiting = referencesIn(rest);
  for (let reference = waiting.pop(); reference !== undefined; reference = waiting.pop()) {
    if (used.has(reference)) continue;
    used.add(reference);
    const [, , kind = '', name = ''] = reference.split('/');
    waiting.push(...referencesIn(components[kind]?.[name]));
  }
  const kept = Object.entries(components).map(([kind, entries]): [string, Components[string]] => [
    kind,
    kind === 'securitySchemes'
      ? entries
      : Object.fromEntries(Object.entries(entries).filter(([name]) => used.has(`#/components/${kind}/${name}`))),
  ]);
  return { ...rest, components: Object.fromEntries(kept.filter(([, entries]) => Object.keys(entries).length > 0)) };
};

const referencesIn = (node: unknown): string[] => {
  if (Array.isArray(node)) return node.flatMap(referencesIn);
  if (typeof node !== 'object' || node === null) return [];
  const { $ref } = node as { $ref?: unknown };
  return [...(typeof $ref === 'string' ? [$ref] : []), ...Object.values(node).flatMap(referencesIn)];
};
