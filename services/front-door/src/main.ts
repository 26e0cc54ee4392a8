import { startFrontDoor } from './index.js';
import { services } from './routing.js';
import { papersFrom } from './securing.js';

/**
 * The front door as a process of its own, for containers. `RECOURSE_CASE_TRACKING_URL` and its like say where the services are; those that begin with
 * https:// are asked over TLS.
 */
const { RECOURSE_SERVICE_PORT = '4000', RECOURSE_HOST = '127.0.0.1', RECOURSE_ISSUER_URL, RECOURSE_MAIL_URL } = process.env;
const { RECOURSE_TRUST_PROXY = 'none' } = process.env;

const variable = (service: string): string => `RECOURSE_${service.replaceAll('-', '_').toUpperCase()}_URL`;
const upstreams = Object.fromEntries(
  services.map((service, at) => [
    service,
    process.env[variable(service)] ?? `http://127.0.0.1:${service === 'governance' ? 4010 : 4001 + at}`,
  ]),
);

const papers = (() => {
  try {
    return {
      tls: papersFrom(process.env, { cert: 'RECOURSE_TLS_CERT', key: 'RECOURSE_TLS_KEY', ca: 'RECOURSE_TLS_CLIENT_CA' }),
      upstreamTls: papersFrom(process.env, { cert: 'RECOURSE_UPSTREAM_CERT', key: 'RECOURSE_UPSTREAM_KEY', ca: 'RECOURSE_UPSTREAM_CA' }),
    };
  } catch (error) {
    process.stderr.write(`front-door cannot start: ${(error as Error).message}\n`);
    process.exit(2);
  }
})();

const { stop } = await startFrontDoor({
  port: Number(RECOURSE_SERVICE_PORT),
  host: RECOURSE_HOST,
  upstreams,
  log: process.stdout,
  trustProxy: RECOURSE_TRUST_PROXY === 'none' ? [] : RECOURSE_TRUST_PROXY.split(',').map((part) => part.trim()),
  ...(papers.tls && { tls: papers.tls }),
  ...(papers.upstreamTls && { upstreamTls: papers.upstreamTls }),
  ...(RECOURSE_ISSUER_URL && { issuer: RECOURSE_ISSUER_URL }),
  ...(RECOURSE_MAIL_URL && { mail: RECOURSE_MAIL_URL }),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().then(() => process.exit(0)));
