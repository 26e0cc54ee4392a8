import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { isRole, type Caller } from './calling.js';
import { IssuerSilent, keysOf, type KeyAges } from './finding-keys.js';
import { AccessRefused } from './refusing.js';
import { onlyIssuer, type TrustedIssuer } from './trusting.js';
import { unpack } from './unpacking.js';

export type Issuer = Parameters<typeof onlyIssuer>[0];

/** A caller together with the instant (milliseconds) at which the token stops being good. */
export type Verified = { readonly caller: Caller; readonly expires: number };
export type Verify = (authorization: string | undefined) => Promise<Verified>;

const leewaySeconds = 5;

/** Takes the tokens of one issuer, who speaks for every tenant and role. */
export const verifier = (issuer: Issuer, ages?: KeyAges): Verify => verifierOf([onlyIssuer(issuer)], ages);

/**
 * Checks issuer, signature, audience, kind and claims of a bearer token, and that its issuer may speak for this tenant and role. Which issuer it is
 * must be known before the signature can be checked, so `iss` is read first and counts for nothing until its keys have confirmed it.
 */
export const verifierOf = (issuers: readonly TrustedIssuer[], ages?: KeyAges): Verify => {
  const known = new Map(issuers.map((trusted) => [trusted.issuer, { trusted, keys: keysOf(trusted, ages) as JWTVerifyGetKey }]));
  return async (authorization) => {
    const token = bearer(authorization);
    const issuer = known.get(String(unpack(token)?.claims['iss']));
    if (!issuer) throw new AccessRefused('token-invalid');
    const payload = await verified(token, issuer.keys, issuer.trusted);
    const caller = callerOf(payload);
    if (!speaksFor(issuer.trusted, caller)) throw new AccessRefused('token-invalid');
    return { caller, expires: ((payload.exp ?? 0) + leewaySeconds) * 1000 };
  };
};

const bearer = (authorization: string | undefined): string => {
  if (authorization === undefined) throw new AccessRefused('token-missing');
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
  if (!token) throw new AccessRefused(/^Bearer\b/i.test(authorization) ? 'token-invalid' : 'token-missing');
  return token;
};

const verified = async (token: string, keys: JWTVerifyGetKey, trusted: TrustedIssuer): Promise<JWTPayload> => {
  const { issuer, audience, typ, algorithms } = trusted;
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, audience },
      // An id token carries the same issuer and key: only its kind tells it apart.
      typ,
      algorithms: [...algorithms],
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
  error instanceof IssuerSilent ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  !(error instanceof errors.JOSEError) ||
  error.code === 'ERR_JOSE_GENERIC';

const speaksFor = ({ tenants, roles }: TrustedIssuer, { tenant, role }: Caller): boolean =>
  (tenants === '*' || tenants.includes(tenant)) && roles.includes(role);

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
