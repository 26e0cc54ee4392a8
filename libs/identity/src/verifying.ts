import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { isRole, type Caller } from './calling.js';
import { AccessRefused } from './refusing.js';

export const API_AUDIENCE = 'urn:recourse:api';

export type Issuer = {
  /** The `iss` that stands in tokens; behind a front door this is its public address. */
  readonly issuer: string;
  /** Where its keys are fetched, which may be another address than the public one. */
  readonly jwksUrl: string;
  readonly audience?: string;
};

/** A caller together with the instant (milliseconds) at which the token stops being good. */
export type Verified = { readonly caller: Caller; readonly expires: number };
export type Verify = (authorization: string | undefined) => Promise<Verified>;

const leewaySeconds = 5;
const hour = 3_600_000;

/** Checks signature, issuer, audience, kind and claims of a bearer token. Keys are fetched once and kept for an hour. */
export const verifier = ({ issuer, jwksUrl, audience = API_AUDIENCE }: Issuer): Verify => {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cooldownDuration: 30_000, cacheMaxAge: hour, timeoutDuration: 3_000 });
  return async (authorization) => {
    const token = bearer(authorization);
    const payload = await verified(token, keys, issuer, audience);
    return { caller: callerOf(payload), expires: ((payload.exp ?? 0) + leewaySeconds) * 1000 };
  };
};

const bearer = (authorization: string | undefined): string => {
  if (authorization === undefined) throw new AccessRefused('token-missing');
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
  if (!token) throw new AccessRefused(/^Bearer\b/i.test(authorization) ? 'token-invalid' : 'token-missing');
  return token;
};

const verified = async (token: string, keys: JWTVerifyGetKey, issuer: string, audience: string): Promise<JWTPayload> => {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      // An id token carries the same issuer and key: only its kind tells it apart.
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'exp', 'iat', 'role', 'tenant', 'client_id'],
      clockTolerance: leewaySeconds,
    });
    return payload;
  } catch (error) {
    if (issuerFailed(error)) throw new AccessRefused('issuer-unreachable', error);
    throw new AccessRefused(error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid', error);
  }
};

/** A bad token is the caller's affair; keys that cannot be fetched are not. jose throws a bare TypeError for the latter. */
const issuerFailed = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  !(error instanceof errors.JOSEError) ||
  error.code === 'ERR_JOSE_GENERIC';

const text = (claim: unknown): claim is string => typeof claim === 'string' && claim.length > 0 && claim.length <= 255;

const callerOf = (claims: JWTPayload): Caller => {
  const { sub, role, tenant, client_id: client, badge, skills, acr, auth_time: authTime } = claims;
  if (!text(sub) || !isRole(role) || !text(tenant) || !text(client)) throw new AccessRefused('token-invalid');
  return {
    sub,
    role,
    tenant,
    client,
    skills: Array.isArray(skills) ? skills.filter(text) : [],
    ...(text(badge) && { badge }),
    ...(text(acr) && { acr }),
    ...(typeof authTime === 'number' && { authTime }),
  };
};
