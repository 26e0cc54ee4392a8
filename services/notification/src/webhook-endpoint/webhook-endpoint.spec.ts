import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { webhookEndpoint } from './deciding.js';
import { afterTry, webhookId } from './delivering.js';
import type { EndpointEvent } from './webhook-endpoint.js';

const given = givenFor(webhookEndpoint);
const told = { by: { actor: 'tidepay', role: 'platform', client: 'tidepay' }, at: '2026-11-18T02:20:00.000Z' };
const sealed = [{ id: 's1', group: 'webhook-secret', key: 'k', h: 'h' }];
const other = [{ id: 's2', group: 'webhook-secret', key: 'k', h: 'h2' }];
const registered: EndpointEvent = { type: 'EndpointRegistered', endpoint: 'e1', url: 'https://tidepay.example/hook', after: 0, sealed };
const disabled: EndpointEvent = { type: 'EndpointDisabled', why: 'receiver-said-gone' };

describe('A webhook endpoint', () => {
  const register = {
    type: 'RegisterEndpoint',
    ...told,
    endpoint: 'e1',
    url: 'https://tidepay.example/hook',
    allowed: true,
    after: 0,
    sealed,
  } as const;

  it('is registered with its secret sealed', () => given().when(register).records(registered));
  it('is not registered where we may not call', () =>
    given()
      .when({ ...register, allowed: false })
      .isRefused('endpoint-address-not-allowed', { pointers: ['/url'] }));
  it('gets a new secret; the old one signs for another day', () =>
    given(registered)
      .when({ type: 'RotateSecret', ...told, sealed: other })
      .records({ type: 'SecretRotated', oldUntil: '2026-11-19T02:20:00.000Z', sealed: other }));
  it('is disabled once', () => {
    given(registered)
      .when({ type: 'DisableEndpoint', ...told, why: 'receiver-said-gone' })
      .records(disabled);
    given(registered, disabled)
      .when({ type: 'DisableEndpoint', ...told, why: 'by-platform' })
      .recordsNothing();
  });
  it('is enabled again', () =>
    given(registered, disabled)
      .when({ type: 'EnableEndpoint', ...told })
      .records({ type: 'EndpointEnabled' }));
  it('replays from any position the feed has reached', () => {
    given(registered)
      .when({ type: 'AskReplay', ...told, after: 3, head: 7 })
      .records({ type: 'ReplayAsked', after: 3 });
    given(registered)
      .when({ type: 'AskReplay', ...told, after: 8, head: 7 })
      .isRefused('replay-starts-beyond-the-feed', { pointers: ['/after'], facts: { head: 7 } });
  });
  it('cannot be tested while disabled', () =>
    given(registered, disabled)
      .when({ type: 'AskTest', ...told, test: 't1' })
      .isRefused('endpoint-is-disabled'));
  it('keeps the last two secrets, the older with its end', () => {
    const events: EndpointEvent[] = [
      registered,
      { type: 'SecretRotated', oldUntil: 'a', sealed: other },
      { type: 'SecretRotated', oldUntil: 'b', sealed },
    ];
    expect(events.reduce(webhookEndpoint.evolve, webhookEndpoint.initial)).toMatchObject({
      secrets: [{ sealed }, { sealed: other, until: 'b' }],
    });
  });
});

describe('After a try', () => {
  it('goes on when the receiver took it', () => expect(afterTry({ status: 204, ms: 5 }, 0, 0.5, 0)).toEqual({ then: 'go-on' }));
  it('disables when the receiver says it is gone', () => expect(afterTry({ status: 410, ms: 5 }, 0, 0.5, 0)).toEqual({ then: 'disable' }));
  it('waits a second, then two, then five, and an hour in the end', () =>
    expect([0, 1, 2, 9, 10, 99].map((failures) => afterTry({ failed: 'connection-refused', ms: 1 }, failures, 0.5, 0))).toEqual(
      [1000, 2000, 5000, 1_800_000, 3_600_000, 3_600_000].map((ms) => ({ then: 'wait', ms })),
    ));
  it('spreads tries by a fifth either way', () =>
    expect([0, 1].map((jitter) => afterTry({ status: 500, ms: 1 }, 2, jitter, 0))).toEqual(
      [4000, 6000].map((ms) => ({ then: 'wait', ms })),
    ));
  it('honours Retry-After in seconds or as a date, up to an hour', () => {
    expect(afterTry({ status: 429, retryAfter: '90', ms: 1 }, 0, 0.5, 0)).toEqual({ then: 'wait', ms: 90_000 });
    expect(afterTry({ status: 503, retryAfter: new Date(60_000).toUTCString(), ms: 1 }, 0, 0.5, 0)).toEqual({ then: 'wait', ms: 60_000 });
    expect(afterTry({ status: 503, retryAfter: '999999', ms: 1 }, 0, 0.5, 0)).toEqual({ then: 'wait', ms: 3_600_000 });
    expect(afterTry({ status: 503, retryAfter: 'soon', ms: 1 }, 0, 0.5, 0)).toEqual({ then: 'wait', ms: 1000 });
  });
  it.each([301, 302, 307, 400, 404, 500])('takes %d for a failure, redirects too', (status) =>
    expect(afterTry({ status, ms: 1 }, 0, 0.5, 0)).toMatchObject({ then: 'wait' }),
  );
  it('names a message the same way each time', () => expect(webhookId('0193a1b2.CaseOpened.v1')).toBe('0193a1b2-CaseOpened-v1'));
});
