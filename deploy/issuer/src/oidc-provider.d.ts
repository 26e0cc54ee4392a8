/** oidc-provider ships no types: these are the parts of it that the issuer uses. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  import type { JWK } from 'jose';

  export interface Adapter {
    find(id: string): Promise<object | undefined>;
    findByUid(uid: string): Promise<object | undefined>;
    findByUserCode(userCode: string): Promise<object | undefined>;
    upsert(id: string, payload: object, expiresIn?: number): Promise<void>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export interface Client {
    clientId: string;
    grantTypeAllowed(type: string): boolean;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Token {
    kind: string;
    clientId?: string;
    accountId?: string;
    tokenType: string;
    expiration: number;
    acr?: string;
    amr?: string[];
    authTime?: number;
    save(): Promise<string>;
  }

  export interface Context {
    type: string;
    body: unknown;
    oidc: {
      client: Client;
      params: Record<string, string | undefined>;
      session: { accountId: string; grantIdFor(clientId: string): string | undefined };
      result?: { consent?: { grantId?: string } };
      entities: { RefreshToken?: Token; AuthorizationCode?: Token };
      provider: Provider;
      /** Ours: what the token exchange found out, for the claims of the token. */
      exchanged?: Record<string, unknown>;
    };
  }

  export interface InteractionDetails {
    params: Record<string, string | undefined>;
    prompt: { details: { acr?: { essential?: boolean; value?: string; values?: string[] } } };
  }

  export type ResourceServerInfo = {
    scope: string;
    audience: string;
    accessTokenFormat: 'jwt';
    accessTokenTTL: number;
    jwt: { sign: { alg: string } };
  };

  export type Configuration = Record<string, unknown> & { jwks: { keys: JWK[] } };

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    proxy: boolean;
    Client: { find(id: string): Promise<Client | undefined> };
    Grant: { new (owner: { clientId: string; accountId: string }): Grant; find(id: string): Promise<Grant | undefined> };
    AccessToken: new (token: Record<string, unknown>) => Token;
    ResourceServer: new (identifier: string, info: ResourceServerInfo) => object;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Record<string, unknown>,
      options?: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
    registerGrantType(name: string, handler: (ctx: Context) => Promise<void>, parameters: string[], repeated?: string[]): void;
  }

  export const errors: Record<'InvalidTarget' | 'InvalidRequest', new (description?: string) => Error>;
  export const interactionPolicy: { base(): { remove(prompt: string): void } };
}
