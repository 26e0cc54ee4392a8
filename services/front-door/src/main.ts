import { startFrontDoor } from './index.js';
import { services } from './routing.js';

/** The front door as a process of its own, for containers. `RECOURSE_CASE_TRACKING_URL` and its like say where the services are. */
const { RECOURSE_SERVICE_PORT = '4000', RECOURSE_HOST = '127.0.0.1', RECOURSE_ISSUER_URL, RECOURSE_MAIL_URL } = process.env;

const variable = (service: string): string => `RECOURSE_${service.replaceAll('-', '_').toUpperCase()}_URL`;
const upstreams = Object.fromEntries(
  services.map((service, at) => [
    service,
    process.env[variable(service)] ?? `http://127.0.0.1:${service === 'governance' ? 4010 : 4001 + at}`,
  ]),
);

const { stop } = await startFrontDoor({
  port: Number(RECOURSE_SERVICE_PORT),
  host: RECOURSE_HOST,
  upstreams,
  log: process.stdout,
  ...(RECOURSE_ISSUER_URL && { issuer: RECOURSE_ISSUER_URL }),
  ...(RECOURSE_MAIL_URL && { mail: RECOURSE_MAIL_URL }),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().then(() => process.exit(0)));
