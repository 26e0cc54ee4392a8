import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { AccountProtectionEvent } from './account-protection.js';
import { accountProtection } from './deciding.js';

const given = givenFor(accountProtection);
const at = '2026-11-17T18:20:00.000Z';
const halfAnHourLater = '2026-11-17T18:50:00.000Z';
const told = { at, by: { actor: 'service:account-lock', role: 'service', client: 'account-lock' } };

const claim = {
  type: 'LockByClaim',
  lock: 'l1',
  causeRef: 'event-1',
  matter: 'm1',
  reporterVerified: true,
  until: halfAnHourLater,
  ...told,
} as const;
const claimed = {
  type: 'AccountLocked',
  sequence: 1,
  lock: 'l1',
  scope: 'outgoing',
  liftableBy: 'proof',
  until: halfAnHourLater,
  disclosable: true,
  cause: 'claim',
  causeRef: 'event-1',
  matter: 'm1',
} as const;
const watched = { type: 'AccountWatched', sequence: 1, cause: 'claim', causeRef: 'event-1', matter: 'm1' } as const;
const confirmed = { type: 'LockConfirmed', sequence: 2, lock: 'l1', matter: 'm1', causeRef: 'event-2' } as const;
const lapsed = { type: 'LockLapsed', sequence: 2, lock: 'l1', matter: 'm1', lapsedAt: halfAnHourLater } as const;

describe('A claim that the account is in other hands', () => {
  it('blocks outgoing money for half an hour when the reporter is verified', () => given().when(claim).records(claimed));
  it('only has the account watched when he is not', () =>
    given()
      .when({ ...claim, reporterVerified: false })
      .records({ ...watched, watchedAt: at }));
  it('said twice changes nothing', () => given(claimed).when(claim).recordsNothing());
  it('said twice changes nothing even when its lock has lapsed meanwhile', () => given(claimed, lapsed).when(claim).recordsNothing());
  it('of another complaint is another lock, with a higher number', () =>
    given(claimed)
      .when({ ...claim, lock: 'l2', causeRef: 'event-9', matter: 'm2' })
      .records({ ...claimed, sequence: 2, lock: 'l2', causeRef: 'event-9', matter: 'm2' }));

  const lapsedClaim = (n: number, lapsedAt: string): AccountProtectionEvent[] => [
    { ...claimed, lock: `x${n}`, causeRef: `claim-${n}`, sequence: 2 * n - 1 },
    { ...lapsed, lock: `x${n}`, sequence: 2 * n, lapsedAt },
  ];
  const threeLapsed = [1, 2, 3].flatMap((n) => lapsedClaim(n, '2026-11-17T10:00:00.000Z'));
  it('is declined, and the account watched, after three claims of a day lapsed unconfirmed', () =>
    given(...threeLapsed)
      .when(claim)
      .records(
        { type: 'LockDeclined', why: 'claims-lapse-unconfirmed', cause: 'claim', causeRef: 'event-1', matter: 'm1' },
        { ...watched, sequence: 7 },
      ));
  it('locks again when those three lie more than a day back', () =>
    given(...[1, 2, 3].flatMap((n) => lapsedClaim(n, '2026-11-16T10:00:00.000Z')))
      .when(claim)
      .records({ ...claimed, sequence: 7 }));
});

describe('An assessment as a take-over', () => {
  const assessed = { type: 'ConfirmClaim', matter: 'm1', causeRef: 'event-2', lock: 'l7', ...told } as const;
  const byCase = {
    type: 'AccountLocked',
    sequence: 2,
    lock: 'l7',
    scope: 'outgoing',
    liftableBy: 'proof',
    disclosable: true,
    cause: 'case',
    causeRef: 'event-2',
    matter: 'm1',
  } as const;
  it('confirms what the claim has locked', () => given(claimed).when(assessed).records(confirmed));
  it('locks what was only watched', () => given(watched).when(assessed).records(byCase));
  it('locks again what had lapsed before anybody looked', () =>
    given(claimed, lapsed)
      .when(assessed)
      .records({ ...byCase, sequence: 3 }));
  it('said twice changes nothing', () => given(claimed, confirmed).when(assessed).recordsNothing());
  it('said anew changes nothing when the lock is confirmed already', () =>
    given(claimed, confirmed)
      .when({ ...assessed, causeRef: 'event-3' })
      .recordsNothing());
  it('leaves the locks of other complaints alone', () =>
    given({ ...claimed, matter: 'm2' })
      .when(assessed)
      .records(byCase));
});

