import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { AddressObject } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type MailSinkOptions = {
  /** 0 takes any free port. */
  readonly smtpPort: number;
  readonly httpPort: number;
  readonly host?: string;
  /** The sink forgets its oldest mail when it holds more than this. */
  readonly most?: { readonly mails: number; readonly bytes: number };
};

export type Mail = {
  readonly id: string;
  readonly receivedAt: string;
  readonly from: string;
  /** Whom the envelope named. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type MailSink = {
  /** `smtp://127.0.0.1:4007` */
  readonly smtpUrl: string;
  /** `http://127.0.0.1:4008`: see GET /dev/mail there. */
  readonly url: string;
  stop(): Promise<void>;
};

const largestMail = 1024 * 1024;

/**
 * Takes every mail and delivers none, so that nothing leaves a development machine. Mail stays in memory and can be read over HTTP:
 * `GET /dev/mail?to=` lists it, newest first; `GET /dev/mail/<id>` shows one. Two kinds of address let senders practise:
 * `…+refused@` does not exist (550), `…+later@` cannot be reached now (451).
 */
export const startMailSink = async (options: MailSinkOptions): Promise<MailSink> => {
  const { smtpPort, httpPort, host = '127.0.0.1', most = { mails: 500, bytes: 16 * 1024 * 1024 } } = options;
  const shelf = new Shelf(most);

  const smtp = new SMTPServer({
    name: 'mail-sink',
    size: largestMail,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, done) => done(objectionTo(address)),
    onData: (stream, { envelope }, done) => {
      buffer(stream)
        .then(async (bytes) => {
          if (stream.sizeExceeded) throw smtpError(552, `Mail may have ${largestMail} bytes.`);
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          shelf.add(
            await parsed(
              bytes,
              from,
              envelope.rcptTo.map(({ address }) => address),
            ),
            bytes.length,
          );
          done();
        })
        .catch(done);
    },
  });
  smtp.on('error', () => undefined); // of one connection; the sender sees it on its own side

  const http = createServer((request, response) => answer(shelf, request, response));
  await listen(smtp.server, smtpPort, host);
  await listen(http, httpPort, host);
  const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port;
  return {
    smtpUrl: `smtp://${host}:${portOf(smtp.server)}`,
    url: `http://${host}:${portOf(http)}`,
    stop: async () => {
      http.closeAllConnections();
      await Promise.all([new Promise((resolve) => http.close(resolve)), new Promise<void>((resolve) => smtp.close(resolve))]);
    },
  };
};

/** The newest mail, as much as fits. */
class Shelf {
  private readonly mails: { readonly mail: Mail; readonly size: number }[] = [];
  private bytes = 0;

  constructor(private readonly most: { readonly mails: number; readonly bytes: number }) {}

  add(mail: Mail, size: number): void {
    this.mails.push({ mail, size });
    this.bytes += size;
    while (this.mails.length > this.most.mails || this.bytes > this.most.bytes) this.bytes -= this.mails.shift()!.size;
  }

  to(recipient: string | null): Mail[] {
    const wanted = recipient?.toLowerCase();
    const found = this.mails.filter(({ mail }) => !wanted || mail.to.some((address) => address.toLowerCase() === wanted));
    return found.map(({ mail }) => mail).reverse();
  }

  find(id: string): Mail | undefined {
    return this.mails.find(({ mail }) => mail.id === id)?.mail;
  }
}

const answer = (shelf: Shelf, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sink');
  const say = (status: number, body: object): void => {
    const type = status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(JSON.stringify(body, undefined, 2));
  };
  const refuse = (status: number, code: string, title: string): void =>
    say(status, { type: `https://recourse.example/problems/${code}`, title, status, code });

  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'method-not-allowed', 'Mail can only be read here');
  if (pathname === '/livez') return say(200, { status: 'live' });
  if (pathname === '/dev/mail') {
    const mails = shelf.to(searchParams.get('to')).map(({ id, receivedAt, from, to, subject }) => ({ id, receivedAt, from, to, subject }));
    return say(200, { mails });
  }
  const mail = shelf.find(/^\/dev\/mail\/([0-9a-f-]{36})$/.exec(pathname)?.[1] ?? '');
  return mail ? say(200, mail) : refuse(404, 'not-found', 'There is no such mail, or it was forgotten');
};

const parsed = async (bytes: Buffer, from: string, to: readonly string[]): Promise<Mail> => {
  // Loaded with the first mail: until then it would only cost memory.
  const { simpleParser } = await import('mailparser');
  const { subject = '', text = '', html, headers } = await simpleParser(bytes);
  return {
    id: randomUUID(),
    receivedAt: new Date().toISOString(),
    from,
    to,
    subject,
    text,
    ...(html && { html }),
    headers: Object.fromEntries([...headers].map(([name, value]) => [name, written(value)])),
  };
};

const written = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return (value as Partial<AddressObject>).text ?? JSON.stringify(value);
};

const smtpError = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

const objectionTo = (address: string): Error | null => {
  if (/\+refused@/i.test(address)) return smtpError(550, 'There is no such mailbox.');
  if (/\+later@/i.test(address)) return smtpError(451, 'The mailbox cannot be reached now.');
  return null;
};

type Listening = {
  listen(port: number, host: string, done: () => void): unknown;
  once(event: 'error', failed: (error: Error) => void): unknown;
};

const listen = (server: Listening, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
