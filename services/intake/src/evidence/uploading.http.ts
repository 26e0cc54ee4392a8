import type { MultipartFile } from '@fastify/multipart';
import { Problem, type FieldProblem } from '@recourse/edge';
import type { FastifyRequest } from 'fastify';
import { fileTypeFromBuffer } from 'file-type';
import { createHash } from 'node:crypto';
import { plain, TextLook } from './recognising.js';
import type { Kept } from './vault.js';

/** A file as it came in, read once on its way into the vault: its hash, what it says it is and what it is. */
export type Uploaded = {
  readonly kept: Kept;
  readonly size: number;
  /** SHA-256 (base64url) of what was given. */
  readonly sha256: string;
  readonly declared: string;
  readonly found?: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
};

/** Takes the bytes of a file as they come, encrypts and keeps them. */
export type Keep = (bytes: AsyncIterable<Uint8Array>) => Promise<Kept>;

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
export const uploadedIn = async (request: FastifyRequest, known: FormFields, keep: Keep): Promise<Uploaded> => {
  const fields: Record<string, string> = {};
  const errors: FieldProblem[] = [];
  let file: Omit<Uploaded, 'fields'> | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'file' && part.fieldname === 'file') file = await takeFile(part, keep);
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

/** Types with magic bytes show them within their first kilobytes. */
const headLength = 65_536;

const takeFile = async (part: MultipartFile, keep: Keep): Promise<Omit<Uploaded, 'fields'>> => {
  const declared = plain(part.mimetype);
  const hash = createHash('sha256');
  const text = new TextLook(declared);
  const head: Buffer[] = [];
  let size = 0;
  const looked = async function* () {
    for await (const piece of part.file as AsyncIterable<Buffer>) {
      hash.update(piece);
      text.push(piece);
      if (size < headLength) head.push(piece);
      size += piece.length;
      yield piece;
    }
    // The form's reader cuts a file off at its limit without an error: what was kept so far is not the file.
    if (part.file.truncated) throw new Problem(413, 'file-too-large');
  };
  const kept = await keep(looked());
  const magic = await fileTypeFromBuffer(Buffer.concat(head)).catch(() => undefined);
  const found = magic ? plain(magic.mime) : text.ends();
  return { kept, size, sha256: hash.digest('base64url'), declared, name: tidy(part.filename), ...(found !== undefined && { found }) };
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
