import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  Allow,
  ALLOW,
  AllowAnyone,
  AccessRefused,
  byOf,
  collectRoutes,
  describeRoutes,
  freshness,
  guardRoutes,
  isRole,
  methodsAt,
  mustHaveRules,
  type Caller,
} from './index.js';

const caller: Caller = { sub: 'w-1', role: 'platform', tenant: 'tidepay', client: 'tidepay-server', skills: [] };

describe('The table of routes', () => {
  const table = async (): Promise<{ fastify: FastifyInstance; rows: ReturnType<typeof collectRoutes> }> => {
    const fastify = Fastify();
    const rows = collectRoutes(fastify);
    await fastify.register(
      (inner, _options, done) => {
        inner.get('/cases/:id', { config: { allow: { roles: ['agent'] }, reach: ['own-tenant'] } }, () => 'case');
        inner.post('/cases/:id/closure', { config: { allow: { roles: ['agent', 'supervisor'] }, reach: ['own-tenant'] } }, () => 'closed');
        inner.get('/channels', { config: { allow: 'anyone' } }, () => 'channels');
        inner.get('/forgotten', () => 'forgotten');
        done();
      },
      { prefix: '/v1' },
    );
    fastify.get('/docs/page', () => 'docs');
    await fastify.ready();
    return { fastify, rows };
  };

  it('knows every route with its prefix and who may use it', async () => {
    const { rows } = await table();
    expect(
      describeRoutes(rows)
        .split('\n')
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      'GET /v1/cases/:id agent',
      'POST /v1/cases/:id/closure agent, supervisor',
      'GET /v1/channels anyone',
      'GET /v1/forgotten nobody',
      'GET /docs/page anyone',
    ]);
  });

  it('stops the start for a route of which nobody said who may use it', async () => {
    const { rows } = await table();
    expect(() => mustHaveRules(rows)).toThrow(/GET \/v1\/forgotten/);
    expect(() => mustHaveRules(rows.filter(({ url }) => url !== '/v1/forgotten'))).not.toThrow();
  });

  it('stops the start for a route with an id of which nobody said what it reaches', async () => {
    const fastify = Fastify();
    const rows = collectRoutes(fastify);
    fastify.get('/v1/letters/:id', { config: { allow: { roles: ['agent'] } } }, () => 'letter');
    fastify.get('/v1/letters', { config: { allow: { roles: ['agent'] } } }, () => 'letters');
    await fastify.ready();
    expect(() => mustHaveRules(rows)).toThrow(/@Reach\(\.\.\.\): GET \/v1\/letters\/:id/);
  });

  it('knows the methods of a path, for Allow', async () => {
    const { rows } = await table();
    const methods = methodsAt(rows);
    expect(methods('/v1/cases/7?x=1')).toEqual(['GET', 'HEAD']);
    expect(methods('/v1/cases/7/closure')).toEqual(['POST']);
    expect(methods('/v1/cases')).toEqual([]);
  });
});

describe('The guard', () => {
  const guarded = async () => {
    const fastify = Fastify();
    guardRoutes(fastify, async (authorization) => {
      if (authorization === 'Bearer stale') return { caller: { ...caller, role: 'supervisor', authTime: 1 }, expires: 42 };
      if (authorization !== 'Bearer good') throw new AccessRefused('token-missing');
      return { caller, expires: 42 };
    });
    fastify.setErrorHandler((error, _request, reply) =>
      reply.status((error as AccessRefused).status ?? 500).send({ code: (error as AccessRefused).code }),
    );
    fastify.post('/for-platforms', { config: { allow: { roles: ['platform'] } } }, (request) => ({
      sub: request.caller.sub,
      until: request.callerUntil,
    }));
    fastify.get('/for-agents', { config: { allow: { roles: ['agent'] } } }, () => 'secret');
    fastify.get('/for-all', { config: { allow: 'anyone' } }, (request) => ({ caller: request.caller }));
    fastify.get('/for-nobody', () => 'secret');
    fastify.get(
      '/for-fresh',
      { config: { allow: { roles: ['platform', 'supervisor'] }, fresh: freshness({ within: 'PT15M' }) } },
      () => 'done',
    );
    await fastify.ready();
    return fastify;
  };
  const authorization = 'Bearer good';

  it('lets in whose role is named', async () => {
    const answer = await (await guarded()).inject({ method: 'POST', url: '/for-platforms', headers: { authorization } });
    expect(answer.json()).toEqual({ sub: 'w-1', until: 42 });
  });
  it('asks who calls before it reads a body, even a broken one', async () => {
    const answer = await (
      await guarded()
    ).inject({ method: 'POST', url: '/for-platforms', headers: { 'content-type': 'application/json' }, payload: '{broken' });
    expect([answer.statusCode, answer.json()]).toEqual([401, { code: 'token-missing' }]);
  });
  it('keeps other roles out, and everybody from a route without a rule', async () => {
    const fastify = await guarded();
    for (const url of ['/for-agents', '/for-nobody']) {
      const answer = await fastify.inject({ url, headers: { authorization } });
      expect([answer.statusCode, answer.json()]).toEqual([403, { code: 'role-not-allowed' }]);
    }
  });
  it('asks for a fresh login where one is needed', async () => {
    const fastify = await guarded();
    const stale = await fastify.inject({ url: '/for-fresh', headers: { authorization: 'Bearer stale' } });
    expect([stale.statusCode, stale.json()]).toEqual([401, { code: 'login-too-old' }]);
    expect((await fastify.inject({ url: '/for-fresh', headers: { authorization } })).statusCode).toBe(200);
  });
  it('asks nothing where anyone may come', async () => {
    const answer = await (await guarded()).inject('/for-all');
    expect(answer.json()).toEqual({ caller: null });
  });
});

describe('Who did it', () => {
  it('is the actor, the role, the client, and for whom', () => {
    expect(byOf(caller)).toEqual({ actor: 'w-1', role: 'platform', client: 'tidepay-server' });
    expect(byOf(caller, 'customer-9')).toEqual({ actor: 'w-1', role: 'platform', client: 'tidepay-server', for: 'customer-9' });
  });
  it('has a role we know', () => expect(['agent', 'privacy-officer', 'root', undefined].map(isRole)).toEqual([true, true, false, false]));
  it('is written on a handler by one decorator', () => {
    class Door {
      @Allow('agent', 'supervisor')
      desk(): void {}
      @AllowAnyone()
      street(): void {}
    }
    expect(Reflect.getMetadata(ALLOW, Door.prototype.desk)).toEqual({ roles: ['agent', 'supervisor'] });
    expect(Reflect.getMetadata(ALLOW, Door.prototype.street)).toBe('anyone');
  });
});
