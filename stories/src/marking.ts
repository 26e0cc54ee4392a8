import { createHash, randomBytes } from 'node:crypto';

/** A text nobody else ever wrote, put into one field, so that wherever it turns up one can say where it came from. */
export type Marker = { readonly field: string; readonly text: string };

const letters = (count: number): string => [...randomBytes(count)].map((byte) => 'abcdefghijklmnop'[byte % 16]).join('');
const digits = (count: number): string => [...randomBytes(count)].map((byte) => byte % 10).join('');

/** Makes markers that look like what belongs into the field, and remembers them all. */
export class Markers {
  readonly all: Marker[] = [];
  /** Words begin with the one stem, telephone numbers with the other: enough to search large files by. */
  readonly stems: readonly [string, string];

  /** Markers of a part of what is told are remembered with all the others too. */
  constructor(private readonly whole?: Markers) {
    this.stems = whole?.stems ?? [letters(10), `49157${digits(6)}`];
  }

  word(field: string): string {
    return this.remembered(field, this.stems[0] + letters(6));
  }

  email(field: string): string {
    return `${this.word(field)}@mail.example`;
  }

  /** International, written without blanks: what is stored elsewhere might have lost them. */
  telephone(field: string): string {
    return `+${this.remembered(field, this.stems[1] + digits(4))}`;
  }

  /** What stands in the file, and the plain hash of it, which would let whoever has the file find out whose it is. */
  content(field: string): string {
    const text = `${this.word(field)}\n`;
    const hash = createHash('sha256').update(text).digest();
    this.remembered(`${field}, hashed (hex)`, hash.toString('hex'));
    this.remembered(`${field}, hashed (base64)`, hash.toString('base64').replace(/=+$/, ''));
    this.remembered(`${field}, hashed (base64url)`, hash.toString('base64url'));
    return text;
  }

  remembered(field: string, text: string): string {
    this.all.push({ field, text });
    this.whole?.remembered(field, text);
    return text;
  }
}

/** How a text may be disguised without being hidden: as bytes in hex, inside base64 at any of three offsets, escaped. All in lower case. */
const disguisesOf = (text: string): readonly string[] => {
  const inBase64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('x'.repeat(offset) + text).toString('base64');
    // The letters at the edges depend on what stands beside the text.
    return encoded.replace(/=+$/, '').slice(offset === 0 ? 0 : offset + 1, -1);
  });
  const escaped = [...text].map((letter) => (letter > '~' ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter)).join('');
  const disguises = [
    text,
    escaped,
    Buffer.from(text).toString('hex'),
    encodeURIComponent(text),
    ...inBase64,
    ...inBase64.map((one) => one.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(disguises.map((one) => one.toLowerCase()))];
};

/** Most disguises begin as many others do, with a stem: all of them are looked for by so many letters at once. */
const beginning = 8;

/** Looks for all markers at once, whatever they are disguised as, and names their fields in the order of the markers. */
export const searchFor = (markers: readonly Marker[]): ((text: string) => readonly string[]) => {
  const fields = [...new Set(markers.map(({ field }) => field))];
  const byBeginning = new Map<string, { readonly field: string; readonly disguise: string }[]>();
  for (const { field, text } of markers)
    for (const disguise of disguisesOf(text)) {
      const alike = byBeginning.get(disguise.slice(0, beginning)) ?? [];
      alike.push({ field, disguise });
      byBeginning.set(disguise.slice(0, beginning), alike);
    }
  return (text) => {
    const lower = text.toLowerCase();
    const found = new Set<string>();
    for (const [begins, alike] of byBeginning)
      if (lower.includes(begins))
        for (const { field, disguise } of alike) if (!found.has(field) && lower.includes(disguise)) found.add(field);
    return fields.filter((field) => found.has(field));
  };
};
