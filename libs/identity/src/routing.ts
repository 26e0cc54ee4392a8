import type { FastifyContextConfig } from 'fastify';
import type { Rule } from './allowing.js';
import type { ReachName } from './reaching.js';
import type { Freshness } from './refreshing.js';

/** One row of the table of routes: a method, the path as fastify knows it, who may use it, what is reached by its ids, how old a login may be. */
export type RouteRow = {
  readonly method: string;
  readonly url: string;
  readonly rule?: Rule | undefined;
  readonly reach?: readonly ReachName[] | undefined;
  readonly fresh?: Freshness | undefined;
};

type RouteOptions = {
  method: string | string[];
  url: string;
  config?: Pick<FastifyContextConfig, 'allow' | 'reach' | 'fresh'> | undefined;
};
type Routed = { addHook(name: 'onRoute', hook: (route: RouteOptions) => void): unknown };

/** Collects every route that is registered from now on, whoever registers it. Paths that match `open` are open to anyone. */
export const collectRoutes = (fastify: Routed, open: RegExp = /^\/(docs|openapi\.json)(\/|$)/): RouteRow[] => {
  const rows: RouteRow[] = [];
  fastify.addHook('onRoute', (route) => {
    if (open.test(route.url)) route.config = { ...route.config, allow: 'anyone' };
    const { allow: rule, reach, fresh } = route.config ?? {};
    for (const method of [route.method].flat()) rows.push({ method, url: route.url, rule, reach, fresh });
  });
  return rows;
};

/** A route without a policy does not start, nor one with an id of which nobody says what it reaches: the error names all of them. */
export const mustHaveRules = (rows: readonly RouteRow[]): void => {
  const bare = rows.filter(({ rule }) => rule === undefined).map(({ method, url }) => `${method} ${url}`);
  if (bare.length > 0) throw new Error(`Nobody is said to be allowed here; add @Allow(...) or @AllowAnyone(): ${bare.join(', ')}`);
  const boundless = rows.filter(({ url, reach }) => /\/:/.test(url) && reach === undefined).map(({ method, url }) => `${method} ${url}`);
  if (boundless.length > 0)
    throw new Error(
      `An id in a path reaches things of others unless somebody says what it reaches; add @Reach(...): ${boundless.join(', ')}`,
    );
};

/** The table of routes, a line each, as it is printed for a reviewer. */
export const describeRoutes = (rows: readonly RouteRow[]): string =>
  rows
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, rule }) => `${method.padEnd(7)} ${url.padEnd(48)} ${whoMay(rule)}`)
    .join('\n');

const whoMay = (rule: Rule | undefined): string => (rule === undefined ? 'nobody' : rule === 'anyone' ? 'anyone' : rule.roles.join(', '));

/** Which methods a path knows: what a 405 names in Allow. Looked up only when something is wrong. */
export const methodsAt = (rows: readonly RouteRow[]): ((url: string) => readonly string[]) => {
  const patterns = rows.map(({ method, url }) => ({ method, url, path: patternOf(url) }));
  return (url) => {
    const path = url.split('?', 1)[0] ?? url;
    // An address of its own is no id of the resource beside it: nobody reads a case by the name `searches`.
    const own = patterns.filter((row) => row.url === path);
    const fitting = own.length > 0 ? own : patterns.filter((row) => row.path.test(path));
    return [...new Set(fitting.map(({ method }) => method))].sort();
  };
};

const patternOf = (url: string): RegExp => {
  const literal = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/:[A-Za-z]\w*/g, '[^/]+').replace(/\*/g, '.*')}/?$`);
};
