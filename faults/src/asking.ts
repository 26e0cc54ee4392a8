import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Histories, Line } from './checking/histories.js';
import type { Drawing } from './drawing.js';
import type { Asked } from './serving/saying.js';

export type Reply = { readonly status: number; readonly version?: number; readonly positions?: readonly number[] };

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });

/** One try. Rejects when no reply came; `sent` on the error says whether the request may have arrived. */
export const post = (port: number, asked: Asked, ms = 15_000): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(asked);
    const request = http.request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (reply) => {
        let text = '';
        reply.on('data', (chunk: Buffer) => (text += chunk.toString()));
        reply.on('end', () => resolve({ status: reply.statusCode!, ...(JSON.parse(text || '{}') as object) }));
        reply.on('error', reject);
        reply.on('aborted', () => reject(new Error('The reply broke off.')));
      },
    );
    request.setTimeout(ms, () => request.destroy(new Error('No reply came.')));
    request.on('error', (error: NodeJS.ErrnoException) => reject(Object.assign(error, { sent: error.code !== 'ECONNREFUSED' })));
    request.end(body);
  });

/** Clients that may wait at once; with nobody to answer, no more come. */
const mostWaiting = 120;

export type Load = {
  readonly drawing: Drawing;
  readonly histories: Histories;
  /** Ports that may answer now; none while the service is away. */
  readonly doors: () => readonly number[];
  /** Operations a second, sent whether or not earlier ones have been answered. */
  readonly rate: number;
  readonly streams: number;
  /** Milliseconds a client goes on asking under the same key. A third of the clients never ask twice. */
  readonly patience?: number;
  /** What the operation is called; some names are poison. */
  readonly name?: (n: number) => string;
  /** Where it goes; anywhere unless said otherwise. */
  readonly stream?: (n: number) => string | undefined;
  /** Every client asks again until it is answered. */
  readonly stubborn?: boolean;
};

/** Clients who write down what they ask and what they are told. */
export class Clients {
  readonly #going = new Set<Promise<void>>();
  #over = false;
  #sent = 0;
  /** Tries that ended without a reply. */
  lostReplies = 0;
  /** Requests that a draining or unreachable service declined, and the client asked again. */
  declined = 0;
  lastOk = Date.now();
  /** The longest time in which nobody got a yes. Milliseconds. */
  longestSilence = 0;
  #waits: { readonly since: number; readonly resolve: (ms: number) => void }[] = [];

  constructor(private readonly load: Load) {}

  /** Asks until `stop`. */
  start(): this {
    void (async () => {
      const began = Date.now();
      for (let n = 0; !this.#over; n++) {
        const due = began + (n * 1000) / this.load.rate;
        if (due > Date.now()) await pause(due - Date.now());
        if (!this.#over && this.#going.size < mostWaiting) this.#send();
      }
    })();
    return this;
  }

  get sent(): number {
    return this.#sent;
  }

  /** No new operation; those under way come to an end. */
  async stop(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#going);
  }

  /** Resolves at the next yes to something asked from now on, with the milliseconds it took. */
  nextOk(): Promise<number> {
    return new Promise((resolve) => this.#waits.push({ since: Date.now(), resolve }));
  }

  #send() {
    const { drawing, streams, name, stream, stubborn } = this.load;
    const op = name?.(this.#sent) ?? `op-${this.#sent}`;
    const anywhere = `case-${drawing.between(1, streams)}`;
    const asked: Asked = { op, stream: stream?.(this.#sent) ?? anywhere, events: drawing.between(1, 3) };
    this.#sent++;
    const asking = this.#ask(asked, drawing.next() < 1 / 3 && !stubborn).catch(() => undefined);
    this.#going.add(asking);
    void asking.then(() => this.#going.delete(asking));
  }

  /** Under the same key until there is an answer, as the API asks of its clients; or once. */
  async #ask(asked: Asked, once: boolean): Promise<void> {
    const { doors, drawing, patience = 30_000 } = this.load;
    for (const giveUp = Date.now() + patience; ; await pause(150)) {
      const open = doors();
      if (open.length > 0) {
        const told = await this.#try(drawing.one(open), asked);
        if (told !== 'unknown' && told !== 'declined') return;
        if (told === 'declined') this.declined++;
        if (told === 'unknown' && once) return;
      }
      if (Date.now() > giveUp) return;
    }
  }

  async #try(port: number, asked: Asked): Promise<'ok' | 'fail' | 'unknown' | 'declined'> {
    const { op, stream, events } = asked;
    this.#note({ do: 'invoke', op, stream, events });
    const sent = Date.now();
    try {
      const { status, positions } = await post(port, asked);
      if (status === 201 || status === 200) {
        this.#ok(sent);
        this.#note({ do: 'ok', op, ...(positions && { positions }) });
        return 'ok';
      }
      // 503 may come after the store lost sight of an append: that, too, is not knowing.
      this.#note({ do: status < 500 ? 'fail' : 'unknown', op });
      return status < 500 ? 'fail' : 'declined';
    } catch (error) {
      const arrived = (error as { sent?: boolean }).sent !== false;
      if (arrived) this.lostReplies++;
      this.#note({ do: arrived ? 'unknown' : 'fail', op });
      return arrived ? 'unknown' : 'declined';
    }
  }

  #ok(sent: number) {
    const now = Date.now();
    this.longestSilence = Math.max(this.longestSilence, now - this.lastOk);
    this.lastOk = now;
    const answered = this.#waits.filter(({ since }) => since <= sent);
    this.#waits = this.#waits.filter(({ since }) => since > sent);
    for (const { since, resolve } of answered) resolve(now - since);
  }

  #note(line: Line) {
    this.load.histories.note(line);
  }
}
