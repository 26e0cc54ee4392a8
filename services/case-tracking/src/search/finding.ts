import type { IndexKey, WholeField } from '@recourse/edge';
import { valuesIn } from './indexing.js';

/** What somebody looks for. All of it must fit. */
export type Terms = Readonly<Partial<Record<WholeField | 'words', string>>>;

/** One thing that must be found: any of these tokens, one for each epoch. `account` stands in clear on the case, too. */
export type Condition = {
  readonly field: WholeField | 'word';
  readonly tokens: readonly { readonly epoch: number; readonly token: number }[];
  readonly account?: string;
};

const fieldsOf = (terms: Terms): readonly (readonly [WholeField, string])[] =>
  Object.entries(terms).flatMap(([field, text]) => (field === 'words' || text === undefined ? [] : [[field as WholeField, text] as const]));

/** What must be found under the keys of all epochs, or the terms of which nothing is left to look for. */
export const conditionsOf = (
  terms: Terms,
  keys: readonly IndexKey[],
): { readonly conditions: readonly Condition[]; readonly empty: readonly string[] } => {
  const conditions: Condition[] = [];
  const empty: string[] = [];
  for (const [field, text] of fieldsOf(terms)) {
    const tokens = keys.flatMap((key) => {
      const token = key.tokenOf(field, text);
      return token === undefined ? [] : [{ epoch: key.epoch, token }];
    });
    if (tokens.length === 0) empty.push(field);
    else conditions.push({ field, tokens, ...(field === 'account' && { account: text }) });
  }
  if (terms.words !== undefined) {
    const found = keys.map((key) => ({ epoch: key.epoch, words: key.tokensIn(terms.words!) }));
    const words = [...(found[0]?.words.keys() ?? [])];
    if (words.length === 0) empty.push('words');
    for (const word of words)
      conditions.push({ field: 'word', tokens: found.map(({ epoch, words: tokens }) => ({ epoch, token: tokens.get(word)! })) });
  }
  return { conditions, empty };
};

/** How texts are compared, the same way as tokens are made of them. */
export type Comparing = {
  readonly normalised: (field: WholeField, text: string) => string;
  readonly wordsOf: (text: string) => readonly string[];
};

type OpenedGroup = { readonly group: string; readonly value: Readonly<Record<string, unknown>> };

/** Whether what was opened of a case holds everything that was looked for. */
export const holds = (
  terms: Terms,
  account: string | null,
  opened: readonly OpenedGroup[],
  { normalised, wordsOf }: Comparing,
): boolean => {
  const values = opened.map(({ group, value }) => valuesIn(group, value));
  const words = new Set(values.flatMap(({ texts }) => texts.flatMap(wordsOf)));
  const same = (field: WholeField, text: string) =>
    (field === 'account' && text === account) ||
    values.some(({ whole }) => whole.some(([of, value]) => of === field && normalised(field, value) === normalised(field, text)));
  return fieldsOf(terms).every(([field, text]) => same(field, text)) && wordsOf(terms.words ?? '').every((word) => words.has(word));
};