describe('The word of somebody who has proved nothing', () => {
  const word = { ...claim, reporterVerified: false } as const;
  const said = (n: number, reporter: string, watchedAt: string = at): AccountProtectionEvent => ({
    ...watched,
    sequence: n,
    causeRef: `word-${n}`,
    reporter,
    watchedAt,
  });
  const ten = Array.from({ length: 20 }, (_, n) => said(n + 1, `cus-${n % 10}`));
  it('is written down with whose it is', () =>
    given()
      .when({ ...word, reporter: 'cus-1' })
      .records({ ...watched, reporter: 'cus-1', watchedAt: at }));
  it('is written down three times a day; of another reporter it still is', () => {
    const three = [1, 2, 3].map((n) => said(n, 'cus-1'));
    given(...three)
      .when({ ...word, reporter: 'cus-1' })
      .recordsNothing();
    given(...three)
      .when({ ...word, reporter: 'cus-2' })
      .records({ ...watched, sequence: 4, reporter: 'cus-2', watchedAt: at });
  });
  it('is written down twenty times a day on one account, whoever says it', () =>
    given(...ten)
      .when({ ...word, reporter: 'cus-77' })
      .recordsNothing());
  it('is written down again when those lie a day back', () =>
    given(...ten.map((event) => ({ ...event, watchedAt: '2026-11-16T18:20:00.000Z' }) as AccountProtectionEvent))
      .when({ ...word, reporter: 'cus-77' })
      .records({ ...watched, sequence: 21, reporter: 'cus-77', watchedAt: at }));
  it('locks nothing, though fifty say it a thousand times: twenty are written down, and the holder still pays', () => {
    const events: AccountProtectionEvent[] = [];
    let state = accountProtection.initial;
    for (let n = 0; n < 1_000; n++) {
      const decided = accountProtection.decide({ ...word, lock: `l${n}`, causeRef: `flood-${n}`, reporter: `cus-${n % 50}` }, state);
      if (!Array.isArray(decided)) throw new Error('a word is never refused');
      for (const event of decided as AccountProtectionEvent[]) {
        events.push(event);
        state = accountProtection.evolve(state, event);
      }
    }
    expect(events.filter(({ type }) => type !== 'AccountWatched')).toEqual([]);
    expect(events).toHaveLength(20);
  });
  it('never keeps the holder’s own from locking', () =>
    given(...ten)
      .when(claim)
      .records({ ...claimed, sequence: 21 }));
});

describe('Confirming a lock', () => {
  const confirm = { type: 'ConfirmLock', lock: 'l1', ...told } as const;
  it('makes it stand', () => given(claimed).when(confirm).records({ type: 'LockConfirmed', sequence: 2, lock: 'l1', matter: 'm1' }));
  it('twice changes nothing', () => given(claimed, confirmed).when(confirm).recordsNothing());
  it('comes too late when it has lapsed', () => given(claimed, lapsed).when(confirm).isRefused('lock-does-not-stand'));
});

describe('A lock nobody confirmed', () => {
  const lapse = { type: 'LapseLock', lock: 'l1', ...told, at: halfAnHourLater } as const;
  it('lapses when its time is over', () => given(claimed).when(lapse).records(lapsed));
  it('does not lapse a moment earlier', () =>
    given(claimed)
      .when({ ...lapse, at: '2026-11-17T18:49:59.999Z' })
      .recordsNothing());
  it('lapses once', () => given(claimed, lapsed).when(lapse).recordsNothing());
  it('does not lapse once it is confirmed', () => given(claimed, confirmed).when(lapse).recordsNothing());
});

describe('A signal of the wallet’s risk engine', () => {
  const rule = { rule: 'new-device-then-transfer-out', when: '', action: 'lock', scope: 'outgoing' } as const;
  const signal = { type: 'SignalAnomaly', signal: 's1', evidence: 'h1', seenAt: at, rule, lock: 'l1', demand: 'd1', ...told } as const;
  const signalled = { type: 'AnomalySignalled', signal: 's1', rule: rule.rule, evidence: 'h1', seenAt: at } as const;
  it('locks by the platform’s rule', () =>
    given().when(signal).records(signalled, {
      type: 'AccountLocked',
      sequence: 1,
      lock: 'l1',
      scope: 'outgoing',
      liftableBy: 'proof',
      disclosable: true,
      cause: 'rule',
      causeRef: 's1',
      rule: rule.rule,
    }));
  it('or has the account watched', () =>
    given()
      .when({ ...signal, rule: { ...rule, action: 'watch' } })
      .records(signalled, { type: 'AccountWatched', sequence: 1, cause: 'rule', causeRef: 's1', rule: rule.rule }));
  const demanded = { type: 'CodeDemanded', sequence: 1, demand: 'd1', causeRef: 's1', rule: rule.rule } as const;
  const meet = { type: 'MeetDemand', demand: 'd1', stepUp: 'u1', ...told } as const;
  it('or asks for a code of the owner', () =>
    given()
      .when({ ...signal, rule: { ...rule, action: 'code' } })
      .records(signalled, demanded));
  it('is answered with a code, once', () => {
    const met = { type: 'CodeDemandMet', sequence: 2, demand: 'd1', stepUp: 'u1' } as const;
    given(signalled, demanded).when(meet).records(met);
    given(signalled, demanded, met).when(meet).isRefused('code-is-not-demanded');
    given().when(meet).isRefused('code-is-not-demanded');
  });
  it('sent twice changes nothing', () => given(signalled).when(signal).recordsNothing());
  it('must name a rule of the platform', () =>
    given()
      .when({ ...signal, rule: undefined })
      .isRefused('rule-is-unknown', { pointers: ['/rule'] }));
  it('cannot have been seen in the future', () =>
    given()
      .when({ ...signal, seenAt: halfAnHourLater })
      .isRefused('seen-in-the-future'));
});

