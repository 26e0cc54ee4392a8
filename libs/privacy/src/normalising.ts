/** What can be looked for as a whole. Words of a text are the fifth. */
export const wholeFields = ['telephone', 'email', 'name', 'account'] as const;
export type WholeField = (typeof wholeFields)[number];

/**
 * How a value is written before it is compared: everybody who means the same writes the same, whoever typed it. An empty text means that nothing is left
 * to look for.
 */
export const normalised = (field: WholeField, text: string): string => rules[field](text.normalize('NFKC'));

/** The words of a text, each once: letters and digits in their case-folded form, Chinese and its neighbours by pairs of characters. */
export const wordsOf = (text: string): readonly string[] => {
  const words = new Set<string>();
  for (const [run] of folded(text.normalize('NFKC')).matchAll(/[\p{L}\p{M}\p{N}]+/gu))
    for (const [part] of run.matchAll(dense)) for (const word of isDense.test(part) ? pairs(part) : spaced(part)) words.add(word);
  return [...words];
};

const telephoneDigits = 8;
const fewestDigits = 5;

/**
 * The last eight digits. What stands before them is written in too many ways (+86, 0086, a trunk zero, nothing) to be told apart without knowing the country,
 * and eight digits are far more than a truncated token keeps.
 */
const telephone = (text: string): string => {
  const digits = text.replace(/(?:ext|转|x|#).*$/iu, '').replaceAll(/\D/g, '');
  return digits.length < fewestDigits ? '' : digits.slice(-telephoneDigits);
};

const email = (text: string): string => {
  const address = folded(text.trim());
  return /^[^@\s]+@[^@\s]+$/u.test(address) ? address : '';
};

/** Names in Chinese are written with and without a space between family and given name; the dot in foreign ones has many forms. */
const name = (text: string): string =>
  folded(text)
    .replaceAll(/[·•・‧.]/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/(?<=[\p{Script=Han}]) (?=[\p{Script=Han}])/gu, '')
    .trim();

/** Account and card numbers are read out in groups. */
const account = (text: string): string => folded(text).replaceAll(/[\s-]+/gu, '');

const rules: Readonly<Record<WholeField, (text: string) => string>> = { telephone, email, name, account };

/** Upper case first: only so ß and ss are alike, and the three forms of sigma. */
const folded = (text: string): string => text.toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');

const dense =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const isDense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** One character alone says too little to be found by, and too much to be kept. */
const pairs = (run: string): readonly string[] => {
  const characters = [...run];
  return characters.slice(1).map((character, at) => `${characters[at]!}${character}`);
};

const longestWord = 40;
const spaced = (run: string): readonly string[] => ([...run].length < 2 ? [] : [run.slice(0, longestWord)]);
