import type { FastifyInstance } from 'fastify';
import { services, type ServiceName } from './routing.js';

export type Upstreams = Readonly<Partial<Record<ServiceName, string>>>;

const patience = 5_000;

const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

/** `/livez`: the door stands. `/healthz`: everything behind it is ready, or 503 and what is not. */
export const lookAfter = (app: FastifyInstance, upstreams: Upstreams, issuer: string | undefined): void => {
  const questions: [string, string | undefined][] = [
    ...services.map((service): [string, string | undefined] => [service, upstreams[service] && `${upstreams[service]}/readyz`]),
    ...(issuer ? [['issuer', `${issuer}/jwks`] as [string, string]] : []),
  ];

  app.get('/livez', async (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }));

  app.get('/healthz', async (_, reply) => {
    const states = await Promise.all(
      questions.map(async ([name, url]) => [name, url && (await answers(url)) ? 'ready' : 'not-ready'] as const),
    );
    const ready = states.every(([, state]) => state === 'ready');
    return reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not-ready', services: Object.fromEntries(states) });
  });
};
