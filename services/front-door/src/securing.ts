import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import type { FastifyInstance } from 'fastify';

/** A certificate with its key, and who must have signed those of the other side. All PEM. */
export type Papers = { readonly cert?: Buffer; readonly key?: Buffer; readonly ca?: Buffer };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the files that `<prefix>_CERT`, `<prefix>_KEY` and so on name. One without the other is a mistake, and plain text would be another one. */
export const papersFrom = (
  environment: Environment,
  names: { readonly cert: string; readonly key: string; readonly ca: string },
): Papers | undefined => {
  const read = (name: string): Buffer | undefined => {
    const path = environment[name];
    if (!path) return undefined;
    try {
      return readFileSync(path);
    } catch (error) {
      throw new Error(`the file that ${name} names cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  };
  const [cert, key, ca] = [read(names.cert), read(names.key), read(names.ca)];
  if (!cert !== !key) throw new Error(`${names.cert} and ${names.key} belong together: ${cert ? names.key : names.cert} is not set`);
  if (!cert && !ca) return undefined;
  if (cert && key && !new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error(`${names.key} is not the key of ${names.cert}`);
  return { ...(cert && key && { cert, key }), ...(ca && { ca }) };
};

/** How the door listens; whoever calls shows a certificate when an authority is named. */
export const listening = ({ ca, ...pair }: Papers): TlsOptions => {
  if (!pair.cert) throw new Error('an authority for callers needs a certificate to listen with');
  return { ...pair, minVersion: 'TLSv1.2', ...(ca && { ca, requestCert: true, rejectUnauthorized: true }) };
};

/** What makes browsers careful, as every service says it too; a page of the door's own says what it needs itself. */
const careful: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The issuer's pages are its own affair: they post forms, and say what may be on them. */
const issuersPage = /^\/issuer(\/|$)/;

/** Every answer that does not say otherwise gets these. Over TLS, ours or that of a proxy we trust, browsers shall never ask in clear again. */
export const shield = (app: FastifyInstance): void => {
  app.addHook('onSend', (request, reply, _payload, done) => {
    for (const [name, value] of Object.entries(careful))
      if (!reply.hasHeader(name) && !(name === 'content-security-policy' && issuersPage.test(request.url))) void reply.header(name, value);
    if (request.protocol === 'https') void reply.header('strict-transport-security', 'max-age=31622400; includeSubDomains');
    done();
  });
};
