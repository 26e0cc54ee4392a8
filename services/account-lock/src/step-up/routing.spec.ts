import { describe, expect, it } from '@jest/globals';
import type { RouteHistory } from '@recourse/contracts';
import { routeFor } from './routing.js';

const route = (id: string, kind: RouteHistory['kind'], state: RouteHistory['state'] = 'trusted'): RouteHistory => ({
  route: id,
  kind,
  state,
  language: 'en',
  registeredAt: '2026-11-18T09:00:00.000Z',
  address: null,
});

describe('A code', () => {
  it('goes by e-mail first', () =>
    expect(routeFor({ routes: [route('r1', 'email'), route('r2', 'sms')] })).toEqual({ route: 'r1', trusted: true }));
  it('goes to the newest of a kind', () =>
    expect(routeFor({ routes: [route('r1', 'email'), route('r2', 'email')] })).toEqual({ route: 'r2', trusted: true }));
  it('rather goes to an older trusted one', () =>
    expect(routeFor({ routes: [route('r1', 'sms'), route('r2', 'email', 'distrusted')] })).toEqual({ route: 'r1', trusted: true }));
  it('goes where it was told to', () =>
    expect(routeFor({ routes: [route('r1', 'email'), route('r2', 'sms')] }, 'r2')).toEqual({ route: 'r2', trusted: true }));
  it('cannot go where nobody is believed', () =>
    expect(routeFor({ routes: [route('r1', 'email', 'distrusted')] })).toEqual({ route: 'r1', trusted: false }));
  it('never goes to what was removed, named or not', () => {
    expect(routeFor({ routes: [route('r1', 'email', 'removed')] })).toBeUndefined();
    expect(routeFor({ routes: [route('r1', 'email', 'removed')] }, 'r1')).toBeUndefined();
  });
  it('never goes to a route of nobody', () => expect(routeFor({ routes: [route('r1', 'email')] }, 'r9')).toBeUndefined());
});
