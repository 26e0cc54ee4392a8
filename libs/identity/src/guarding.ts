import type { FastifyRequest } from 'fastify';
import type { Rule } from './allowing.js';
import type { Caller } from './calling.js';
import { mustBeFresh } from './refreshing.js';
import { AccessRefused, type AccessCode } from './refusing.js';
import type { Verify } from './verifying.js';

type Guarded = {
  decorateRequest(name: 'caller' | 'callerUntil', value: null): unknown;
  addHook(name: 'onRequest', hook: (request: FastifyRequest) => Promise<void>): unknown;
};

/** Why a caller whose token is good does not come in all the same; undefined when he does. */
export type Admits = (caller: Caller) => AccessCode | undefined;

/**
 * Asks who calls before a byte of the body is read, on every route, Nest's or not. (A Nest guard runs after the body was parsed,
 * so a stranger with broken JSON would hear about his JSON, and never for routes of plugins.)
 */
export const guardRoutes = (fastify: Guarded, verify: Verify, admits: Admits = () => undefined): void => {
  fastify.decorateRequest('caller', null);
  fastify.decorateRequest('callerUntil', null);
  fastify.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { allow: rule, fresh } = request.routeOptions.config;
    if (rule === 'anyone') return;
    const { caller, expires } = await verify(request.headers.authorization);
    check(rule, caller);
    const not = admits(caller);
    if (not) throw new AccessRefused(not);
    if (fresh) mustBeFresh(fresh, caller, Date.now());
    request.caller = caller;
    request.callerUntil = expires;
  });
};

const check = (rule: Exclude<Rule, 'anyone'> | undefined, caller: Caller): void => {
  if (!rule?.roles.includes(caller.role)) throw new AccessRefused('role-not-allowed');
};
