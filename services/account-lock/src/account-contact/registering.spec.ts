import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { accountContact } from './deciding.js';
import { fits } from './registering.js';

const given = givenFor(accountContact);
const told = { at: '2026-11-18T09:00:00.000Z', by: { actor: 'quanpay', role: 'platform', client: 'quanpay' } };
const sealed = [{ id: '1', group: 'route-address', key: 'k', h: 'h' }];

const registered = { type: 'RouteRegistered', route: 'r1', kind: 'email', language: 'zh-CN', subject: 'customer-9', sealed } as const;
const distrusted = { type: 'RouteDistrusted', route: 'r1', why: 'sim-swap' } as const;

describe('A route to the owner of an account', () => {
  const register = { ...registered, type: 'RegisterRoute', ...told } as const;
  it('is believed when it is the first of its kind', () => given().when(register).records(registered));
  it('of another kind is believed too', () =>
    given(registered)
      .when({ ...register, route: 'r2', kind: 'sms' })
      .records({ ...registered, route: 'r2', kind: 'sms' }));
  it('that comes beside one of its kind is not believed yet', () =>
    given(registered)
      .when({ ...register, route: 'r2' })
      .records({ ...registered, route: 'r2' }, { type: 'RouteDistrusted', route: 'r2', why: 'changed-recently' }));
  it('that replaces one of its kind is not believed yet either', () =>
    given(registered, { type: 'RouteRemoved', route: 'r1' })
      .when({ ...register, route: 'r2' })
      .records({ ...registered, route: 'r2' }, { type: 'RouteDistrusted', route: 'r2', why: 'changed-recently' }));

  const remove = { type: 'RemoveRoute', route: 'r1', ...told } as const;
  it('can be removed', () => given(registered).when(remove).records({ type: 'RouteRemoved', route: 'r1' }));
  it('cannot be removed before it is there', () => given().when(remove).isRefused('route-is-not-registered'));
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
