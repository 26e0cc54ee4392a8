import { referenceFrom } from '@recourse/contracts';
import type { Told } from '@recourse/edge';
import { Settings } from '@recourse/edge';
import { serviceUnderTest, type Answered, type Somebody } from '@recourse/edge/testing';
import type { Outcome, SealedRef } from '@recourse/event-store';
import type { Message, SealedEntry } from '@recourse/relay';
import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { CaseTrackingModule } from '../case-tracking.module.js';
import { caseHears } from './complaint-case.inbox.js';
import type { ComplaintHeard } from './policy.js';

type Complaint = ComplaintHeard & { readonly message: Message };
export type CaseService = Awaited<ReturnType<typeof serviceUnderTest>> & {
  hear(message: Message): Promise<readonly Outcome[]>;
  message(
    topic: string,
    type: string,
    data: object,
    more?: { readonly tenant?: string; readonly sealed?: readonly SealedEntry[] },
  ): Message;
  /** A complaint is received; `groups` are what was told under seal. */
  received(more?: Partial<ComplaintHeard>, tenant?: string, groups?: Readonly<Record<string, object>>): Promise<Complaint>;
} & Readonly<Record<'jing' | 'wei' | 'min' | 'customer' | 'stranger' | 'platform' | 'elsewhere', Somebody>>;

/** The service on real databases, with ears that the test whispers into. */
export const caseService = async (): Promise<CaseService> => {
  const service = await serviceUnderTest(CaseTrackingModule, { service: 'case-tracking' });
  const { store, views, privacy, send } = service;
  const settings = new Settings();

  /** What the inbox does about a message: each reaction an order of its own, once. */
  const hear = async (message: Message): Promise<readonly Outcome[]> => {
    const outcomes: Outcome[] = [];
    const blobs = message.sealed.map(({ id, h, blob }) => ({ id, h, blob: Buffer.from(blob, 'base64url') }));
    for (const hearing of caseHears.filter(
      ({ topics, own }) => topics.includes(message.topic) || (own && message.source === 'case-tracking'),
    ))
      for (const { stream, corr, parts, claims } of await hearing.react(message, { store, views, privacy, settings })) {
        const told: Told = {
          by: { actor: 'service:case-tracking', role: 'service', client: 'case-tracking' },
          at: store.now(message.tenant),
        };
        const key = { key: `${hearing.consumer}:${message.id}:${stream}`, fingerprint: message.id, kind: 'heard' as const };
        outcomes.push(
          await send({ tenant: message.tenant, corr, cause: message.cause, parts: parts(told), ...(claims && { claims }), blobs, key }),
        );
      }
    await views.caughtUp();
    return outcomes;
  };

  const message = (
    topic: string,
    type: string,
    data: object,
    { tenant = 'quanpay', sealed = [] as readonly SealedEntry[] } = {},
  ): Message => {
    const cause = uuid();
    const sources = {
      'recourse.complaint.v1': 'intake',
      'recourse.account-lock.v1': 'account-lock',
      'recourse.notice.v1': 'notification',
    } as Record<string, string>;
    return {
      id: `${cause}.${type}.v1`,
      type,
      version: 1,
      source: sources[topic] ?? 'case-tracking',
      topic,
      key: uuid(),
      tenant,
      time: store.now(tenant),
      corr: uuid(),
      cause,
      stream: 'elsewhere',
      streamVersion: 0,
      data: data as Message['data'],
      sealed,
    };
  };

  /** A complaint is received: what intake says of it. */
  const received = async (
    more: Partial<ComplaintHeard> = {},
    tenant = 'quanpay',
    groups: Readonly<Record<string, object>> = { narrative: { text: '凌晨两点有人从我的数字钱包转走了1280元' } },
  ): Promise<ComplaintHeard & { readonly message: Message }> => {
    const { matter = uuid() } = more;
    const owner = { tenant, scope: `matter:${matter}`, subject: 'cus-77' };
    const sealed = await Promise.all(
      Object.entries(groups).map(async ([group, value]): Promise<SealedEntry> => {
        const { ref, blob } = await privacy.seal(owner, group, value);
        return { ...(ref as SealedRef), blob: Buffer.from(blob.blob).toString('base64url') };
      }),
    );
    const heard: ComplaintHeard = {
      matter,
      reference: referenceFrom('R', randomBytes(8)),
      receivedAt: store.now(tenant),
      channel: 'app',
      language: 'zh-CN',
      respondent: 'QuanPay Payment Services Co., Ltd.',
      category: 'account-taken-over',
      account: `wallet-${matter.slice(-12)}`,
      subject: 'cus-77',
      known: ['account', 'occurredAt', 'amount', 'device'],
      occurredAt: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' },
      amount: { currency: 'CNY', value: 128_000 },
      checks: [],
      evidence: [],
      ...more,
    };
    const said = message('recourse.complaint.v1', 'ComplaintReceived', heard, { tenant, sealed });
    await hear(said);
    return { ...heard, message: said };
  };

  const staff = { tenant: 'quanpay', skills: ['account-taken-over', 'payment-failed', 'funds-not-received', 'account-security'] };
  return {
    ...service,
    hear,
    message,
    received,
    jing: service.as({ ...staff, sub: 'w-jing', role: 'agent', badge: '0417' }),
    wei: service.as({ ...staff, sub: 'w-wei', role: 'agent', badge: '0533' }),
    min: service.as({ ...staff, sub: 'w-min', role: 'supervisor', badge: '0802' }),
    customer: service.as({ sub: 'cus-77', role: 'customer', tenant: 'quanpay' }),
    stranger: service.as({ sub: 'cus-99', role: 'customer', tenant: 'quanpay' }),
    platform: service.as({ sub: 'quanpay-platform', role: 'platform', tenant: 'quanpay' }),
    elsewhere: service.as({ ...staff, sub: 'w-grace', role: 'supervisor', tenant: 'tidepay' }),
  };
};

export const etag = ({ headers }: Answered): string => String(headers['etag']);
/** Status and code: what a problem is known by. */
export const no = ({ status, body }: Answered) => [status, (body as { code?: string }).code];
export const pointers = ({ body }: Answered) => (body as { errors?: readonly { pointer: string }[] }).errors?.map(({ pointer }) => pointer);
