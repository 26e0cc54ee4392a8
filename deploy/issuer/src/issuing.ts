import type { Adapter, Configuration, Context, Provider, ResourceServerInfo, Token } from 'oidc-provider';
import { assurance, personOf, platformFor, platforms, type Platform } from './identities.js';
import type { Keys, Sessions } from './keeping.js';
import { failurePage } from './signing-in.pages.js';
import { signingKeyOf } from './signing-keys.js';

/** The one audience: every service of the house accepts these tokens and no others. */
export const api = 'urn:recourse:api';
export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const customerId = 'urn:recourse:token-type:customer-id';

const accessTokensOf = (seconds: number): ResourceServerInfo => ({
  scope: 'api',
  audience: api,
  accessTokenFormat: 'jwt',
  accessTokenTTL: seconds,
  jwt: { sign: { alg: 'ES256' } },
});

const minutes = (n: number): number => n * 60;
const hours = (n: number): number => n * 3600;

const machine = { grant_types: ['client_credentials', tokenExchange], response_types: [], redirect_uris: [] };

/** A platform calls as either of two clients: one has a secret, the other one a key of which only the public half is known here. */
const clientsOf = (platform: Platform) => [
  { ...machine, client_id: platform.client, client_secret: platform.secret },
  {
    ...{ ...machine, client_id: platform.signingClient, jwks: { keys: [signingKeyOf(platform).shown] } },
    ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' },
  },
];

/** Clients that sign, and those of platforms that were created while the issuer runs: each is found when it first calls, none is kept. */
const laterClients: Adapter = {
  find: async (id) => {
    const platform = platformFor(id);
    return platform && clientsOf(platform).find(({ client_id }) => client_id === id);
  },
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  upsert: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
};

/** How the issuer is set up. Anything oidc-provider would decide by a default it warns about is decided here. */
export const configuration = (
  oidc: typeof import('oidc-provider'),
  { keys, cookie }: Keys,
  sessions: Sessions,
  path: string,
): Configuration => {
  // Everybody who signs in here belongs to the house, and a consent prompt would send native clients round in circles.
  const policy = oidc.interactionPolicy.base();
  policy.remove('consent');
  return {
    adapter: (kind: string) => (kind === 'Client' ? laterClients : sessions.adapter(kind)),
    jwks: { keys },
    cookies: { keys: [cookie], long: { signed: true }, short: { signed: true } },
    clientDefaults: {
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], clientAuthSigningAlgValues: ['ES256'] },
    clients: [
      {
        client_id: 'desk',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['http://127.0.0.1/callback'],
      },
      ...platforms.map((platform) => clientsOf(platform)[0]!),
    ],
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'private_key_jwt'],
    acrValues: Object.values(assurance),
    claims: {
      acr: null,
      auth_time: null,
      iss: null,
      sid: null,
      amr: null,
      openid: ['sub'],
      profile: ['name', 'role', 'tenant', 'badge', 'skills'],
    },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      claimsParameter: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_: Context, client: { clientId: string }, token: Token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => api,
        useGrantedResource: () => true,
        getResourceServerInfo: (_: Context, resource: string) => {
          if (resource !== api) throw new oidc.errors.InvalidTarget();
          return accessTokensOf(minutes(10));
        },
      },
    },
    issueRefreshToken: (_: Context, client: { grantTypeAllowed(type: string): boolean }) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    clientBasedCORS: () => false,
    ttl: {
      AccessToken: minutes(10),
      ClientCredentials: minutes(10),
      AuthorizationCode: minutes(1),
      IdToken: minutes(10),
      Interaction: minutes(10),
      RefreshToken: hours(24),
      Session: hours(8),
      Grant: hours(24),
    },
    findAccount: (_: Context, sub: string) => {
      const person = personOf(sub);
      if (!person) return undefined;
      const { name, role, tenant, badge, skills } = person;
      return { accountId: sub, claims: () => ({ sub, name, role, tenant, badge, skills }) };
    },
    loadExistingGrant,
    extraTokenClaims,
    interactions: { policy, url: (_: Context, { uid }: { uid: string }) => `${path}/interaction/${uid}` },
    renderError: (ctx: Context, { error, error_description }: { error: string; error_description?: string }) => {
      ctx.type = 'html';
      ctx.body = failurePage(error, error_description);
    },
  };
};

/** Grants what our own clients ask for, without asking. */
const loadExistingGrant = async ({ oidc }: Context): Promise<object> => {
  const { clientId } = oidc.client;
  const id = oidc.result?.consent?.grantId ?? oidc.session.grantIdFor(clientId);
  const grant = (id && (await oidc.provider.Grant.find(id))) || new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope('openid offline_access profile');
  grant.addResourceScope(api, 'api');
  await grant.save();
  return grant;
};

/** What the services decide by: role, tenant, badge, skills. Never a name. */
const extraTokenClaims = ({ oidc }: Context, token: Token): Record<string, unknown> | undefined => {
  if (token.kind === 'ClientCredentials') return { role: 'platform', tenant: platformFor(token.clientId ?? '')?.tenant };
  const signIn = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode;
  if (!signIn) return oidc.exchanged;
  const person = personOf(token.accountId ?? '');
  if (!person) return undefined;
  const { role, tenant, badge, skills } = person;
  return { role, tenant, badge, skills, acr: signIn.acr, amr: signIn.amr, auth_time: signIn.authTime };
};

/**
 * RFC 8693: a platform, authenticated as itself, asks for a token of one of its customers, whom it has signed in by its own means. The
 * subject is the platform's own customer id; the issuer knows no customers and needs none.
 */
export const exchangeTokens = (oidc: typeof import('oidc-provider'), provider: Provider): void => {
  const { InvalidRequest, InvalidTarget } = oidc.errors;
  const lifetime = minutes(10);
  provider.registerGrantType(
    tokenExchange,
    async (ctx) => {
      const { client, params } = ctx.oidc;
      const customer = params['subject_token'] ?? '';
      if (params['subject_token_type'] !== customerId) throw new InvalidRequest(`subject_token_type must be ${customerId}`);
      if (!/^[A-Za-z0-9._~-]{1,64}$/.test(customer)) throw new InvalidRequest('subject_token must be a customer id of the platform');
      if ((params['audience'] ?? params['resource'] ?? api) !== api) throw new InvalidTarget();
      const tenant = platformFor(client.clientId)?.tenant;
      ctx.oidc.exchanged = { role: 'customer', tenant, act: { sub: client.clientId } };
      const token = new provider.AccessToken({
        accountId: customer,
        client,
        gty: 'token_exchange',
        scope: 'api',
        resourceServer: new provider.ResourceServer(api, accessTokensOf(lifetime)),
        expiresIn: lifetime,
      });
      ctx.body = {
        access_token: await token.save(),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: token.tokenType,
        expires_in: token.expiration,
        scope: 'api',
      };
    },
    ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'resource', 'scope', 'actor_token', 'actor_token_type'],
    ['audience', 'resource'],
  );
};
