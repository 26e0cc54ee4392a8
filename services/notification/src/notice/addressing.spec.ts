import { describe, expect, it } from '@jest/globals';
import { platformSettings } from '@recourse/contracts';
import { correspondence } from '../correspondence/following.js';
import type { Preferences } from '../preferences/preferences.js';
import type { Recipient, Route } from '../recipient/recipient.js';
import { address, type Known } from './addressing.js';
import { whenHeard, type Heard } from './policy.js';
import { templates } from './templates.loading.js';

const time = '2026-11-18T02:20:00.000Z';
const sealed = [{ id: 's1', group: 'route-address', key: 'k', h: 'h' }];
const route = (name: string, more: Partial<Route> = {}): Route => ({ route: name, kind: 'email', trusted: true, address: sealed, ...more });
const about = { matter: 'm1', reference: 'R7K3-M9QX-2D', account: 'W-1', subject: 'C-1', language: 'zh-CN' };

const addressed = (
  heard: Omit<Heard, 'time'>,
  of: { routes?: readonly Route[]; preferences?: Preferences; known?: Partial<Known> } = {},
) => {
  const wanted = whenHeard({ ...heard, time })!;
  const recipient: Recipient = { routes: of.routes ?? [] };
  return address(
    wanted,
    { ...heard, time },
    {
      tenant: 'quanpay',
      message: 'e1.X.v1',
      settings: platformSettings('quanpay')!,
      recipient,
      preferences: of.preferences ?? { choices: {} },
      correspondence: correspondence.initial,
      template: templates().newest(wanted.template),
      guidance: templates().guidance,
      ...of.known,
    },
  );
};
const locked = { type: 'AccountLocked', data: { account: 'W-1', scope: 'outgoing', cause: 'claim', disclosable: true, matter: 'm1' } };
const letter = (channel = 'email') => ({ type: 'LetterIssued', data: { ...about, letter: 'l1', kind: 'final-response', channel } });
const contact = { type: 'ContactRecorded', data: { ...about, receipt: 'C1', badge: '0417', channel: 'telephone' } };

describe('A security notice', () => {
  it('goes to the newest trusted route, with this platform’s steps in his language', () => {
    const { plan, address: to, obstacle } = addressed(locked, { routes: [route('r1'), route('r2', { language: 'en' })] });
    expect(plan).toMatchObject({ channel: 'email', route: 'r2', language: 'en', topic: 'security', account: 'W-1', matter: 'm1' });
    expect(plan.facts['steps']).toEqual(platformSettings('quanpay')!.unlockSteps.en);
    expect([to, obstacle]).toEqual([sealed, undefined]);
  });
  it('goes nowhere when no route is trusted, whatever the complaint said', () => {
    const { plan, address: to, obstacle } = addressed(locked, { routes: [route('r1', { trusted: false })] });
    expect([plan.route, to, obstacle]).toEqual([undefined, [], 'no-route']);
  });
  it('is not turned off by any preference', () =>
    expect(addressed(locked, { routes: [route('r1')], preferences: { choices: { security: 'off' } } }).obstacle).toBeUndefined());
  it('carries a code to the route it is bound to, or nowhere', () => {
    const asked = {
      type: 'StepUpAsked',
      data: { account: 'W-1', stepUp: 's1', purpose: 'unlock', route: 'r1', expires: '2026-11-18T02:30:00.000Z' },
    };
    expect(addressed(asked, { routes: [route('r1'), route('r2')] }).plan).toMatchObject({
      route: 'r1',
      stepUp: 's1',
      expires: '2026-11-18T02:30:00.000Z',
    });
    expect(addressed(asked, { routes: [route('r1', { trusted: false }), route('r2')] }).obstacle).toBe('no-route');
  });
  const alerted = (change: string, until?: string) => ({ type: 'OldRouteAlerted', data: { account: 'W-1', route: 'r1', change, until } });
  it('of a changed route goes to the old one it is for, never to the newest', () => {
    const { plan, address: to } = addressed(alerted('registered', '2026-11-20T02:20:00.000Z'), {
      routes: [route('r1', { language: 'en' }), route('r2')],
    });
    expect(plan).toMatchObject({ channel: 'email', route: 'r1', language: 'en', topic: 'security', template: { id: 'route-added' } });
    expect(plan.facts).toMatchObject({ account: 'W-1', since: time, until: '2026-11-20T02:20:00.000Z' });
    expect([to, addressed(alerted('removed'), { routes: [route('r1')] }).plan.template.id]).toEqual([sealed, 'route-removed']);
  });
  it('of a changed route is handed over to the platform for an old telephone', () => {
    const { plan, address: to, obstacle } = addressed(alerted('removed'), { routes: [route('r1', { kind: 'sms' }), route('r2')] });
    expect([plan.channel, plan.route, to, obstacle]).toEqual(['platform', 'r1', [], undefined]);
  });
  it('of a changed route goes nowhere when the old one is in doubt', () =>
    expect(addressed(alerted('removed'), { routes: [route('r1', { trusted: false }), route('r2')] }).obstacle).toBe('no-route'));
  it('is not sent of a lock that may not be disclosed', () =>
    expect(whenHeard({ type: 'AccountLocked', time, data: { ...locked.data, disclosable: false } })).toBeUndefined());
});

