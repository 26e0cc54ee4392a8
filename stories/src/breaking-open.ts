import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';

/** A sealed group, wherever its bytes were found, and a data key as the keyring holds it. */
export type FoundBlob = { readonly id: string; readonly tenant: string; readonly group: string; readonly blob: Uint8Array };
export type FoundKey = {
  readonly id: string;
  readonly tenant: string;
  readonly scope: string;
  readonly subject: string;
  readonly kek: string;
  readonly wrapped: Uint8Array;
};

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');
const zero = Buffer.of(0);

/** The wrapping keys of a key file, by the name that wrapped keys carry. */
export const wrappingKeysIn = (text: string): ReadonlyMap<string, Buffer> =>
  new Map(
    [...text.matchAll(/[A-Za-z0-9_-]{43}/g)].map(([found]) => {
      const key = Buffer.from(found, 'base64url');
      return [createHash('sha256').update('recourse/kek/v1\0').update(key).digest('base64url').slice(0, 12), key];
    }),
  );

/** What whoever has the keyring and every wrapping key has: the data key itself. Written from libs/privacy/README.md, with none of its code. */
export const unwrapped = ({ id, tenant, scope, subject, kek, wrapped }: FoundKey, keks: ReadonlyMap<string, Buffer>): Buffer => {
  const key = keks.get(kek);
  if (!key) throw new Error(`no wrapping key of the name ${kek}`);
  const aad = Buffer.concat([Buffer.from('recourse/data-key/v1\0'), bytesOf(id), Buffer.from(`\0${tenant}\0${scope}\0${subject}`)]);
  const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(1, 13)).setAAD(aad).setAuthTag(wrapped.subarray(-16));
  return Buffer.concat([decipher.update(wrapped.subarray(13, -16)), decipher.final()]);
};

/** The text of a group, if this key opens it. */
export const brokenOpen = ({ id, tenant, group, blob }: FoundBlob, key: Uint8Array): string | undefined => {
  const aad = Buffer.concat([Buffer.from('recourse/field/v1'), zero, bytesOf(id), zero, Buffer.from(tenant), zero, Buffer.from(group)]);
  const salt = blob.subarray(1, 33);
  const from = (what: string) => Buffer.from(hkdfSync('sha256', key, salt, Buffer.concat([Buffer.from(what), zero, aad]), 32));
  if (!from('com').equals(blob.subarray(33, 65))) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', from('enc'), Buffer.alloc(12)).setAAD(aad).setAuthTag(blob.subarray(-16));
  return Buffer.concat([decipher.update(blob.subarray(65, -16)), decipher.final()]).toString();
};
