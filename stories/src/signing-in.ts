import { createHash, randomBytes } from 'node:crypto';
import { AtTheFrontDoor } from './front.js';

type Tokens = { readonly access_token: string; readonly expires_in: number };
const redirect = 'http://127.0.0.1:53123/callback';

const asked = async (url: string, form: Record<string, string>, basic?: string): Promise<Tokens> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(basic && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    },
    body: new URLSearchParams(form),
  });
  if (!response.ok) throw new Error(`the issuer refused a token: ${response.status} ${await response.text()}`);
  return (await response.json()) as Tokens;
};

/** Remembers a token until shortly before it ends. */
const kept = (get: () => Promise<Tokens>): (() => Promise<string>) => {
  let held: { token: Promise<string>; until: number } | undefined;
  return () => {
    if (!held || held.until < Date.now()) {
      const token = get().then((tokens) => {
        held!.until = Date.now() + (tokens.expires_in - 30) * 1000;
        return tokens.access_token;
      });
      held = { token, until: Date.now() + 20_000 };
      token.catch(() => (held = undefined));
    }
    return held.token;
  };
};

/** Authorization code with PKCE as a console does it, without a browser: `login_hint` picks the demonstration identity. */
const byCode = async (issuer: string, identity: string): Promise<Tokens> => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const cookies = new Map<string, string>();
  let url = `${issuer}/auth?${new URLSearchParams({
    client_id: 'desk',
    response_type: 'code',
    redirect_uri: redirect,
    scope: 'openid offline_access api profile',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    login_hint: identity,
    state: 'story',
    nonce: 'story',
  }).toString()}`;
  for (let hop = 0; hop < 8 && !url.startsWith(redirect); hop++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const next = response.headers.get('location');
    if (!next) throw new Error(`the issuer did not sign ${identity} in: ${response.status} ${(await response.text()).slice(0, 300)}`);
    url = new URL(next, url).href;
  }
  const code = new URL(url).searchParams.get('code');
  if (!code) throw new Error(`the issuer did not sign ${identity} in: ${url}`);
  return asked(`${issuer}/token`, {
    grant_type: 'authorization_code',
    client_id: 'desk',
    code,
    redirect_uri: redirect,
    code_verifier: verifier,
  });
};

/** Everybody the stories know, at one front door. */
export const everybody = (url: string) => {
  const issuer = `${url}/issuer`;
  const platform = (tenant: string) => `${tenant}-platform:${tenant}-platform-secret`;
  const remembered = new Map<string, AtTheFrontDoor>();
  const once = (name: string, get: () => Promise<Tokens>): AtTheFrontDoor => {
    const at = remembered.get(name) ?? new AtTheFrontDoor(url, kept(get));
    remembered.set(name, at);
    return at;
  };
  return {
    /** Without a token. */
    anyone: new AtTheFrontDoor(url),
    /** The wallet platform itself, by client credentials. */
    platform: (tenant: string) =>
      once(`platform ${tenant}`, () => asked(`${issuer}/token`, { grant_type: 'client_credentials', scope: 'api' }, platform(tenant))),
    /** A customer of the platform, by token exchange. */
    customer: (tenant: string, subject: string) =>
      once(`customer ${tenant} ${subject}`, () =>
        asked(
          `${issuer}/token`,
          {
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            subject_token: subject,
            subject_token_type: 'urn:recourse:token-type:customer-id',
          },
          platform(tenant),
        ),
      ),
    /** Staff, by code and PKCE, under the demonstration identity's name. */
    staff: (identity: string) => once(`staff ${identity}`, () => byCode(issuer, identity)),
  };
};
export type Everybody = ReturnType<typeof everybody>;
