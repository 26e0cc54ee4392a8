import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import { notice } from './deciding.js';
import type { NoticeEvent, Plan } from './notice.js';

const given = givenFor(notice);
const by = { actor: 'service:notification', role: 'service', client: 'notification' };
const at = '2026-11-18T02:20:00.000Z';

const plan: Plan = {
  notice: '5c1a8f0e-58cf-5f39-9c44-1f2d7a8b9c0d',
  heard: '0193-a.CaseOpened.v1',
  saidAt: at,
  topic: 'receipts',
  channel: 'email',
  template: { id: 'case-opened', version: 1 },
  language: 'zh-CN',
  guidance: [],
  facts: { reference: 'R7K3-M9QX-2D' },
  matter: 'm1',
  route: 'r1',
};
const letter: Plan = { ...plan, topic: 'letters', channel: 'platform', template: { id: 'letter', version: 1 }, letter: 'l1' };

const planned: NoticeEvent = { type: 'NoticePlanned', plannedAt: at, ...plan };
const handedOver: readonly NoticeEvent[] = [{ type: 'NoticePlanned', plannedAt: at, ...letter }, { type: 'NoticeHandedOver' }];
const started = (attempt: number, startedAt = at): NoticeEvent => ({ type: 'SendingStarted', attempt, startedAt });
const failed = (attempt: number): NoticeEvent => ({ type: 'NoticeFailed', attempt, why: 'no-answer', nextTry: at });
const sent: NoticeEvent = { type: 'NoticeSent', sentAt: '2026-11-18T02:20:01.000Z' };
const after = (seconds: number) => new Date(Date.parse(at) + seconds * 1000).toISOString();

describe('Planning a notice', () => {
  it('is recorded with everything needed to write the same words again', () =>
    given().when({ type: 'PlanNotice', by, at, plan }).records(planned));
  it('says nothing the second time the same message is heard', () =>
    given(planned).when({ type: 'PlanNotice', by, at, plan }).recordsNothing());
  it('hands a letter over to the platform where the account has no trusted route', () =>
    given()
      .when({ type: 'PlanNotice', by, at, plan: letter })
      .records(...handedOver));
  it('gives up at once without a trusted route, and says so', () =>
    given().when({ type: 'PlanNotice', by, at, plan, obstacle: 'no-route' }).records(planned, { type: 'NoticeGivenUp', why: 'no-route' }));
});

describe('Sending a notice', () => {
  it('is told before the mail server is called', () =>
    given(planned).when({ type: 'StartSending', by, at, attempt: 1 }).records(started(1)));
  it('is done by one worker only: the second finds the try taken', () =>
    given(planned, started(1)).when({ type: 'StartSending', by, at, attempt: 1 }).recordsNothing());
  it('is not begun again while the first try may still live', () =>
    given(planned, started(1))
      .when({ type: 'StartSending', by, at: after(29), attempt: 2 })
      .recordsNothing());
  it('is begun again when the first try has died with its process', () =>
    given(planned, started(1))
      .when({ type: 'StartSending', by, at: after(30), attempt: 2 })
      .records(started(2, after(30))));
  it('is done when the mail server took it', () =>
    given(planned, started(1))
      .when({ type: 'RecordSent', by, at, attempt: 1, sentAt: after(1), providerId: 'q1' })
      .records({ type: 'NoticeSent', sentAt: after(1), providerId: 'q1' }));
  it('is done even when a later try began meanwhile', () =>
    given(planned, started(1), failed(1))
      .when({ type: 'RecordSent', by, at, attempt: 1, sentAt: after(1) })
      .records({ type: 'NoticeSent', sentAt: after(1) }));
  it('is recorded once', () =>
    given(planned, started(1), sent)
      .when({ type: 'RecordSent', by, at, attempt: 1, sentAt: after(5) })
      .recordsNothing());
  it('is tried again in five seconds, then in half a minute', () => {
    given(planned, started(1))
      .when({ type: 'RecordFailure', by, at, attempt: 1, why: 'no-answer' })
      .records({ type: 'NoticeFailed', attempt: 1, why: 'no-answer', nextTry: after(5) });
    given(planned, started(1), failed(1), started(2))
      .when({ type: 'RecordFailure', by, at, attempt: 2, why: 'no-answer' })
      .records({ type: 'NoticeFailed', attempt: 2, why: 'no-answer', nextTry: after(30) });
  });
  it('is given up after a day of tries', () => {
    const tries = Array.from({ length: 10 }, (_, n) => [started(n + 1), failed(n + 1)]).flat();
    given(planned, ...tries, started(11))
      .when({ type: 'RecordFailure', by, at, attempt: 11, why: 'no-answer' })
      .records({ type: 'NoticeGivenUp', why: 'gave-up' });
  });
  it('is given up when the route is no longer trusted', () =>
    given(planned).when({ type: 'GiveUp', by, at, why: 'route-distrusted' }).records({ type: 'NoticeGivenUp', why: 'route-distrusted' }));
  it('is never begun for what was handed over to the platform', () =>
    given(...handedOver)
      .when({ type: 'StartSending', by, at, attempt: 1 })
      .recordsNothing());
});

describe('What the platform reports', () => {
  const report = { type: 'ReportDelivery', by, at: after(3600), when: after(60), reportedAs: 'sent' } as const;

  it('counts by its own time, however late it is told', () =>
    given(...handedOver)
      .when(report)
      .records({ type: 'NoticeSent', sentAt: after(60) }));
  it('says nothing new the second time', () =>
    given(...handedOver, { type: 'NoticeSent', sentAt: after(60) })
      .when(report)
      .recordsNothing());
  it('cannot move the time once it is told', () =>
    given(...handedOver, { type: 'NoticeSent', sentAt: after(30) })
      .when(report)
      .isRefused('notice-already-sent'));
  it('cannot lie in the future', () =>
    given(...handedOver)
      .when({ ...report, when: after(3700) })
      .isRefused('notice-left-in-the-future', { pointers: ['/sentAt'] }));
  it('cannot be earlier than what it is about', () =>
    given(...handedOver)
      .when({ ...report, when: after(-3) })
      .isRefused('notice-left-before-it-was-issued', { pointers: ['/sentAt'] }));
  it('is not asked for what we send ourselves', () => given(planned).when(report).isRefused('notice-is-sent-by-us'));
  it('may say that a mail of ours arrived', () =>
    given(planned, started(1), sent)
      .when({ ...report, reportedAs: 'delivered' })
      .records({ type: 'NoticeDelivered', deliveredAt: after(60) }));
  it('may say that it bounced', () =>
    given(planned, started(1), sent)
      .when({ ...report, reportedAs: 'bounced', why: 'mailbox-full' })
      .records({ type: 'NoticeBounced', bouncedAt: after(60), why: 'mailbox-full' }));
  it('cannot say that something arrived which never left', () =>
    given(planned)
      .when({ ...report, reportedAs: 'delivered' })
      .isRefused('notice-was-not-sent'));
  it('may say that the platform could not deliver it', () =>
    given(...handedOver)
      .when({ ...report, reportedAs: 'failed' })
      .records({ type: 'NoticeGivenUp', why: 'platform-could-not-deliver' }));
  it('comes too late for a notice given up', () =>
    given(planned, { type: 'NoticeGivenUp', why: 'gave-up' }).when(report).isRefused('notice-was-given-up'));
});
