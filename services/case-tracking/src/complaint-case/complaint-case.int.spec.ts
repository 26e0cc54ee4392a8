import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CaseEvents, CaseHistory } from '@recourse/contracts';
import type { Answered } from '@recourse/edge/testing';
import { v7 as uuid } from 'uuid';
import { caseService, etag, no, pointers, type CaseService } from './case-service.testing.js';

let house: CaseService;
beforeAll(async () => {
  house = await caseService();
}, 60_000);
afterAll(() => house.close());

const caseOf = ({ body }: Answered): CaseHistory => body as CaseHistory;
const at = (id: string, noun = '') => `/v1/cases/${id}${noun}`;
/** Judges by what stands there now. */
const judged = async (id: string, noun: string, body: object, by = house.jing): Promise<Answered> =>
  by.post(at(id, noun), body, { ifMatch: etag(await by.get(at(id))) });
const done = async (answer: Promise<Answered>, status = 201): Promise<CaseHistory> => {
  const { body, ...answered } = await answer;
  expect({ ...answered, body: answered.status === status ? '' : body }).toMatchObject({ status });
  return body as CaseHistory;
};
const assessment = { severity: 'serious', category: 'account-taken-over' };
const contact = {
  channel: 'telephone',
  direction: 'inbound',
  badge: '0417',
  agentName: '陈静',
  text: '客户来电',
  proposedSolution: '先锁定账户',
};

