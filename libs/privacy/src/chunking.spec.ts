import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  ChunkOpener,
  chunkLength,
  ChunkSealer,
  headLength,
  openedAsItComes,
  sealedAsItComes,
  sealedLength,
  sealedSpan,
  wholeOf,
} from './chunking.js';
import { SealBroken, type Binding } from './sealing.js';

const counting = (from: number): Buffer => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i));
const [dataKey, salt] = [counting(0), counting(32)];
const binding: Binding = { form: 'bytes', id: '01890a5d-ac96-774b-bcce-b302099a8057', tenant: 'quanpay', group: 'evidence' };
const pattern = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 7) % 251));
const sealedChunk = chunkLength + 16;

async function* inBits(bytes: Uint8Array, length: number) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
const seal = (bytes: Uint8Array, bits = 10_007, bound = binding) =>
  wholeOf(sealedAsItComes(new ChunkSealer(dataKey, bound, salt), inBits(bytes, bits)));
const open = async (file: Buffer, size: number, from = 0, to = size, bound = binding, key: Buffer = dataKey) => {
  const opener = new ChunkOpener(key, bound, file.subarray(0, headLength), size);
  const span = sealedSpan({ from, to }, size);
  return wholeOf(openedAsItComes(opener, { from, to }, size, inBits(file.subarray(span.from, span.to), 4_099)));
};
const size = 3 * chunkLength + 5;
const plaintext = pattern(size);

describe('A file sealed in chunks', () => {
  it('is what RFC 5869 and AES-256-GCM of another implementation make of the same input', async () => {
    // Computed with HKDF and AESGCM of the Python package `cryptography`.
    expect((await seal(Buffer.from('银行流水'))).toString('hex')).toBe(
      '02202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f9afe6af1f55552765a34c39064160c5dec13ab8b6a36c485af3d14f2ec7210d7' +
        'feb49fdcb5f5152938c6f028116ae4ad6ed3de36cb8bb2a91e2be7ef',
    );
    expect((await seal(Buffer.alloc(0))).toString('hex').slice(130)).toBe('b6bdc319ef4ad60f394c96b70fd579cf');
    const three = await seal(pattern(2 * chunkLength + 5));
    expect(three.subarray(-21).toString('hex')).toBe('86ebc342d84210461f06ac5d7add694ffd1be1a2a6');
    expect(createHash('sha256').update(three).digest('hex')).toBe('b45db138a66495ee90cd4a10f966a19b1fc324b83b519cf8e86657bae9619dea');
    const two = await seal(pattern(2 * chunkLength));
    expect(createHash('sha256').update(two).digest('hex')).toBe('03650b7a3569a971049fa69b3efa56c201dd539603621a4808dc8236cb42538b');
  });

  it.each([0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 2 * chunkLength, size])(
    'of %i bytes is as long as said and opens',
    async (length) => {
      const file = await seal(pattern(length));
      expect(file).toHaveLength(sealedLength(length));
      expect((await open(file, length)).equals(pattern(length))).toBe(true);
    },
  );

  it('is the same however its bytes come in', async () => {
    const file = await seal(plaintext, size);
    for (const bits of [61, 4_096, chunkLength, chunkLength + 1]) expect((await seal(plaintext, bits)).equals(file)).toBe(true);
    const short = plaintext.subarray(0, 300);
    expect((await seal(short, 1)).equals(await seal(short))).toBe(true);
  });

  it('opens in any span, and reads no more chunks for it than hold it', async () => {
    const file = await seal(plaintext);
    const edges = [0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 2 * chunkLength, size - 1, size];
    for (const from of edges)
      for (const to of edges.filter((edge) => edge > from))
        expect((await open(file, size, from, to)).equals(plaintext.subarray(from, to))).toBe(true);
    expect(sealedSpan({ from: chunkLength, to: chunkLength + 1 }, size)).toEqual({
      first: 1,
      from: headLength + sealedChunk,
      to: headLength + 2 * sealedChunk,
    });
  });
});

describe('A file that was tampered with', () => {
  const file = seal(plaintext);
  const chunk = async (number: number) => (await file).subarray(headLength + number * sealedChunk, headLength + (number + 1) * sealedChunk);
  const made = async (...numbers: number[]) =>
    Buffer.concat([(await file).subarray(0, headLength), ...(await Promise.all(numbers.map(chunk)))]);

  it('does not open with two chunks in each other’s place', async () =>
    expect(open(await made(1, 0, 2, 3), size)).rejects.toThrow(/chunk 0 was changed, or is not where it was/));
  it('does not open with a chunk in place of another', async () => expect(open(await made(0, 0, 2, 3), size)).rejects.toThrow(SealBroken));
  it('does not open when it was cut at a chunk, also for who believes it to be that short', async () => {
    await expect(open(await made(0, 1), size)).rejects.toThrow(/other bytes than it should/);
    await expect(open(await made(0, 1), 2 * chunkLength)).rejects.toThrow(/chunk 1 was changed/);
  });
  it('does not open for who believes it to be longer', async () =>
    expect(open(await made(0, 1, 2, 2, 3), size + chunkLength)).rejects.toThrow(/chunk 3 was changed/));
  it('does not open when a byte of its head or of a chunk was changed; other chunks do', async () => {
    for (let at = 0; at < headLength; at++) {
      const changed = Buffer.from(await file);
      changed[at]! ^= 1;
      await expect(open(changed, size)).rejects.toThrow(SealBroken);
    }
    const changed = Buffer.from(await file);
    changed[headLength + sealedChunk + 7]! ^= 1;
    await expect(open(changed, size)).rejects.toThrow(/chunk 1 was changed/);
    expect((await open(changed, size, 0, 9)).equals(plaintext.subarray(0, 9))).toBe(true);
  });
  it.each([
    ['file', { id: '01890a5d-ac96-774b-bcce-b302099a8058' }],
    ['tenant', { tenant: 'tidepay' }],
    ['group', { group: 'narrative' }],
    ['form', { form: 'field' as const }],
  ])('does not open as if it belonged to another %s', async (_, other) =>
    expect(open(await file, size, 0, size, { ...binding, ...other })).rejects.toThrow(/committed to another/),
  );
  it('does not open under another key, nor with the chunks of another key', async () => {
    await expect(open(await file, size, 0, size, binding, counting(100))).rejects.toThrow(/committed to another key/);
    const other = await wholeOf(sealedAsItComes(new ChunkSealer(counting(100), binding, salt), inBits(plaintext, 9_999)));
    const mixed = Buffer.concat([(await file).subarray(0, headLength), other.subarray(headLength)]);
    await expect(open(mixed, size)).rejects.toThrow(/chunk 0 was changed/);
  });
});
