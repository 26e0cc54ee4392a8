import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platforms } from './identities.js';
import { configuration, exchangeTokens } from './issuing.js';
import { keysIn, Sessions } from './keeping.js';
import { oidcProvider } from './quietly.js';
import { signIn } from './signing-in.js';

export { askForTokens, NoToken, refreshTokens, type Tokens, type Wanted } from './asking.js';
export { people, personFor, platforms, tenants, type Person, type Platform } from './identities.js';

export type IssuerOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** The issuer as tokens name it, e.g. `http://127.0.0.1:4000/issuer`; without it, the address it listens on. */
  readonly publicUrl?: string;
  /** Keys and sessions live here. */
  readonly dataDir: string;
};

export type Issuer = {
  /** What `iss` says. */
  readonly issuer: string;
  /** Where it listens; its key set is at `<url>/jwks`. */
  readonly url: string;
  stop(): Promise<void>;
};

type Mounted = import('node:http').IncomingMessage & { originalUrl?: string };

/** A real OpenID provider for development and tests: nobody needs an account, and tokens are checked as in production. */
export const startIssuer = async ({ port, host = '127.0.0.1', publicUrl, dataDir }: IssuerOptions): Promise<Issuer> => {
  const oidc = await oidcProvider();
  const keys = await keysIn(dataDir);
  const sessions = new Sessions(dataDir);

  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  const issuer = publicUrl ?? url;
  const path = new URL(issuer).pathname.replace(/\/$/, '');

  const provider = new oidc.Provider(issuer, configuration(oidc, keys, sessions, path));
  // Behind the front door the discovery document must show the door's address, not ours.
  provider.proxy = path !== '';
  exchangeTokens(oidc, provider);
  // Static clients are checked when they are first used: a wrong one should stop the start instead.
  for (const id of ['desk', ...platforms.flatMap(({ client, signingClient }) => [client, signingClient])]) await provider.Client.find(id);

  const serve = provider.callback();
  server.on('request', (request: Mounted, response) => {
    // The front door takes its prefix off; this tells the provider where it is mounted.
    if (path) request.originalUrl = path + request.url;
    void (request.url?.startsWith('/interaction/') ? signIn(provider, request, response) : serve(request, response));
  });

  const stop = async (): Promise<void> => {
    sessions.save();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { issuer, url, stop };
};
