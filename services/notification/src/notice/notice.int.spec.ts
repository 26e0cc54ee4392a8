import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NoticeHistory, NoticeLine } from '@recourse/contracts';
import { part } from '@recourse/event-store';
import { v7 as uuid } from 'uuid';
import { eventually, notificationUnderTest, type Saying } from '../notification.testing.js';
import { notice } from './deciding.js';

let house: Awaited<ReturnType<typeof notificationUnderTest>>;
beforeAll(async () => {
  house = await notificationUnderTest();
});
afterAll(() => house.close());

const accounts = 'recourse.account-lock.v1';
const cases = 'recourse.case.v1';
const platform = () => house.as({ role: 'platform', tenant: 'quanpay', sub: 'quanpay' });
const ownerOf = (account: string) => ({ tenant: 'quanpay', scope: `account:quanpay:${account}`, subject: 'C-1' });

/** A customer with one registered mail address. */
const customer = async (name: string, language = 'zh-CN') => {
  const account = `wallet-${uuid().slice(-12)}`;
  const address = `${name}@mail.example`;
  const route = uuid();
  await house.say(
    accounts,
    'RouteRegistered',
    { account, route, kind: 'email', language },
    { seal: [{ owner: ownerOf(account), group: 'route-address', value: { address } }] },
  );
  return { account, address, route };
};
const about = (account: string, matter = uuid()) => ({ matter, reference: 'R7K3-M9QX-2D', account, subject: 'C-1', language: 'zh-CN' });
const mailTo = (address: string, times = 1) => eventually(() => house.mail.to(address).length >= times && house.mail.to(address).at(-1));
const linesOf = async (query: string) => ((await platform().get(`/v1/notices?${query}`)).body as { items: NoticeLine[] }).items;
const inState = (query: string, state: string) => eventually(async () => (await linesOf(query)).find((line) => line.state === state));

describe('An account is locked', () => {
  it('and its owner hears at the registered address, in Chinese, how this platform unlocks and when he hears next', async () => {
    const { account, address } = await customer('li');
    const matter = uuid();
    await house.say(
      cases,
      'CaseOpened',
      {
        ...about(account, matter),
        kind: 'complaint',
        respondent: 'x',
        receivedAt: '2026-11-17T18:14:00.000Z',
        category: 'account-taken-over',
      },
      { corr: matter },
    );
    await house.say(
      cases,
      'UpdatePromised',
      { ...about(account, matter), promise: uuid(), due: '2099-11-18T01:00:00.000Z' },
      { corr: matter },
    );
    await house.say(
      accounts,
      'AccountLocked',
      { account, scope: 'outgoing', cause: 'claim', disclosable: true, matter, until: '2026-11-17T18:50:00.000Z' },
      { corr: matter },
    );
    const locked = await eventually(() => house.mail.to(address).find(({ subject }) => subject.includes('锁定')));
    expect(locked.subject).toBe('全付钱包账户锁定通知：限制转出');
    expect(locked.text).toContain('安全中心');
    expect(locked.text).toContain('下次回复时间：2099年11月18日 09:00（北京时间）前。');
    expect(locked.from).toContain('全付钱包');
    expect(house.mail.to(address).map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([expect.stringContaining('您的投诉已登记')]),
    );
    // The mail is there a moment before it is written down that it was taken.
    const line = await eventually(async () =>
      (await linesOf(`account=${account}`)).find(({ template, state }) => template === 'account-locked' && state === 'sent'),
    );
    expect(line).toMatchObject({ channel: 'email', topic: 'security', case: matter });
    expect(locked.id).toBe(`<notice-${line.notice}@recourse.example>`);
  });
  it('and hearing it twice makes one mail', async () => {
    const { account, address } = await customer('twice');
    const said = await house.say(accounts, 'LockLapsed', { account, disclosable: true });
    await house.hear(said);
    await house.hear({ ...said, cause: uuid() });
    await mailTo(address);
    await house.say(accounts, 'AccountUnlocked', { account, seconds: 12 });
    await mailTo(address, 2);
    expect(house.mail.to(address).map(({ subject }) => subject)).toEqual([
      '全付钱包：临时限制已自动解除',
      expect.stringContaining('已解除锁定'),
    ]);
  });
  it('and nothing is sent to a route in doubt, not even when it comes into doubt before the mail left', async () => {
    const { account, address, route } = await customer('doubted');
    await house.say(accounts, 'RouteDistrusted', { account, route, why: 'take-over' });
    await house.say(accounts, 'AccountLocked', { account, scope: 'all', cause: 'rule', disclosable: true });
    const line = await inState(`account=${account}`, 'given-up');
    const { body } = await platform().get(`/v1/notices/${line.notice}`);
    expect(body).toMatchObject({ state: 'given-up', givenUp: { why: 'no-route' }, tries: [] });
    expect(house.mail.to(address)).toEqual([]);
  });
});

