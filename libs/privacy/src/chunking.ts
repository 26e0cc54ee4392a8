import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { additionalData, commitmentLength, derived, saltLength, SealBroken, tagLength, type Binding } from './sealing.js';

/** What is asked of a file: bytes `from` up to but not including `to`. */
export type Span = { readonly from: number; readonly to: number };

const version = 0x02;
/** Plaintext bytes of every chunk but the last. */
export const chunkLength = 65_536;
const sealedChunk = chunkLength + tagLength;
/** The version, the salt and the commitment: what comes before the first chunk. */
export const headLength = 1 + saltLength + commitmentLength;

/** How long a file of so many bytes is once it is sealed. An empty file has one empty chunk. */
export const sealedLength = (size: number): number => headLength + size + chunksOf(size) * tagLength;

const chunksOf = (size: number): number => Math.max(1, Math.ceil(size / chunkLength));

/** Where the chunks that hold these bytes lie in a sealed file of that many bytes, and the number of the first one. */
export const sealedSpan = ({ from, to }: Span, size: number): Span & { readonly first: number } => {
  const first = Math.floor(from / chunkLength);
  const after = Math.max(first + 1, Math.ceil(to / chunkLength));
  return { first, from: headLength + first * sealedChunk, to: Math.min(headLength + after * sealedChunk, sealedLength(size)) };
};

/**
 * file = 0x02 || salt[32] || kcom[32] || chunk*, chunk = ciphertext[65536, the last 0 to 65536] || tag[16]. Keys as in a blob; the nonce says which
 * chunk it is and whether it is the last, so chunks cannot change places, be left out or be cut off without notice, and any of them opens alone.
 */
export class ChunkSealer {
  #number = 0;
  readonly #key: Buffer;
  readonly #aad: Buffer;
  readonly #waiting = Buffer.allocUnsafe(chunkLength);
  #filled = 0;
  readonly head: Buffer;

  constructor(dataKey: Uint8Array, binding: Binding, salt: Uint8Array) {
    this.#aad = additionalData(binding, 'v2');
    this.#key = derived(dataKey, salt, 'enc', this.#aad);
    this.head = Buffer.concat([Buffer.of(version), salt, derived(dataKey, salt, 'com', this.#aad)]);
  }

  /** The chunks that these bytes fill. A full chunk waits until more comes: only then it is known not to be the last. */
  *push(bytes: Uint8Array): Generator<Buffer> {
    for (let at = 0; at < bytes.length;) {
      if (this.#filled === chunkLength) yield this.#seal(false);
      const taken = Math.min(chunkLength - this.#filled, bytes.length - at);
      this.#waiting.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
    }
  }

  end(): Buffer {
    return this.#seal(true);
  }

  #seal(last: boolean): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#number++, last)).setAAD(this.#aad);
    const sealed = [cipher.update(this.#waiting.subarray(0, this.#filled)), cipher.final()];
    this.#filled = 0;
    return Buffer.concat([...sealed, cipher.getAuthTag()]);
  }
}

/** Opens single chunks of a file whose head was read and whose length is known from its record. */
export class ChunkOpener {
  readonly #key: Buffer;
  readonly #aad: Buffer;
  readonly #last: number;

  constructor(
    dataKey: Uint8Array,
    private readonly binding: Binding,
    head: Uint8Array,
    size: number,
  ) {
    if (head.length !== headLength || head[0] !== version) throw new SealBroken(binding.id, 'it has no form that is known here');
    this.#aad = additionalData(binding, 'v2');
    const salt = head.subarray(1, 1 + saltLength);
    if (!timingSafeEqual(head.subarray(1 + saltLength), derived(dataKey, salt, 'com', this.#aad)))
      throw new SealBroken(binding.id, 'it is committed to another key, entry, tenant or group');
    this.#key = derived(dataKey, salt, 'enc', this.#aad);
    this.#last = chunksOf(size) - 1;
  }

  open(number: number, chunk: Uint8Array): Buffer {
    if (chunk.length < tagLength) throw new SealBroken(this.binding.id, 'it was cut short');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(number, number === this.#last), { authTagLength: tagLength })
      .setAAD(this.#aad)
      .setAuthTag(chunk.subarray(-tagLength));
    const plaintext = decipher.update(chunk.subarray(0, -tagLength));
    try {
      return Buffer.concat([plaintext, decipher.final()]);
    } catch {
      throw new SealBroken(this.binding.id, `chunk ${number} was changed, or is not where it was`);
    }
  }
}

/** number[11] || 0x01 for the last chunk, else 0x00. */
const nonceOf = (number: number, last: boolean): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
};

/** Everything, sealed as it comes: never more than a chunk of it is in memory. */
export async function* sealedAsItComes(sealer: ChunkSealer, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  yield sealer.head;
  for await (const piece of bytes) yield* sealer.push(piece);
  yield sealer.end();
}

/** The bytes asked for, opened chunk by chunk; `sealed` begins with the chunk `first`. What is missing at the end is noticed. */
export async function* openedAsItComes(
  opener: ChunkOpener,
  { from, to }: Span,
  size: number,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const span = sealedSpan({ from, to }, size);
  let at = span.first;
  for await (const chunk of inPieces(sealed, sealedChunk, span.to - span.from)) {
    const begins = at * chunkLength;
    const plaintext = opener.open(at++, chunk);
    const wanted = plaintext.subarray(Math.max(0, from - begins), to - begins);
    if (wanted.length > 0) yield wanted;
  }
}

/** The same bytes in pieces of one length, the last one shorter; exactly so many, or the file is not what it was. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>, length: number, total: number): AsyncGenerator<Buffer> {
  const piece = Buffer.allocUnsafe(length);
  let filled = 0;
  let seen = 0;
  for await (const given of bytes) {
    seen += given.length;
    for (let at = 0; at < given.length;) {
      const taken = Math.min(length - filled, given.length - at);
      piece.set(given.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < length) continue;
      yield piece;
      filled = 0;
    }
  }
  if (seen !== total) throw new Error(`A sealed file has other bytes than it should: ${seen} of ${total}.`);
  if (filled > 0) yield piece.subarray(0, filled);
}

/** All of it in one piece: for what is known to be small. */
export const wholeOf = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of bytes) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
};
