import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { LogController, type FastifyInstance } from 'fastify';
import { refuse, refuseOnSocket } from './answering.js';
import { showDocuments, usualDescription } from './documenting.js';
import { lookAfter, type Upstreams } from './looking-after.js';
import { Proxying } from './proxying.js';
import { routes } from './routing.js';
import { listening, shield, type Papers } from './securing.js';
import { welcome } from './welcoming.js';

export type FrontDoorOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** Where each service listens, e.g. `http://127.0.0.1:4001`. */
  readonly upstreams: Upstreams;
  /** The issuer, shown under /issuer. */
  readonly issuer?: string;
  /** The mail sink, shown under /dev/mail; development only. */
  readonly mail?: string;
  /** The file with the merged OpenAPI description. */
  readonly description?: string;
  /** How long a service may take until its answer begins, in ms; a `?wait=` takes up to 10 s. */
  readonly patience?: number;
  /** Listens with this certificate, and asks callers for theirs when an authority is named. Plain HTTP unless given. */
  readonly tls?: Papers;
  /** Who signs the services' certificates, and what the door shows them. */
  readonly upstreamTls?: Papers;
  /** Proxies in front whose word of where a request comes from is believed; nobody's unless given. */
  readonly trustProxy?: readonly string[];
  /** How long headers, and a whole request, may take to arrive. Milliseconds; files are long. */
  readonly arrival?: { readonly headers: number; readonly request: number };
  /** Where lines of the log go; nowhere unless given. */
  readonly log?: { write(line: string): void };
  /** Told of every route of the door's own, for the table of who may do what. */
  readonly tellRoute?: (route: { readonly method: string | readonly string[]; readonly url: string }) => void;
};

export type FrontDoor = { readonly url: string; stop(): Promise<void> };

/** The rest of the methods hear 405 at the door; whether one of these is meant for an address is said by the service behind it. */
const passedOn = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** How long open streams may keep the door from closing. */
const goodbye = 2_000;

const requestId = ({ headers }: IncomingMessage): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
};

/** The one address of the house. It routes by prefix and knows nothing of complaints. */
export const startFrontDoor = async (options: FrontDoorOptions): Promise<FrontDoor> => {
  const { port, host = '127.0.0.1', upstreams, issuer, mail, description = usualDescription, patience = 35_000, log } = options;
  const { tls, upstreamTls, trustProxy = [], arrival = { headers: 10_000, request: 300_000 } } = options;
  const server = { headersTimeout: arrival.headers, connectionsCheckingInterval: Math.min(5_000, Math.ceil(arrival.headers / 2)) };
  const app: FastifyInstance = Fastify({
    ...(tls ? { https: { ...server, ...listening(tls) } } : { http: server }),
    requestTimeout: arrival.request,
    logger: log ? { level: 'info', stream: log, base: { service: 'front-door' } } : false,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestId(request as IncomingMessage),
    trustProxy: [...trustProxy],
    // Its own answer would not be a problem document; while the door closes, requests are still carried out.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _, reply) => void refuse(reply, error.code === 'FST_ERR_BAD_URL' ? 'url-malformed' : 'request-malformed'),
    clientErrorHandler: refuseOnSocket,
  });
  app.setNotFoundHandler((_, reply) => void refuse(reply, 'not-found'));
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (reply.raw.headersSent) return void reply.raw.destroy();
    if (error.statusCode !== undefined && error.statusCode < 500) return void refuse(reply, 'request-malformed');
    request.log.error({ err: error, requestId: request.id }, 'the front door failed');
    return void refuse(reply, 'front-door-failed');
  });

  if (options.tellRoute) app.addHook('onRoute', options.tellRoute);
  shield(app);
  // What no service knows at any address is not asked of one. (fastify would complain of the body of a QUERY, and pass nothing on of a TRACE.)
  app.addHook('onRequest', (request, reply, done) => {
    if (passedOn.has(request.method)) done();
    else refuse(reply, 'method-not-allowed', { allow: 'GET, HEAD, POST' });
  });
  welcome(app, { issuer: issuer !== undefined, mail: mail !== undefined });
  const proxying = new Proxying(app, patience, upstreamTls);
  lookAfter(app, proxying.agent, upstreams, issuer);
  await showDocuments(app, description);
  for (const { prefix, service } of routes) {
    const upstream = upstreams[service];
    if (upstream) await proxying.pass(prefix, upstream);
    else
      for (const url of [prefix, `${prefix}/*`])
        app.all(url, (_, reply) => void refuse(reply, 'service-unavailable', { 'retry-after': '30' }));
  }
  if (issuer) await proxying.pass('/issuer', issuer, { keepPrefix: false });
  if (mail) await proxying.pass('/dev/mail', mail);

  await app.listen({ port, host });
  const stop = async (): Promise<void> => {
    const deadline = setTimeout(() => app.server.closeAllConnections(), goodbye);
    await app.close();
    clearTimeout(deadline);
    await proxying.close();
  };
  return { url: `${tls ? 'https' : 'http'}://${host}:${(app.server.address() as AddressInfo).port}`, stop };
};
