import { SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';
import type { Caller, Role } from './calling.js';
import type { ReachName } from './reaching.js';
import { freshness, type Freshness, type LoginAge } from './refreshing.js';

/** Who may use a route. `anyone` needs no token at all. */
export type Rule = 'anyone' | { readonly roles: readonly Role[] };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use this route; a route without it stops the service from starting. */
    allow?: Rule;
    /** Which things of its kind a caller reaches here; a path with an id and without it stops the service from starting. */
    reach?: readonly ReachName[];
    /** How long ago staff may have signed in. */
    fresh?: Freshness;
  }
  interface FastifyRequest {
    /** Set before the body is read on every route that is not open to anyone. */
    caller: Caller;
    /** When the caller's token ends (milliseconds): streams do not outlive it. */
    callerUntil: number;
  }
}

export const ALLOW = Symbol.for('recourse.allow');
export const REACH = Symbol.for('recourse.reach');
export const FRESH = Symbol.for('recourse.fresh');

/** Adds to what a route's configuration says already. (Nest's own RouteConfig replaces it.) */
const configure = (handler: object, name: symbol, value: unknown, part: FastifyContextConfig): void => {
  SetMetadata(name, value)(handler as never);
  const said = (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) ?? {}) as FastifyContextConfig;
  RouteConfig({ ...said, ...part })(handler as never);
};

type HandlerDecorator = (target: object, name: string | symbol, descriptor: PropertyDescriptor) => void;

const allow =
  (rule: Rule): HandlerDecorator =>
  (_target, _name, { value }) =>
    configure(value as object, ALLOW, rule, { allow: rule });

/** The roles that may call this route. Write it once on each handler: the topmost of two wins whole. */
export const Allow = (first: Role, ...others: Role[]): HandlerDecorator => allow({ roles: [first, ...others] });

/** Open to the world: no token is asked for or looked at. */
export const AllowAnyone = (): HandlerDecorator => allow('anyone');

/**
 * Which things a caller reaches by the id in the path. On a controller it holds for every route that says nothing of its own. It names the check;
 * the check itself is made where the thing is read.
 */
export const Reach =
  (first: ReachName, ...others: ReachName[]) =>
  (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const reach = [first, ...others];
    if (descriptor) configure(descriptor.value as object, REACH, reach, { reach });
    else for (const handler of silentHandlers(target as { prototype: object })) configure(handler, REACH, reach, { reach });
  };

/** Staff must have signed in within this time, and strongly enough: `@Fresh({ within: 'PT15M' })`. Machines do not sign in and are not asked. */
export const Fresh = (age: LoginAge): HandlerDecorator => {
  const fresh = freshness(age);
  return (_target, _name, { value }) => configure(value as object, FRESH, fresh, { fresh });
};

/** The routes of a controller of which nobody has said what is reached through them. */
const silentHandlers = ({ prototype }: { prototype: object }): readonly object[] =>
  Object.getOwnPropertyNames(prototype)
    .map((name): unknown => Object.getOwnPropertyDescriptor(prototype, name)?.value)
    .filter((value): value is object => typeof value === 'function')
    .filter((handler) => Reflect.hasMetadata(ALLOW, handler) && !Reflect.hasMetadata(REACH, handler));