describe('A route is changed', () => {
  const added = async (account: string, address: string) => {
    const route = uuid();
    const owner = ownerOf(account);
    await house.say(
      accounts,
      'RouteRegistered',
      { account, route, kind: 'email', language: 'zh-CN' },
      { seal: [{ owner, group: 'route-address', value: { address } }] },
    );
    await house.say(accounts, 'RouteDistrusted', { account, route, why: 'changed-recently' });
    return route;
  };
  it('and the old one hears of it in its language, without the new address, while the new one hears nothing', async () => {
    const { account, address, route } = await customer('old-route', 'en');
    const thief = 'thief-route@mail.example';
    await added(account, thief);
    await house.say(accounts, 'OldRouteAlerted', { account, route, change: 'registered', until: '2099-11-20T02:20:00.000Z' });
    const mail = await mailTo(address);
    expect(mail.subject).toContain('a new way to reach you was registered');
    expect(mail.text).toMatch(/20 November 2099[\s\S]*If this was not you/);
    expect(mail.text + mail.html).not.toContain('thief');
    await inState(`account=${account}`, 'sent');
    expect(house.mail.to(thief)).toEqual([]);
  });
  it('and one that is removed or comes into doubt before the mail left hears of it all the same', async () => {
    const { account, address, route } = await customer('going+later');
    await house.say(accounts, 'OldRouteAlerted', { account, route, change: 'registered' });
    await house.say(accounts, 'RouteDistrusted', { account, route, why: 'take-over' });
    await house.say(accounts, 'RouteRemoved', { account, route });
    expect((await mailTo(address)).text).toMatch(/如非本人操作/);
  });
});

