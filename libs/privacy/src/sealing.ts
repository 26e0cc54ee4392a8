import { createCipheriv, createDecipheriv, createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse } from 'uuid';

/** What a blob is bound to: moved to another entry, tenant or group it cannot be opened. `id` is the sealed entry's own (UUIDv7). */
export type Binding = { readonly form: Form; readonly id: string; readonly tenant: string; readonly group: string };

/** A group of personal fields, or the bytes of a file: one can never pass for the other. */
export type Form = 'field' | 'bytes';

/** The blob was changed, or belongs elsewhere, or was sealed under another key. */
export class SealBroken extends Error {
  constructor(id: string, why: string) {
    super(`The sealed entry ${id} cannot be opened: ${why}.`);
  }
}

const version = 0x01;
export const saltLength = 32;
export const commitmentLength = 32;
export const tagLength = 16;
const ciphertextFrom = 1 + saltLength + commitmentLength;
export const keyLength = 32;
/** How much longer a blob is than what is in it. */
export const sealingOverhead = ciphertextFrom + tagLength;

const zero = Buffer.of(0);
const firstNonce = Buffer.alloc(12);

/**
 * blob = 0x01 || salt[32] || kcom[32] || ciphertext || tag[16]. The key of the cipher and the commitment come from data key and salt by
 * HKDF, so a cipher key is used once (the nonce can be zero), and no second data key opens the same blob to another text.
 */
export const sealed = (dataKey: Uint8Array, binding: Binding, plaintext: Uint8Array, salt: Uint8Array): Buffer => {
  const aad = additionalData(binding);
  const cipher = createCipheriv('aes-256-gcm', derived(dataKey, salt, 'enc', aad), firstNonce).setAAD(aad);
  const ciphertext = [cipher.update(plaintext), cipher.final()];
  return Buffer.concat([Buffer.of(version), salt, derived(dataKey, salt, 'com', aad), ...ciphertext, cipher.getAuthTag()]);
};

export const opened = (dataKey: Uint8Array, binding: Binding, blob: Uint8Array): Buffer => {
  if (blob.length < sealingOverhead || blob[0] !== version) throw new SealBroken(binding.id, 'it has no form that is known here');
  const aad = additionalData(binding);
  const salt = blob.subarray(1, 1 + saltLength);
  const commitment = blob.subarray(1 + saltLength, ciphertextFrom);
  if (!timingSafeEqual(commitment, derived(dataKey, salt, 'com', aad)))
    throw new SealBroken(binding.id, 'it is committed to another key, entry, tenant or group');
  const decipher = createDecipheriv('aes-256-gcm', derived(dataKey, salt, 'enc', aad), firstNonce, { authTagLength: tagLength })
    .setAAD(aad)
    .setAuthTag(blob.subarray(-tagLength));
  const plaintext = decipher.update(blob.subarray(ciphertextFrom, -tagLength));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    throw new SealBroken(binding.id, 'its bytes were changed');
  }
};

/** The hash a record carries: SHA-256, base64url. */
export const hashOf = (blob: Uint8Array): string => createHash('sha256').update(blob).digest('base64url');

export const derived = (dataKey: Uint8Array, salt: Uint8Array, what: 'enc' | 'com', aad: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', dataKey, salt, Buffer.concat([Buffer.from(what), zero, aad]), keyLength));

/** "recourse/field/v1" 0x00 id (16 bytes) 0x00 tenant 0x00 group. Neither tenant nor group can hold a zero byte. */
export const additionalData = ({ form, id, tenant, group }: Binding, version: 'v1' | 'v2' = 'v1'): Buffer =>
  Buffer.concat([Buffer.from(`recourse/${form}/${version}`), zero, parse(id), zero, Buffer.from(tenant), zero, Buffer.from(group)]);
