import { describe, expect, it } from '@jest/globals';
import { zipSync, type Zippable } from 'fflate';
import { deflateRawSync } from 'node:zlib';
import { archiveLimits, unpack } from './unpacking.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const look = (file: Uint8Array) =>
  unpack({
    size: file.length,
    read: async function* ({ from, to }) {
      for (let at = from; at < to; at += 1_000) yield file.subarray(at, Math.min(to, at + 1_000));
    },
  });
const letter = { '[Content_Types].xml': bytes('<Types/>'), 'word/document.xml': bytes('<w:document>你好</w:document>') };
const zipped = (more: Zippable = {}) => zipSync({ ...letter, ...more });

type Part = { name: string; data: Uint8Array; packed?: Uint8Array; size?: number; method?: number; flags?: number; at?: number };

/** An archive as no honest program writes it: sizes, methods and places are what the test says. */
const forged = (parts: readonly Part[], { before = 0, comment = '' } = {}): Buffer => {
  const locals: Buffer[] = [Buffer.alloc(before)];
  const entries: Buffer[] = [];
  let at = before;
  for (const { name, data, packed = deflateRawSync(data), size = data.length, method = 8, flags = 0, at: said = at } of parts) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(size, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(said, 42);
    locals.push(Buffer.concat([local, Buffer.from(name), packed]));
    entries.push(Buffer.concat([entry, Buffer.from(name)]));
    at += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, directory, end, Buffer.from(comment)]);
};
const named = Object.entries(letter).map(([name, data]) => ({ name, data }));

describe('An archive', () => {
  it('is a letter when it holds one', async () =>
    expect(await look(zipped())).toEqual({
      type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      macros: false,
    }));
  it('is a table when it holds one', async () =>
    expect(await look(zipSync({ '[Content_Types].xml': bytes('<Types/>'), 'xl/workbook.xml': bytes('<workbook/>') }))).toMatchObject({
      type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    }));
  it('is only an archive when it holds neither', async () =>
    expect(await look(zipSync({ 'a.txt': bytes('a') }))).toEqual({ type: 'application/zip', macros: false }));
  it('may hold pictures as they are, empty parts and a comment', async () => {
    const picture = new Uint8Array(200_000).map((_, at) => (at * 7919) % 256);
    expect(await look(zipped({ 'word/media/1.png': [picture, { level: 0 }], 'word/empty.xml': bytes('') }))).toMatchObject({
      macros: false,
    });
    expect(await look(forged(named, { comment: 'made by an office' }))).toMatchObject({ macros: false });
  });
  it('says when it brings macros', async () =>
    expect(await look(zipped({ 'word/vbaProject.bin': bytes('Attribute VB_Name') }))).toMatchObject({ macros: true }));
});

describe('An archive made to harm', () => {
  const zeros = (length: number) => new Uint8Array(length);
  it.each<[string, () => Uint8Array, string]>([
    [
      'unpacks to a thousand times its size',
      () => forged([...named, { name: 'word/a.xml', data: zeros(20_000_000) }]),
      'packed-too-tightly',
    ],
    ['says it is small, and is not', () => forged([...named, { name: 'a', data: zeros(50_000_000), size: 900_000 }]), 'broken'],
    ['says it is smaller than it is, by a byte', () => forged([...named, { name: 'a', data: bytes('twelve bytes'), size: 11 }]), 'broken'],
    ['says it is larger than it is', () => forged([...named, { name: 'a', data: bytes('a'), size: 2 }]), 'broken'],
    ['says it is larger than anybody can hold', () => forged([{ name: 'a', data: bytes('a'), size: 0xfffffffe }]), 'too-large'],
    [
      'holds the same part under many names',
      () => forged(Array.from({ length: 50 }, (_, n) => ({ name: `${n}`.padStart(3, '0'), data: zeros(900_000), at: 0 }))),
      'overlapping',
    ],
    [
      'holds parts within parts',
      () => {
        const inner = forged([{ name: 'in', data: bytes('inner') }]);
        return forged([
          { name: 'a', data: inner, packed: inner, method: 0 },
          { name: 'in', data: bytes('inner'), at: 31 },
        ]);
      },
      'overlapping',
    ],
    ['holds an archive', () => zipped({ 'word/embeddings/1.docx': zipped() }), 'nested'],
    ['holds an archive under another name, as it is', () => zipped({ 'word/media/1.png': [zipped(), { level: 0 }] }), 'nested'],
    ['holds a packed stream', () => zipped({ a: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0) }), 'nested'],
    ['is locked with a password', () => forged([{ name: 'a', data: bytes('a'), flags: 1 }]), 'encrypted'],
    [
      'holds too many parts',
      () => zipSync(Object.fromEntries(Array.from({ length: archiveLimits.files + 1 }, (_, n) => [`${n}`, bytes('')]))),
      'too-many-files',
    ],
    ['is packed in a way nobody knows', () => forged([{ name: 'a', data: bytes('a'), method: 99 }]), 'broken'],
    ['has something else before it', () => forged(named, { before: 64 }).subarray(32), 'broken'],
    ['has something else behind it', () => Buffer.concat([zipped(), bytes('MZ')]), 'broken'],
    ['was cut off', () => zipped().subarray(0, -1), 'broken'],
    ['has no part at all', () => forged([]), 'broken'],
    ['points outside of itself', () => forged([{ name: 'a', data: bytes('a'), at: 0x7fffffff }]), 'overlapping'],
    ['is noise where a part should be', () => forged([{ name: 'a', data: bytes('a'), packed: Uint8Array.of(7, 7, 7, 7) }]), 'broken'],
  ])('is found out when it %s', async (_what, make, unsafe) => expect(await look(make())).toEqual({ unsafe }));

  it('is given up before it has unpacked much', async () => {
    const file = forged([...named, { name: 'word/a.xml', data: zeros(120_000_000) }]);
    let read = 0;
    await unpack({
      size: file.length,
      read: async function* ({ from, to }) {
        read += to - from;
        yield file.subarray(from, to);
      },
    });
    // Only its directory and its end: what it says of itself is enough.
    expect(read).toBeLessThan(70_000);
  });
});
