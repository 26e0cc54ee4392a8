import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import proxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Agent, type Dispatcher } from 'undici';
import { refuse } from './answering.js';
import type { Papers } from './securing.js';

/** Headers of one connection. They end at the door, in both directions: half of them make undici fail, the rest mislead the service. */
const ofOneConnection = [
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect',
]; // prettier-ignore

/** What a client might say about where it comes from; the door says it itself. */
const saidByTheDoor = /^(x-forwarded-.*|forwarded|x-real-ip)$/;

/** The services' own limit of a JSON body, in bytes. */
const largestBody = 262_144;

/** Passes on what comes under a prefix. One pool of connections serves all services, without a limit that open streams could use up. */
export class Proxying {
  readonly agent: Agent;
  private readonly leaving = new AsyncLocalStorage<AbortSignal>();

  constructor(
    private readonly app: FastifyInstance,
    patience: number,
    papers: Papers = {},
  ) {
    this.agent = new Agent({
      connections: null,
      pipelining: 1,
      connectTimeout: 2_000,
      connect: { ...papers },
      headersTimeout: patience,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 60_000,
    });
    // A service that refuses a body breaks the connection off while the rest is still on its way; here the refusal arrives.
    app.addHook('onRequest', (request, reply, done) => {
      const { 'content-length': length, 'content-type': type = '' } = request.headers;
      if (Number(length ?? 0) > largestBody && !type.startsWith('multipart/')) refuse(reply, 'body-too-large');
      else done();
    });
    // Of its own accord the proxy lets a request run on after its client has left. A question is broken off; a command may finish.
    app.addHook('onRequest', (request, reply, done) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return done();
      const gone = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      this.leaving.run(gone.signal, done);
    });
  }

  /** `keepPrefix: false` takes the prefix off, for upstreams that are mounted at their root. */
  async pass(prefix: string, upstream: string, { keepPrefix = true } = {}): Promise<void> {
    await this.app.register(proxy, {
      prefix,
      upstream,
      rewritePrefix: keepPrefix ? prefix : '',
      undici: this.untilTheClientLeaves,
      disableRequestLogging: true,
      internalRewriteLocationHeader: false,
      replyOptions: {
        // Otherwise a 503 is asked again ten times, with Retry-After read as milliseconds.
        retryDelay: () => null,
        onError: (reply: FastifyReply, { error }: { error: Error }) => this.failed(reply, error, prefix),
        rewriteRequestHeaders: (request: FastifyRequest, headers: IncomingHttpHeaders) => ({
          ...without(headers, (name) => ofOneConnection.includes(name) || saidByTheDoor.test(name)),
          'x-request-id': request.id,
          'x-forwarded-for': request.ip,
          'x-forwarded-proto': request.protocol,
          'x-forwarded-host': request.host,
        }),
        rewriteHeaders: (headers: IncomingHttpHeaders, request: FastifyRequest) => ({
          'x-request-id': request.id,
          ...without(headers, (name) => ofOneConnection.includes(name)),
        }),
      } as object,
    });
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** As much of a dispatcher as the proxy uses. */
  private readonly untilTheClientLeaves = {
    request: (options: Dispatcher.RequestOptions, done: (error: Error | null, data: Dispatcher.ResponseData) => void): void => {
      const signal = this.leaving.getStore();
      this.agent.request({ ...options, ...(signal && { signal }) }, done);
    },
  } as unknown as Agent;

  /** The message of an upstream's error holds its address, so it goes to the log and never to the caller. */
  private failed(reply: FastifyReply, error: Error & { statusCode?: number }, prefix: string): void {
    const code = codeOf(error.cause) ?? codeOf(error);
    reply.request.log.warn({ prefix, code, requestId: reply.request.id }, 'a service did not answer');
    if (error.statusCode === 504) refuse(reply, 'service-too-slow');
    else if (notThere.has(code ?? '')) refuse(reply, 'service-unavailable', { 'retry-after': '2' });
    else refuse(reply, 'service-answer-broken');
  }
}

const notThere = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | undefined)?.code;

const without = (headers: IncomingHttpHeaders, unwanted: (name: string) => boolean): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !unwanted(name)));
