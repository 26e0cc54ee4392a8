import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { Allow, AllowAnyone, Fresh, FRESH, freshness, mustBeFresh, REACH, Reach, type Caller } from './index.js';

const now = 1_800_000_000_000;
const caller = (more: Partial<Caller> = {}): Caller => ({
  ...{ sub: 'w-1', role: 'supervisor', tenant: 'quanpay', client: 'desk', skills: [], authTime: now / 1000 - 60 },
  ...more,
});
const asked = (more?: Partial<Caller>, acr?: string) => () =>
  mustBeFresh(freshness({ within: 'PT15M', ...(acr && { acr }) }), caller(more), now);
const thrown = (ask: () => void): unknown => {
  try {
    return ask();
  } catch (error) {
    return error;
  }
};

describe('A login that must be fresh', () => {
  it('is fresh until its time is over', () => {
    expect(asked()).not.toThrow();
    expect(asked({ authTime: now / 1000 - 905 })).not.toThrow();
    expect(asked({ authTime: now / 1000 - 906 })).toThrow('login-too-old');
  });
  it.each([
    ['nobody says when', undefined],
    ['is of the future', now / 1000 + 3600],
    ['is no instant', NaN],
  ])('is none when it %s', (_name, authTime) => {
    const { authTime: _none, ...rest } = caller();
    expect(() => mustBeFresh(freshness({ within: 'PT15M' }), { ...rest, ...(authTime !== undefined && { authTime }) }, now)).toThrow(
      'login-too-old',
    );
  });
  it('is answered with what is needed, as RFC 9470 has it', () => {
    expect(thrown(asked({ authTime: 1 }, 'urn:recourse:loa:2'))).toMatchObject({
      ...{ status: 401, code: 'login-too-old' },
      headers: {
        'www-authenticate': expect.stringMatching(
          /^Bearer error="insufficient_user_authentication", .*max_age="900", acr_values="urn:recourse:loa:2"$/,
        ),
      },
    });
    expect(thrown(asked({ acr: 'urn:recourse:loa:1' }, 'urn:recourse:loa:2'))).toMatchObject({ status: 401, code: 'login-too-weak' });
    expect(asked({ acr: 'urn:recourse:loa:2' }, 'urn:recourse:loa:2')).not.toThrow();
  });
  it('is asked of those who sign in, and not of machines', () => {
    for (const role of ['platform', 'customer'] as const) expect(asked({ role, authTime: 1 })).not.toThrow();
    for (const role of ['agent', 'supervisor', 'auditor', 'operator', 'privacy-officer'] as const)
      expect(asked({ role, authTime: 1 })).toThrow('login-too-old');
  });
  it('is said in minutes or hours', () => {
    expect(freshness({ within: 'PT2H' }).seconds).toBe(7200);
    expect(() => freshness({ within: 'P1D' as never })).toThrow('expected minutes or hours');
  });
});

describe('What a handler says of itself', () => {
  @Reach('own-tenant')
  class Door {
    @Allow('agent')
    @Fresh({ within: 'PT15M' })
    @Reach('own-subject', 'skilled')
    desk(): void {}
    @Fresh({ within: 'PT1H' })
    @Allow('supervisor')
    office(): void {}
    @AllowAnyone()
    street(): void {}
    cellar(): void {}
  }
  const config = (handler: object): unknown => Reflect.getMetadata('__fastify_route_config__', handler);

  it('stands together in the configuration of its route, in whatever order it was said', () => {
    const { desk, office, street, cellar } = Door.prototype;
    expect(config(desk)).toEqual({
      allow: { roles: ['agent'] },
      reach: ['own-subject', 'skilled'],
      fresh: { within: 'PT15M', seconds: 900 },
    });
    expect(config(office)).toEqual({ allow: { roles: ['supervisor'] }, reach: ['own-tenant'], fresh: { within: 'PT1H', seconds: 3600 } });
    expect(config(street)).toEqual({ allow: 'anyone', reach: ['own-tenant'] });
    expect(config(cellar)).toBeUndefined();
    expect([Reflect.getMetadata(REACH, office), Reflect.getMetadata(FRESH, desk)]).toEqual([
      ['own-tenant'],
      { within: 'PT15M', seconds: 900 },
    ]);
  });
});
