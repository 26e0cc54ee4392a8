import { describe, expect, it } from '@jest/globals';
import { whenCaseAssessed, whenComplaintReceived, whenProtectionAsked } from './policy.js';

const told = { at: '2026-11-17T18:41:00.000Z', by: { actor: 'service:account-lock', role: 'service', client: 'account-lock' } };
const because = { cause: 'event-1', id: 'l1' };

describe('Whenever a complaint is received', () => {
  const claim = { matter: 'm1', category: 'account-taken-over', account: 'wallet-1', capacity: 'holder', reporterVerified: true };
  const command = (heard: Parameters<typeof whenComplaintReceived>[0], holders: readonly string[] = []) =>
    whenComplaintReceived(heard, because, 'PT30M', holders)?.(told);

  it.each(['account-taken-over', 'scam', 'device-lost'])('about %s, the claim locks for half an hour', (category) =>
    expect(command({ ...claim, category })).toEqual({
      type: 'LockByClaim',
      ...told,
      lock: 'l1',
      causeRef: 'event-1',
      matter: 'm1',
      reporterVerified: true,
      until: '2026-11-17T19:11:00.000Z',
    }),
  );
  it('about anything else, nothing happens to the account', () => expect(command({ ...claim, category: 'refund' })).toBeUndefined());
  it('about no account we know, nothing can happen to it', () => expect(command({ ...claim, account: undefined })).toBeUndefined());
  it.each(['payee', 'third-party', 'merchant'])('a verified %s is not the holder, whose word alone locks', (capacity) =>
    expect(command({ ...claim, capacity })).toMatchObject({ reporterVerified: false }),
  );
  it('a customer who is verified by his token alone locks no account but one the platform has registered as his', () => {
    const byToken = { ...claim, verifiedHow: 'token-exchange', subject: 'cus-0012' };
    expect(command(byToken, ['cus-0012'])).toMatchObject({ reporterVerified: true, reporter: 'cus-0012' });
    for (const holders of [[], ['cus-0099']]) expect(command(byToken, holders)).toMatchObject({ reporterVerified: false });
    expect(command({ ...claim, verifiedHow: 'call-back', subject: 'cus-0012' })).toMatchObject({ reporterVerified: true });
  });
  it('an unverified holder does not lock either', () =>
    expect(command({ ...claim, reporterVerified: false })).toMatchObject({ reporterVerified: false }));
});

describe('Whenever a case is assessed', () => {
  const assessed = { matter: 'm1', account: 'wallet-1', category: 'account-taken-over', causeFamily: 'take-over' };
  const confirm = { type: 'ConfirmClaim', ...told, matter: 'm1', causeRef: 'event-1', lock: 'l1' };
  it('as a take-over, its claim is confirmed', () => expect(whenCaseAssessed(assessed, because)?.(told)).toEqual(confirm));
  it('as a take-over in the end, whatever it was reported as', () =>
    expect(whenCaseAssessed({ ...assessed, category: 'wrong-debit' }, because)?.(told)).toEqual(confirm));
  it('as anything else, nothing is confirmed', () =>
    expect(whenCaseAssessed({ ...assessed, category: 'scam', causeFamily: 'scam' }, because)).toBeUndefined());
});

describe('Whenever a case asks for protection', () => {
  const wish = { matter: 'm1', account: 'wallet-1', request: 'r1', scope: 'outgoing' } as const;
  const amount = { currency: 'CNY', value: 50_000 };
  it('by a lock, the account is locked', () =>
    expect(whenProtectionAsked({ ...wish, kind: 'lock' }, 'l1')?.(told)).toEqual({
      type: 'LockAccount',
      ...told,
      cause: 'case',
      causeRef: 'r1',
      matter: 'm1',
      lock: 'l1',
      scope: 'outgoing',
    }));
  it('by a limit, the account is limited until the case says', () =>
    expect(
      whenProtectionAsked({ ...wish, kind: 'limit', scope: 'daily', amount, until: '2026-11-20T00:00:00.000Z' }, 'x1')?.(told),
    ).toEqual({
      type: 'SetLimit',
      ...told,
      cause: 'case',
      causeRef: 'r1',
      matter: 'm1',
      limit: 'x1',
      kind: 'daily',
      amount,
      until: '2026-11-20T00:00:00.000Z',
    }));
  it('by a limit without an end, for a week', () =>
    expect(whenProtectionAsked({ ...wish, kind: 'limit', amount }, 'x1')?.(told)).toMatchObject({
      kind: 'single',
      until: '2026-11-24T18:41:00.000Z',
    }));
});