describe('A case', () => {
  it('is opened by a received complaint, under the same id, and once', async () => {
    const { matter, reference, message } = await house.received();
    const shown = await house.jing.get(at(matter));
    expect(shown.status).toBe(200);
    expect(shown.body).toMatchObject({
      id: matter,
      reference,
      stage: 'opened',
      priority: 'normal',
      terms: { terms: '2026-09-01' },
      told: { narrative: { sealed: 'narrative' } },
    });
    expect(await house.hear(message)).toMatchObject([{ kind: 'replayed' }]);
    expect((await house.store.readStream(`case-${matter}`)).map(({ type }) => type)).toEqual(['CaseOpened', 'TermsPinned']);
  });

  it('opens what was told under seal only for a purpose, and says so in the log', async () => {
    const { matter } = await house.received();
    const shown = await house.jing.get(at(matter, '?purpose=handling-complaint'));
    expect(caseOf(shown).told).toEqual({ narrative: { text: '凌晨两点有人从我的数字钱包转走了1280元' } });
    const log = await house.store.readLog(-1, 1_000);
    expect(log.filter(({ type, corr, by }) => type === 'GroupsOpened' && corr === matter && by.role === 'agent')).toHaveLength(1);
    expect(JSON.stringify(log)).not.toContain('1280元');
  });

  it('is waited for, and is not there for strangers', async () => {
    expect(no(await house.jing.get(at(uuid())))).toEqual([404, 'not-found']);
    const { matter } = await house.received();
    expect(no(await house.elsewhere.get(at(matter)))).toEqual([404, 'not-found']);
    expect(no(await house.stranger.get(at(matter)))).toEqual([404, 'not-found']);
    expect((await house.customer.get(at(matter))).status).toBe(200);
  });

  it('shows its customer nothing the desk says to itself', async () => {
    const { matter } = await house.received();
    await done(house.jing.post(at(matter, '/notes'), { text: 'call the bank first' }));
    const shown = await house.customer.get(at(matter, '?purpose=own-data'));
    expect(shown.body).not.toHaveProperty('notes');
    expect(shown.body).toMatchObject({ told: { narrative: { text: expect.stringContaining('1280元') } } });
  });

  it('opens nothing personal to an agent without its skill', async () => {
    const { matter } = await house.received({ category: 'fees' });
    expect((await house.jing.get(at(matter))).status).toBe(200);
    expect(no(await house.jing.get(at(matter, '?purpose=handling-complaint')))).toEqual([403, 'agent-lacks-skill']);
    expect(no(await house.jing.post(at(matter, '/notes'), { text: 'x' }))).toEqual([403, 'agent-lacks-skill']);
  });

  it('lives from receipt to closing, and every earlier answer can be had again', async () => {
    const { matter } = await house.received();
    const seen: { position: string; body: unknown }[] = [];
    const remember = async () => {
      const { headers, body } = await house.jing.get(at(matter));
      seen.push({ position: String(headers['log-position']), body });
    };
    await remember();
    await done(judged(matter, '/assignment', {}));
    await remember();
    expect(await done(judged(matter, '/assessment', assessment))).toMatchObject({
      stage: 'assessed',
      assessment: { causeFamily: 'take-over', by: 'w-jing' },
    });
    await remember();
    const { measures } = await done(judged(matter, '/measures', { kind: 'secure-account' }));
    await done(judged(matter, '/cause', { cause: 'take-over', solution: 'account-secured' }));
    await done(judged(matter, '/decision', { outcome: 'upheld', grounds: ['unauthorised'] }));
    const { letters } = await done(judged(matter, '/letters', { kind: 'final-response', text: '处理结果告知书' }));
    await remember();
    expect(no(await judged(matter, '/closure', { how: 'answered' }))).toEqual([409, 'measure-still-open']);
    await done(judged(matter, `/measures/${measures[0]!.measure}/completion`, { proof: 'checked-by-staff' }));
    expect(no(await judged(matter, `/measures/${measures[0]!.measure}/verification`, {}))).toEqual([403, 'second-person-is-the-first']);
    await done(judged(matter, `/measures/${measures[0]!.measure}/verification`, {}, house.wei));
    expect(no(await judged(matter, '/closure', { how: 'answered' }))).toEqual([409, 'complainant-has-no-final-response']);
    const sentAt = house.store.now('quanpay');
    await house.hear(
      house.message('recourse.notice.v1', 'NoticeSent', { notice: uuid(), channel: 'email', matter, letter: letters[0]!.letter, sentAt }),
    );
    await remember();
    expect(caseOf(await house.jing.get(at(matter)))).toMatchObject({ stage: 'answered', answeredAt: sentAt });
    expect(await done(judged(matter, '/closure', { how: 'answered' }))).toMatchObject({
      stage: 'closed',
      closure: { how: 'answered', outcome: 'upheld', cause: 'take-over' },
    });
    expect(await done(judged(matter, '/reopening', { why: 'new-information' }, house.customer))).toMatchObject({
      stage: 'assessed',
      reopenings: [{ why: 'new-information' }],
    });
    for (const { position, body } of seen) expect((await house.jing.get(at(matter, `?position=${position}`))).body).toEqual(body);
    const { items } = (await house.jing.get(at(matter, '/events'))).body as CaseEvents;
    expect(items.map(({ type }) => type)).toEqual((await house.store.readStream(`case-${matter}`)).map(({ type }) => type));
  });

  it('shows its history as it was, and opens what was said there for a purpose alone', async () => {
    const { matter } = await house.received();
    const { headers } = await house.jing.get(at(matter));
    await done(house.jing.post(at(matter, '/contacts'), contact));
    const events = async (query = '') => ((await house.jing.get(at(matter, `/events${query}`))).body as CaseEvents).items;
    expect((await events(`?position=${headers['log-position']}`)).map(({ type }) => type)).toEqual(['CaseOpened', 'TermsPinned']);
    expect((await events()).at(-1)).toMatchObject({
      type: 'ContactRecorded',
      by: { actor: 'w-jing' },
      sealed: [{ sealed: 'contact-text' }],
    });
    expect((await events('?purpose=handling-complaint')).at(-1)).toMatchObject({ sealed: [{ agentName: '陈静' }] });
    expect(no(await house.customer.get(at(matter, '/events')))).toEqual([403, 'role-not-allowed']);
    expect((await house.customer.get(at(matter, '/receipts'))).body).toMatchObject({ items: [{ genuine: true, badge: '0417' }] });
  });

  it('is rejected by two', async () => {
    const { matter } = await house.received();
    const rejection = { outcome: 'not-upheld', grounds: ['not-proved'] };
    await done(judged(matter, '/assessment', assessment));
    expect(no(await judged(matter, '/decision', rejection))).toEqual([409, 'approval-missing']);
    const { approvals } = await done(judged(matter, '/decision-proposals', rejection, house.min));
    const answer = at(matter, `/approvals/${approvals[0]!.review}/answer`);
    expect(no(await house.jing.post(answer, { approved: true }))).toEqual([403, 'role-not-allowed']);
    expect(no(await house.min.post(answer, { approved: true }))).toEqual([403, 'second-person-is-the-first']);
    const second = house.as({ sub: 'w-second', role: 'supervisor', tenant: 'quanpay' });
    expect(pointers(await second.post(answer, { approved: false }))).toEqual(['/why']);
    await done(second.post(answer, { approved: true }));
    expect(await done(judged(matter, '/decision', rejection))).toMatchObject({
      decision: { outcome: 'not-upheld', approval: { by: 'w-second' } },
    });
    const [made] = (await house.store.readStream(`case-${matter}`)).slice(-1);
    expect(made).toMatchObject({ type: 'DecisionMade', approval: { by: 'w-second' } });
  });
});

