import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { accountContact } from './deciding.js';
import { fits } from './registering.js';

const given = givenFor(accountContact);
const told = { at: '2026-11-18T09:00:00.000Z', by: { actor: 'quanpay', role: 'platform', client: 'quanpay' } };
const sealed = [{ id: '1', group: 'route-address', key: 'k', h: 'h' }];

const registered = {
  type: 'RouteRegistered',
  route: 'r1',
  kind: 'email',
  language: 'zh-CN',
  subject: 'customer-9',
  registeredAt: told.at,
  sealed,
} as const;
const distrusted = { type: 'RouteDistrusted', route: 'r1', why: 'sim-swap' } as const;
const alerted = { type: 'OldRouteAlerted', route: 'r1', change: 'registered', until: '2026-11-20T09:00:00.000Z' } as const;
const coolingOff = { type: 'RouteDistrusted', route: 'r2', why: 'changed-recently', until: '2026-11-20T09:00:00.000Z' } as const;

describe('A route to the owner of an account', () => {
  const { registeredAt: _at, ...said } = registered;
  const register = { ...said, type: 'RegisterRoute', distrustFor: 'PT48H', ...told } as const;
  const bySms = { ...registered, route: 'r2', kind: 'sms' } as const;
  it('is believed when it is the first', () => given().when(register).records(registered));
  it('of another kind is believed too, when it comes with the first', () =>
    given(registered)
      .when({ ...register, route: 'r2', kind: 'sms' })
      .records(bySms));
  it('of another kind that comes later is not believed yet: a thief has a telephone too', () => {
    const later = { ...register, route: 'r2', kind: 'sms', at: '2026-11-18T10:00:00.000Z' } as const;
    const records = [
      { ...bySms, registeredAt: later.at },
      { ...coolingOff, until: '2026-11-20T10:00:00.000Z' },
      { ...alerted, until: '2026-11-20T10:00:00.000Z' },
    ] as const;
    given(registered)
      .when(later)
      .records(...records);
    given(said)
      .when({ ...later, at: told.at })
      .records(bySms, coolingOff, alerted);
  });
  it('that comes beside one of its kind is not believed yet', () =>
    given(registered)
      .when({ ...register, route: 'r2' })
      .records({ ...registered, route: 'r2' }, coolingOff, alerted));
  it('that replaces one of its kind is not believed yet either', () =>
    given(registered, { type: 'RouteRemoved', route: 'r1' })
      .when({ ...register, route: 'r2' })
      .records({ ...registered, route: 'r2' }, coolingOff));
  it.each([
    ['PT1M', '2026-11-19T09:00:00.000Z'],
    ['PT36H', '2026-11-19T21:00:00.000Z'],
    ['P30D', '2026-11-21T09:00:00.000Z'],
  ])('cools off for a day at least and three at most, whatever a platform wishes (%s)', (distrustFor, until) =>
    given(registered)
      .when({ ...register, route: 'r2', distrustFor })
      .records({ ...registered, route: 'r2' }, { ...coolingOff, until }, { ...alerted, until }),
  );

  const remove = { type: 'RemoveRoute', route: 'r1', ...told } as const;
  it('can be removed', () => given(registered, distrusted).when(remove).records({ type: 'RouteRemoved', route: 'r1' }));
  it('cannot be removed before it is there', () => given().when(remove).isRefused('route-is-not-registered'));
});

describe('An old route', () => {
  const bySms = { ...registered, route: 'r3', kind: 'sms' } as const;
  const { registeredAt: _at, ...said } = registered;
  const register = { ...said, type: 'RegisterRoute', route: 'r2', distrustFor: 'PT48H', ...told } as const;
  it('of every kind hears of a new one, however short or long that is not believed', () =>
    given(registered, bySms)
      .when(register)
      .records({ ...registered, route: 'r2' }, coolingOff, alerted, { ...alerted, route: 'r3' }));
  it('in doubt hears nothing', () =>
    given(registered, bySms, distrusted)
      .when(register)
      .records({ ...registered, route: 'r2' }, coolingOff, { ...alerted, route: 'r3' }));
  it('that is removed hears of it, and so do the others, before it is forgotten', () =>
    given(registered, bySms)
      .when({ type: 'RemoveRoute', route: 'r1', ...told })
      .records(
        { type: 'OldRouteAlerted', route: 'r1', change: 'removed' },
        { type: 'OldRouteAlerted', route: 'r3', change: 'removed' },
        { type: 'RouteRemoved', route: 'r1' },
      ));
  it('is not told of the routes that a customer enrols with', () =>
    given(registered)
      .when({ ...register, kind: 'sms' })
      .records({ ...registered, route: 'r2', kind: 'sms' }));
});

