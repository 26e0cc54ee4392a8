import { describe, it } from '@jest/globals';
import { given } from '@recourse/decider/testing';
import type { KeyOrderEvent } from './key-order.js';
import { keyOrder, mostKeys } from './ordering.js';

const at = '2026-11-18T09:00:00.000Z';
const told = (actor: string, when = at) => ({ by: { actor, role: 'privacy-officer', client: 'desk' }, at: when });
const one = told('officer-1');
const other = told('officer-2');
const third = told('officer-3');
const expiresAt = '2026-11-21T09:00:00.000Z';
const keys = [{ key: 'k1', scope: 'matter:m1', subject: 'cus-1' }];
const order = 'o1';
const list = 'the-list';

const asked = { type: 'KeyOrderAsked', order, kind: 'destroy', why: 'subject-request', keys, list, askedBy: 'officer-1', expiresAt } as const satisfies KeyOrderEvent; // prettier-ignore
const proposed = { ...asked, proposed: true, askedBy: 'service:governance' } as const satisfies KeyOrderEvent;
const approved: KeyOrderEvent = { type: 'KeyOrderApproved', order, kind: 'destroy', people: ['officer-1', 'officer-2'] };
const ask = { type: 'AskKeyOrder', order, kind: 'destroy', why: 'subject-request', keys, list, ...one } as const;
const approve = { type: 'ApproveKeyOrder', order, stands: list, ...other } as const;
const brought = { type: 'NoteBrought', order, keys: ['k1'], doneAt: at, expects: ['intake'], backupWindow: 'P14D', ...one } as const;
const destroyed = { type: 'KeysDestroyed', order, keys: ['k1'], doneAt: at, effectiveFrom: '2026-12-02T09:00:00.000Z', expects: ['intake'] } as const; // prettier-ignore

describe('An order about keys', () => {
  it('is asked for by one person, with each key it names', () => given(keyOrder)().when(ask).records(asked));
  it('names at least one key and not too many', () => {
    given(keyOrder)()
      .when({ ...ask, keys: [] })
      .isRefused('keys-are-unknown');
    given(keyOrder)()
      .when({ ...ask, keys: Array.from({ length: mostKeys + 1 }, () => keys[0]!) })
      .isRefused('keys-are-too-many');
  });
  it('is approved by another person', () => given(keyOrder)(asked).when(approve).records(approved));
  it('not by whoever asked, whichever client he uses', () =>
    given(keyOrder)(asked)
      .when({ ...approve, by: { ...one.by, client: 'telephone' } })
      .isRefused('second-person-is-the-first'));
  it('nor when its time has passed', () =>
    given(keyOrder)(asked)
      .when({ ...approve, at: expiresAt })
      .isRefused('request-has-expired'));
  it('nor for other keys than were looked at', () => {
    given(keyOrder)(asked)
      .when({ ...approve, stands: 'another-list' })
      .isRefused('list-has-changed');
    given(keyOrder)(asked)
      .when({ ...approve, stands: undefined })
      .isRefused('list-has-changed');
  });
  it('nor twice', () => given(keyOrder)(asked, approved).when(approve).isRefused('request-is-decided'));
  it('may be denied for keys that have changed, with a reason', () =>
    given(keyOrder)(asked)
      .when({ type: 'DenyKeyOrder', order, why: 'still-needed', ...other })
      .records({ type: 'KeyOrderDenied', order, why: 'still-needed' }));
  it('is taken back by whoever asked alone, and only before it is decided', () => {
    const withdraw = { type: 'WithdrawKeyOrder', order } as const;
    given(keyOrder)(asked)
      .when({ ...withdraw, ...one })
      .records({ type: 'KeyOrderWithdrawn', order });
    given(keyOrder)(asked)
      .when({ ...withdraw, ...other })
      .isRefused('somebody-else-asked');
    given(keyOrder)(asked, approved)
      .when({ ...withdraw, ...one })
      .isRefused('request-is-decided');
  });
});

