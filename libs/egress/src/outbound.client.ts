import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request, type Dispatcher } from 'undici';
import { AnswerTooLarge, failureOf, NotPublic } from './failing.js';
import { isNamed, isPublic, judge, usualPorts, type Named } from './guarding.js';
import type { Asked, Called, Outbound } from './index.js';

/** Milliseconds and bytes. `whole` ends everything, however slowly the other side drips. */
export type CallLimits = {
  readonly connect: number;
  readonly headers: number;
  readonly whole: number;
  readonly headerBytes: number;
  readonly answerBytes: number;
};

export const usualLimits: CallLimits = { connect: 5_000, headers: 10_000, whole: 15_000, headerBytes: 16 * 1024, answerBytes: 16 * 1024 };

export type OutboundOptions = {
  readonly named?: Named;
  readonly ports?: readonly number[];
  readonly limits?: Partial<CallLimits>;
  /** How names are resolved and which addresses count as public, for tests that bring a name server of their own. */
  readonly look?: typeof resolve;
  readonly mayReach?: (address: string) => boolean;
};

/**
 * Calls strangers' servers. A name is resolved once for a connection, every address it has is judged, and the connection goes to an
 * address that was judged: a name that answers differently the second time (DNS rebinding) gains nothing. Redirects are not followed, no
 * proxy of the environment is used, the answer is read as far as was asked for, and the whole call ends after fifteen seconds.
 */
export class OutboundClient implements Outbound {
  private readonly guarded: Agent;
  private readonly open: Agent;
  private readonly named: Named;
  private readonly ports: readonly number[];
  private readonly limits: CallLimits;

  constructor({ named = [], ports = usualPorts, limits = {}, look = resolve, mayReach = isPublic }: OutboundOptions = {}) {
    this.named = named;
    this.ports = ports;
    this.limits = { ...usualLimits, ...limits };
    const { connect, headers, headerBytes } = this.limits;
    const timeouts = { headersTimeout: headers, bodyTimeout: headers, maxHeaderSize: headerBytes, connections: null, pipelining: 1 };
    this.open = new Agent({ ...timeouts, connect: { timeout: connect } });
    this.guarded = new Agent({ ...timeouts, connect: { timeout: connect, lookup: judged(look, mayReach) } });
  }

  mayCall(address: string): boolean {
    return 'url' in judge(address, this.named, this.ports);
  }

  async call(address: string, { method = 'POST', headers = {}, body, answer: wanted = 'read' }: Asked): Promise<Called> {
    const began = performance.now();
    const ms = () => Math.round(performance.now() - began);
    const verdict = judge(address, this.named, this.ports);
    if ('why' in verdict) return { failed: 'address-not-allowed', ms: ms() };
    const { url } = verdict;
    try {
      const dispatcher = isNamed(url, this.named) ? this.open : this.guarded;
      const signal = AbortSignal.timeout(this.limits.whole);
      const answered = await request(url, { method, headers, dispatcher, signal, ...(body !== undefined && { body }) });
      const bytes = wanted === 'read' ? await this.read(answered.body) : await this.discard(answered.body);
      return { status: answered.statusCode, headers: plainHeaders(answered.headers), body: bytes, ms: ms() };
    } catch (error) {
      return { failed: failureOf(error), ms: ms() };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.open.destroy()]);
  }

  private async read(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > this.limits.answerBytes) throw new AnswerTooLarge(); // leaving the loop ends the connection
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** The status is the answer. What follows it is read for a little, so that the connection can be used again, and thrown away. */
  private async discard(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
    await body.dump({ limit: this.limits.answerBytes }).catch(() => undefined);
    return Buffer.alloc(0);
  }
}

const plainHeaders = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join(', ')]])));

/** Resolves a name and hands over its addresses only if every one of them is public: one private address among them and none is called. */
const judged =
  (look: typeof resolve, mayReach: (address: string) => boolean): LookupFunction =>
  (hostname, options, callback) => {
    look(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0];
      if (error || !first) return callback(error ?? new NotPublic(), '', 0);
      if (!addresses.every(({ address }) => mayReach(address))) return callback(new NotPublic(), '', 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