describe('What is personal', () => {
  const sealing = (account: string, matter: string): Saying => ({
    corr: matter,
    seal: [
      {
        owner: { tenant: 'quanpay', scope: `matter:${matter}`, subject: 'C-1' },
        group: 'contact-text',
        value: { agentName: '陈静', text: '客户说明情况', proposedSolution: '先行锁定并追查' },
      },
    ],
  });
  it('stands in the mail and in no record: address, names, words', async () => {
    const { account, address } = await customer('personal');
    const matter = uuid();
    await house.say(
      cases,
      'ContactRecorded',
      {
        ...about(account, matter),
        contact: uuid(),
        channel: 'telephone',
        direction: 'inbound',
        agent: 'agent-0417',
        badge: '0417',
        receipt: 'C7K3-M9QX-2D',
        nextUpdate: '2099-01-01T00:00:00.000Z',
      },
      sealing(account, matter),
    );
    const mail = await mailTo(address);
    expect(mail.text).toMatch(/客服陈静（工号 0417）[\s\S]*C7K3-M9QX-2D[\s\S]*先行锁定并追查[\s\S]*2099年1月1日/);
    const records = await house.store.readLog(-1, 100_000);
    const told = records.map(({ text }) => text).join('\n');
    for (const secret of ['陈静', '先行锁定', 'mail.example']) expect(told).not.toContain(secret);
    expect(records.some(({ type, data }) => type === 'GroupsOpened' && data['purpose'] === 'informing-customer')).toBe(true);
  });
  it('is not sent again as a promise of its own when the receipt already names the time', async () => {
    const { account, address } = await customer('promised');
    const matter = uuid();
    const due = '2099-01-01T00:00:00.000Z';
    await house.say(
      cases,
      'ContactRecorded',
      {
        ...about(account, matter),
        contact: uuid(),
        channel: 'telephone',
        direction: 'inbound',
        agent: 'a',
        badge: '0417',
        receipt: 'C1',
        nextUpdate: due,
      },
      sealing(account, matter),
    );
    await house.say(cases, 'UpdatePromised', { ...about(account, matter), promise: uuid(), due }, { corr: matter });
    await house.say(cases, 'PromiseMissed', { ...about(account, matter), promise: uuid(), due }, { corr: matter });
    await mailTo(address, 2);
    expect(house.mail.to(address).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('沟通回执'),
      expect.stringContaining('未按承诺时间回复'),
    ]);
  });
  it('is a one-time code most of all: mailed, and to be read nowhere', async () => {
    const { account, address, route } = await customer('code');
    const code = '493817';
    await house.say(
      accounts,
      'StepUpAsked',
      { account, stepUp: uuid(), purpose: 'unlock', route, expires: '2099-01-01T00:00:00.000Z' },
      { seal: [{ owner: ownerOf(account), group: 'one-time-code', value: { code } }] },
    );
    expect((await mailTo(address)).text).toContain(code);
    const line = await inState(`account=${account}`, 'sent');
    for (const path of ['', '?purpose=informing-customer', '/words?purpose=informing-customer'])
      expect((await platform().get(`/v1/notices/${line.notice}${path}`)).text).not.toContain(code);
    expect((await platform().get(`/v1/notices/${line.notice}/words?purpose=informing-customer`)).status).toBe(404);
    expect((await house.store.readLog(-1, 100_000)).map(({ text }) => text).join()).not.toContain(code);
  });
  it('is not mailed when a code has run out', async () => {
    const { account, address, route } = await customer('late');
    await house.say(
      accounts,
      'StepUpAsked',
      { account, stepUp: uuid(), purpose: 'unlock', route, expires: '2020-01-01T00:00:00.000Z' },
      { seal: [{ owner: ownerOf(account), group: 'one-time-code', value: { code: '000001' } }] },
    );
    const line = await inState(`account=${account}`, 'given-up');
    expect((await platform().get(`/v1/notices/${line.notice}`)).body).toMatchObject({ givenUp: { why: 'code-expired' } });
    expect(house.mail.to(address)).toEqual([]);
  });
});

describe('A letter', () => {
  const issue = (account: string, matter: string, channel: string) => {
    const owner = { tenant: 'quanpay', scope: `matter:${matter}`, subject: 'C-1' };
    return house.say(
      cases,
      'LetterIssued',
      { ...about(account, matter), letter: uuid(), kind: 'final-response', channel },
      { corr: matter, seal: [{ owner, group: 'letter-text', value: { text: '投诉成立，款项已退回。' } }] },
    );
  };
  it('is the mail itself where the account has a trusted route', async () => {
    const { account, address } = await customer('letter');
    await issue(account, uuid(), 'email');
    const mail = await mailTo(address);
    expect([mail.subject, mail.text.includes('投诉成立，款项已退回。')]).toEqual(['投诉处理结果告知书（投诉编号 R7K3-M9QX-2D）', true]);
  });
  it('is handed over where it has none; the platform reads it with a purpose and reports when it left, late', async () => {
    const matter = uuid();
    const said = await issue(`wallet-${uuid().slice(-12)}`, matter, 'email');
    const line = await inState(`letter=${said.data['letter'] as string}`, 'handed-over');
    expect(line.channel).toBe('platform');
    expect((await platform().get(`/v1/notices/${line.notice}/words`)).status).toBe(400);
    expect((await platform().get(`/v1/notices/${line.notice}/words?purpose=informing-customer`)).body).toMatchObject({
      subject: expect.stringContaining('告知书'),
      text: expect.stringContaining('款项已退回'),
    });
    const path = `/v1/notices/${line.notice}/delivery-reports`;
    const sentAt = new Date(Date.parse(said.time) + 50).toISOString();
    expect((await platform().post(path, { sentAt: '2020-01-01T00:00:00Z' })).body).toMatchObject({
      status: 422,
      code: 'notice-left-before-it-was-issued',
      errors: [{ pointer: '/sentAt' }],
    });
    expect((await platform().post(path, { sentAt: '2199-01-01T00:00:00Z' })).body).toMatchObject({
      status: 422,
      code: 'notice-left-in-the-future',
    });
    expect((await platform().post(path, {})).body).toMatchObject({ status: 400, errors: [{ pointer: '/sentAt' }] });
    expect((await platform().post(path, { sentAt, colour: 'red' })).body).toMatchObject({ status: 400, errors: [{ pointer: '/colour' }] });
    const key = uuid();
    const reported = await platform().post(path, { sentAt }, { key });
    expect([reported.status, reported.body]).toEqual([200, expect.objectContaining({ state: 'sent', sentAt })]);
    const again = await platform().post(path, { sentAt }, { key });
    expect([again.status, again.headers['idempotent-replayed'], again.body]).toEqual([200, 'true', reported.body]);
    expect((await platform().post(path, { state: 'delivered', deliveredAt: sentAt })).body).toMatchObject({ state: 'delivered' });
    expect((await house.as({ role: 'platform', tenant: 'tidepay' }).post(path, { sentAt })).status).toBe(404);
    expect((await house.as({ role: 'agent', tenant: 'quanpay' }).post(path, { sentAt })).status).toBe(403);
  });
});