describe('What was judged', () => {
  it('needs If-Match, which is stale only when something came that one judges by', async () => {
    const { matter } = await house.received();
    expect(no(await house.jing.post(at(matter, '/assessment'), assessment))).toEqual([428, 'if-match-missing']);
    const before = etag(await house.jing.get(at(matter)));
    await done(house.wei.post(at(matter, '/contacts'), { ...contact, badge: '0533' }));
    await done(house.jing.post(at(matter, '/assessment'), assessment, { ifMatch: before }));
    const stale = await house.wei.post(at(matter, '/assessment'), { ...assessment, severity: 'minor' }, { ifMatch: before });
    expect(no(stale)).toEqual([412, 'version-is-stale']);
    expect(etag(stale)).toBe(etag(await house.jing.get(at(matter))));
  });

  it('names the details that are missing', async () => {
    const { matter } = await house.received({ known: ['account'] });
    const answer = await judged(matter, '/assessment', assessment);
    expect(no(answer)).toEqual([422, 'details-missing']);
    expect(pointers(answer)).toEqual(['/details/occurredAt', '/details/amount', '/details/device']);
  });

  it('is not for whoever does not hold the case', async () => {
    const { matter } = await house.received();
    await done(judged(matter, '/assignment', {}, house.wei));
    expect(no(await judged(matter, '/assignment', {}))).toEqual([409, 'case-belongs-to-another']);
    expect(no(await judged(matter, '/assessment', assessment))).toEqual([409, 'case-belongs-to-another']);
    expect(no(await judged(matter, '/assignment', { agent: 'w-other' }))).toEqual([403, 'role-not-allowed']);
    await done(judged(matter, '/assignment', { agent: 'w-jing' }, house.min));
    await done(judged(matter, '/assessment', assessment));
  });
});

