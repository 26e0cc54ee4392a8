import type { MultipartFile } from '@fastify/multipart';
import { Problem, type FieldProblem } from '@recourse/edge';
import { wholeOf, type Span } from '@recourse/privacy';
import type { FastifyRequest } from 'fastify';
import { fileTypeFromBuffer } from 'file-type';
import { createHash } from 'node:crypto';
import { Flags, type Flag } from './flagging.js';
import type { Looked } from './keeping.js';
import { measure } from './measuring.js';
import { plain, TextLook } from './recognising.js';
import { unpack, type Readable } from './unpacking.js';
import type { Kept } from './vault.js';

/** A file as it came in, read once on its way into the vault: its hash, what it says it is and what it is. */
export type Uploaded = {
  readonly kept: Kept;
  readonly size: number;
  /** SHA-256 (base64url) of what was given. */
  readonly sha256: string;
  readonly name: string;
  readonly looked: Omit<Looked, 'kind'>;
  readonly flags: readonly Flag[];
  readonly fields: Readonly<Record<string, string>>;
};

/** Where the bytes go as they come, and how they are read again once they lie there. */
export type Keeping = {
  readonly keep: (bytes: AsyncIterable<Uint8Array>) => Promise<Kept>;
  readonly again: (kept: Kept, size: number) => Promise<(span: Span) => AsyncIterable<Uint8Array>>;
  /** Bytes one file may have. */
  readonly most: number;
};

/** Which text fields a form may have, and what each may say; undefined: any code is fine as long as it is there. */
export type FormFields = Readonly<Record<string, { readonly codes: readonly string[]; readonly needed: boolean }>>;

export const uploadsAtOnce = 24;
let inHand = 0;

/** Each upload holds a few hundred kilobytes, a file and a share of the processor, so only some are taken at a time; the others are asked to come back. */
export const takingTurns = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  if (inHand >= uploadsAtOnce) throw new Problem(503, 'uploads-busy', { headers: { 'retry-after': '2' } });
  inHand++;
  try {
    return await work();
  } finally {
    inHand--;
  }
};

/** Reads a multipart form with one file, in the part `file`, which is kept as it comes, before anybody knows whether it may stay. */
export const uploadedIn = async (request: FastifyRequest, known: FormFields, keeping: Keeping): Promise<Uploaded> => {
  const fields: Record<string, string> = {};
  const errors: FieldProblem[] = [];
  let file: Omit<Uploaded, 'fields'> | undefined;
  for await (const part of request.parts({ limits: { fileSize: keeping.most } })) {
    if (part.type === 'file' && part.fieldname === 'file') file = await takeFile(part, keeping);
    else if (part.type === 'file') {
      part.file.resume();
      errors.push({ pointer: `/${part.fieldname}`, code: 'unknown-field' });
    } else if (!known[part.fieldname]) errors.push({ pointer: `/${part.fieldname}`, code: 'unknown-field' });
    else if (fields[part.fieldname] !== undefined) errors.push({ pointer: `/${part.fieldname}`, code: 'given-twice' });
    else fields[part.fieldname] = String(part.value);
  }
  for (const [name, { codes, needed }] of Object.entries(known)) {
    const value = fields[name];
    if (value === undefined && needed) errors.push({ pointer: `/${name}`, code: 'field-missing' });
    if (value !== undefined && !codes.includes(value))
      errors.push({ pointer: `/${name}`, code: 'code-unknown', facts: { known: codes.join(', ') } });
  }
  if (!file) errors.push({ pointer: '/file', code: 'field-missing' });
  if (!file || errors.length > 0) throw new Problem(400, 'request-invalid', { errors });
  return { ...file, fields };
};

/** Types with magic bytes show them within their first kilobytes, pictures their size mostly too. */
const headLength = 65_536;
/** Some cameras put other pictures and tables before the size. */
const longHead = 4_194_304;

const takeFile = async (part: MultipartFile, { keep, again }: Keeping): Promise<Omit<Uploaded, 'fields'>> => {
  const declared = plain(part.mimetype);
  const hash = createHash('sha256');
  const text = new TextLook(declared);
  const flags = new Flags(declared);
  const head: Buffer[] = [];
  let size = 0;
  const looked = async function* () {
    for await (const piece of part.file as AsyncIterable<Buffer>) {
      hash.update(piece);
      text.push(piece);
      flags.push(piece);
      if (size < headLength) head.push(piece);
      size += piece.length;
      yield piece;
    }
    // The form's reader cuts a file off at its limit without an error: what was kept so far is not the file.
    if (part.file.truncated) throw new Problem(413, 'file-too-large');
  };
  const kept = await keep(looked());
  const read = async (span: Span) => (await again(kept, size))(span);
  const found = await foundIn(Buffer.concat(head), text, { size, read: lazily(read) });
  const { macros, ...rest } = found;
  return {
    kept,
    size,
    sha256: hash.digest('base64url'),
    name: tidy(part.filename),
    looked: { declared, ...rest },
    flags: [...flags.ends(), ...(macros ? (['document-with-macros'] as const) : [])],
  };
};

/** Most files are never read again. */
const lazily = (read: (span: Span) => Promise<AsyncIterable<Uint8Array>>) =>
  async function* (span: Span): AsyncGenerator<Uint8Array> {
    yield* await read(span);
  };

/** What the bytes are: archives are unpacked to know, pictures measured; text has no magic bytes and was read on its way. */
const foundIn = async (
  head: Buffer,
  text: TextLook,
  file: Readable,
): Promise<Omit<Looked, 'kind' | 'declared'> & { readonly macros?: boolean }> => {
  if (head.length > 3 && head.readUInt32BE(0) === 0x504b0304) {
    const unpacked = await unpack(file);
    return 'unsafe' in unpacked ? unpacked : { found: unpacked.type, macros: unpacked.macros };
  }
  const magic = await fileTypeFromBuffer(head).catch(() => undefined);
  const found = magic ? plain(magic.mime) : text.ends();
  if (!found?.startsWith('image/')) return found === undefined ? {} : { found };
  const picture = measure(head) ?? measure(await wholeOf(file.read({ from: 0, to: Math.min(file.size, longHead) })));
  return picture ? { found, picture } : {};
};

/** The name is kept for people, sealed; what no person could read in it is not. */
const tidy = (name: string): string => {
  const readable = [...name.toWellFormed().normalize('NFC')].filter((symbol) => symbol >= ' ' && symbol !== '\u007f');
  return readable.join('').slice(-255);
};

/** What the API document says of an upload. */
export const formOf = (fields: FormFields) => {
  const listed = Object.entries(fields).map(([name, { codes }]) => [name, { type: 'string', enum: [...codes] }] as const);
  const needed = Object.keys(fields).filter((name) => fields[name]!.needed);
  return {
    type: 'object',
    additionalProperties: false,
    required: ['file', ...needed],
    properties: {
      file: { type: 'string', format: 'binary', description: 'The file, with its true media type.' },
      ...Object.fromEntries(listed),
    },
  };
};
