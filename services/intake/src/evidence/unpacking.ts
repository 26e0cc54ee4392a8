import { wholeOf, type Span } from '@recourse/privacy';
import { Inflate } from 'fflate';

/** A file that can be read anywhere. */
export type Readable = { readonly size: number; readonly read: (span: Span) => AsyncIterable<Uint8Array> };

/** Why an archive is not let in. */
export type Unsafe = 'broken' | 'encrypted' | 'too-many-files' | 'overlapping' | 'too-large' | 'packed-too-tightly' | 'nested';
export type Unpacked = { readonly type: string; readonly macros: boolean } | { readonly unsafe: Unsafe };

/** An honest letter or table has dozens of parts, some megabytes of text, packed ten or twenty times. */
export const archiveLimits = { files: 2_000, directory: 1_048_576, bytes: 134_217_728, ratio: 200, ratioFrom: 1_048_576 };

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
};

const [endSignature, entrySignature, localSignature] = [0x06054b50, 0x02014b50, 0x04034b50];
const [endLength, entryLength, localLength] = [22, 46, 30];
const longestComment = 65_535;
const [stored, deflated] = [0, 8];

/** Thrown inside of this file only. */
class Refused extends Error {
  constructor(readonly unsafe: Unsafe) {
    super(unsafe);
  }
}

/**
 * What an archive is, found out by unpacking all of it into nothing: sizes that are said may be lies, so the bytes are counted as they come out, a
 * kilobyte in at a time. What the office programs write passes; what is made to exhaust whoever opens it does not.
 */
export const unpack = async (file: Readable): Promise<Unpacked> => {
  try {
    const { entries, directory } = await entriesOf(file);
    mayBeOpened(entries);
    const ordered = [...entries].sort((one, other) => one.at - other.at);
    let bytes = 0;
    for (const [n, entry] of ordered.entries())
      bytes += await measured(file, entry, ordered[n + 1]?.at ?? directory, archiveLimits.bytes - bytes);
    const names = new Set(entries.map(({ name }) => name));
    return { type: typeOf(names), macros: [...names].some((name) => name.toLowerCase().endsWith('vbaproject.bin')) };
  } catch (error) {
    if (error instanceof Refused) return { unsafe: error.unsafe };
    throw error;
  }
};

const typeOf = (names: ReadonlySet<string>): string => {
  if (!names.has('[Content_Types].xml')) return 'application/zip';
  if (names.has('word/document.xml')) return 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  return names.has('xl/workbook.xml') ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' : 'application/zip';
};

/** The directory stands at the end and reaches exactly to it: nothing before the first part, between the parts or behind them is taken for more. */
const entriesOf = async ({ size, read }: Readable): Promise<{ readonly entries: readonly Entry[]; readonly directory: number }> => {
  const tailFrom = Math.max(0, size - endLength - longestComment);
  const tail = await wholeOf(read({ from: tailFrom, to: size }));
  let end = tail.length - endLength;
  while (end >= 0 && !(tail.readUInt32LE(end) === endSignature && tail.readUInt16LE(end + 20) === tail.length - end - endLength)) end--;
  if (end < 0) throw new Refused('broken');
  const [disk, first, here, count] = [4, 6, 8, 10].map((at) => tail.readUInt16LE(end + at));
  const [length, directory] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count! > archiveLimits.files || length > archiveLimits.directory) throw new Refused('too-many-files');
  if (disk !== 0 || first !== 0 || here !== count || count === 0 || directory + length !== tailFrom + end) throw new Refused('broken');
  const bytes = await wholeOf(read({ from: directory, to: directory + length }));
  const entries: Entry[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + entryLength > bytes.length || bytes.readUInt32LE(at) !== entrySignature) throw new Refused('broken');
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [number, number, number];
    entries.push({
      name: bytes.subarray(at + entryLength, at + entryLength + name).toString('utf8'),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    });
    at += entryLength + name + extra + comment;
  }
  if (entries.length !== count) throw new Refused('broken');
  return { entries, directory };
};

/** What the directory says of itself is believed where it speaks against it. */
const mayBeOpened = (entries: readonly Entry[]): void => {
  const { bytes, ratio, ratioFrom } = archiveLimits;
  if (entries.some(({ flags }) => (flags & 1) === 1)) throw new Refused('encrypted');
  if (entries.some(({ method }) => method !== stored && method !== deflated)) throw new Refused('broken');
  if (entries.reduce((sum, { size }) => sum + size, 0) > bytes) throw new Refused('too-large');
  if (entries.some(({ size, packed }) => size > ratioFrom && size > packed * ratio)) throw new Refused('packed-too-tightly');
};

/** How many bytes come out of one part. It must lie where it says, end before the next one begins, and hold what it says. */
const measured = async ({ read }: Readable, { at, packed, size, method }: Entry, next: number, left: number): Promise<number> => {
  if (at + localLength > next) throw new Refused('overlapping');
  const head = await wholeOf(read({ from: at, to: at + localLength }));
  if (head.readUInt32LE(0) !== localSignature || head.readUInt16LE(8) !== method) throw new Refused('broken');
  const from = at + localLength + head.readUInt16LE(26) + head.readUInt16LE(28);
  if (from + packed > next) throw new Refused('overlapping');
  const seen = new Seen(size, packed, left);
  if (packed > 0) {
    const bytes = read({ from, to: from + packed });
    await (method === stored ? copied(bytes, seen) : inflated(bytes, seen));
  }
  if (seen.bytes !== size) throw new Refused('broken');
  return seen.bytes;
};

const copied = async (bytes: AsyncIterable<Uint8Array>, seen: Seen): Promise<void> => {
  for await (const piece of bytes) seen.take(piece);
};

const inflated = async (bytes: AsyncIterable<Uint8Array>, seen: Seen): Promise<void> => {
  const inflate = new Inflate((piece) => seen.take(piece));
  for await (const piece of bytes)
    for (let at = 0; at < piece.length; at += 1_024) {
      try {
        inflate.push(piece.subarray(at, at + 1_024));
      } catch (error) {
        throw error instanceof Refused ? error : new Refused('broken');
      }
    }
};

/** Beginnings of what could be unpacked further. */
const archives = ['504b0304', '1f8b', '377abcaf271c', '526172211a07', '425a68', 'fd377a585a00', '28b52ffd', '4d534346'];

/** Counts what comes out of a part, and looks at how it begins. */
class Seen {
  bytes = 0;
  #head = '';

  constructor(
    private readonly said: number,
    private readonly packed: number,
    private readonly left: number,
  ) {}

  take(piece: Uint8Array): void {
    this.bytes += piece.length;
    if (this.bytes > this.left) throw new Refused('too-large');
    if (this.bytes > this.said) throw new Refused('broken');
    if (this.bytes > archiveLimits.ratioFrom && this.bytes > this.packed * archiveLimits.ratio) throw new Refused('packed-too-tightly');
    if (this.#head.length >= 12) return;
    this.#head += [...piece.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    if (archives.some((magic) => this.#head.startsWith(magic))) throw new Refused('nested');
  }
}
