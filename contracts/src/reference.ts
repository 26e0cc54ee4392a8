/** Crockford's base32 without Z: 31 symbols, a prime, so that a weighted sum catches every wrong and every swapped symbol. */
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXY';

/** `R` names a complaint, `C` the receipt of a contact. */
export type ReferencePrefix = 'R' | 'C';

const checkOf = (body: string): string => {
  let sum = 0;
  for (let at = 0; at < body.length; at++) sum += symbols.indexOf(body[at]!) * (at + 1);
  return symbols[sum % symbols.length]!;
};

const grouped = (text: string): string => `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;

/** A reference that survives the telephone, from at least eight random bytes: `R7K3-M9QX-2D`. */
export const referenceFrom = (prefix: ReferencePrefix, random: Uint8Array): string => {
  let number = 0n;
  for (const byte of random.subarray(0, 8)) number = number * 256n + BigInt(byte);
  let body: string = prefix;
  for (let i = 0; i < 8; i++) {
    body += symbols[Number(number % 31n)]!;
    number /= 31n;
  }
  return grouped(body + checkOf(body));
};

/** What somebody typed or read out, as the one form we keep; undefined when it is no reference (a symbol is wrong or two are swapped). */
export const parseReference = (text: string): string | undefined => {
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
  if (!/^[RC][0-9A-HJKMNP-TV-Y]{9}$/.test(plain)) return undefined;
  return plain.at(-1) === checkOf(plain.slice(0, -1)) ? grouped(plain) : undefined;
};
