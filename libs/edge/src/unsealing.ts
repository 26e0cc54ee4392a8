import type { Instant, SealedRef } from '@recourse/event-store';
import type { KeyStanding } from '@recourse/privacy';

/** When a key was destroyed or restricted, and by which order. */
export type Gap = { readonly at: Instant; readonly order?: string };

/** What stands where personal data would be: which group it is, and the hash of what was sealed; and why it is not there, when it was asked for. */
export type SealedPlace = { readonly sealed: string; readonly h: string; readonly erased?: Gap; readonly restricted?: Gap };

/** How the keys stand of what could not be opened, by their id. */
export type Standings = ReadonlyMap<string, KeyStanding>;
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
 * Replaces each reference by what was opened; without an opening by `{ sealed, h }`, and by `{ sealed, h, erased: { at, order } }` when it was asked for and
 * its key has been destroyed (`restricted` while it may be stored only). Hashes, counts and times around it stay what they were.
 */
export const unseal = (node: unknown, opened?: Opened, standings?: Standings): unknown => {
  if (Array.isArray(node)) return node.map((element) => unseal(element, opened, standings));
  if (typeof node !== 'object' || node === null) return node;
  // A row of a view has dates: taken apart they would be empty objects. (By its method: a driver's Date may be of another realm.)
  if (typeof (node as { toISOString?: unknown }).toISOString === 'function') return node;
  if (!isSealedRef(node))
    return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, unseal(member, opened, standings)]));
  return opened?.get(node.id) ?? placeOf(node, standings?.get(node.key));
};

/** The place of a group that stays closed. */
export const placeOf = ({ group, h }: Pick<SealedRef, 'group' | 'h'>, standing?: KeyStanding): SealedPlace => {
  const { state, since: at, order } = standing ?? {};
  const gap = at !== undefined && { at, ...(order !== undefined && { order }) };
  if (!gap || state === 'active') return { sealed: group, h };
  return { sealed: group, h, ...(state === 'destroyed' ? { erased: gap } : { restricted: gap }) };
};
