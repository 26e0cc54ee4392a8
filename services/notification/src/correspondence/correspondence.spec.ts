import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { nextUpdate, type CorrespondenceEvent } from './correspondence.js';
import { correspondence } from './following.js';
import { whenCaseHeard } from './policy.js';

const given = givenFor(correspondence);
const told = { by: { actor: 'service:notification', role: 'service', client: 'notification' }, at: '2026-11-18T02:20:00.000Z' };
const whom = { reference: 'R7K3-M9QX-2D', language: 'zh-CN', account: 'W-1', category: 'account-taken-over' } as const;
const opened: CorrespondenceEvent = { type: 'CorrespondenceOpened', ...whom };
const awaited = (promise: string, due: string): CorrespondenceEvent => ({ type: 'UpdateAwaited', promise, due });
const next = (at: string, ...events: CorrespondenceEvent[]) => nextUpdate(events.reduce(correspondence.evolve, correspondence.initial), at);

describe('What is remembered of a matter', () => {
  it('begins with whom it concerns', () =>
    given()
      .when({ type: 'OpenCorrespondence', ...told, whom })
      .records(opened));
  it('knows when nobody complained', () =>
    expect(whenCaseHeard({ type: 'CaseOpened', data: { ...whom, matter: 'm1', kind: 'protective' } })!(told)).toMatchObject({
      whom: { protective: true },
    }));
  it('begins once', () =>
    given(opened)
      .when({ type: 'OpenCorrespondence', ...told, whom })
      .recordsNothing());
  it('knows the earliest update still to come', () => {
    const events = [opened, awaited('p1', '2026-11-19T09:00:00.000Z'), awaited('p2', '2026-11-18T09:00:00.000Z')];
    expect(next('2026-11-18T00:00:00.000Z', ...events)).toBe('2026-11-18T09:00:00.000Z');
    expect(next('2026-11-18T10:00:00.000Z', ...events)).toBe('2026-11-19T09:00:00.000Z');
    expect(next('2026-11-20T00:00:00.000Z', ...events)).toBeUndefined();
  });
  it('forgets an update that came, or was missed', () =>
    expect(
      next('2026-11-18T00:00:00.000Z', awaited('p1', '2026-11-19T09:00:00.000Z'), { type: 'UpdateSettled', promise: 'p1', how: 'kept' }),
    ).toBeUndefined());
  it('notes the same thing once', () => {
    given(opened, awaited('p1', 'd'))
      .when({ type: 'AwaitUpdate', ...told, promise: 'p1', due: 'd' })
      .recordsNothing();
    given(opened)
      .when({ type: 'SettleUpdate', ...told, promise: 'p9', how: 'kept' })
      .recordsNothing();
    given(opened)
      .when({ type: 'NoteCategory', ...told, category: 'account-taken-over' })
      .recordsNothing();
    given(opened)
      .when({ type: 'NoteCategory', ...told, category: 'scam' })
      .records({ type: 'CategoryNoted', category: 'scam' });
  });
  it('notes that a receipt already named the time', () => {
    const heard = whenCaseHeard({ type: 'ContactRecorded', data: { ...whom, matter: 'm1', nextUpdate: '2026-11-19T09:00:00.000Z' } });
    given(opened).when(heard!(told)).records({ type: 'UpdateTold', due: '2026-11-19T09:00:00.000Z' });
  });
  it.each(['CaseClosed', 'CreditOrdered', 'ContactRecorded'])('takes nothing from %s without a time in it', (type) =>
    expect(whenCaseHeard({ type, data: { matter: 'm1' } })).toBeUndefined(),
  );
});
