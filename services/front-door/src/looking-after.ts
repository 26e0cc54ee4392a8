import type { FastifyInstance } from 'fastify';
import type { Dispatcher } from 'undici';
import { services, type ServiceName } from './routing.js';

export type Upstreams = Readonly<Partial<Record<ServiceName, string>>>;

const patience = 5_000;

const answers = async (agent: Dispatcher, url: string): Promise<boolean> => {
  try {
    const { origin, pathname } = new URL(url);
    const { statusCode, body } = await agent.request({ origin, path: pathname, method: 'GET', signal: AbortSignal.timeout(patience) });
    await body.dump();
    return statusCode >= 200 && statusCode < 300;
  } catch {
    return false;
  }
};

/** `/livez`: the door stands. `/healthz`: everything behind it is ready, or 503 and what is not. */
export const lookAfter = (app: FastifyInstance, agent: Dispatcher, upstreams: Upstreams, issuer: string | undefined): void => {
  const questions: [string, string | undefined][] = [
    ...services.map((service): [string, string | undefined] => [service, upstreams[service] && `${upstreams[service]}/readyz`]),
    ...(issuer ? [['issuer', `${issuer}/jwks`] as [string, string]] : []),
  ];

  app.get('/livez', async (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }));

  const askAll = () =>
    Promise.all(questions.map(async ([name, url]) => [name, url && (await answers(agent, url)) ? 'ready' : 'not-ready'] as const));
  // Anybody may ask, and each question is seven of ours: however many ask at once, the services hear it once.
  let asking: ReturnType<typeof askAll> | undefined;
  app.get('/healthz', async (_, reply) => {
    const states = await (asking ??= askAll().finally(() => (asking = undefined)));
    const ready = states.every(([, state]) => state === 'ready');
    return reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not-ready', services: Object.fromEntries(states) });
  });
};
