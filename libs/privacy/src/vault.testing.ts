import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Key = { readonly versions: Buffer[]; readonly derived: boolean; oldest: number };
type Body = Readonly<Record<string, string | number | undefined>>;
type Reply = readonly [status: number, answer: object];

/** Vault's transit engine as far as wrapping needs it: real keys, real AES-256-GCM, versions, derivation by context, and its words for every no. */
export type TransitServer = {
  readonly url: string;
  readonly token: string;
  makeKey(name: string, options?: { readonly derived?: boolean }): void;
  rotate(name: string): void;
  /** Older versions do not decrypt any more. */
  forgetBefore(name: string, version: number): void;
  /** `sealed` answers 503, `silent` not at all, `moody` fails every other time. */
  mood: 'well' | 'sealed' | 'silent' | 'moody';
  /** What was asked for: encrypt, decrypt, rewrap, keys. */
  readonly asked: string[];
  close(): Promise<void>;
};

const errors = (status: number, ...words: readonly string[]): Reply => [status, { errors: words }];

class UserError extends Error {}

export const startTransit = async ({ namespace }: { readonly namespace?: string } = {}): Promise<TransitServer> => {
  const keys = new Map<string, Key>();
  const token = randomBytes(12).toString('base64url');
  const asked: string[] = [];
  let count = 0;

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    if (transit.mood === 'sealed' || (transit.mood === 'moody' && (count += 1) % 2 === 1)) return errors(503, 'Vault is sealed');
    if (request.headers['x-vault-token'] !== token || request.headers['x-vault-namespace'] !== namespace)
      return errors(403, 'permission denied');
    const [, what = '', name = ''] = /^\/v1\/transit\/(\w+)\/([\w.-]+)$/.exec(request.url ?? '') ?? [];
    asked.push(what);
    const key = keys.get(name);
    if (request.method === 'GET' && what === 'keys')
      return key ? [200, { data: { name, derived: key.derived, latest_version: key.versions.length } }] : errors(404);
    if (!key) return errors(400, 'encryption key not found');
    const { plaintext, ciphertext, context } = await bodyOf(request);
    const bound = Buffer.from(String(context ?? ''), 'base64');
    if (key.derived && bound.length === 0)
      return errors(400, "missing 'context' for key derivation; the key was created using a derived key");
    if (what === 'encrypt') return [200, { data: { ciphertext: encrypted(key, bound, Buffer.from(String(plaintext), 'base64')) } }];
    const clear = decrypted(key, bound, String(ciphertext));
    return [200, { data: what === 'decrypt' ? { plaintext: clear.toString('base64') } : { ciphertext: encrypted(key, bound, clear) } }];
  };

  const server = createServer((request, response) => {
    if (transit.mood === 'silent') return;
    void answer(request)
      .catch((error: Error) => (error instanceof UserError ? errors(400, error.message) : errors(500, 'internal error')))
      .then(([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const transit: TransitServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    asked,
    mood: 'well',
    makeKey: (name, { derived = true } = {}) => void keys.set(name, { versions: [randomBytes(32)], derived, oldest: 1 }),
    rotate: (name) => void keys.get(name)!.versions.push(randomBytes(32)),
    forgetBefore: (name, version) => void (keys.get(name)!.oldest = version),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return transit;
};

const bodyOf = async (request: IncomingMessage): Promise<Body> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Body;
};

/** HKDF over SHA-256 without a salt, the context as info: what Vault does for derived keys. */
const keyOf = ({ versions, derived }: Key, version: number, context: Buffer): Buffer =>
  derived ? Buffer.from(hkdfSync('sha256', versions[version - 1]!, new Uint8Array(0), context, 32)) : versions[version - 1]!;

const encrypted = (key: Key, context: Buffer, clear: Buffer): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(key, key.versions.length, context), nonce);
  return `vault:v${key.versions.length}:${Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]).toString('base64')}`;
};

const decrypted = (key: Key, context: Buffer, text: string): Buffer => {
  const [, version = '', encoded = ''] = /^vault:v(\d+):([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  if (version === '') throw new UserError('invalid ciphertext: no prefix');
  if (Number(version) > key.versions.length) throw new UserError('invalid ciphertext: version is too new');
  if (Number(version) < key.oldest) throw new UserError('ciphertext or signature version is disallowed by policy (too old)');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length < 28) throw new UserError('invalid ciphertext: too short');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(key, Number(version), context), bytes.subarray(0, 12)).setAuthTag(
    bytes.subarray(-16),
  );
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch {
    throw new UserError('cipher: message authentication failed');
  }
};
