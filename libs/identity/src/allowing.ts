import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Caller, Role } from './calling.js';

/** Who may use a route. `anyone` needs no token at all. */
export type Rule = 'anyone' | { readonly roles: readonly Role[] };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use this route; a route without it stops the service from starting. */
    allow?: Rule;
  }
  interface FastifyRequest {
    /** Set before the body is read on every route that is not open to anyone. */
    caller: Caller;
    /** When the caller's token ends (milliseconds): streams do not outlive it. */
    callerUntil: number;
  }
}

export const ALLOW = Symbol.for('recourse.allow');

const allow = (rule: Rule) => applyDecorators(SetMetadata(ALLOW, rule), RouteConfig({ allow: rule }));

/** The roles that may call this route. Write it once on each handler: the topmost of two wins whole. */
export const Allow = (first: Role, ...others: Role[]) => allow({ roles: [first, ...others] });

/** Open to the world: no token is asked for or looked at. */
export const AllowAnyone = () => allow('anyone');
