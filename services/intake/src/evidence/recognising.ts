import { taxonomy, type EvidenceKind } from '@recourse/contracts';
import { JsonLook } from './parsing.js';

/** What a file is said to be, by whoever sends it, and what its bytes say (undefined: nothing we know). */
export type Declared = { readonly kind: EvidenceKind; readonly declared: string; readonly found?: string };

/** The type a file is believed to be: its bytes agree with its name tag, and the kind of evidence may be such a file. Else undefined. */
export const believed = ({ kind, declared, found }: Declared): string | undefined => {
  if (found === undefined || plain(declared) !== plain(found)) return undefined;
  return typesOf(kind).includes(plain(found)) ? plain(found) : undefined;
};

const typesOf = (kind: EvidenceKind): readonly string[] => taxonomy.evidence.kinds.find(({ code }) => code === kind)?.types ?? [];

const otherNames: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/heif': 'image/heic',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/m4a': 'audio/x-m4a',
  'text/x-csv': 'text/csv',
  'text/json': 'application/json',
};

/** A media type without parameters, in the one name we keep. */
export const plain = (mediaType: string): string => {
  const bare = mediaType.split(';', 1)[0]!.trim().toLowerCase();
  return otherNames[bare] ?? bare;
};

/**
 * Chat logs, tables, JSON and mails have no magic bytes: they are what they say when they are well-formed UTF-8 without control
 * characters, and, if they say JSON, parse. They are read as they come, and nothing of them is held.
 */
export class TextLook {
  readonly #type: string | undefined;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #json = new JsonLook();
  #seen = 0;
  #wrong = false;

  constructor(declared: string) {
    const type = plain(declared);
    this.#type = taxonomy.evidence.text.includes(type) ? type : undefined;
  }

  push(bytes: Uint8Array): void {
    this.#seen += bytes.length;
    if (this.#type !== undefined && !this.#wrong) this.#read(() => this.#decoder.decode(bytes, { stream: true }));
  }

  /** The type it says, if it is one; undefined if not. */
  ends(): string | undefined {
    if (this.#type === undefined || this.#seen === 0) return undefined;
    if (!this.#wrong) this.#read(() => this.#decoder.decode());
    if (this.#wrong) return undefined;
    return this.#type === 'application/json' && !this.#json.ends() ? undefined : this.#type;
  }

  #read(decode: () => string): void {
    try {
      const text = decode();
      this.#wrong ||= hasControls(text);
      if (this.#type === 'application/json') this.#json.push(text);
    } catch {
      this.#wrong = true;
    }
  }
}

/** Tab, line feed, carriage return and form feed belong to text; no other control character does. */
const hasControls = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0c && unit !== 0x0d) return true;
  }
  return false;
};
