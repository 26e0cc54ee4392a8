import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { whenRouteHeard } from './policy.js';
import { isTrusted, wayTo, type RecipientEvent } from './recipient.js';
import { recipient } from './remembering.js';

const given = givenFor(recipient);
const told = { by: { actor: 'service:notification', role: 'service', client: 'notification' }, at: '2026-11-18T02:20:00.000Z' };
const sealed = [{ id: 's1', group: 'route-address', key: 'k', h: 'h' }];
const learned = (route: string, kind: 'email' | 'sms' = 'email'): RecipientEvent => ({
  type: 'RouteLearned',
  route,
  kind,
  language: 'zh-CN',
  sealed,
});
const wayAfter = (...events: RecipientEvent[]) => wayTo(events.reduce(recipient.evolve, recipient.initial))?.route;

describe('The registered routes of an account', () => {
  it('are learned once', () => {
    const learn = { type: 'LearnRoute', ...told, route: 'r1', kind: 'email', language: 'zh-CN', sealed } as const;
    given().when(learn).records(learned('r1'));
    given(learned('r1')).when(learn).recordsNothing();
  });
  it('are doubted, cleared and forgotten as account-lock says', () => {
    given(learned('r1'))
      .when({ type: 'DoubtRoute', ...told, route: 'r1', why: 'take-over' })
      .records({ type: 'RouteDoubted', route: 'r1', why: 'take-over' });
    given(learned('r1'), { type: 'RouteDoubted', route: 'r1', why: 'take-over' })
      .when({ type: 'ClearRoute', ...told, route: 'r1' })
      .records({ type: 'RouteCleared', route: 'r1' });
    given(learned('r1'))
      .when({ type: 'ForgetRoute', ...told, route: 'r1' })
      .records({ type: 'RouteForgotten', route: 'r1' });
    given()
      .when({ type: 'DoubtRoute', ...told, route: 'r9', why: 'take-over' })
      .recordsNothing();
  });
  it('are used newest first, trusted only, mail only', () => {
    expect(wayAfter(learned('r1'), learned('r2'))).toBe('r2');
    expect(wayAfter(learned('r1'), learned('r2'), { type: 'RouteDoubted', route: 'r2', why: 'changed-recently' })).toBe('r1');
    expect(wayAfter(learned('r1', 'sms'))).toBeUndefined();
    expect(wayAfter(learned('r1'), { type: 'RouteForgotten', route: 'r1' })).toBeUndefined();
    expect(isTrusted([learned('r1')].reduce(recipient.evolve, recipient.initial), 'r1')).toBe(true);
  });
  it('come with the sealed address and nothing else that is sealed', () => {
    const entries = [...sealed, { id: 's2', group: 'note', key: 'k', h: 'h' }].map((ref) => ({ ...ref, blob: 'AA' }));
    const heard = whenRouteHeard({
      type: 'RouteRegistered',
      data: { account: 'W-1', route: 'r1', kind: 'email', language: 'zh-CN' },
      sealed: entries,
    });
    expect(heard?.(told)).toEqual({ type: 'LearnRoute', ...told, route: 'r1', kind: 'email', language: 'zh-CN', sealed });
  });
  it('are not touched by any other message', () =>
    expect(whenRouteHeard({ type: 'AccountLocked', data: { account: 'W-1' }, sealed: [] })).toBeUndefined());
});
