import { describe, expect, it } from '@jest/globals';
import {
  correspondenceHistory,
  endpointHistory,
  feedHistory,
  preferencesHistory,
  preferencesUnsaid,
  recipientHistory,
  type Past,
} from '@recourse/contracts';
import type { CorrespondenceEvent } from './correspondence/correspondence.js';
import type { FeedEvent } from './feed/feed.js';
import type { PreferencesEvent } from './preferences/preferences.js';
import type { RecipientEvent } from './recipient/recipient.js';
import type { EndpointEvent } from './webhook-endpoint/webhook-endpoint.js';

const at = '2026-11-18T02:20:00.000Z';
const fold = <H>(
  history: (so: H | undefined, record: Past) => H,
  events: readonly { readonly type: string; readonly sealed?: Past['sealed'] }[],
): H | undefined =>
  events.reduce<H | undefined>((so, { type, sealed, ...data }, version) => {
    const by = { actor: 'a', role: 'platform', client: 'c' };
    return history(so, { type, at, by, data, version, ...(sealed && { sealed }) });
  }, undefined);

const routes: readonly RecipientEvent[] = [
  { type: 'RouteLearned', route: 'r1', kind: 'email', language: 'en', sealed: [{ id: 's', group: 'route-address', key: 'k', h: 'h' }] },
  { type: 'RouteDoubted', route: 'r1', why: 'sim-swap' },
  { type: 'RouteCleared', route: 'r1' },
  { type: 'RouteForgotten', route: 'r1' },
];
const matters: readonly CorrespondenceEvent[] = [
  { type: 'CorrespondenceOpened', reference: 'R1', language: 'en', account: 'W-1' },
  { type: 'CategoryNoted', category: 'scam' },
  { type: 'UpdateAwaited', promise: 'p1', due: at },
  { type: 'UpdateTold', due: at },
  { type: 'UpdateSettled', promise: 'p1', how: 'missed' },
];
const wishes: readonly PreferencesEvent[] = [{ type: 'PreferencesSet', choices: { guidance: 'off' }, language: 'en' }];
const endpoints: readonly EndpointEvent[] = [
  {
    type: 'EndpointRegistered',
    endpoint: 'e1',
    url: 'https://a.example/',
    after: 4,
    sealed: [{ id: 's', group: 'webhook-secret', key: 'k', h: 'h' }],
  },
  { type: 'SecretRotated', oldUntil: at, sealed: [{ id: 't', group: 'webhook-secret', key: 'k', h: 'h' }] },
  { type: 'EndpointDisabled', why: 'receiver-said-gone' },
  { type: 'EndpointEnabled' },
  { type: 'ReplayAsked', after: 2 },
  { type: 'TestAsked', test: 't1' },
];
const told: readonly FeedEvent[] = [
  {
    type: 'PlatformTold',
    message: 'm',
    said: 'CaseOpened',
    messageVersion: 1,
    source: 'case-tracking',
    stream: 'case-1',
    streamVersion: 0,
    time: at,
    matter: 'x',
    body: { a: 1 },
  },
];

describe('Every event this service records is known to a history', () => {
  it('of the routes', () =>
    expect(fold(recipientHistory, routes.slice(0, 2))?.routes).toMatchObject([{ route: 'r1', trusted: false, doubt: 'sim-swap' }]));
  it('of the routes, to the end', () => expect(fold(recipientHistory, routes)).toEqual({ routes: [] }));
  it('of a matter', () =>
    expect(fold(correspondenceHistory, matters)).toEqual({
      reference: 'R1',
      language: 'en',
      account: 'W-1',
      category: 'scam',
      updates: [{ promise: 'p1', due: at, settled: 'missed' }],
      told: [at],
    }));
  it('of what a customer wants', () =>
    expect(fold(preferencesHistory, wishes)).toEqual({
      choices: { ...preferencesUnsaid.choices, guidance: 'off' },
      language: 'en',
      setAt: at,
    }));
  it('of an endpoint, without a way to its secret', () => {
    const history = fold(endpointHistory, endpoints);
    expect(history).toMatchObject({ state: 'enabled', after: 4, oldSecretUntil: at, lastReplay: { after: 2 }, lastTest: { test: 't1' } });
    expect(JSON.stringify(history)).not.toContain('webhook-secret');
  });
  it('of the feed', () => expect(fold(feedHistory, told)?.last).toMatchObject({ number: 1, type: 'CaseOpened', data: { a: 1 } }));
  it.each([recipientHistory, correspondenceHistory, preferencesHistory, feedHistory, endpointHistory])(
    'and an unknown one stops %p',
    (history) => expect(() => fold(history as typeof recipientHistory, [{ type: 'Unheard' }])).toThrow(),
  );
});
