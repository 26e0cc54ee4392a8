import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'uuid';
import type { Owner } from './index.js';
import { keyLength } from './sealing.js';

/** The key that wraps the keys. It lives in a file or a vault, never beside what it wraps. */
export type Kek = { readonly key: Uint8Array; readonly name: string };

/** The data key cannot be unwrapped with the key that was given. */
export class WrongKek extends Error {
  constructor(wrappedBy: string, given: string) {
    super(
      `The data keys were wrapped by key ${wrappedBy}; the key file holds ${given}. Bring back the key file that belongs to this keyring.`,
    );
  }
}

/** 32 bytes and a name that says which key it is without saying what it is. */
export const kekFrom = (key: Uint8Array): Kek => {
  if (key.length !== keyLength) throw new Error(`The key that wraps the keys must have ${keyLength} bytes.`);
  return { key, name: createHash('sha256').update('recourse/kek/v1\0').update(key).digest('base64url').slice(0, 12) };
};

/** Reads the key file: 32 bytes in base64url on one line. */
export const readKek = (file: string): Kek => {
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[A-Za-z0-9_-]{43}$/.test(text))
    throw new Error(`${file} does not hold a key: 32 bytes in base64url (43 characters) are expected.`);
  return kekFrom(Buffer.from(text, 'base64url'));
};

const nonceLength = 12;
const tagLength = 16;
const wrapping = 0x01;

/** 0x01 || nonce[12] || ciphertext[32] || tag[16], bound to whose key it is. */
export const wrap = (kek: Kek, id: string, owner: Owner, dataKey: Uint8Array, nonce: Uint8Array = randomBytes(nonceLength)): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', kek.key, nonce).setAAD(whose(id, owner));
  return Buffer.concat([Buffer.of(wrapping), nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
};

export const unwrap = (kek: Kek, wrappedBy: string, id: string, owner: Owner, wrapped: Uint8Array): Buffer => {
  if (wrappedBy !== kek.name) throw new WrongKek(wrappedBy, kek.name);
  if (wrapped[0] !== wrapping || wrapped.length !== 1 + nonceLength + keyLength + tagLength)
    throw new Error(`The wrapped key ${id} has no form that is known here.`);
  const decipher = createDecipheriv('aes-256-gcm', kek.key, wrapped.subarray(1, 1 + nonceLength), { authTagLength: tagLength })
    .setAAD(whose(id, owner))
    .setAuthTag(wrapped.subarray(-tagLength));
  return Buffer.concat([decipher.update(wrapped.subarray(1 + nonceLength, -tagLength)), decipher.final()]);
};

const whose = (id: string, { tenant, scope, subject }: Owner): Buffer =>
  Buffer.concat([Buffer.from('recourse/data-key/v1\0'), parse(id), Buffer.from(`\0${tenant}\0${scope}\0${subject}`)]);
