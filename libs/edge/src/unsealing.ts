import type { SealedRef } from '@recourse/event-store';

/** What stands where personal data would: which group it is, and the hash of what was sealed. */
export type SealedPlace = { readonly sealed: string; readonly h: string; readonly destroyed?: true };
type Opened = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const isSealedRef = (node: object): node is SealedRef => {
  const { id, group, key, h } = node as Partial<SealedRef>;
  return [id, group, key, h].every((member) => typeof member === 'string') && Object.keys(node).length === 4;
};

/** Every reference to a sealed group in a representation, each once. */
export const sealedRefsIn = (node: unknown, found = new Map<string, SealedRef>()): readonly SealedRef[] => {
  if (typeof node === 'object' && node !== null) {
    if (isSealedRef(node)) found.set(node.id, node);
    else for (const member of Object.values(node)) sealedRefsIn(member, found);
  }
  return [...found.values()];
};

/**
 * Replaces each reference by what was opened; without an opening by `{ sealed, h }`, and by `{ sealed, h, destroyed: true }` when it
 * was asked for and its key is gone.
 */
export const unseal = (node: unknown, opened?: Opened): unknown => {
  if (Array.isArray(node)) return node.map((element) => unseal(element, opened));
  if (typeof node !== 'object' || node === null) return node;
  // A row of a view has dates: taken apart they would be empty objects. (By its method: a driver's Date may be of another realm.)
  if (typeof (node as { toISOString?: unknown }).toISOString === 'function') return node;
  if (!isSealedRef(node)) return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, unseal(member, opened)]));
  const plain = opened?.get(node.id);
  return plain ?? ({ sealed: node.group, h: node.h, ...(opened && { destroyed: true }) } satisfies SealedPlace);
};
