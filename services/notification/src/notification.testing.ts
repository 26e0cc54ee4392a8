import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import type { Tools } from '@recourse/edge';
import { serviceUnderTest } from '@recourse/edge/testing';
import { allPlatformSettings } from '@recourse/contracts';
import type { SealedBlob } from '@recourse/event-store';
import type { Owner } from '@recourse/privacy';
import type { Message, SealedEntry } from '@recourse/relay';
import { SMTPServer } from 'smtp-server';
import { v7 as uuid } from 'uuid';
import { feedHearing } from './feed/feed.inbox.js';
import { noticesHearing } from './notice/notice.inbox.js';
import { NotificationModule } from './notification.module.js';
import { egressAllow, egressPorts, logDomain, mailFrom, smtpUrl } from './notification.variables.js';

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly id: string;
  readonly from: string;
};

/** A mail server that takes everything; an address with `+refused` never, one with `+later` not before `patience` refusals. */
export const testMailServer = async () => {
  const mails: Mail[] = [];
  const refusals = new Map<string, number>();
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, done) => {
      const times = (refusals.get(address) ?? 0) + 1;
      refusals.set(address, times);
      if (address.includes('+refused')) return done(Object.assign(new Error('no such user'), { responseCode: 550 }));
      if (address.includes('+later') && times < 2) return done(Object.assign(new Error('come back'), { responseCode: 451 }));
      return done();
    },
    onData: (stream, { envelope }, done) => {
      void buffer(stream).then(async (bytes) => {
        const { subject = '', text = '', html, messageId = '', from } = await simpleParser(bytes);
        mails.push({ to: envelope.rcptTo[0]!.address, subject, text, html: html || '', id: messageId, from: from?.text ?? '' });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    to: (address: string) => mails.filter((mail) => mail.to === address),
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
};

export type Sealing = { readonly owner: Owner; readonly group: string; readonly value: object };
export type Saying = {
  readonly tenant?: string;
  readonly corr?: string;
  readonly seal?: readonly Sealing[];
  readonly id?: string;
  readonly time?: string;
};

/** The whole service on real databases, with neighbours one can speak for. */
export const notificationUnderTest = async () => {
  const mail = await testMailServer();
  const service = await serviceUnderTest(NotificationModule, {
    service: 'notification',
    variables: [smtpUrl, mailFrom, egressAllow, egressPorts, logDomain],
    environment: { SMTP_URL: mail.url, RECOURSE_EGRESS_ALLOW: '127.0.0.1' },
  });
  const settings = allPlatformSettings();
  const tools = { ...service, settings: { of: (tenant: string) => settings.get(tenant)! } } as unknown as Tools;

  /** A message as the relay would hand it over: its sealed groups with their bytes. */
  const message = async (
    topic: string,
    type: string,
    data: object,
    { tenant = 'quanpay', corr = uuid(), seal = [], id = uuid(), time }: Saying = {},
  ): Promise<Message> => {
    const sealed: SealedEntry[] = [];
    for (const { owner, group, value } of seal) {
      const { ref, blob } = await service.privacy.seal(owner, group, value);
      sealed.push({ ...ref, blob: Buffer.from(blob.blob).toString('base64url') });
    }
    const source = topic.split('.')[1] === 'case' ? 'case-tracking' : topic.split('.')[1]!;
    const about = { key: corr, tenant, corr, cause: id, stream: `${source}-${corr}`, streamVersion: 0, topic, source };
    return {
      ...about,
      id: `${id}.${type}.v1`,
      type,
      version: 1,
      time: time ?? service.store.now(tenant),
      data: data as Message['data'],
      sealed,
    };
  };

  /** Reacts to a message as the inbox does: every target under a key of its own. */
  const hear = async (heard: Message): Promise<void> => {
    const blobs: SealedBlob[] = heard.sealed.map(({ id, h, blob }) => ({ id, h, blob: Buffer.from(blob, 'base64url') }));
    for (const { consumer, topics, react } of [noticesHearing, feedHearing]) {
      if (!topics.includes(heard.topic) && heard.source !== 'notification') continue;
      for (const { stream, corr, parts } of await react(heard, tools)) {
        const told = {
          by: { actor: 'service:notification', role: 'service', client: 'notification' },
          at: service.store.now(heard.tenant),
        };
        const key = { key: `${consumer}:${heard.id}:${stream}`, fingerprint: heard.id, kind: 'heard' } as const;
        await service.send({ tenant: heard.tenant, corr, cause: heard.cause, parts: parts(told), key, blobs });
      }
    }
  };
  return {
    ...service,
    mail,
    message,
    hear,
    say: async (topic: string, type: string, data: object, saying?: Saying) => {
      const said = await message(topic, type, data, saying);
      await hear(said);
      return said;
    },
    close: async () => {
      await service.close();
      await mail.close();
    },
  };
};

/** Asks until the answer is one, for as long as a worker may take. */
export const eventually = async <Result>(
  ask: () => Result | undefined | false | Promise<Result | undefined | false>,
  seconds = 15,
): Promise<Result> => {
  for (const over = Date.now() + seconds * 1000; ; await pause(50)) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > over) throw new Error(`nothing came of it within ${seconds} s: ${ask.toString().slice(0, 120)}`);
  }
};