describe('A contact', () => {
  it('without a badge number changes nothing', async () => {
    const { matter } = await house.received();
    const { badge: _badge, ...without } = contact;
    const answer = await house.jing.post(at(matter, '/contacts'), without);
    expect([no(answer), pointers(answer)]).toEqual([[422, 'badge-number-missing'], ['/badge']]);
    expect(no(await house.jing.post(at(matter, '/contacts'), { ...contact, badge: '0533' }))).toEqual([422, 'badge-belongs-to-another']);
    expect(caseOf(await house.jing.get(at(matter))).contacts).toEqual([]);
  });

  it('gives a receipt that anyone can check and only its customer can read', async () => {
    const { matter, reference } = await house.received();
    const nextUpdate = new Date(Date.now() + 3_600_000).toISOString();
    const { contacts, promises } = await done(house.jing.post(at(matter, '/contacts'), { ...contact, nextUpdate }));
    const { receipt } = contacts[0]!;
    expect(receipt).toMatch(/^C/);
    expect(promises).toMatchObject([{ due: nextUpdate, state: 'open' }]);

    const heard = receipt.toLowerCase().replaceAll('-', ' ');
    const open = async (told: string) =>
      (await house.app.inject({ method: 'GET', url: `/v1/receipts/${encodeURIComponent(told)}` })).json() as unknown;
    expect(await open(heard)).toMatchObject({ reference: receipt, genuine: true, badge: '0417' });
    const wrong = receipt.slice(0, -1) + (receipt.endsWith('0') ? '1' : '0');
    expect(await open(wrong)).toMatchObject({ genuine: false });

    const text = `/v1/receipts/${receipt}/text`;
    expect(no(await house.stranger.get(text))).toEqual([404, 'not-found']);
    expect(no(await house.elsewhere.get(text))).toEqual([404, 'not-found']);
    expect((await house.customer.get(text)).body).toMatchObject({ said: { sealed: 'contact-text' } });
    await done(house.jing.post(at(matter, '/contacts'), { ...contact, text: 'something else, later' }));
    expect((await house.customer.get(`${text}?purpose=own-data`)).body).toMatchObject({
      case: { id: matter, reference },
      nextUpdate,
      said: { agentName: '陈静', text: '客户来电', proposedSolution: '先锁定账户' },
    });
  });

  it('is recorded once, however often it is sent', async () => {
    const { matter } = await house.received();
    const key = uuid();
    const first = await house.jing.post(at(matter, '/contacts'), contact, { key });
    const again = await house.jing.post(at(matter, '/contacts'), contact, { key });
    expect([again.headers['idempotent-replayed'], again.body]).toEqual(['true', first.body]);
    expect(no(await house.jing.post(at(matter, '/contacts'), { ...contact, text: 'other' }, { key }))).toEqual([
      422,
      'idempotency-key-reused',
    ]);
    expect(caseOf(await house.jing.get(at(matter))).contacts).toHaveLength(1);
  });
});

describe('The customer', () => {
  it('asks how it stands, is counted by the platform’s interval, and sees his progress in his language', async () => {
    const { matter } = await house.received();
    const headers = { 'accept-language': 'zh-CN' };
    const first = await house.customer.post(at(matter, '/inquiries'), undefined, { headers });
    expect(first.body).toMatchObject({ stage: 'received', stageText: '已登记', waitingFor: 'us', inquiries: { count: 1 } });
    expect((await house.customer.post(at(matter, '/inquiries'), undefined, { headers })).body).toMatchObject({ inquiries: { count: 1 } });
    expect((await house.customer.get(at(matter, '/progress'))).body).toMatchObject({
      stageText: 'Received',
      teamText: 'Account security desk',
    });
    expect(no(await house.stranger.get(at(matter, '/progress')))).toEqual([404, 'not-found']);
    await house.platform.post(at(matter, '/withdrawal'), { why: 'resolved' });
    expect((await house.store.readStream(`case-${matter}`)).at(-1)).toMatchObject({ by: { role: 'platform', for: 'cus-77' } });
    expect((await house.platform.get(at(matter))).body).not.toHaveProperty('notes');
    expect(no(await house.customer.post(at(matter, '/notes'), { text: 'x' }))).toEqual([403, 'role-not-allowed']);
  });

  it('raises the priority by asking often', async () => {
    const harbour = house.as({ sub: 'cus-1', role: 'customer', tenant: 'harbour' });
    const { matter } = await house.received({ subject: 'cus-1', language: 'en' }, 'harbour');
    for (let asked = 0; asked < 3; asked++) {
      if (asked > 0) await new Promise((resolve) => setTimeout(resolve, 1_050));
      await harbour.post(at(matter, '/inquiries'));
    }
    const ruth = house.as({ sub: 'w-ruth', role: 'supervisor', tenant: 'harbour' });
    expect(caseOf(await ruth.get(at(matter)))).toMatchObject({ priority: 'high', priorityRule: 'inquiries', inquiries: { count: 3 } });
  });
});
