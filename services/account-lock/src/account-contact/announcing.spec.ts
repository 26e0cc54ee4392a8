import { describe, expect, it } from '@jest/globals';
import { accountContactHistory, noContact } from '@recourse/contracts';
import { announced, historyAfter, recorded, schemasOf, validate } from '../promising.spec-tools.js';
import type { AccountContactEvent } from './account-contact.js';
import { announce } from './announcing.js';

const route = '019a9b00-1c20-7a31-8d44-3f5e6a7b8c90';
const sealed = [{ id: '1', group: 'route-address', key: 'k', h: 'h' }];
const events: { [Type in AccountContactEvent['type']]: Extract<AccountContactEvent, { type: Type }> } = {
  RouteRegistered: { type: 'RouteRegistered', route, kind: 'email', language: 'zh-CN', subject: 'cus-0012', sealed },
  RouteDistrusted: { type: 'RouteDistrusted', route, why: 'sim-swap' },
  RouteTrusted: { type: 'RouteTrusted', route, proof: 'video-identification' },
  OldRouteAlerted: { type: 'OldRouteAlerted', route, change: 'registered', until: '2026-11-20T09:00:00.000Z' },
  RouteRemoved: { type: 'RouteRemoved', route },
};
const past = Object.values(events).map((event, version) => recorded('contact-quanpay-wallet-8843', event, version));
const messages = announced(past, accountContactHistory, announce);

describe('What an account’s contact tells', () => {
  it.each(messages.map((message) => [message.type, message] as const))('%s is as its schema promises', (_type, message) =>
    validate(message),
  );
  it('is every change, under the account', () => {
    expect(messages.map(({ type }) => type).sort()).toEqual(schemasOf('recourse.account-lock.v1').filter((type) => type.includes('Route')));
    expect(messages.map(({ key }) => key)).toEqual(events && Array.from({ length: 5 }, () => 'quanpay/wallet-8843'));
  });
  it('carries the address sealed, to whoever may open it', () => expect(messages[0]).toMatchObject({ sealed }));
});

describe('The history of an account’s contact', () => {
  it('knows every event, and none besides', () => {
    expect(historyAfter(past, accountContactHistory)?.routes).toMatchObject([{ route, state: 'removed', address: sealed[0] }]);
    expect(() => accountContactHistory(noContact, { ...past[0]!, type: 'RoutePolished' })).toThrow();
  });
});
