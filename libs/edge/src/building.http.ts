import 'reflect-metadata';
import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationShutdown, type Type } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { collectRoutes, guardRoutes, methodsAt, mustHaveRules, type RouteRow } from '@recourse/identity';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ProblemAnswers, ProblemFilter } from './answering.http.js';
import { houseVariables } from './configuring.js';
import { serveDocuments } from './documents.http.js';
import { houseOf } from './house.module.js';
import { shield } from './limits/shielding.http.js';
import { countCallers, countStrangers } from './limits/throttling.http.js';
import { arrivalTimes, hurryJson } from './limits/timing.http.js';
import { nestLog } from './logging.js';
import { LARGEST_BODY, readOnlyJson } from './reading.http.js';
import { catalogueOf } from './refusing.js';
import { admitting } from './platforms/admitting.js';
import { RUNTIME, type Runtime } from './runtime.js';
import { listeningTls } from './securing.disk.js';
import { traceFrom, within } from './tracing.js';
import { NothingUnasked, RequestPipe } from './validating.http.js';

export type BuildOptions = {
  /** `case-tracking` */
  readonly service: string;
  /** One line for the API documents. */
  readonly title?: string;
  /** Bytes of one uploaded file, where uploads are taken at all (evidence). */
  readonly uploads?: { readonly fileSize: number };
};

/** How long running requests may still take once the streams have ended. */
const deadlineMs = 8_000;

/**
 * The order of leaving: not ready any more; wait until the load balancer has noticed; end the streams (a server with an open stream never
 * closes); Nest closes the server when the running requests are done; then everything behind them stops.
 */
class Leaving implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const { closing, configuration } = this.runtime;
    closing.leaving = true;
    await pause(configuration.of(houseVariables.drainMs));
    closing.endStreams();
    // Not `forceCloseConnections`: that cuts a command which is being carried out.
    const server = this.http.httpAdapter.getHttpServer() as Server;
    setTimeout(() => server.closeAllConnections(), deadlineMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
  }
}

@Module({})
class Edge {
  static round(module: Type, runtime: Runtime): DynamicModule {
    const providers = [{ provide: RUNTIME, useValue: runtime }];
    return { module: Edge, global: true, imports: [module], providers: [...providers, Leaving], exports: providers };
  }
}

/** The service's module with nothing behind it: for reading what it says of itself, never for running it. */
export const describedModule = (module: Type): DynamicModule => Edge.round(module, {} as Runtime);

const requestId = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
};

/** The service as a Nest application that has not listened yet: every door, hook and filter in place. */
export const buildService = async (module: Type, options: BuildOptions, runtime: Runtime): Promise<NestFastifyApplication> => {
  const { log, configuration } = runtime;
  const tls = listeningTls(configuration);
  const { requestTimeout, server } = arrivalTimes(configuration, options.uploads !== undefined);
  const answers = new ProblemAnswers(catalogueOf(houseOf(module)?.refusals ?? []), log);
  const adapter = new FastifyAdapter({
    bodyLimit: LARGEST_BODY,
    genReqId: requestId,
    trustProxy: [...configuration.of(houseVariables.trustProxy)],
    requestTimeout,
    ...(tls ? { https: { ...server, ...tls } } : { http: server }),
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answers.onSocket,
    // Malformed addresses never reach a filter of Nest's.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => answers.send(error, request, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(Edge.round(module, runtime), adapter, {
    logger: nestLog(log),
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: false,
    return503OnClosing: false,
    routeConflictPolicy: { duplicate: 'error', shadow: 'error' },
  });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  readOnlyJson(fastify);
  if (options.uploads) await takeUploads(fastify, options.uploads.fileSize);
  const rows = collectRoutes(fastify);
  watch(fastify, runtime);
  await shield(fastify);
  if (options.uploads) hurryJson(fastify, configuration, answers.onSocket);
  await countStrangers(fastify, runtime);
  guardRoutes(fastify, runtime.verify, admitting(runtime.platforms));
  countCallers(fastify, runtime);
  await serveDocuments(fastify, options);
  serveHealth(fastify, runtime);
  app.useGlobalInterceptors(new NothingUnasked());
  app.useGlobalPipes(new RequestPipe());
  let known: ((url: string) => readonly string[]) | undefined;
  app.useGlobalFilters(new ProblemFilter(answers, (url) => (known ??= methodsAt(rows))(url)));
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.init();
  mustHaveRules(rows);
  tables.set(app, rows);
  return app;
};

const tables = new WeakMap<object, readonly RouteRow[]>();

/** Every route of a built service, Nest's and those that every service has, each with its policy. */
export const routesOf = (app: NestFastifyApplication): readonly RouteRow[] => tables.get(app) ?? [];

const takeUploads = async (fastify: FastifyInstance, fileSize: number): Promise<void> => {
  const { default: multipart } = await import('@fastify/multipart');
  await fastify.register(multipart, { limits: { fileSize, files: 1, fields: 20, parts: 21, fieldSize: 64 * 1024 } });
};

const quietRoutes = new Set(['/livez', '/readyz', '/metrics']);

/** Ids and trace in; one line and one observation out. Route patterns only: an address may carry an id, and an id is somebody's. */
const watch = (fastify: FastifyInstance, { log, metrics }: Runtime): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const { traceparent } = request.headers;
    request.trace = traceFrom(typeof traceparent === 'string' ? traceparent : undefined);
    within(request.trace, done);
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    const { role, tenant } = request.caller ?? {};
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      requestId: request.id,
      traceId: request.trace?.traceId,
      role,
      tenant,
    };
    log[quietRoutes.has(route) ? 'debug' : 'info'](line, 'request');
    done();
  });
};

const serveHealth = (fastify: FastifyInstance, { metrics, closing, readiness }: Runtime): void => {
  const open = { config: { allow: 'anyone' as const } };
  fastify.get('/livez', open, () => ({ alive: true }));
  fastify.get('/readyz', open, async (_request, reply) => {
    const { ready, parts } = await readiness();
    const now = ready && !closing.leaving;
    return reply.status(now ? 200 : 503).send({ ready: now, ...(closing.leaving && { leaving: true }), parts });
  });
  fastify.get('/metrics', open, async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
};
