import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';

export type Mail = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** What became of one try. Reasons are codes: answers of mail servers name people. */
export type Mailed = { readonly then: 'sent' } | { readonly then: 'rejected' } | { readonly then: 'failed'; readonly why: string };

/** All of a try together, in milliseconds: less than the silence after which another try begins. */
const patience = 20_000;

/** Hands mail in at an SMTP server, a few connections side by side. */
export class Mailer {
  private readonly transport: Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options>;

  constructor(
    url: string,
    private readonly address: string,
  ) {
    this.transport = createTransport({
      url,
      pool: true,
      maxConnections: 4,
      connectionTimeout: 5_000,
      greetingTimeout: 5_000,
      socketTimeout: 10_000,
      dnsTimeout: 5_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ id, from, to, subject, text, html }: Mail): Promise<Mailed> {
    const over = new AbortController();
    const late = new Promise<Mailed>((resolve) => {
      const timer = setTimeout(() => resolve({ then: 'failed', why: 'no-answer-in-time' }), patience);
      over.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const mailed = this.transport
      .sendMail({
        messageId: id,
        from: { name: from, address: this.address },
        to: { name: '', address: to },
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      })
      .then((): Mailed => ({ then: 'sent' }), failureOf);
    return Promise.race([mailed, late]).finally(() => over.abort());
  }

  close(): void {
    this.transport.close();
  }
}

const codes: Readonly<Record<string, string>> = {
  ECONNECTION: 'no-connection',
  ECONNREFUSED: 'no-connection',
  ESOCKET: 'no-connection',
  EDNS: 'server-not-found',
  ETIMEDOUT: 'no-answer-in-time',
  EAUTH: 'server-refused-us',
  ETLS: 'certificate-not-trusted',
  EENVELOPE: 'address-not-taken-now',
  EMESSAGE: 'message-not-taken-now',
};

/** 5xx about the address or the mail is for ever; everything else may be different in a minute. */
const failureOf = (raised: { readonly code?: string; readonly responseCode?: number }): Mailed => {
  const { code = '', responseCode = 0 } = raised;
  const forEver = responseCode >= 500 && responseCode < 600 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  return forEver ? { then: 'rejected' } : { then: 'failed', why: codes[code] ?? 'mail-server-failed' };
};
