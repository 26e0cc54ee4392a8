import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { KeysUnreachable, WrappingBroken, wrappedAnew, WrongKek, type Binding, type Kms, type Wrapped } from './kms.js';

export type VaultKmsOptions = {
  /** `https://vault.internal:8200`. Ours, named by whoever runs the house: a private address is what one expects here. */
  readonly address: string;
  /** Holds the token; read anew for each call, since an agent renews it. */
  readonly tokenFile: string;
  readonly namespace?: string;
  readonly mount?: string;
  readonly key: string;
  /** Milliseconds until one answer is there, and until another try. */
  readonly limits?: { readonly answer: number; readonly again: number };
};

type Answer = { readonly data?: Readonly<Record<string, unknown>>; readonly errors?: readonly string[] };
type Said = { readonly status: number; readonly answer: Answer };

const usualLimits = { answer: 3_000, again: 150 };
const tries = 3;

/**
 * Keys of Vault's transit engine. The key has to be a derived one: then what is wrapped is bound to whose it is, by the context it
 * is derived with. A secret's `kek` is `vault:<mount>/<key>:v<version>`, so a rotation in Vault makes what is in the keyring older.
 */
export const vaultKms = ({ address, tokenFile, namespace, mount = 'transit', key, limits = usualLimits }: VaultKmsOptions): Kms => {
  const nameOf = (version: string): string => `vault:${mount}/${key}:${version}`;

  const tokenOf = () =>
    readFile(tokenFile, 'utf8').then(
      (text) => text.trim(),
      (error: unknown) => {
        throw new KeysUnreachable(`the file with the token for Vault (${tokenFile}) cannot be read`, error);
      },
    );

  const once = async (path: string, body?: object): Promise<Said> => {
    const token = await tokenOf();
    const response = await fetch(new URL(`/v1/${path}`, address), {
      method: body ? 'POST' : 'GET',
      headers: { 'x-vault-token': token, 'x-vault-request': 'true', ...(namespace && { 'x-vault-namespace': namespace }) },
      redirect: 'error',
      signal: AbortSignal.timeout(limits.answer),
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, answer: (await response.json().catch(() => ({}))) as Answer };
  };

  /** All that is asked here may be asked twice. What passes (no answer, sealed, a change of leaders) is asked again before anybody hears of it. */
  const ask = async (path: string, body?: object): Promise<Said> => {
    for (let tried = 1; ; tried += 1) {
      const said = await once(path, body).catch((error: unknown) => {
        if (error instanceof KeysUnreachable || tried === tries)
          throw error instanceof KeysUnreachable ? error : new KeysUnreachable('Vault does not answer', error);
        return undefined;
      });
      if (said && said.status < 500 && said.status !== 429 && said.status !== 412) return said;
      if (said && tried === tries)
        throw new KeysUnreachable(`Vault answers with ${said.status}${said.status === 503 ? ' (sealed, perhaps)' : ''}`);
      await pause(limits.again * tried);
    }
  };

  const transit = async (what: 'encrypt' | 'decrypt' | 'rewrap', { id, aad }: Binding, body: object, kek?: string): Promise<string> => {
    const context = createHash('sha256').update(aad).digest('base64');
    const { status, answer } = await ask(`${placeOf(what, kek) ?? `${mount}/${what}/${key}`}`, { ...body, context });
    const value = answer.data?.[what === 'decrypt' ? 'plaintext' : 'ciphertext'];
    if (status === 200 && typeof value === 'string') return value;
    const why = (answer.errors ?? []).join(' ');
    if (kek !== undefined && /too old|too new|key not found/.test(why)) throw new WrongKek(kek, `versions of ${mount}/${key}`);
    if (kek !== undefined && status === 400 && /authentication failed|invalid ciphertext|unable to decrypt/.test(why))
      throw new WrappingBroken(id);
    throw new KeysUnreachable(`Vault refuses to ${what} with ${kek ?? `${mount}/${key}`} (${status})`);
  };
  const wrappedAs = (ciphertext: string): Wrapped => ({ kek: nameOf(ciphertext.split(':')[1]!), wrapped: Buffer.from(ciphertext) });

  const kms: Kms = {
    current: async () => {
      const { status, answer } = await ask(`${mount}/keys/${key}`);
      const { derived, latest_version: version } = answer.data ?? {};
      if (status !== 200)
        throw new KeysUnreachable(`Vault does not show the key ${mount}/${key} (${status}): is it there, and may the token read it`);
      if (derived !== true)
        throw new KeysUnreachable(`the key ${mount}/${key} of Vault is not a derived one, so nothing would be bound to its owner`);
      return nameOf(`v${String(version)}`);
    },
    wrap: async (secret, binding) => wrappedAs(await transit('encrypt', binding, { plaintext: Buffer.from(secret).toString('base64') })),
    unwrap: async (kek, wrapped, binding) =>
      Buffer.from(await transit('decrypt', binding, { ciphertext: Buffer.from(wrapped).toString() }, kek), 'base64'),
    // Only within one key; from another one it goes the long way.
    rewrap: async (kek, wrapped, binding) =>
      kek.startsWith(nameOf('v'))
        ? wrappedAs(await transit('rewrap', binding, { ciphertext: Buffer.from(wrapped).toString() }, kek))
        : wrappedAnew(kms, kms, { kek, wrapped }, binding),
    close: () => undefined,
  };
  return kms;
};

/** Where what was wrapped under this name is asked for: another key of the same Vault may have wrapped it. */
const placeOf = (what: string, kek?: string): string | undefined => {
  const [, mount, key] = /^vault:([\w./-]+)\/([\w.-]+):v\d+$/.exec(kek ?? '') ?? [];
  if (kek !== undefined && key === undefined) throw new WrongKek(kek, 'Vault');
  return key === undefined ? undefined : `${mount}/${what}/${key}`;
};
