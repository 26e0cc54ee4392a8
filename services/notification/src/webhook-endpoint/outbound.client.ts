import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { Answered, Failure } from './delivering.js';
import { isNamed, isPublic, judge, type Named } from './guarding.js';

const limits = { connect: 5_000, headers: 10_000, whole: 15_000, answer: 16 * 1024 };

class NotPublic extends Error {
  readonly code = 'RECOURSE_NOT_PUBLIC';
}

/**
 * Calls strangers' servers. A name is resolved once, every address it has is judged, and the connection goes to an address that was
 * judged: a name that answers differently the second time (DNS rebinding) gains nothing. Redirects are not followed, the answer's body
 * is thrown away after a few kilobytes, and the whole call ends after fifteen seconds.
 */
export class OutboundClient {
  private readonly guarded: Agent;
  private readonly open = new Agent({
    connect: { timeout: limits.connect },
    headersTimeout: limits.headers,
    bodyTimeout: limits.headers,
    connections: null,
  });

  constructor(
    private readonly named: Named,
    look: typeof resolve = resolve,
  ) {
    this.guarded = new Agent({
      connect: { timeout: limits.connect, lookup: judged(look) },
      headersTimeout: limits.headers,
      bodyTimeout: limits.headers,
      connections: null,
    });
  }

  /** Whether an endpoint may be registered at this address: its form only, since names may be resolved differently tomorrow. */
  mayCall(url: string): boolean {
    return 'url' in judge(url, this.named);
  }

  async post(address: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answered> {
    const began = performance.now();
    const ms = () => Math.round(performance.now() - began);
    const verdict = judge(address, this.named);
    if ('why' in verdict) return { failed: 'address-not-allowed', ms: ms() };
    const { url } = verdict;
    try {
      const dispatcher = isNamed(url, this.named) ? this.open : this.guarded;
      const answer = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'recourse-webhooks/1', ...headers },
        body,
        dispatcher,
        signal: AbortSignal.timeout(limits.whole),
      });
      await answer.body.dump({ limit: limits.answer }).catch(() => undefined);
      const retryAfter = answer.headers['retry-after'];
      return { status: answer.statusCode, ms: ms(), ...(typeof retryAfter === 'string' && { retryAfter }) };
    } catch (error) {
      return { failed: failureOf(error), ms: ms() };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.open.destroy()]);
  }
}

/** Resolves a name and hands over its addresses only if every one of them is public: one private address among them and none is called. */
const judged =
  (look: typeof resolve): LookupFunction =>
  (hostname, options, callback) => {
    look(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0];
      if (error || !first) return callback(error ?? new NotPublic(), '', 0);
      if (!addresses.every(({ address }) => isPublic(address))) return callback(new NotPublic(), '', 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };

const failures: Readonly<Record<string, Failure>> = {
  RECOURSE_NOT_PUBLIC: 'address-not-allowed',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'connection-refused',
  ENETUNREACH: 'connection-refused',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  UND_ERR_SOCKET: 'connection-lost',
  UND_ERR_CONNECT_TIMEOUT: 'no-answer-in-time',
  UND_ERR_HEADERS_TIMEOUT: 'no-answer-in-time',
  UND_ERR_BODY_TIMEOUT: 'no-answer-in-time',
  ETIMEDOUT: 'no-answer-in-time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-not-trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-not-trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-not-trusted',
  CERT_HAS_EXPIRED: 'certificate-not-trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-not-trusted',
};

type Raised = { readonly name?: string; readonly code?: string; readonly cause?: unknown; readonly errors?: readonly unknown[] };

/** What failed, as a code: messages of drivers carry addresses and stay here. */
const failureOf = (raised: unknown): Failure => {
  for (let one = raised; typeof one === 'object' && one !== null;) {
    const { name, code = '', cause, errors } = one as Raised;
    if (name === 'TimeoutError') return 'no-answer-in-time';
    const failure = failures[code];
    if (failure) return failure;
    one = cause ?? errors?.[0];
  }
  return 'not-sent';
};
