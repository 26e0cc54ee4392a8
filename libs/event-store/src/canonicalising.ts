/** Thrown for a value that has no one canonical text. It is a programming error: the edge has checked what people send. */
export class NotCanonical extends TypeError {
  constructor(what: string, path: string) {
    super(`${what} at ${path || 'the top'} has no canonical JSON form.`);
    this.name = 'NotCanonical';
  }
}

const deepest = 32;

/**
 * RFC 8785 (JCS) for the strict part of JSON that records are made of: null, booleans, safe integers, well-formed strings without NUL, arrays
 * and plain objects. Everything else throws, above all what JSON.stringify would drop or bend in silence: undefined, NaN, floats, dates, maps,
 * class instances. A verifier needs nothing but these lines.
 */
export const canonical = (value: unknown): string => textOf(value, [], false);

/** The same of a part of a record, found under `path`; members that are undefined are members that are absent. */
export const canonicalPart = (value: unknown, path: string): string => textOf(value, [path], true);

/** `trail`: the names down to here, changed in place because most of them are never needed. */
const textOf = (value: unknown, trail: string[], gaps: boolean): string => {
  switch (typeof value) {
    case 'string':
      return stringOf(value, trail);
    case 'number':
      if (!Number.isSafeInteger(value)) throw new NotCanonical(`The number ${value}`, trail.join(''));
      return String(value); // also of -0, which is 0
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (trail.length >= deepest) throw new NotCanonical('Something deeper than 32 levels', trail.join(''));
      if (Array.isArray(value)) return listOf(value, trail, gaps);
      if (isPlain(value)) return membersOf(value as Readonly<Record<string, unknown>>, trail, gaps);
      throw new NotCanonical(`An instance of ${value.constructor?.name ?? 'a class'}`, trail.join(''));
    default:
      throw new NotCanonical(`A value of type ${typeof value}`, trail.join(''));
  }
};

const listOf = (list: readonly unknown[], trail: string[], gaps: boolean): string => {
  let text = '';
  // Not map(): it would step over the holes of a sparse array.
  for (let at = 0; at < list.length; at++) {
    trail.push(`/${at}`);
    text += (at === 0 ? '' : ',') + textOf(list[at], trail, gaps);
    trail.pop();
  }
  return `[${text}]`;
};

const membersOf = (object: Readonly<Record<string, unknown>>, trail: string[], gaps: boolean): string => {
  let text = '';
  // sort() without a comparison orders by UTF-16 code units, as the RFC wants it.
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (gaps && value === undefined) continue;
    const name = stringOf(key, trail);
    trail.push(`/${key}`);
    text += (text === '' ? '' : ',') + name + ':' + textOf(value, trail, gaps);
    trail.pop();
  }
  return `{${text}}`;
};

/** JSON.stringify escapes strings exactly as RFC 8785 asks. NUL is refused because PostgreSQL cannot hold it as text. */
const stringOf = (text: string, trail: readonly string[]): string => {
  if (!text.isWellFormed() || text.includes('\0')) throw new NotCanonical('A string with a lone surrogate or NUL', trail.join(''));
  return JSON.stringify(text);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
};
