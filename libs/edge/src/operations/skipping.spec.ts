import { describe, expect, it } from '@jest/globals';
import { tellingHistory, waitingKeyHistory, type Past, type TellingHistory, type WaitingKeyHistory } from '@recourse/contracts';
import { given as givenFor } from '@recourse/decider/testing';
import { telling, type TellingEvent } from './rewinding.js';
import { waitingKey, type WaitingKeyCommand } from './skipping.js';
import type { WaitingKeyEvent } from './waiting-key.js';

const given = givenFor(waitingKey);
const operator = (actor: string) => ({ actor, role: 'operator', client: 'desk' });
const place = { key: 'k1', consumer: 'letters', topic: 'recourse.case.v1' };
const first = { message: 'm1', hash: 'h1' };
const at = '2026-11-18T02:14:00.000Z';
const later = '2026-11-18T06:14:00.000Z';

const asked = {
  type: 'SkipAsked',
  request: 'r1',
  ...place,
  ...first,
  askedBy: 'he-lan',
  why: 'cannot-be-read',
  expiresAt: later,
} as const satisfies WaitingKeyEvent;
const approved: WaitingKeyEvent = { type: 'SkipApproved', request: 'r1', message: 'm1' };
const skipped: WaitingKeyEvent = { type: 'MessageSkipped', request: 'r1', message: 'm1' };

const ask = (more: object = {}): WaitingKeyCommand => ({
  ...{ type: 'AskSkip', request: 'r1', why: 'cannot-be-read', ...place, first, by: operator('he-lan'), at },
  ...more,
});
const approve = (more: object = {}): WaitingKeyCommand => ({
  ...{ type: 'ApproveSkip', request: 'r1', first, by: operator('liu-min'), at },
  ...more,
});
const deny = (more: object = {}): WaitingKeyCommand => ({
  ...{ type: 'DenySkip', request: 'r1', why: 'can-be-mended', by: operator('liu-min'), at },
  ...more,
});

describe('Trying a key again', () => {
  it('is one operator’s word', () =>
    given()
      .when({ type: 'RetryParkedKey', ...place, first, by: operator('he-lan'), at })
      .records({ type: 'ParkedKeyRetried', ...place, message: 'm1' }));
  it('is refused when nothing waits', () =>
    given()
      .when({ type: 'RetryParkedKey', ...place, first: undefined, by: operator('he-lan'), at })
      .isRefused('key-does-not-wait'));
});

describe('Asking for a message to be skipped', () => {
  it('names the message, its hash and a reason, and holds for four hours', () => given().when(ask()).records(asked));
  it('is refused when nothing waits', () =>
    given()
      .when(ask({ first: undefined }))
      .isRefused('key-does-not-wait'));
  it('is refused for the notary’s records', () =>
    given()
      .when(ask({ consumer: 'relay:records' }))
      .isRefused('records-are-never-skipped'));
  it('is not asked twice while it may be decided', () =>
    given(asked)
      .when(ask({ request: 'r2', at: '2026-11-18T06:13:59.999Z' }))
      .isRefused('skip-is-asked-for', { facts: { request: 'r1' } }));
  it('is asked anew when the first request has expired, and when another message is the first', () => {
    given(asked)
      .when(ask({ request: 'r2', at: later }))
      .records({ ...asked, request: 'r2', expiresAt: '2026-11-18T10:14:00.000Z' });
    given(asked)
      .when(ask({ request: 'r2', first: { message: 'm2', hash: 'h2' } }))
      .records({ ...asked, request: 'r2', message: 'm2', hash: 'h2' });
  });
  it('is over while an approved one is carried out', () =>
    given(asked, approved)
      .when(ask({ request: 'r2' }))
      .isRefused('skip-is-decided'));
});

