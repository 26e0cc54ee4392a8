import { createHmac, hkdfSync } from 'node:crypto';
import { keyLength } from './sealing.js';
import { normalised, wordsOf, type WholeField } from './normalising.js';

/**
 * How much of a token is kept. A token that is kept whole says for certain that two rows mean the same person, and who holds the key can try every
 * telephone number. Of 16 bits one value in 65,536 looks like any other: in a platform of a million cases some fifteen strangers share each token, which
 * a person who may open them tells apart at a glance, and a thief of the table cannot. Words are many to a case, and several are asked at once: with 16
 * bits most pairs of words would meet in most large cases, 20 keep that rare and still let every token stand for many words of the language.
 */
export const tokenBits = { whole: 16, word: 20 } as const;

export type IndexedField = WholeField | 'word';

/** The keys of one epoch: from them come the tokens that a blind index is made of. */
export type IndexKey = {
  readonly epoch: number;
  /** The token of a whole value; undefined when nothing is left of it to look for. */
  tokenOf(field: WholeField, text: string): number | undefined;
  /** The token of each word of a text, by word. */
  tokensIn(text: string): ReadonlyMap<string, number>;
};

/** Whose index it is: no key serves two tenants, two purposes, or outlives its epoch. */
export type IndexOwner = { readonly tenant: string; readonly purpose: string; readonly epoch: number };

/** Each field has a key of its own, drawn from the secret of the epoch: the same text in two fields has nothing in common. */
export const indexKeyFrom = (secret: Uint8Array, owner: IndexOwner): IndexKey => {
  const drawn = new Map<IndexedField, Buffer>();
  const keyOf = (field: IndexedField): Buffer => {
    const known = drawn.get(field) ?? fieldKey(secret, owner, field);
    drawn.set(field, known);
    return known;
  };
  return {
    epoch: owner.epoch,
    tokenOf: (field, text) => {
      const value = normalised(field, text);
      return value === '' ? undefined : truncated(keyOf(field), value, tokenBits.whole);
    },
    tokensIn: (text) => new Map(wordsOf(text).map((word) => [word, truncated(keyOf('word'), word, tokenBits.word)])),
  };
};

const fieldKey = (secret: Uint8Array, { tenant, purpose, epoch }: IndexOwner, field: IndexedField): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `recourse/index/v1\0${tenant}\0${purpose}\0${field}\0${epoch}`, keyLength));

const truncated = (key: Buffer, text: string, bits: number): number =>
  createHmac('sha256', key).update(text, 'utf8').digest().readUInt32BE(0) >>> (32 - bits);
