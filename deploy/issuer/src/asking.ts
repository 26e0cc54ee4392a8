import { createHash, randomBytes } from 'node:crypto';
import { platformFor, type Person } from './identities.js';
import { assertionOf } from './signing-keys.js';

export type Wanted = {
  /** Where the issuer is, e.g. `http://127.0.0.1:4000/issuer`. */
  readonly issuer: string;
  readonly role: Person['role'] | 'platform' | 'customer';
  readonly tenant: string;
  /** A certain person instead of the first of the role, e.g. `liu-wei`. */
  readonly as?: string;
  /** The platform's own id of the customer, for the role `customer`. */
  readonly customer?: string;
  /** The platform proves itself by a signature (private_key_jwt) instead of its secret. */
  readonly signed?: boolean;
  /** More parameters of the authorization request. */
  readonly extra?: Readonly<Record<string, string>>;
};

export type Tokens = {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly expires_in: number;
};

/** The issuer said no; `code` is the OAuth error. */
export class NoToken extends Error {
  constructor(
    readonly code: string,
    description: string,
  ) {
    super(description || code);
  }
}

const redirect = 'http://127.0.0.1:4999/callback';

/** Gets a token as each kind of caller would: a platform by its secret or its signature, a customer by exchange, staff by code and PKCE without a browser. */
export const askForTokens = async (wanted: Wanted): Promise<Tokens> => {
  const { role, customer } = wanted;
  if (role === 'platform') return asPlatform(wanted, { grant_type: 'client_credentials', scope: 'api' });
  if (role !== 'customer') return asPerson(wanted);
  return asPlatform(wanted, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:recourse:token-type:customer-id',
    subject_token: customer ?? '',
  });
};

/** A new access token from a refresh token; the old refresh token is used up. */
export const refreshTokens = (issuer: string, refreshToken: string): Promise<Tokens> =>
  tokens(issuer, { grant_type: 'refresh_token', client_id: 'desk', refresh_token: refreshToken });

const asPlatform = async ({ issuer, tenant, signed }: Wanted, form: Record<string, string>): Promise<Tokens> => {
  const platform = platformFor(`${tenant}-platform`);
  if (!platform) throw new NoToken('invalid_client', `There is no platform ${tenant}.`);
  if (!signed) {
    const basic = Buffer.from(`${platform.client}:${platform.secret}`).toString('base64');
    return tokens(issuer, form, { authorization: `Basic ${basic}` });
  }
  // The signature is for whoever the issuer says it is, which may be another address than the one we reach it at.
  const found = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as { issuer: string };
  return tokens(issuer, {
    ...form,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionOf(platform, found.issuer, randomBytes(16).toString('base64url')),
  });
};

const asPerson = async ({ issuer, role, tenant, as, extra }: Wanted): Promise<Tokens> => {
  const verifier = randomBytes(32).toString('base64url');
  const question = new URLSearchParams({
    client_id: 'desk',
    response_type: 'code',
    redirect_uri: redirect,
    scope: 'openid offline_access profile api',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: as ?? `${tenant}/${role}`,
    ...extra,
  });
  const back = await follow(`${issuer}/auth?${question}`);
  const code = back.searchParams.get('code');
  if (!code) throw new NoToken(back.searchParams.get('error') ?? 'server_error', back.searchParams.get('error_description') ?? '');
  return tokens(issuer, { grant_type: 'authorization_code', client_id: 'desk', code, redirect_uri: redirect, code_verifier: verifier });
};

/** Follows the redirects of a sign-in with a cookie jar until they lead back to the client. */
const follow = async (start: string): Promise<URL> => {
  const jar = new Map<string, string>();
  let url = new URL(start);
  for (let hop = 0; hop < 8; hop++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    const next = response.headers.get('location');
    if (!next) throw new NoToken('server_error', `The issuer answered ${response.status} in the middle of a sign-in.`);
    url = new URL(next, url);
    if (url.href.startsWith(redirect)) return url;
  }
  throw new NoToken('server_error', 'The sign-in went round in circles.');
};

const tokens = async (issuer: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Tokens> => {
  const response = await fetch(`${issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
  const answer = (await response.json()) as Tokens & { error?: string; error_description?: string };
  if (!response.ok) throw new NoToken(answer.error ?? 'server_error', answer.error_description ?? '');
  return answer;
};