describe('A lock somebody asks for', () => {
  const agent = { actor: 'agent-0417', role: 'agent', client: 'console' };
  const ask = { type: 'LockAccount', lock: 'l1', scope: 'all', cause: 'agent', causeRef: 'c1', at, by: agent } as const;
  const locked = {
    type: 'AccountLocked',
    sequence: 1,
    lock: 'l1',
    scope: 'all',
    disclosable: true,
    cause: 'agent',
    causeRef: 'c1',
  } as const;
  it('needs the owner’s proof to be lifted', () =>
    given()
      .when(ask)
      .records({ ...locked, liftableBy: 'proof' }));
  it('with an end is lifted by time', () =>
    given()
      .when({ ...ask, until: halfAnHourLater })
      .records({ ...locked, liftableBy: 'time', until: halfAnHourLater }));
  it('cannot end before it begins', () =>
    given()
      .when({ ...ask, until: at })
      .isRefused('end-is-in-the-past', { pointers: ['/until'] }));
  it('a case wished for too late is declined, so that the case does not wait for ever', () =>
    given()
      .when({ ...ask, ...told, cause: 'case', matter: 'm1', until: at })
      .records({ type: 'LockDeclined', why: 'asked-too-late', cause: 'case', causeRef: 'c1', matter: 'm1' }));
  it.each([
    ['customer', 'authority'],
    ['customer', 'agent'],
    ['platform', 'agent'],
    ['platform', 'case'],
    ['agent', 'case'],
  ] as const)('by a %s is not in the name of: %s', (role, cause) =>
    given()
      .when({ ...ask, cause, by: { ...agent, role } })
      .isRefused('cause-is-not-yours-to-bring', { pointers: ['/cause'] }),
  );
  it('by an authority needs its order', () =>
    given()
      .when({ ...ask, cause: 'authority' })
      .isRefused('authority-order-missing', { pointers: ['/order'] }));
  it('by an authority with its order is the authority’s to lift, and may be kept from the customer', () =>
    given()
      .when({ ...ask, cause: 'authority', order: 'order-77', disclosable: false })
      .records({ ...locked, cause: 'authority', order: 'order-77', liftableBy: 'authority', disclosable: false }));
  it('stands beside another, even of the same kind: the state is not the cause', () =>
    given({ ...locked, liftableBy: 'proof' })
      .when({ ...ask, lock: 'l2', causeRef: 'c2' })
      .records({ ...locked, liftableBy: 'proof', sequence: 2, lock: 'l2', causeRef: 'c2' }));
});

describe('Lifting a lock by hand', () => {
  const ordered = {
    type: 'AccountLocked',
    sequence: 1,
    lock: 'l1',
    scope: 'all',
    liftableBy: 'authority',
    order: 'order-77',
    disclosable: true,
    cause: 'authority',
    causeRef: 'c1',
  } as const;
  const lift = { type: 'LiftLock', lock: 'l1', order: 'order-78', ...told } as const;
  it('is for an authority’s lock, on the authority’s word', () =>
    given(ordered).when(lift).records({ type: 'LockLifted', sequence: 2, lock: 'l1', order: 'order-78' }));
  it('needs that word', () =>
    given(ordered)
      .when({ ...lift, order: undefined })
      .isRefused('authority-order-missing'));
  it('is no way round the owner’s proof', () => given(claimed).when(lift).isRefused('lock-needs-a-proven-owner'));
  it('needs a lock that stands', () => given(claimed, lapsed).when(lift).isRefused('lock-does-not-stand'));
});
