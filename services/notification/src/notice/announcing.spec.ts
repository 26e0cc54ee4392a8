import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { contractsFolder, noticeHistory, type NoticeHistory, type Past } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import { announce } from './announcing.js';
import type { NoticeEvent, Plan } from './notice.js';

const folder = contractsFolder('events/recourse.notice.v1');
const schemas = new Map(
  readdirSync(folder).map((name) => {
    const schema = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { title: string; examples: object[] };
    return [schema.title, schema];
  }),
);
const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const complaintsOf = (type: string, data: object) => {
  const validate = ajv.getSchema(`https://recourse.example/events/recourse.notice.v1/${type}.v1.json`) ?? ajv.compile(schemas.get(type)!);
  return validate(data) ? [] : validate.errors;
};

const plan: Plan = {
  notice: '5c1a8f0e-58cf-5f39-9c44-1f2d7a8b9c0d',
  heard: '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b90.LetterIssued.v1',
  saidAt: '2026-11-18T02:19:59.000Z',
  topic: 'letters',
  channel: 'email',
  template: { id: 'letter', version: 1 },
  language: 'zh-CN',
  guidance: [],
  facts: { reference: 'R7K3-M9QX-2D' },
  matter: '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22',
  account: 'wallet-8843',
  route: '019a9c3e-5b10-7a20-8c3d-4b1e0c7f2b60',
  letter: '019a9c3e-8a40-7b10-9c3d-5a1e0c7f2b61',
  promise: '019a9c3e-8a40-7b10-9c3d-5a1e0c7f2b62',
  stepUp: '019a9c3e-8a40-7b10-9c3d-5a1e0c7f2b63',
};
const at = '2026-11-18T02:20:00.000Z';
const recordOf = ({ type, sealed, ...data }: NoticeEvent, version: number): Past & { tenant: string } => ({
  type,
  at,
  by: { actor: 'service:notification', role: 'service', client: 'notification' },
  data,
  version,
  tenant: 'quanpay',
  ...(sealed && { sealed }),
});
const planned: NoticeEvent = {
  type: 'NoticePlanned',
  plannedAt: at,
  ...plan,
  sealed: [
    { id: 'a', group: 'route-address', key: 'k', h: 'h' },
    { id: 'b', group: 'one-time-code', key: 'k', h: 'h' },
  ],
};
const life: readonly NoticeEvent[] = [
  planned,
  { type: 'NoticeHandedOver' },
  { type: 'SendingStarted', attempt: 1, startedAt: at },
  { type: 'NoticeFailed', attempt: 1, why: 'no-answer', nextTry: at },
  { type: 'NoticeSent', sentAt: at, providerId: 'q1' },
  { type: 'NoticeDelivered', deliveredAt: at },
  { type: 'NoticeBounced', bouncedAt: at, why: 'mailbox-full' },
  { type: 'NoticeGivenUp', why: 'route-distrusted' },
];
const historyUpTo = (version: number) =>
  life
    .slice(0, version + 1)
    .map(recordOf)
    .reduce<NoticeHistory | undefined>(noticeHistory, undefined);
const announced = (version: number) => announce(recordOf(life[version]!, version) as unknown as Recorded, historyUpTo(version));

describe('What the neighbours hear of a notice', () => {
  it.each([...schemas.keys()])('%s: its example keeps to its schema', (type) => {
    for (const example of schemas.get(type)!.examples) expect(complaintsOf(type, example)).toEqual([]);
  });
  it.each(life.map(({ type }, version) => [type, version] as const))('%s keeps to its schema, or is not told', (type, version) => {
    const messages = announced(version);
    for (const { data, topic, key } of messages) {
      expect(complaintsOf(type, data)).toEqual([]);
      expect([topic, key]).toEqual(['recourse.notice.v1', plan.matter]);
    }
    expect(messages.map((message) => message.type)).toEqual(
      ['NoticePlanned', 'SendingStarted', 'NoticeFailed'].includes(type) ? [] : [type],
    );
  });
  it('is that it left, for which letter and promise, and when', () =>
    expect(announced(4)[0]?.data).toMatchObject({
      letter: plan.letter,
      promise: plan.promise,
      stepUp: plan.stepUp,
      sentAt: at,
      cause: plan.heard,
    }));
  it('is why it was given up, in a code of the taxonomy', () => expect(announced(7)[0]?.data['why']).toBe('no-route'));
  it('is never a sealed group', () => expect(life.flatMap((_, version) => announced(version)).some(({ sealed }) => sealed)).toBe(false));
  it('goes under the account where there is no matter', () => {
    const { matter: _, ...data } = recordOf(planned, 0).data;
    const history = noticeHistory(undefined, { ...recordOf(planned, 0), data });
    expect(announce(recordOf(life[4]!, 4) as unknown as Recorded, history)[0]?.key).toBe('quanpay/wallet-8843');
  });
});

describe('The history of a notice', () => {
  it('knows every event, and shows what became of it', () =>
    expect(historyUpTo(4)).toMatchObject({
      state: 'sent',
      sentAt: at,
      providerId: 'q1',
      tries: [{ attempt: 1, failed: 'no-answer' }],
      nextUpdate: null,
    }));
  it('points at the address, and never at a code', () =>
    expect(historyUpTo(0)?.sealed.map(({ group }) => group)).toEqual(['route-address']));
  it('stops at an event it does not know', () =>
    expect(() => noticeHistory(historyUpTo(0), recordOf({ type: 'Unheard' } as never, 1))).toThrow('unknown to a notice: Unheard'));
});
