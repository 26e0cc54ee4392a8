import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Adapter } from 'oidc-provider';

export type Keys = { readonly keys: JWK[]; readonly cookie: string };

const write = (file: string, value: unknown): void => {
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** The signing key and the cookie secret: made at the first start, the same ever after, so that tokens outlive a restart. */
export const keysIn = async (directory: string): Promise<Keys> => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'keys.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Keys;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
  const made = { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk) }], cookie: randomBytes(32).toString('base64url') };
  write(file, made);
  return made;
};

type Entry = { payload: Record<string, unknown>; exp?: number };

/**
 * Sessions, grants and codes: a map with a file behind it. The adapter that oidc-provider brings holds 1000 entries in all and forgets
 * the rest; this one forgets by age, and the oldest first when there are more than `most`.
 */
export class Sessions {
  private readonly entries = new Map<string, Entry>();
  private readonly file: string;
  private saving: NodeJS.Timeout | undefined;

  constructor(
    directory: string,
    private readonly most = 4000,
  ) {
    this.file = join(directory, 'sessions.json');
    if (!existsSync(this.file)) return;
    for (const [key, entry] of JSON.parse(readFileSync(this.file, 'utf8')) as [string, Entry][]) this.entries.set(key, entry);
    this.forgetTheOld();
  }

  adapter = (kind: string): Adapter => {
    const key = (id: string): string => `${kind}:${id}`;
    return {
      find: async (id) => this.living(key(id))?.payload,
      findByUid: async (uid) => this.search((name, { payload }) => name.startsWith(`${kind}:`) && payload['uid'] === uid),
      findByUserCode: async () => undefined,
      upsert: async (id, payload, expiresIn) => {
        this.entries.delete(key(id));
        this.entries.set(key(id), { payload: payload as Entry['payload'], ...(expiresIn && { exp: Date.now() + expiresIn * 1000 }) });
        this.saveSoon();
      },
      consume: async (id) => {
        const entry = this.living(key(id));
        if (entry) entry.payload['consumed'] = Math.floor(Date.now() / 1000);
        this.saveSoon();
      },
      destroy: async (id) => {
        this.entries.delete(key(id));
        this.saveSoon();
      },
      revokeByGrantId: async (grantId) => {
        for (const [name, { payload }] of this.entries) if (payload['grantId'] === grantId) this.entries.delete(name);
        this.saveSoon();
      },
    };
  };

  /** Writes what stands in memory. A disk that refuses costs sign-ins after a restart and nothing else, so it is no reason to stop. */
  save(): void {
    clearTimeout(this.saving);
    this.saving = undefined;
    this.forgetTheOld();
    try {
      write(this.file, [...this.entries]);
    } catch {
      return;
    }
  }

  private living(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry && (entry.exp ?? Infinity) > Date.now() ? entry : undefined;
  }

  private search(wanted: (key: string, entry: Entry) => boolean): object | undefined {
    for (const [key, entry] of this.entries) if (wanted(key, entry)) return this.living(key)?.payload;
    return undefined;
  }

  private forgetTheOld(): void {
    for (const key of [...this.entries.keys()]) if (!this.living(key)) this.entries.delete(key);
    for (const key of this.entries.keys()) {
      if (this.entries.size <= this.most) return;
      this.entries.delete(key);
    }
  }

  private saveSoon(): void {
    this.saving ??= setTimeout(() => this.save(), 1000).unref();
  }
}
