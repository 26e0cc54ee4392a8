import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller } from './calling.js';
import { API_AUDIENCE, type Algorithm } from './trusting.js';

export type TokenOptions = {
  /** Seconds from now; negative for a token of the past. */
  readonly expiresIn?: number;
  readonly audience?: string;
  readonly issuer?: string;
  readonly typ?: string;
  /** Claims that are taken away, to see what is missed. */
  readonly without?: readonly string[];
  /** Signed by a key the issuer does not publish. */
  readonly foreignKey?: boolean;
  /** More claims, or other values of the usual ones. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** More header members. */
  readonly header?: Readonly<Record<string, unknown>>;
};

/** A small real issuer: a key pair (ES256 unless said otherwise), its public half over HTTP, tokens signed on demand. */
export type TestIssuer = {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** The public half of the key it signs with. */
  readonly jwk: () => JWK;
  token(caller: Partial<Caller>, options?: TokenOptions): Promise<string>;
  /** How often its keys were fetched. */
  readonly fetched: () => number;
  /** Signs with a new key from now on. The old one is published on, or withdrawn. */
  rotate(old: 'kept' | 'withdrawn'): Promise<void>;
  close(): Promise<void>;
};

type SigningKey = { readonly privateKey: CryptoKey; readonly jwk: JWK };

const newKey = async (kid: string, alg: Algorithm): Promise<SigningKey> => {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
};

/** `named`: what its OpenID configuration says of itself, when that is not its address. */
export const testIssuer = async ({ alg = 'ES256', named }: { alg?: Algorithm; named?: string } = {}): Promise<TestIssuer> => {
  const [first, foreign] = await Promise.all([newKey('own', alg), newKey('foreign', alg)]);
  let own = first;
  let published = [own.jwk];
  let fetched = 0;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: named ?? issuer, jwks_uri: `${issuer}/jwks` }));
      return;
    }
    fetched++;
    response.end(JSON.stringify({ keys: published }));
  });
  const port = await listening(server);
  const issuer = `http://127.0.0.1:${port}`;
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    jwk: () => own.jwk,
    token: (caller, options) => sign(options?.foreignKey ? foreign : own, issuer, caller, options),
    fetched: () => fetched,
    rotate: async (old) => {
      own = await newKey(`own-${published.length + 1}`, alg);
      published = old === 'kept' ? [...published, own.jwk] : [own.jwk];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

const sign = ({ privateKey, jwk }: SigningKey, issuer: string, caller: Partial<Caller>, options: TokenOptions = {}): Promise<string> => {
  const { sub = 'someone', role = 'agent', tenant = 'quanpay', client = 'desk', badge, skills, acr } = caller;
  const now = Math.floor(Date.now() / 1000);
  // Staff have just signed in, unless a test says when; machines never do.
  const { authTime = role === 'platform' || role === 'customer' ? undefined : now } = caller;
  const expires = now + (options.expiresIn ?? 300);
  const claims = {
    iss: options.issuer ?? issuer,
    aud: options.audience ?? API_AUDIENCE,
    iat: Math.min(now, expires - 1),
    exp: expires,
    sub,
    role,
    tenant,
    client_id: client,
    ...(badge !== undefined && { badge }),
    ...(skills !== undefined && { skills }),
    ...(acr !== undefined && { acr }),
    ...(authTime !== undefined && { auth_time: authTime }),
    ...options.claims,
  };
  const left = Object.fromEntries(Object.entries(claims).filter(([name]) => !options.without?.includes(name)));
  const header = { alg: jwk.alg ?? 'ES256', typ: options.typ ?? 'at+jwt', kid: jwk.kid ?? 'own', ...options.header };
  return new SignJWT(left).setProtectedHeader(header).sign(privateKey);
};
