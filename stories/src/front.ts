import { randomUUID } from 'node:crypto';

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the stories read whatever JSON the front door answers, and say what they expect of it
export type Json = any;

type Sending = { readonly key?: string; readonly ifMatch?: string; readonly language?: string; readonly headers?: Record<string, string> };

/** The front door answered something a story did not expect. */
export class Unexpected extends Error {
  constructor(
    asked: string,
    readonly answer: Answer,
  ) {
    super(`${asked} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 1500)}`);
  }
}

/** Somebody at the front door, with a token: everything the stories do goes through here. */
export class AtTheFrontDoor {
  constructor(
    readonly url: string,
    readonly token?: () => Promise<string>,
  ) {}

  async ask(method: string, path: string, body?: unknown, sending: Sending = {}): Promise<Answer> {
    const raw = body instanceof Uint8Array || typeof body === 'string';
    const response = await fetch(this.url + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(this.token && { authorization: `Bearer ${await this.token()}` }),
        ...(body !== undefined && !raw && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && { 'idempotency-key': sending.key ?? randomUUID() }),
        ...(sending.ifMatch !== undefined && { 'if-match': sending.ifMatch }),
        ...(sending.language && { 'accept-language': sending.language }),
        ...sending.headers,
      },
      ...(body !== undefined && { body: raw || body instanceof FormData ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text };
  }

  /** GET, expecting 200. */
  async see(path: string, sending: Sending = {}): Promise<Json> {
    const answer = await this.ask('GET', path, undefined, sending);
    if (answer.status !== 200) throw new Unexpected(`GET ${path}`, answer);
    return answer.body;
  }

  /** POST, expecting 200 or 201. */
  async post(path: string, body: unknown = {}, sending: Sending = {}): Promise<Json> {
    return (await this.posted(path, body, sending)).body;
  }

  /** POST with the headers of the answer. */
  async posted(path: string, body: unknown = {}, sending: Sending = {}): Promise<Answer> {
    const answer = await this.ask('POST', path, body, sending);
    if (answer.status !== 200 && answer.status !== 201) throw new Unexpected(`POST ${path}`, answer);
    return answer;
  }

  /** Reads the noun's current version and judges by it: what a console does before a decision. */
  async judge(noun: string, path: string, body: unknown = {}): Promise<Json> {
    const seen = await this.ask('GET', noun);
    if (seen.status !== 200) throw new Unexpected(`GET ${noun}`, seen);
    return this.post(path, body, { ifMatch: seen.headers.get('etag') ?? '' });
  }

  /** POST, expecting this refusal. Answers the problem document. */
  async refused(code: string, path: string, body: unknown = {}, sending: Sending = {}): Promise<Json> {
    const answer = await this.ask('POST', path, body, sending);
    if (answer.status < 400 || answer.body.code !== code) throw new Unexpected(`POST ${path}, which should be refused as ${code},`, answer);
    return answer.body;
  }
}

/** Asks again until the answer is there: what happens between services happens soon, not at once. */
export const eventually = async <T>(what: string, look: () => Promise<T | undefined | false>, seconds = 30): Promise<T> => {
  const until = Date.now() + seconds * 1000;
  let last: unknown;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 500)) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
      if (!(error instanceof Unexpected) || (error.answer.status >= 500 && error.answer.status !== 503)) throw error;
    }
    if (Date.now() > until)
      throw new Error(`waited ${seconds} s in vain: ${what}${last instanceof Error ? ` (last: ${last.message})` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};
