import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import type { TrustedIssuer } from './trusting.js';

/** How long fetched keys are believed, and how soon an unknown key id makes us look again. */
export type KeyAges = {
  /** A withdrawn key is taken no longer than this (and a remembered token a minute more). */
  readonly maxAgeMs?: number;
  /** A key that an issuer just began to use is known after this at the latest. */
  readonly cooldownMs?: number;
};

const patience = 3_000;
const largestDocument = 64 * 1024;

/** Where the keys of an issuer could not be found out: not the caller's fault. */
export class IssuerSilent extends Error {}

/** The keys of one issuer, fetched when first needed. Only its own key set is asked: no header of a token says where to look. */
export const keysOf = (
  trusted: TrustedIssuer,
  { maxAgeMs = 600_000, cooldownMs = 30_000 }: KeyAges = {},
): ((...asked: Parameters<JWTVerifyGetKey>) => ReturnType<JWTVerifyGetKey>) => {
  const setAt = (url: string): JWTVerifyGetKey =>
    createRemoteJWKSet(new URL(url), { cacheMaxAge: maxAgeMs, cooldownDuration: cooldownMs, timeoutDuration: patience });
  if (trusted.jwksUrl !== undefined) return setAt(trusted.jwksUrl);
  let found: { readonly url: string; readonly keys: JWTVerifyGetKey } | undefined;
  let until = 0;
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const url = await discovered(trusted);
    if (found?.url !== url) found = { url, keys: setAt(url) };
    until = Date.now() + maxAgeMs;
  };
  return async (header, token) => {
    if (!found || until <= Date.now()) await (looking ??= look().finally(() => (looking = undefined)));
    if (!found) throw new IssuerSilent('no key set was found');
    return found.keys(header, token);
  };
};

/** OpenID Connect Discovery: the document must speak of this very issuer, and its keys must lie behind https or beside the document. */
const discovered = async ({
  issuer,
  discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
}: TrustedIssuer): Promise<string> => {
  const said = await documentAt(discovery).catch((error: unknown) => {
    throw new IssuerSilent('the OpenID configuration could not be read', { cause: error });
  });
  const { issuer: named, jwks_uri: keys } = said;
  if (named !== issuer) throw new IssuerSilent('the OpenID configuration is of another issuer');
  if (typeof keys !== 'string' || !URL.canParse(keys)) throw new IssuerSilent('the OpenID configuration names no key set');
  const { protocol, origin } = new URL(keys);
  if (protocol !== 'https:' && origin !== new URL(discovery).origin) throw new IssuerSilent('the key set lies on an unsafe address');
  return keys;
};

const documentAt = async (url: string): Promise<{ readonly issuer?: unknown; readonly jwks_uri?: unknown }> => {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patience), headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const text = await answer.text();
  if (text.length > largestDocument) throw new Error('is too large');
  return JSON.parse(text) as { issuer?: unknown; jwks_uri?: unknown };
};