describe('Deciding about a skip', () => {
  it('needs a second person, for yes and for no', () => {
    given(asked).when(approve()).records(approved);
    given(asked)
      .when(approve({ by: { ...operator('he-lan'), client: 'another' } }))
      .isRefused('second-person-is-the-first');
    given(asked)
      .when(deny({ by: operator('he-lan') }))
      .isRefused('second-person-is-the-first');
  });
  it('is for the message that was asked about, and no other', () => {
    given(asked)
      .when(approve({ first: { message: 'm2', hash: 'h2' } }))
      .isRefused('message-waits-no-more');
    given(asked)
      .when(approve({ first: undefined }))
      .isRefused('message-waits-no-more');
  });
  it('comes within four hours', () => {
    given(asked)
      .when(approve({ at: later }))
      .isRefused('skip-has-expired');
    given(asked)
      .when(deny({ at: later }))
      .isRefused('skip-has-expired');
  });
  it('is made once', () => {
    given(asked, approved).when(approve()).isRefused('skip-is-decided');
    given(asked, { type: 'SkipDenied', request: 'r1', why: 'look-again' }).when(approve()).isRefused('skip-is-decided');
  });
  it('gives a reason for a no', () => {
    given(asked).when(deny()).records({ type: 'SkipDenied', request: 'r1', why: 'can-be-mended' });
    given(asked)
      .when(deny({ why: undefined }))
      .isRefused('skip-denial-needs-a-reason', { pointers: ['/why'] });
  });
});

describe('What became of a skip', () => {
  const by = { actor: 'service:intake', role: 'service', client: 'intake' };
  it('is said once', () => {
    given(asked, approved).when({ type: 'NoteSkipped', request: 'r1', by, at }).records(skipped);
    given(asked, approved, skipped).when({ type: 'NoteSkipped', request: 'r1', by, at }).recordsNothing();
    given(asked, approved, skipped).when({ type: 'NoteOvertaken', request: 'r1', by, at }).recordsNothing();
  });
  it('may be that the message took effect first', () =>
    given(asked, approved)
      .when({ type: 'NoteOvertaken', request: 'r1', by, at })
      .records({ type: 'SkipOvertaken', request: 'r1', message: 'm1' }));
});

describe('Telling a log again', () => {
  const rewind = (position: number) =>
    ({ type: 'RewindRelay', cursor: 'records', position, told: 7, why: 'gap-seen', by: operator('he-lan'), at }) as const;
  it('goes back', () =>
    givenFor(telling)().when(rewind(3)).records({ type: 'RelayRewound', cursor: 'records', position: 3, told: 7, why: 'gap-seen' }));
  it('never goes forward', () =>
    givenFor(telling)()
      .when(rewind(8))
      .isRefused('rewind-goes-back-only', { facts: { told: 7 } }));
});

describe('The history of a key that waits', () => {
  const past = ({ type, ...data }: WaitingKeyEvent | TellingEvent, version: number): Past => ({
    ...{ type, data, version, at },
    by: operator(type === 'SkipAsked' ? 'he-lan' : 'liu-min'),
  });
  const fold = (...events: WaitingKeyEvent[]) =>
    events.map(past).reduce<WaitingKeyHistory | undefined>((history, record) => waitingKeyHistory(history, record), undefined);

  it('tells every request, who asked, who decided and what became of it', () => {
    const again: WaitingKeyEvent = { ...asked, request: 'r2', message: 'm2' };
    const history = fold({ type: 'ParkedKeyRetried', ...place, message: 'm1' }, asked, approved, skipped, again, {
      type: 'SkipDenied',
      request: 'r2',
      why: 'effect-is-needed',
    });
    expect(history).toMatchObject({
      ...place,
      retries: [{ by: 'liu-min' }],
      skips: [
        { request: 'r1', stage: 'skipped', askedBy: 'he-lan', decision: { outcome: 'approved', by: 'liu-min' }, endedAt: at },
        { request: 'r2', stage: 'denied', decision: { outcome: 'denied', why: 'effect-is-needed' } },
      ],
    });
    expect(fold(asked, approved, { type: 'SkipOvertaken', request: 'r1', message: 'm1' })?.skips[0]?.stage).toBe('overtaken');
    expect(() => fold({ type: 'Unheard' } as never)).toThrow('unknown to a key that waits');
  });
  it('tells every rewind', () => {
    const event: TellingEvent = { type: 'RelayRewound', cursor: 'messages', position: 3, told: 9, why: 'neighbour-restored' };
    const history = tellingHistory(tellingHistory(undefined, past(event, 0)), past({ ...event, position: 1 }, 1)) as TellingHistory;
    expect(history.rewinds.map(({ position, told, by }) => [position, told, by])).toEqual([
      [3, 9, 'liu-min'],
      [1, 9, 'liu-min'],
    ]);
    expect(() => tellingHistory(undefined, { ...past(event, 0), type: 'Unheard' })).toThrow('unknown to the telling of a log');
  });
});