describe('A mail server', () => {
  it('that refuses an address for ever ends it', async () => {
    const { account } = await customer('nobody+refused');
    await house.say(accounts, 'LockConfirmed', { account, disclosable: true });
    const line = await inState(`account=${account}`, 'given-up');
    expect((await platform().get(`/v1/notices/${line.notice}`)).body).toMatchObject({
      givenUp: { why: 'rejected' },
      tries: [{ attempt: 1 }],
    });
  });
  it('that cannot take it now is asked again, and the mail keeps its id', async () => {
    const { account, address } = await customer('busy+later');
    await house.say(accounts, 'LockConfirmed', { account, disclosable: true });
    const mail = await mailTo(address);
    const line = await inState(`account=${account}`, 'sent');
    expect(mail.id).toContain(line.notice);
    expect((await platform().get(`/v1/notices/${line.notice}`)).body).toMatchObject({
      tries: [{ attempt: 1, failed: 'address-not-taken-now' }, { attempt: 2 }],
    });
  });
  it('that was called by a process which died then is called once more, and the mail has the id it would have had', async () => {
    const { account, address, route } = await customer('died');
    const sealed = (await house.store.readStream(`recipient-quanpay-${account}`))[0]!.sealed!;
    const id = uuid();
    const stream = `notice-${id}`;
    const told = {
      by: { actor: 'service:notification', role: 'service', client: 'notification' },
      at: new Date(Date.now() - 60_000).toISOString(),
    };
    const template = { id: 'lock-lapsed', version: 1 };
    const plan = {
      notice: id,
      heard: `${uuid()}.LockLapsed.v1`,
      saidAt: told.at,
      topic: 'security',
      channel: 'email',
      template,
      language: 'zh-CN',
      guidance: [],
      facts: { account },
      account,
      route,
    } as const;
    // Planned and begun in one breath, a minute ago, and nothing since: what a killed process leaves behind.
    const begun = [
      part(notice, stream, { type: 'PlanNotice', ...told, plan, sealed }),
      part(notice, stream, { type: 'StartSending', ...told, attempt: 1 }),
    ] as const;
    await house.send({ tenant: 'quanpay', corr: stream, parts: begun });
    await house.views.caughtUp();
    expect(house.mail.to(address)).toEqual([]);
    // A generation that nobody reads yet makes nothing happen, whatever stands in it; the same in the live one does.
    const due = 'set "tryAt" = clock_timestamp() where notice = $1';
    await house.views.live.query(`update view_notices_${await house.views.build('notices')}.notice ${due}`, [id]);
    await pause(1_000); // the worker looks five times a second
    expect(house.mail.to(address)).toEqual([]);
    await house.views.live.query(`update notice ${due}`, [id]);
    expect((await mailTo(address)).id).toBe(`<${stream}@recourse.example>`);
    expect((await platform().get(`/v1/notices/${id}`)).body).toMatchObject({ tries: [{ attempt: 1 }, { attempt: 2 }] });
  });
});