describe('A letter', () => {
  it('goes to the registered route', () =>
    expect(addressed(letter(), { routes: [route('r1')] }).plan).toMatchObject({ channel: 'email', route: 'r1', letter: 'l1' }));
  it('is handed over to the platform where there is none', () => {
    const { plan, obstacle } = addressed(letter());
    expect([plan.channel, plan.route, obstacle]).toEqual(['platform', undefined, undefined]);
  });
  it('is handed over when it was meant for the post', () =>
    expect(addressed(letter('post'), { routes: [route('r1')] }).plan).toMatchObject({ channel: 'post' }));
  it('has one name however the routes change between two hearings', () =>
    expect(addressed(letter()).plan.notice).toBe(addressed(letter(), { routes: [route('r1')] }).plan.notice));
  it('goes out whatever the customer turned off', () =>
    expect(addressed(letter(), { preferences: { choices: { progress: 'off', receipts: 'off' } } }).obstacle).toBeUndefined());
});

describe('Any other message', () => {
  it('says so when nobody can be reached', () => expect(addressed(contact).obstacle).toBe('no-route'));
  it('is not sent to someone who turned it off', () =>
    expect(addressed(contact, { routes: [route('r1')], preferences: { choices: { receipts: 'off' } } }).obstacle).toBe('turned-off'));
  it('states the next update promised', () => {
    const known = { correspondence: { awaited: { p1: '2026-11-19T01:00:00.000Z' }, told: [] } };
    expect(addressed(contact, { routes: [route('r1')], known }).plan.nextUpdate).toBe('2026-11-19T01:00:00.000Z');
    expect(addressed(contact, { routes: [route('r1')] }).plan.nextUpdate).toBeUndefined();
  });
  it('speaks the language the customer chose, else the one he complained in, else the platform’s', () => {
    const language = (data: object, preferences: Preferences = { choices: {} }) =>
      addressed({ ...contact, data: { ...contact.data, ...data } }, { routes: [route('r1')], preferences }).plan.language;
    expect([language({}), language({}, { choices: {}, language: 'en' }), language({ language: undefined })]).toEqual([
      'zh-CN',
      'en',
      'zh-CN',
    ]);
  });
  it('has guidance that fits the category', () => {
    const closed = { type: 'CaseClosed', data: { ...about, how: 'answered' } };
    const whom = { reference: 'R1', language: 'zh-CN', category: 'account-taken-over' } as const;
    expect(addressed(closed, { known: { correspondence: { awaited: {}, told: [], whom } } }).plan.guidance).toContainEqual({
      id: 'secure-your-wallet',
      version: 1,
    });
  });
  it('keeps the pieces it was made of in the record: codes, amounts and times, the reference, the hotline', () =>
    expect(Object.keys(addressed(contact).plan.facts).sort()).toEqual([
      'badge',
      'channel',
      'contactAt',
      'hotline',
      'receipt',
      'reference',
    ]));
});
