import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Json } from './front.js';

export type Heard = { readonly id: string; readonly event: string; readonly data: Json };

/** Reads a stream of server-sent events until `enough` says so; the connection is cut then. */
export const listen = async (
  url: string,
  token: string,
  enough: (heard: readonly Heard[]) => boolean,
  lastEventId?: string,
  seconds = 30,
): Promise<Heard[]> => {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), seconds * 1000);
  const heard: Heard[] = [];
  try {
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}`, ...(lastEventId && { 'last-event-id': lastEventId }) },
      signal: cut.signal,
    });
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      rest += chunk;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const fields = new Map(
          rest
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
        );
        rest = rest.slice(end + 2);
        if (!fields.has('data')) continue;
        heard.push({ id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data: JSON.parse(fields.get('data')!) });
        if (enough(heard)) return heard;
      }
    }
    return heard;
  } catch (error) {
    if (cut.signal.aborted) throw new Error(`${url} told ${heard.length} events in ${seconds} s, which was not enough`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    cut.abort();
  }
};

/** A platform's webhook receiver: verifies every signature, and can be down for a while. */
export const webhookReceiver = async (host = '127.0.0.1') => {
  const received: { id: string; body: Json }[] = [];
  let secret = '';
  let down = false;
  let turnedAway = 0;
  let forged = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (down) {
        turnedAway++;
        response.writeHead(503).end();
        return;
      }
      try {
        new Webhook(secret).verify(body, request.headers as Record<string, string>);
        received.push({ id: String(request.headers['webhook-id']), body: JSON.parse(body) });
        response.writeHead(204).end();
      } catch {
        forged++;
        response.writeHead(401).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host === '127.0.0.1' ? host : '0.0.0.0', resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/recourse`,
    received,
    believe: (told: string) => (secret = told),
    goDown: () => (down = true),
    comeBack: () => (down = false),
    get turnedAway() {
      return turnedAway;
    },
    get forged() {
      return forged;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
