import type { AuditedChange, AuditedGap } from '@recourse/contracts';

type Node = unknown;

const isTree = (node: Node): node is Readonly<Record<string, unknown>> => typeof node === 'object' && node !== null;

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** What is different between two states: one entry for the smallest part that changed, in the order of its names. */
export const differences = (before: Node, after: Node, path = ''): readonly AuditedChange[] => {
  if (Object.is(before, after)) return [];
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) }];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => differences(before[name], after[name], `${path}/${escaped(name)}`));
};

const isSealedRef = (node: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(node).length === 4 && ['id', 'group', 'key', 'h'].every((name) => typeof node[name] === 'string');

/** Why what a key sealed cannot be opened by anybody any more, by the id of the key; keys that still open are not in it. */
export type Gaps = ReadonlyMap<string, AuditedGap>;

type Standing = {
  readonly id: string;
  readonly state: 'active' | 'restricted' | 'destroyed';
  readonly since: string;
  readonly order?: string;
};

/** The gaps among keys, as they stand now. */
export const gapsAmong = (standings: ReadonlyMap<string, Standing>): Gaps =>
  new Map(
    [...standings.values()].flatMap(({ id, state, since: at, order }) => {
      const gap = { at, ...(order !== undefined && { order }) };
      return state === 'active' ? [] : [[id, state === 'destroyed' ? { erased: gap } : { restricted: gap }] as const];
    }),
  );

/** Personal data stays closed here: each reference to a sealed group becomes its name and its hash, and since when it is erased or restricted. */
export const withSealsShown = (node: Node, gaps: Gaps): Node => {
  if (Array.isArray(node)) return node.map((one) => withSealsShown(one, gaps));
  if (!isTree(node)) return node;
  if (isSealedRef(node)) return { sealed: node['group'], h: node['h'], ...gaps.get(node['key'] as string) };
  return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, withSealsShown(member, gaps)]));
};
