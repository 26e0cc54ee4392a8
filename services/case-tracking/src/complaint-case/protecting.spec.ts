import { describe, it } from '@jest/globals';
import { at, byJing, byService, closed, given, oneOfEach, opened } from './complaint-case.testing.js';
import type { AskForProtection, NoteProtection, NoteProtectionDeclined } from './protecting.js';

describe('Asking for protection', () => {
  const ask: AskForProtection = { type: 'AskForProtection', ...byJing, request: 'wish-1', kind: 'lock', scope: 'outgoing' };
  it('is recorded', () => given(opened).when(ask).records(oneOfEach.ProtectionAsked));
  it('is recorded once', () => given(opened, oneOfEach.ProtectionAsked).when(ask).recordsNothing());
  it('needs an account', () =>
    given({ ...opened, account: undefined })
      .when(ask)
      .isRefused('account-is-unknown'));
  it('says what it covers', () => {
    given(opened)
      .when({ ...ask, scope: 'daily' })
      .isRefused('scope-does-not-fit', { pointers: ['/scope'] });
    given(opened)
      .when({ ...ask, kind: 'limit', scope: 'all' })
      .isRefused('scope-does-not-fit');
  });
  it('for a limit needs an amount', () =>
    given(opened)
      .when({ ...ask, kind: 'limit', scope: 'daily' })
      .isRefused('limit-needs-an-amount', { pointers: ['/amount'] }));
  it('cannot end before it begins', () =>
    given(opened)
      .when({ ...ask, until: at(59) })
      .isRefused('due-has-passed', { pointers: ['/until'] }));
  it('is refused for a closed case', () =>
    given(...closed)
      .when(ask)
      .isRefused('case-is-not-open'));
});

describe('What account-lock tells', () => {
  const note = (more: Partial<NoteProtection> = {}): NoteProtection => ({
    type: 'NoteProtection',
    ...byService,
    lock: 'lock-1',
    state: 'locked',
    sequence: 1,
    ...more,
  });
  const locked = oneOfEach.ProtectionNoted;
  const wished = [opened, oneOfEach.ProtectionAsked] as const;

  it('is noted', () => given(opened).when(note()).records(locked));
  it('is noted once', () => given(opened, locked).when(note()).recordsNothing());
  it('is noted again when it changes', () =>
    given(opened, locked)
      .when(note({ state: 'confirmed', sequence: 2 }))
      .records({ type: 'ProtectionNoted', lock: 'lock-1', state: 'confirmed', sequence: 2 }));
  it('is not noted when it comes late', () =>
    given(opened, { type: 'ProtectionNoted', lock: 'lock-1', state: 'lifted', sequence: 3 })
      .when(note({ sequence: 1 }))
      .recordsNothing());
  it('is noted of a closed case as well', () =>
    given(...closed)
      .when(note())
      .records(locked));
  it('may answer what we asked for', () =>
    given(...wished)
      .when(note({ request: 'wish-1' }))
      .records({ ...locked, request: 'wish-1' }));
  it('may be a no', () => {
    const declined: NoteProtectionDeclined = { type: 'NoteProtectionDeclined', ...byService, why: 'account-unknown', request: 'wish-1' };
    given(...wished)
      .when(declined)
      .records(oneOfEach.ProtectionDeclined);
    given(...wished, oneOfEach.ProtectionDeclined)
      .when(declined)
      .recordsNothing();
  });
});
