import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Kms } from './kms.js';
import { keyLength } from './sealing.js';
import { secretBinding } from './wrapping.js';

/** What is drawn from `house` by purpose, and what purposes had before there was such a secret: that stays what it was. */
export type KeptSecrets = { readonly house: Uint8Array; readonly inherited: ReadonlyMap<string, Uint8Array> };

export type SecretsOptions = {
  /** The keyring database, as the service's `_log` role. */
  readonly keyringUrl: string;
  readonly kms: Kms;
  /**
   * What had purposes before there were secrets of their own, and how it was drawn: from the first key of a key file. A keyring from that time keeps it, so
   * that stored fingerprints, cursors and codes stay good; a younger one never looks at it.
   */
  readonly before: { readonly purposes: readonly string[]; readonly draw?: (purpose: string) => Uint8Array };
};

/**
 * The secrets of this house: made once, by whoever asks first, wrapped as data keys are, and the same for every instance and for ever. Wrapping keys come
 * and go, so nothing that has to be found again may be drawn from them.
 */
export const keptSecrets = async ({ keyringUrl, kms, before }: SecretsOptions): Promise<KeptSecrets> => {
  const client = new pg.Client({ connectionString: keyringUrl, application_name: 'keyring' });
  await client.connect();
  const kept = async (name: string, first?: Uint8Array): Promise<Uint8Array | undefined> => {
    const known = await asked(name);
    if (known || !first) return known;
    const { kek, wrapped } = await kms.wrap(first, secretBinding(name));
    return asked(name, kek, wrapped);
  };
  const asked = async (name: string, candidate?: string, bytes?: Uint8Array): Promise<Uint8Array | undefined> => {
    const { rows } = await client.query<{ kek: string; wrapped: Buffer }>('select * from keyring.secret_for($1, $2, $3)', [
      name,
      candidate ?? null,
      bytes ?? null,
    ]);
    return rows[0] && kms.unwrap(rows[0].kek, rows[0].wrapped, secretBinding(name));
  };
  try {
    const { rows } = await client.query<{ inherits: boolean }>('select keyring.inherits()');
    const inherited = new Map<string, Uint8Array>();
    for (const purpose of rows[0]!.inherits ? before.purposes : []) {
      const bytes = await kept(purpose, before.draw?.(purpose));
      if (bytes) inherited.set(purpose, bytes);
    }
    return { house: (await kept('house', randomBytes(keyLength)))!, inherited };
  } finally {
    await client.end();
  }
};
