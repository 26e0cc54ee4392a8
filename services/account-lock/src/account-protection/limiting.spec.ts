import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { accountProtection } from './deciding.js';

const given = givenFor(accountProtection);
const at = '2026-11-18T08:00:00.000Z';
const until = '2026-11-25T08:00:00.000Z';
const agent = { actor: 'agent-0417', role: 'agent', client: 'console' };
const customer = { actor: 'customer-9', role: 'customer', client: 'quanpay' };

const set = {
  type: 'LimitSet',
  sequence: 1,
  limit: 'x1',
  kind: 'single',
  amount: { currency: 'CNY', value: 50_000 },
  cause: 'case',
  causeRef: 'r1',
  matter: 'm1',
  until,
} as const;

describe('A temporary limit', () => {
  const setLimit = { ...set, type: 'SetLimit', at, by: agent } as const;
  const { sequence: _sequence, ...command } = setLimit;
  it('says when it ends', () => given().when(command).records(set));
  it('cannot end before it begins', () =>
    given()
      .when({ ...command, cause: 'agent', until: at })
      .isRefused('end-is-in-the-past', { pointers: ['/until'] }));
  it('a case wished for too late is declined, so that the case does not wait for ever', () =>
    given()
      .when({ ...command, until: at })
      .records({ type: 'LockDeclined', why: 'asked-too-late', cause: 'case', causeRef: 'r1', matter: 'm1' }));
  it('asked for twice by the same wish is set once', () =>
    given(set)
      .when({ ...command, limit: 'x2' })
      .recordsNothing());
  it('stands beside another', () =>
    given(set)
      .when({ ...command, limit: 'x2', causeRef: 'r2' })
      .records({ ...set, sequence: 2, limit: 'x2', causeRef: 'r2' }));
});

describe('The end of a limit', () => {
  const expire = {
    type: 'ExpireLimit',
    limit: 'x1',
    at: until,
    by: { actor: 'service:account-lock', role: 'service', client: 'account-lock' },
  } as const;
  const expired = { type: 'LimitExpired', sequence: 2, limit: 'x1', matter: 'm1' } as const;
  it('comes by itself', () => given(set).when(expire).records(expired));
  it('does not come early', () =>
    given(set)
      .when({ ...expire, at })
      .recordsNothing());
  it('comes once', () => given(set, expired).when(expire).recordsNothing());

  const lift = { type: 'LiftLimit', limit: 'x1', at, by: agent } as const;
  const lifted = { type: 'LimitLifted', sequence: 2, limit: 'x1', matter: 'm1' } as const;
  it('may be brought about by the desk', () => given(set).when(lift).records(lifted));
  it('is not for the customer to bring about when the desk has set it', () =>
    given(set)
      .when({ ...lift, by: customer })
      .isRefused('limit-is-not-yours-to-lift'));
  it('is for the customer when the customer has set it', () =>
    given({ ...set, cause: 'customer' })
      .when({ ...lift, by: customer })
      .records(lifted));
  it('is over when it is over', () => given(set, expired).when(lift).isRefused('limit-does-not-stand'));
});
