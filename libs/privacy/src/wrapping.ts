import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { parse } from 'uuid';
import type { Owner } from './index.js';
import type { IndexOwner } from './indexing.js';
import { WrappingBroken, type Binding } from './kms.js';
import { keyLength } from './sealing.js';

/** A key that wraps keys, at hand in this process. It lives in a file, never beside what it wraps. */
export type Kek = { readonly key: Uint8Array; readonly name: string };

/** 32 bytes and a name that says which key it is without saying what it is. */
export const kekFrom = (key: Uint8Array): Kek => {
  if (key.length !== keyLength) throw new Error(`The key that wraps the keys must have ${keyLength} bytes.`);
  return { key, name: createHash('sha256').update('recourse/kek/v1\0').update(key).digest('base64url').slice(0, 12) };
};

const nonceLength = 12;
const tagLength = 16;
const wrapping = 0x01;

/** 0x01 || nonce[12] || ciphertext || tag[16], bound to whose key it is. */
export const wrap = (kek: Kek, { aad }: Binding, secret: Uint8Array, nonce: Uint8Array = randomBytes(nonceLength)): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', kek.key, nonce).setAAD(aad);
  return Buffer.concat([Buffer.of(wrapping), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
};

export const unwrap = (kek: Kek, { id, aad }: Binding, wrapped: Uint8Array): Buffer => {
  if (wrapped[0] !== wrapping || wrapped.length <= 1 + nonceLength + tagLength) throw new WrappingBroken(id);
  const decipher = createDecipheriv('aes-256-gcm', kek.key, wrapped.subarray(1, 1 + nonceLength), { authTagLength: tagLength })
    .setAAD(aad)
    .setAuthTag(wrapped.subarray(-tagLength));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(1 + nonceLength, -tagLength)), decipher.final()]);
  } catch {
    throw new WrappingBroken(id);
  }
};

/** A secret that is nobody's belongs to its name. */
export const secretBinding = (name: string): Binding => ({ id: name, aad: Buffer.from(`recourse/secret/v1\0${name}`) });

/** A data key belongs to its row and its owner. */
export const bindingOf = (id: string, { tenant, scope, subject }: Owner): Binding => ({
  id,
  aad: Buffer.concat([Buffer.from('recourse/data-key/v1\0'), parse(id), Buffer.from(`\0${tenant}\0${scope}\0${subject}`)]),
});

/** The key of a blind index belongs to its row, and to what it is for. */
export const indexKeyBinding = (id: string, { tenant, purpose, epoch }: IndexOwner): Binding => ({
  id,
  aad: Buffer.concat([Buffer.from('recourse/index-key/v1\0'), parse(id), Buffer.from(`\0${tenant}\0${purpose}\0${epoch}`)]),
});
