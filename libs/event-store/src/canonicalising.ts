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
export const canonical = (value: unknown, path = '', depth = 0): string => {
  if (value === null) return 'null';
  if (typeof value === 'string') return canonicalString(value, path);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new NotCanonical(`The number ${value}`, path);
    return String(value); // also of -0, which is 0
  }
  if (typeof value !== 'object') throw new NotCanonical(`A value of type ${typeof value}`, path);
  if (depth >= deepest) throw new NotCanonical('Something deeper than 32 levels', path);
  if (Array.isArray(value)) {
    // Not map(): it would step over the holes of a sparse array.
    return `[${Array.from(value, (member, index) => canonical(member, `${path}/${index}`, depth + 1)).join(',')}]`;
  }
  if (!isPlain(value)) throw new NotCanonical(`An instance of ${value.constructor?.name ?? 'a class'}`, path);
  // sort() without a comparison orders by UTF-16 code units, as the RFC wants it.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalString(key, path)}:${canonical((value as Record<string, unknown>)[key], `${path}/${key}`, depth + 1)}`);
  return `{${members.join(',')}}`;
};

/** JSON.stringify escapes strings exactly as RFC 8785 asks. NUL is refused because PostgreSQL cannot hold it as text. */
const canonicalString = (text: string, path: string): string => {
  if (!text.isWellFormed() || text.includes('\0')) throw new NotCanonical('A string with a lone surrogate or NUL', path);
  return JSON.stringify(text);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
