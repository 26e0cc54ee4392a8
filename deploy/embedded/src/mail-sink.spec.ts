import { afterEach, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { startMailSink, type Mail, type MailSink, type MailSinkOptions } from './mail-sink.js';

let sink: MailSink;
afterEach(() => sink.stop());

const open = async (options: Partial<MailSinkOptions> = {}) => (sink = await startMailSink({ smtpPort: 0, httpPort: 0, ...options }));

const send = (to: string, more: { subject?: string; text?: string; headers?: Record<string, string> } = {}) =>
  createTransport(sink.smtpUrl).sendMail({ from: 'Recourse <desk@recourse.example>', to, subject: 'hello', text: 'hello', ...more });

const list = async (query = ''): Promise<Mail[]> =>
  ((await (await fetch(`${sink.url}/dev/mail${query}`)).json()) as { mails: Mail[] }).mails;

it('shows what was sent, in any script, newest first', async () => {
  await open();
  await send('c-20881@example.com', { subject: '您的账户已被锁定', text: '凌晨两点的转账…', headers: { 'x-notice': 'n-1' } });
  await send('other@example.com');
  expect((await list()).map(({ to }) => to)).toEqual([['other@example.com'], ['c-20881@example.com']]);
  const [mail] = await list('?to=C-20881@example.com');
  expect(mail).toEqual({
    id: mail!.id,
    receivedAt: mail!.receivedAt,
    from: 'desk@recourse.example',
    to: ['c-20881@example.com'],
    subject: '您的账户已被锁定',
  });
  const whole = (await (await fetch(`${sink.url}/dev/mail/${mail!.id}`)).json()) as Mail;
  expect(whole).toMatchObject({ text: '凌晨两点的转账…', headers: { 'x-notice': 'n-1', from: '"Recourse" <desk@recourse.example>' } });
});

it('lets senders practise with addresses that do not exist or cannot be reached', async () => {
  await open();
  await expect(send('a+refused@example.com')).rejects.toMatchObject({ responseCode: 550 });
  await expect(send('a+later@example.com')).rejects.toMatchObject({ responseCode: 451 });
  expect(await list()).toEqual([]);
});

it('forgets the oldest mail rather than grow, by number and by size', async () => {
  await open({ most: { mails: 3, bytes: 60_000 } });
  for (const n of [1, 2, 3, 4]) await send('a@example.com', { subject: `${n}` });
  expect((await list()).map(({ subject }) => subject)).toEqual(['4', '3', '2']);
  for (const subject of ['large', 'larger']) await send('a@example.com', { subject, text: 'x'.repeat(40_000) });
  expect((await list()).map(({ subject }) => subject)).toEqual(['larger']);
});

it('refuses a mail that is too large', async () => {
  await open();
  await expect(send('a@example.com', { text: 'x\n'.repeat(700_000) })).rejects.toMatchObject({ responseCode: 552 });
  expect(await list()).toEqual([]);
});

it('is for reading only, and answers problems for what it has not', async () => {
  await open();
  for (const [method, path, status] of [
    ['DELETE', '/dev/mail', 405],
    ['GET', '/dev/mail/unknown', 404],
    ['GET', '/', 404],
    ['GET', '/livez', 200],
  ] as const)
    expect((await fetch(sink.url + path, { method })).status).toBe(status);
});
