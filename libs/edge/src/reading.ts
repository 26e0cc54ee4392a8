import type { FieldProblem } from './refusing.js';

/** How much a body may hold, whatever its DTO says: far beyond every DTO, far below what hurts. */
export const mostOfBody = {
  /** Levels of nesting: far below what a stack bears. */
  levels: 32,
  /** Elements of one list. */
  elements: 1_000,
  /** Members of one object. */
  members: 200,
  /** Values of the whole body. */
  values: 20_000,
  /** Characters of one text; the longest narrative has 20,000. */
  text: 65_536,
  /** Characters of the name of a member. */
  name: 200,
} as const;

/** What a body as a whole has too much of. */
export type TooMuch = 'body-too-deep' | 'body-too-rich';
export type Tidied = { readonly value: unknown; readonly errors: readonly FieldProblem[]; readonly tooMuch?: TooMuch };

/** More lines than this tell nobody anything; a body may be made of nothing but mistakes. */
const mostErrors = 100;

/**
 * Refuses NUL and lone surrogates with a pointer (neither can be stored) and whatever is larger than `mostOfBody`, and turns every text into NFC,
 * so that equal texts are equal bytes.
 */
export const tidy = (value: unknown): Tidied => {
  const errors: FieldProblem[] = [];
  let tooMuch: TooMuch | undefined;
  let values = 0;
  const wrong = (problem: FieldProblem): void => void (errors.length < mostErrors && errors.push(problem));
  const tidyText = (text: string, at: string): string => {
    if (text.length > mostOfBody.text) {
      wrong({ pointer: at, code: 'text-too-long', facts: { max: mostOfBody.text } });
      return '';
    }
    if (!storable(text)) wrong({ pointer: at, code: 'text-not-storable' });
    return text.normalize('NFC');
  };
  const tidyMember = (name: string, member: unknown, at: string, depth: number): [string, unknown] => {
    if (name.length > mostOfBody.name) {
      wrong({ pointer: at, code: 'name-too-long', facts: { max: mostOfBody.name } });
      return ['', null];
    }
    const place = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!storable(name)) wrong({ pointer: at, code: 'name-not-storable' });
    if (belongsToObjects(name)) wrong({ pointer: place, code: 'unknown-field' });
    return [name.normalize('NFC'), walk(member, place, depth + 1)];
  };
  const walk = (node: unknown, at: string, depth: number): unknown => {
    if (++values > mostOfBody.values) tooMuch ??= 'body-too-rich';
    if (tooMuch) return null;
    if (typeof node === 'string') return tidyText(node, at);
    if (node === null || typeof node !== 'object') return node;
    if (depth > mostOfBody.levels) {
      tooMuch = 'body-too-deep';
      return null;
    }
    if (Array.isArray(node)) {
      if (node.length <= mostOfBody.elements) return node.map((element, index) => walk(element, `${at}/${index}`, depth + 1));
      wrong({ pointer: at, code: 'list-too-long', facts: { most: mostOfBody.elements } });
      return [];
    }
    const members = Object.entries(node);
    if (members.length <= mostOfBody.members)
      return Object.fromEntries(members.map(([name, member]) => tidyMember(name, member, at, depth)));
    wrong({ pointer: at, code: 'object-too-large', facts: { most: mostOfBody.members } });
    return {};
  };
  const tidied = walk(value, '', 1);
  return { value: tidied, errors, ...(tooMuch && { tooMuch }) };
};

/** Names like `__proto__` or `constructor` would be dropped in silence on the way into a class, or worse: no field of ours is called so. */
const belongsToObjects = (name: string): boolean => name === 'prototype' || name in Object.prototype;

const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