describe('What a customer wants', () => {
  const own = () => house.as({ role: 'customer', tenant: 'quanpay', sub: 'C-quiet' });
  it('is everything, until he says otherwise; security cannot be turned off', async () => {
    expect((await own().get('/v1/preferences')).body).toEqual({
      choices: { security: 'on', receipts: 'on', progress: 'on', guidance: 'on' },
    });
    expect((await own().post('/v1/preferences', { choices: { security: 'off' } })).body).toMatchObject({
      status: 422,
      code: 'security-notice-cannot-be-turned-off',
      errors: [{ pointer: '/choices/security' }],
    });
    expect((await own().post('/v1/preferences', { choices: { progress: 'never' } })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/choices/progress' }],
    });
    expect((await own().post('/v1/preferences', { choices: { progress: 'off' }, language: 'en' })).body).toMatchObject({
      choices: { progress: 'off', security: 'on' },
      language: 'en',
    });
    expect((await own().get('/v1/preferences?subject=C-other')).status).toBe(404);
    expect((await platform().get('/v1/preferences?subject=C-quiet')).body).toMatchObject({ choices: { progress: 'off' } });
    expect((await platform().get('/v1/preferences?subject=%2B8613800138000')).body).toMatchObject({
      errors: [{ parameter: 'subject', code: 'id-looks-personal' }],
    });
  });
  it('is kept to, and it is recorded that he was not told', async () => {
    const { account, address } = await customer('quiet');
    const matter = uuid();
    await house.say(cases, 'CaseReopened', { ...about(account, matter), subject: 'C-quiet', why: 'new-information' }, { corr: matter });
    await house.say(
      cases,
      'CaseOpened',
      { ...about(account, matter), subject: 'C-quiet', kind: 'complaint', respondent: 'x', receivedAt: '2026-11-17T18:14:00.000Z' },
      { corr: matter },
    );
    expect((await mailTo(address)).subject).toBe('We have received your complaint R7K3-M9QX-2D');
    expect(await inState(`case=${matter}`, 'given-up')).toMatchObject({ template: 'case-reopened' });
    expect(house.mail.to(address)).toHaveLength(1);
    const seen = ((await own().get('/v1/notices')).body as { items: NoticeLine[] }).items;
    expect(seen.every((line) => line.case === matter) && seen.length).toBe(2);
  });
});

describe('The list of notices', () => {
  it('is the same, byte for byte, when its view is built anew', async () => {
    await house.views.caughtUp();
    const before = (await platform().get('/v1/notices?limit=200')).text;
    await house.views.rebuild('notices');
    expect((await platform().get('/v1/notices?limit=200')).text).toBe(before);
  });
  it('is of one platform only', async () =>
    expect((await house.as({ role: 'platform', tenant: 'harbour' }).get('/v1/notices')).body).toEqual({ items: [] }));
  it('shows templates in every version', async () => {
    expect((await platform().get('/v1/templates')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: 'letter', version: 1 })]),
    });
    expect((await platform().get('/v1/templates/letter')).body).toMatchObject({
      id: 'letter',
      versions: [{ 'zh-CN': { subject: expect.any(String) } }],
    });
    expect((await platform().get('/v1/templates/none')).status).toBe(404);
  });
  it('says of one notice what a history of it says', async () => {
    const [line] = await linesOf('limit=1');
    const { body, headers } = await platform().get(`/v1/notices/${line!.notice}`);
    const records = await house.store.readStream(`notice-${line!.notice}`);
    expect([(body as NoticeHistory).notice, headers['etag']]).toEqual([line!.notice, `"${records.length - 1}"`]);
  });
});
