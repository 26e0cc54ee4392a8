/** A token of ours has some 700 characters; one with every skill of a large desk has not 4000. */
const longest = 8_192;
const longestKeyId = 255;

export type Unpacked = { readonly header: Readonly<Record<string, unknown>>; readonly claims: Readonly<Record<string, unknown>> };

/** What a token says of itself, before anybody has looked at its signature; undefined when it is too long, no token, or says a thing twice. */
export const unpack = (token: string): Unpacked | undefined => {
  if (token.length > longest) return undefined;
  const [header, claims] = token.split('.', 2).map(objectIn);
  if (!header || !claims) return undefined;
  const { kid } = header;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > longestKeyId)) return undefined;
  return { header, claims };
};

const objectIn = (part: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), codeOf),
    );
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !namesTwice(text)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

const codeOf = (character: string): number => character.charCodeAt(0);

/** Of two members of one name our parser takes the last and somebody else's the first (RFC 7519, 4): such a token means two things. */
export const namesTwice = (json: string): boolean => {
  const open: Set<string>[] = [];
  for (const [sign, name] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (sign === '{') open.push(new Set());
    else if (sign === '}') open.pop();
    else if (name !== undefined) {
      const known = open.at(-1);
      const text = JSON.parse(name) as string;
      if (known?.has(text)) return true;
      known?.add(text);
    }
  }
  return false;
};
