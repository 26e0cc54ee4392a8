import { describe, expect, it } from '@jest/globals';
import { platformMessage } from '@recourse/contracts';
import type { Message } from '@recourse/relay';
import { feed } from './feed.js';
import { whenSaid } from './policy.js';

const message = (type: string, topic: string, data: Message['data']): Message =>
  ({
    id: `e1.${type}.v1`,
    type,
    version: 1,
    topic,
    source: 'case-tracking',
    key: 'm1',
    tenant: 'tidepay',
    time: '2026-11-18T02:20:00.000Z',
    corr: 'm1',
    cause: 'e1',
    stream: 'case-m1',
    streamVersion: 7,
    data,
    sealed: [],
  }) as unknown as Message;
const credit = message('CreditOrdered', 'recourse.case.v1', {
  matter: 'm1',
  credit: 'c1',
  instruction: 'i1',
  amount: { currency: 'USD', value: 20000 },
});

describe('The platform’s feed', () => {
  it('holds a message with its source, whole, under a dense number', () => {
    const told = whenSaid(credit)!;
    const [event] = feed.decide({ type: 'TellPlatform', by: { actor: '', role: '', client: '' }, at: '', told }, null) as readonly {
      type: string;
    }[];
    const { type, ...data } = event!;
    expect(platformMessage({ type, data, version: 41 })).toEqual({
      number: 42,
      id: 'e1.CreditOrdered.v1',
      type: 'CreditOrdered',
      timestamp: '2026-11-18T02:20:00.000Z',
      source: { service: 'case-tracking', stream: 'case-m1', version: 7 },
      matter: 'm1',
      data: credit.data,
    });
  });
  it.each(['StepUpAsked', 'StepUpPassed', 'RouteRegistered', 'RouteDistrusted'])('never shows %s', (type) =>
    expect(whenSaid(message(type, 'recourse.account-lock.v1', { account: 'W-1' }))).toBeUndefined(),
  );
  it('never shows that a code was mailed', () =>
    expect(whenSaid(message('NoticeSent', 'recourse.notice.v1', { notice: 'n1', stepUp: 's1' }))).toBeUndefined());
  it('shows what becomes of a notice', () =>
    expect(whenSaid(message('NoticeHandedOver', 'recourse.notice.v1', { notice: 'n1', letter: 'l1' }))).toMatchObject({
      said: 'NoticeHandedOver',
    }));
  it('shows of a complaint only that it is received', () => {
    expect(whenSaid(message('ComplaintReceived', 'recourse.complaint.v1', { matter: 'm1' }))).toBeDefined();
    expect(whenSaid(message('DetailsGiven', 'recourse.complaint.v1', { matter: 'm1' }))).toBeUndefined();
  });
});
