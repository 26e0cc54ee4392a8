import rateLimit, { type RateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { houseVariables } from '../configuring.js';
import { Problem } from '../refusing.js';
import type { Runtime } from '../runtime.js';
import { grantedBy, keyOf, rateLimitHeaders, refusing, shownTo, windowSeconds, type Counted, type PolicyName } from './throttling.js';

/** Keys remembered at once; the longest unused is forgotten first. */
const mostKeys = 50_000;

/** Whoever looks after the process asks these as often as he likes; nothing behind them costs anything. */
const uncounted = /^\/(livez|readyz|metrics)$/;

type Count = (request: FastifyRequest) => Promise<Counted>;

/** Before anybody is asked who he is: requests without a token are counted by the address they come from. To be called before the guard is put up. */
export const countStrangers = async (fastify: FastifyInstance, { configuration }: Runtime): Promise<void> => {
  await fastify.register(rateLimit, { global: false, timeWindow: windowSeconds * 1000 });
  const count = counter(fastify, 'address', { max: configuration.of(houseVariables.publicRate) });
  fastify.addHook('onRequest', async (request, reply) => {
    if (uncounted.test(request.routeOptions.url ?? '')) return;
    const open = request.is404 || request.routeOptions.config.allow === 'anyone';
    if (open || request.headers.authorization === undefined) answer(reply, [await count(request)]);
  });
  // A token that is no good counts for whoever sends it, though never against others at that address whose tokens are.
  fastify.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode === 401 && request.headers.authorization !== undefined) await count(request);
  });
};

/** Once it is known who calls: the platform, its client and the person are each counted. To be called after the guard is put up. */
export const countCallers = (fastify: FastifyInstance, { limits }: Runtime): void => {
  const counters = (['tenant', 'client', 'subject'] as const).map((policy) =>
    counter(fastify, policy, {
      max: (request) => grantedBy(policy, limits.of(request.caller.tenant)),
      keyGenerator: (request) => keyOf(policy, request.caller),
    }),
  );
  fastify.addHook('onRequest', async (request, reply) => {
    const caller = request.caller as typeof request.caller | null;
    if (!caller) return;
    const counted = await Promise.all(counters.map((count) => count(request)));
    answer(reply, counted, shownTo(caller.role, counted));
  });
};

const counter = (fastify: FastifyInstance, policy: PolicyName, counting: Pick<RateLimitOptions, 'max' | 'keyGenerator'>): Count => {
  const options: RateLimitOptions = { ...counting, cache: mostKeys };
  const limiter = fastify.createRateLimit(options);
  return async (request) => {
    const counted = await limiter(request);
    if (counted.isAllowed) throw new Error('Nobody is exempted');
    const { max: most, remaining: left, ttlInSeconds: endsIn, isExceeded: exceeded } = counted;
    return { policy, most, left, endsIn, exceeded };
  };
};

const answer = (reply: FastifyReply, counted: readonly Counted[], shown = counted): void => {
  void reply.headers(rateLimitHeaders(shown));
  const no = refusing(counted);
  if (!no) return;
  throw new Problem(429, 'too-many-requests', {
    headers: { 'retry-after': String(Math.max(1, no.endsIn)) },
    facts: { policy: no.policy, most: no.most, seconds: windowSeconds },
  });
};
