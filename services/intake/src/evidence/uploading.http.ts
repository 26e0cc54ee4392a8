import type { MultipartFile } from '@fastify/multipart';
import { Problem, type FieldProblem } from '@recourse/edge';
import type { FastifyRequest } from 'fastify';
import { fileTypeFromBuffer } from 'file-type';
import { createHash } from 'node:crypto';
import { plain, textTypeOf } from './recognising.js';

/** A file as it came in, read once: its bytes, their hash, what it says it is and what it is. */
export type Uploaded = {
  readonly bytes: Uint8Array;
  /** SHA-256 (base64url) of what was given. */
  readonly sha256: string;
  readonly declared: string;
  readonly found?: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
};

/** Which text fields a form may have, and what each may say; undefined: any code is fine as long as it is there. */
export type FormFields = Readonly<Record<string, { readonly codes: readonly string[]; readonly needed: boolean }>>;

const atOnce = 4;
let inHand = 0;

/** Each upload is held in memory until it is encrypted, so only a few are taken at a time; the others are asked to come back. */
export const takingTurns = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  if (inHand >= atOnce) throw new Problem(503, 'uploads-busy', { headers: { 'retry-after': '2' } });
  inHand++;
  try {
    return await work();
  } finally {
    inHand--;
  }
};

/** Reads a multipart form with one file, in the part `file`. */
export const uploadedIn = async (request: FastifyRequest, known: FormFields): Promise<Uploaded> => {
  const fields: Record<string, string> = {};
  const errors: FieldProblem[] = [];
  let file: Omit<Uploaded, 'fields'> | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const read = await readFile(part);
      if (part.fieldname === 'file') file = read;
      else errors.push({ pointer: `/${part.fieldname}`, code: 'unknown-field' });
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

const readFile = async (part: MultipartFile): Promise<Omit<Uploaded, 'fields'>> => {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  for await (const chunk of part.file as AsyncIterable<Buffer>) {
    hash.update(chunk);
    chunks.push(chunk);
  }
  if (part.file.truncated) throw new Problem(413, 'file-too-large');
  const bytes = Buffer.concat(chunks);
  const declared = plain(part.mimetype);
  const found = await typeOf(bytes, declared);
  return { bytes, sha256: hash.digest('base64url'), declared, name: tidy(part.filename), ...(found !== undefined && { found }) };
};

/** By magic bytes; text has none and is read instead. */
const typeOf = async (bytes: Uint8Array, declared: string): Promise<string | undefined> => {
  const magic = await fileTypeFromBuffer(bytes).catch(() => undefined);
  return magic ? plain(magic.mime) : textTypeOf(bytes, declared);
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
    required: ['file', ...needed],
    properties: {
      file: { type: 'string', format: 'binary', description: 'The file, with its true media type.' },
      ...Object.fromEntries(listed),
    },
  };
};