describe('An order that the house proposes', () => {
  const seconded: KeyOrderEvent = { type: 'KeyOrderSeconded', order, secondedBy: 'officer-1' };
  it('waits longer', () =>
    given(keyOrder)()
      .when({ ...ask, proposed: true, by: { actor: 'service:governance', role: 'service', client: 'governance' } })
      .records({ ...proposed, expiresAt: '2026-12-18T09:00:00.000Z' }));
  it('needs two people', () => {
    given(keyOrder)(proposed)
      .when({ ...approve, ...one })
      .records(seconded);
    given(keyOrder)(proposed, seconded)
      .when({ ...approve, ...one })
      .isRefused('second-person-is-the-first');
    given(keyOrder)(proposed, seconded).when(approve).records(approved);
  });
  it('may be denied by the second one', () =>
    given(keyOrder)(proposed, seconded)
      .when({ type: 'DenyKeyOrder', order, why: 'still-needed', ...third })
      .records({ type: 'KeyOrderDenied', order, why: 'still-needed' }));
});

describe('Carrying it out', () => {
  it('needs the approval', () => {
    given(keyOrder)(asked)
      .when({ type: 'CheckApproved', order, ...one })
      .isRefused('request-is-decided');
    given(keyOrder)(asked, approved)
      .when({ type: 'CheckApproved', order, ...one })
      .recordsNothing();
    given(keyOrder)(asked).when(brought).recordsNothing();
  });
  it('is said once, with the day it is effective', () => {
    given(keyOrder)(asked, approved).when(brought).records(destroyed);
    given(keyOrder)(asked, approved, destroyed).when(brought).recordsNothing();
  });
  it('says which keys were not its own', () =>
    given(keyOrder)(asked, approved)
      .when({ ...brought, keys: [], left: ['k1'], expects: [] })
      .records({ type: 'KeysDestroyed', order, keys: [], left: ['k1'], doneAt: at, effectiveFrom: '2026-12-02T09:00:00.000Z' }));
  it('restricts and releases as ordered', () => {
    const { effectiveFrom: _, ...done } = destroyed;
    for (const [kind, type] of [
      ['restrict', 'KeysRestricted'],
      ['release', 'KeysReleased'],
    ] as const)
      given(keyOrder)({ ...asked, kind }, { ...approved, kind } as KeyOrderEvent)
        .when(brought)
        .records({ ...done, type });
  });
  it('is blocked by what came since, not by what comes afterwards', () => {
    const note = { type: 'NoteBlocked', order, why: 'hold-stands', holds: ['h1'], ...one } as const;
    given(keyOrder)(asked, approved)
      .when(note)
      .records({ type: 'KeyOrderBlocked', order, why: 'hold-stands', holds: ['h1'] });
    given(keyOrder)(asked, approved, destroyed).when(note).recordsNothing();
  });
  it('is acknowledged by each service once', () => {
    const note = { type: 'NoteAcknowledged', order, service: 'intake', counts: { blobs: 3 }, purgedAt: at, ...one } as const;
    const said: KeyOrderEvent = { type: 'PurgeAcknowledged', order, service: 'intake', counts: { blobs: 3 }, purgedAt: at };
    given(keyOrder)(asked, approved, destroyed).when(note).records(said);
    given(keyOrder)(asked, approved, destroyed, said).when(note).recordsNothing();
    given(keyOrder)(asked, approved).when(note).recordsNothing();
  });
  it('is done again only for keys that were destroyed', () => {
    const note = { type: 'NoteDestroyedAgain', order, keys: ['k1'], doneAt: at, ...one } as const;
    given(keyOrder)(asked, approved, destroyed)
      .when(note)
      .records({ type: 'KeysDestroyedAgain', order, keys: ['k1'], doneAt: at });
    given(keyOrder)(asked, approved).when(note).recordsNothing();
  });
});
