import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller } from './calling.js';
import { API_AUDIENCE } from './verifying.js';

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
};

/** A small real issuer: an ES256 key pair, its public half over HTTP, tokens signed on demand. */
export type TestIssuer = {
  readonly issuer: string;
  readonly jwksUrl: string;
  token(caller: Partial<Caller>, options?: TokenOptions): Promise<string>;
  /** How often its keys were fetched. */
  readonly fetched: () => number;
  close(): Promise<void>;
};

type SigningKey = { readonly privateKey: CryptoKey; readonly jwk: JWK };

const newKey = async (kid: string): Promise<SigningKey> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
};

export const testIssuer = async (): Promise<TestIssuer> => {
  const [own, foreign] = await Promise.all([newKey('own'), newKey('foreign')]);
  let fetched = 0;
  const server = createServer((_request, response) => {
    fetched++;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [own.jwk] }));
  });
  const port = await listening(server);
  const issuer = `http://127.0.0.1:${port}`;
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    token: (caller, options) => sign(options?.foreignKey ? foreign : own, issuer, caller, options),
    fetched: () => fetched,
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
  const { sub = 'someone', role = 'agent', tenant = 'quanpay', client = 'desk', badge, skills, acr, authTime } = caller;
  const now = Math.floor(Date.now() / 1000);
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
  };
  const left = Object.fromEntries(Object.entries(claims).filter(([name]) => !options.without?.includes(name)));
  return new SignJWT(left).setProtectedHeader({ alg: 'ES256', typ: options.typ ?? 'at+jwt', kid: jwk.kid ?? 'own' }).sign(privateKey);
};
