import type { FieldProblem } from './refusing.js';

/** How deep a body may be nested: far beyond every DTO, far below what a stack bears. */
export const DEEPEST = 32;

export type Tidied = { readonly value: unknown; readonly errors: readonly FieldProblem[]; readonly tooDeep: boolean };

/** Refuses NUL and lone surrogates with a pointer (neither can be stored), and turns every text into NFC, so that equal texts are equal bytes. */
export const tidy = (value: unknown): Tidied => {
  const errors: FieldProblem[] = [];
  let tooDeep = false;
  const walk = (node: unknown, at: string, depth: number): unknown => {
    if (typeof node === 'string') {
      if (!storable(node)) errors.push({ pointer: at, code: 'text-not-storable' });
      return node.normalize('NFC');
    }
    if (node === null || typeof node !== 'object') return node;
    if (depth > DEEPEST) {
      tooDeep = true;
      return node;
    }
    if (Array.isArray(node)) return node.map((element, index) => walk(element, `${at}/${index}`, depth + 1));
    return Object.fromEntries(
      Object.entries(node).map(([name, member]) => {
        const place = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        if (!storable(name)) errors.push({ pointer: at, code: 'name-not-storable' });
        if (belongsToObjects(name)) errors.push({ pointer: place, code: 'unknown-field' });
        return [name.normalize('NFC'), walk(member, place, depth + 1)];
      }),
    );
  };
  const tidied = walk(value, '', 1);
  return { value: tidied, errors, tooDeep };
};

/** Names like `constructor` would be dropped in silence on the way into a class: no field of ours is called so. */
const belongsToObjects = (name: string): boolean => name === 'prototype' || name in Object.prototype;

const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
