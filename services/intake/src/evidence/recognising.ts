import { taxonomy, type EvidenceKind } from '@recourse/contracts';

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
 * characters, and, if they say JSON, parse. Undefined: they are not.
 */
export const textTypeOf = (bytes: Uint8Array, declared: string): string | undefined => {
  const type = plain(declared);
  if (!taxonomy.evidence.text.includes(type) || bytes.length === 0) return undefined;
  const text = decoded(bytes);
  if (text === undefined || hasControls(text)) return undefined;
  return type === 'application/json' && !parses(text) ? undefined : type;
};

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** Tab, line feed, carriage return and form feed belong to text; no other control character does. */
const hasControls = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0c && unit !== 0x0d) return true;
  }
  return false;
};

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
