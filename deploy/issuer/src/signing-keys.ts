import { createECDH, createHash } from 'node:crypto';
import { importJWK, SignJWT, type JWK } from 'jose';
import type { Platform } from './identities.js';

const curve = 'prime256v1';
const encoded = (bytes: Buffer): string => bytes.toString('base64url');

/**
 * The key a demonstration platform signs with. It is drawn from the platform's demonstration secret, so that nobody has to carry a file from one
 * process to another; a real platform makes its own and shows the issuer only the public half.
 */
export const signingKeyOf = ({ secret, signingClient }: Platform): { readonly own: JWK; readonly shown: JWK } => {
  const ecdh = createECDH(curve);
  const d = createHash('sha256').update(`signs for ${secret}`).digest();
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const shown = {
    kty: 'EC',
    crv: 'P-256',
    x: encoded(point.subarray(1, 33)),
    y: encoded(point.subarray(33)),
    alg: 'ES256',
    use: 'sig',
    kid: signingClient,
  };
  return { shown, own: { ...shown, d: encoded(d) } };
};

/** RFC 7523: says who calls, to this issuer alone, once, for a minute. */
export const assertionOf = async (platform: Platform, issuer: string, id: string): Promise<string> => {
  const { own } = signingKeyOf(platform);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: own.kid ?? '' })
    .setIssuer(platform.signingClient)
    .setSubject(platform.signingClient)
    .setAudience(issuer)
    .setJti(id)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(await importJWK(own, 'ES256'));
};