describe('Trust in a route', () => {
  const distrust = { type: 'DistrustRoute', route: 'r1', why: 'sim-swap', ...told } as const;
  it('is lost for a reason', () => given(registered).when(distrust).records(distrusted));
  it('is lost once', () => given(registered, distrusted).when(distrust).recordsNothing());
  it('cannot be lost by a stranger', () => given().when(distrust).isRefused('route-is-not-registered'));

  const trust = { type: 'TrustRoute', route: 'r1', proof: 'video-identification', ...told } as const;
  it('comes back with a proof', () =>
    given(registered, distrusted).when(trust).records({ type: 'RouteTrusted', route: 'r1', proof: 'video-identification' }));
  it('is there already', () => given(registered).when(trust).recordsNothing());
  it('does not come from a code sent to that very route', () =>
    given(registered, distrusted)
      .when({ ...trust, proof: 'one-time-code' })
      .isRefused('code-does-not-prove-a-route', { pointers: ['/proof'] }));
  it('is not for a route that was removed', () =>
    given(registered, { type: 'RouteRemoved', route: 'r1' }).when(trust).isRefused('route-is-not-registered'));
});

describe('A route that cools off', () => {
  const second = { ...registered, route: 'r2' } as const;
  const end = { type: 'EndDistrust', route: 'r2', ...told, at: coolingOff.until } as const;
  it('is believed when its time is over', () =>
    given(registered, second, coolingOff).when(end).records({ type: 'RouteTrusted', route: 'r2', after: 'cooling-off' }));
  it('is not believed a moment earlier', () =>
    given(registered, second, coolingOff)
      .when({ ...end, at: '2026-11-20T08:59:59.999Z' })
      .recordsNothing());
  it('is believed once', () =>
    given(registered, second, coolingOff, { type: 'RouteTrusted', route: 'r2', after: 'cooling-off' }).when(end).recordsNothing());
  it('is not believed when a person has distrusted it meanwhile', () => {
    given(registered, second, coolingOff)
      .when({ type: 'DistrustRoute', route: 'r2', why: 'take-over', ...told })
      .records({ type: 'RouteDistrusted', route: 'r2', why: 'take-over' });
    given(registered, second, coolingOff, { type: 'RouteDistrusted', route: 'r2', why: 'take-over' }).when(end).recordsNothing();
  });
  it('is not believed once it is removed', () =>
    given(registered, second, coolingOff, { type: 'RouteRemoved', route: 'r2' }).when(end).recordsNothing());
});

describe('A changed SIM or device', () => {
  const change = { type: 'DistrustKinds', kinds: ['sms'], why: 'sim-swap', distrustFor: 'PT24H', ...told } as const;
  const bySms = { ...registered, route: 'r3', kind: 'sms' } as const;
  it('has the routes of its kind distrusted for a while, and no other', () =>
    given(registered, bySms)
      .when(change)
      .records({ type: 'RouteDistrusted', route: 'r3', why: 'sim-swap', until: '2026-11-19T09:00:00.000Z' }));
  it('changes nothing about a route that is distrusted for longer', () =>
    given(registered, bySms, { type: 'RouteDistrusted', route: 'r3', why: 'take-over' }).when(change).recordsNothing());
  it('changes nothing where no such route is', () => given(registered).when(change).recordsNothing());
});

describe('An address', () => {
  it.each([
    ['email', 'someone@quanpay.example'],
    ['sms', '+8613800138000'],
    ['push', 'abcdefghijklmnop:APA91b'],
  ] as const)('of the kind %s: %s', (kind, address) => expect(fits(kind, address)).toBe(true));
  it.each([
    ['email', 'someone'],
    ['email', 'some one@quanpay.example'],
    ['email', 'someone@quanpay.example\r\nBcc: all@quanpay.example'],
    ['sms', '13800138000'],
    ['push', 'short'],
  ] as const)('not of the kind %s: %s', (kind, address) => expect(fits(kind, address)).toBe(false));
});
