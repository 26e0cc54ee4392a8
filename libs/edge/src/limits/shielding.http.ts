import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** A year and a day, in seconds. */
const oneYear = 31_622_400;

/**
 * The headers that make browsers careful. This API is for programs: nothing of it may be framed, run or read by another site, so a page of its own
 * (`/docs`) says what it needs itself. There is no CORS header at all, and a preflight hears 405: no browser lends its user's hand to a stranger's page.
 */
export const shield = async (fastify: FastifyInstance): Promise<void> => {
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    hsts: false,
  });
  // Said only where it is true: over plain HTTP the header means nothing, and a trusted proxy may have taken TLS off.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.protocol === 'https') void reply.header('strict-transport-security', `max-age=${oneYear}; includeSubDomains`);
    done();
  });
};
