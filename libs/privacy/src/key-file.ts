import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { wrappedAnew, WrongKek, type Kms } from './kms.js';
import { keyLength } from './sealing.js';
import { kekFrom, unwrap, wrap, type Kek } from './wrapping.js';

/** The keys of a key file: all of them unwrap, one of them wraps. */
export type Keks = { readonly current: Kek; readonly all: ReadonlyMap<string, Kek> };

/**
 * Reads a key file. A line is a key, 32 bytes in base64url; a name may stand before it, and the word `current` behind it. Of several keys exactly
 * one is current. Empty lines and lines that begin with # are left out.
 */
export const readKeks = (file: string): Keks => {
  const expected = `${file} does not hold a key: 32 bytes in base64url (43 characters) are expected`;
  const lines = textOf(file)
    .split('\n')
    .map((text, index) => ({ text: text.trim(), line: index + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
  const keys = lines.map(({ text, line }) => {
    const found = /^(?:[\w.-]{1,40}\s+)?([A-Za-z0-9_-]{43})(\s+current)?$/.exec(text);
    if (!found)
      throw new Error(lines.length === 1 ? `${expected}.` : `${expected} in line ${line}, after its name, before the word "current".`);
    return { kek: kekFrom(Buffer.from(found[1]!, 'base64url')), current: found[2] !== undefined };
  });
  if (keys.length === 0) throw new Error(`${expected}.`);
  const marked = keys.length === 1 ? keys : keys.filter(({ current }) => current);
  if (marked.length !== 1)
    throw new Error(`${file} holds ${keys.length} keys, and ${marked.length} of them are marked "current": exactly one wraps from now on.`);
  return { current: marked[0]!.kek, all: new Map(keys.map(({ kek }) => [kek.name, kek])) };
};

/** Draws another key into a key file, below those that stand there; the file is changed whole or not at all. */
export const drawnInto = (file: string, current: boolean): { readonly name: string; readonly keys: number } => {
  const { all, current: wrapping } = readKeks(file);
  const drawn = randomBytes(keyLength);
  const [text, mode] = [textOf(file), statSync(file).mode];
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const key = /([A-Za-z0-9_-]{43})(\s+current)?\s*$/.exec(line);
      if (line.trim().startsWith('#') || !key) return line;
      const bare = line.trimEnd().replace(/\s+current$/, '');
      return !current && kekFrom(Buffer.from(key[1]!, 'base64url')).name === wrapping.name ? `${bare} current` : bare;
    });
  lines.push(`${drawn.toString('base64url')}${current ? ' current' : ''}`);
  writeFileSync(`${file}.new`, `${lines.join('\n')}\n`, { mode });
  readKeks(`${file}.new`);
  renameSync(`${file}.new`, file);
  return { name: kekFrom(drawn).name, keys: all.size + 1 };
};

const unreadable: Readonly<Record<string, string>> = { ENOENT: 'there is none', EACCES: 'this user may not', EISDIR: 'it is a folder' };

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new Error(`The key file ${file} cannot be read: ${unreadable[code] ?? code}.`, { cause: error });
  }
};

/**
 * Keys in a file. It may be changed while services run: whoever needs a key that he does not know looks again, and everybody looks at most every
 * `lookEveryMs` whether another key wraps now.
 */
export const fileKms = (file: string, lookEveryMs = 2_000): Kms => {
  let keks = readKeks(file);
  let seen = statSync(file).mtimeMs;
  let looked = performance.now();
  const look = (): Keks => {
    looked = performance.now();
    try {
      const changed = statSync(file).mtimeMs;
      if (changed !== seen) [keks, seen] = [readKeks(file), changed];
    } catch {
      // Half written, or gone for a moment: what was read stays good until there is something better.
    }
    return keks;
  };
  const now = (): Keks => (performance.now() - looked < lookEveryMs ? keks : look());
  const kms: Kms = {
    current: async () => now().current.name,
    wrap: async (secret, binding) => {
      const { current } = now();
      return { kek: current.name, wrapped: wrap(current, binding, secret) };
    },
    unwrap: async (name, wrapped, binding) => {
      const kek = keks.all.get(name) ?? look().all.get(name);
      if (!kek) throw new WrongKek(name, [...keks.all.keys()].join(', '));
      return unwrap(kek, binding, wrapped);
    },
    rewrap: (kek, wrapped, binding) => wrappedAnew(kms, kms, { kek, wrapped }, binding),
    close: () => undefined,
  };
  return kms;
};

/** Keys that are at hand already, the first of them current: for tests, and for tools that were given bytes. */
export const kmsOf = (current: Kek, ...older: readonly Kek[]): Kms => {
  const all = new Map([current, ...older].map((kek) => [kek.name, kek]));
  const kms: Kms = {
    current: async () => current.name,
    wrap: async (secret, binding) => ({ kek: current.name, wrapped: wrap(current, binding, secret) }),
    unwrap: async (name, wrapped, binding) => {
      const kek = all.get(name);
      if (!kek) throw new WrongKek(name, [...all.keys()].join(', '));
      return unwrap(kek, binding, wrapped);
    },
    rewrap: (kek, wrapped, binding) => wrappedAnew(kms, kms, { kek, wrapped }, binding),
    close: () => undefined,
  };
  return kms;
};
