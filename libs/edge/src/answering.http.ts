import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { RecordTooLarge, StoreBusy, StoreUnreachable, StreamMoved } from '@recourse/event-store';
import { AccessRefused } from '@recourse/identity';
import { KeyRestricted, KeysUnreachable } from '@recourse/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from './logging.js';
import { Problem, type Refusals } from './refusing.js';
import { languageOf, problemDocument } from './wording.js';

const ofFastify: Readonly<Record<string, readonly [number, string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'body-not-json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'body-missing'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body-too-large'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'media-type-not-supported'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'content-length-wrong'],
  FST_ERR_BAD_URL: [400, 'url-malformed'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'url-too-long'],
  FST_ERR_ROUTE_MAX_PARAM_LENGTH: [414, 'url-too-long'],
  FST_ERR_HANDLER_TIMEOUT: [503, 'unavailable'],
  FST_REQ_FILE_TOO_LARGE: [413, 'file-too-large'],
  FST_FILES_LIMIT: [413, 'file-too-large'],
  FST_PARTS_LIMIT: [413, 'file-too-large'],
  FST_FIELDS_LIMIT: [413, 'file-too-large'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [415, 'media-type-not-supported'],
};

const ofStatus: Readonly<Record<number, string>> = {
  400: 'request-malformed',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  413: 'body-too-large',
  414: 'url-too-long',
  415: 'media-type-not-supported',
  503: 'unavailable',
};

/** The database is away or full: the caller did nothing wrong and may ask again. */
const awayCodes = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|08\d\d\w|53\d\d\w|57P0\d)$/;

/** What node-pg says without a code when a connection breaks in the midst of a question, and PostgreSQL when it is closed for a while. */
const awayWords =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)|is not currently accepting connections$/;
const isAway = ({ code, message }: { code?: unknown; message?: unknown }): boolean =>
  (typeof code === 'string' && awayCodes.test(code)) || awayWords.test(String(message));

/** Whatever was thrown, as a problem: the only place that knows every shape of error. */
export const toProblem = (thrown: unknown): Problem => {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof AccessRefused) return new Problem(thrown.status, thrown.code, { headers: thrown.headers, cause: thrown.cause });
  if (thrown instanceof StreamMoved) return new Problem(409, 'others-were-faster', { headers: { 'retry-after': '1' } });
  if (thrown instanceof StoreBusy || thrown instanceof StoreUnreachable)
    return new Problem(503, 'unavailable', { headers: { 'retry-after': String(thrown.retryAfter) }, cause: thrown });
  if (thrown instanceof KeysUnreachable)
    return new Problem(503, 'keys-unreachable', { headers: { 'retry-after': String(thrown.retryAfter) }, cause: thrown });
  if (thrown instanceof KeyRestricted) return new Problem(409, 'key-restricted', { cause: thrown });
  if (thrown instanceof RecordTooLarge) return new Problem(422, 'too-much-for-one-record', { cause: thrown });
  // Nest wraps what fastify throws; the inner one knows its code.
  const inner: unknown = thrown instanceof HttpException ? (thrown.cause ?? thrown) : thrown;
  const failure = (typeof inner === 'object' && inner !== null ? inner : {}) as Partial<Record<'code' | 'statusCode' | 'message', unknown>>;
  const { code, statusCode } = failure;
  const known = typeof code === 'string' ? ofFastify[code] : undefined;
  if (known) return new Problem(known[0], known[1], { cause: thrown });
  if (inner instanceof SyntaxError && statusCode === 400) return new Problem(400, 'body-not-json', { cause: thrown });
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, ofStatus[status] ?? 'request-refused', { cause: thrown });
  if (isAway(failure)) return new Problem(503, 'unavailable', { headers: { 'retry-after': '2' }, cause: thrown });
  return new Problem(500, 'internal-error', { cause: thrown });
};

/** Answers problems, in the caller's language, and keeps what went wrong on our side for the log alone. */
export class ProblemAnswers {
  constructor(
    private readonly catalogue: Refusals,
    private readonly log: Log,
  ) {}

  send(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = toProblem(thrown);
    if (problem.status >= 500)
      this.log.error({ err: problem.cause ?? problem, requestId: request.id, code: problem.code }, 'a request failed');
    const language = languageOf(request.headers['accept-language']);
    void reply
      .status(problem.status)
      .headers({
        ...problem.headers,
        'cache-control': 'no-store',
        'content-language': language,
        vary: 'Accept-Language',
        'x-request-id': request.id,
      })
      .type('application/problem+json')
      .send(JSON.stringify(problemDocument(problem, language, this.catalogue, `urn:recourse:request:${request.id}`)));
  }

  /** What llhttp refuses never reaches fastify: it is answered on the socket, in English. */
  readonly onSocket = (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const [status, code] = socketProblems[error.code ?? ''] ?? ([400, 'request-malformed'] as const);
    const body = JSON.stringify(problemDocument(new Problem(status, code), 'en', this.catalogue));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Content-Type: application/problem+json',
      'Connection: close',
    ];
    if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    socket.destroySoon();
  };
}

const socketProblems: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-too-slow'],
};

/** Everything Nest and fastify throw after routing ends here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly answers: ProblemAnswers,
    private readonly methodsAt: (url: string) => readonly string[],
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    this.answers.send(this.wrongMethod(thrown, request) ?? thrown, request, reply);
  }

  /**
   * fastify says 404 for a path it knows under other methods, or complains of a body that nobody would have read; and takes an address that knows
   * other methods for an id of the resource beside it, which is then malformed.
   */
  private wrongMethod(thrown: unknown, request: FastifyRequest): Problem | undefined {
    const malformed = thrown instanceof Problem && thrown.status === 400;
    if ((!request.is404 && !malformed) || (thrown instanceof Problem && thrown.status === 429)) return undefined;
    const allowed = this.methodsAt(request.url);
    return allowed.length > 0 && !allowed.includes(request.method)
      ? new Problem(405, 'method-not-allowed', { headers: { allow: allowed.join(', ') } })
      : undefined;
  }
}
