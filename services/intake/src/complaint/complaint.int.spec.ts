import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseReference } from '@recourse/contracts';
import { randomUUID } from 'node:crypto';
import { intakeUnderTest, type Heard, type IntakeUnderTest } from '../intake.testing.js';

let intake: IntakeUnderTest;
beforeAll(async () => (intake = await intakeUnderTest()));
afterAll(() => intake.close());

const customer = () => intake.as({ sub: 'cus-0012', role: 'customer', tenant: 'quanpay' });
const agent = () => intake.as({ sub: 'agent-0417', role: 'agent', tenant: 'quanpay', badge: '0417' });
const platform = () => intake.as({ sub: 'quanpay', role: 'platform', tenant: 'quanpay', client: 'quanpay' });

const story = '凌晨两点有人从我的数字钱包转走了1280元，我没有操作过';
const taken = {
  channel: 'app',
  account: 'wallet-8843',
  narrative: { text: story },
  category: 'account-taken-over',
  details: { occurredAt: { at: '2025-11-18T02:14:00+08:00' }, amount: { currency: 'CNY', value: 128000 } },
};
const problems = ({ body }: Heard) => ({
  code: body.code,
  errors: (body.errors ?? []).map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`),
});

describe('An account taken over', () => {
  let id: string;

  it('is drafted in the app: the answer asks for the device and suggests the telephone, with its number', async () => {
    const { status, headers, body } = await customer().post('/v1/complaints', taken);
    expect(status).toBe(201);
    id = body.matter;
    expect(headers).toMatchObject({ location: `/v1/complaints/${id}`, etag: '"3"' });
    expect(body).toMatchObject({
      stage: 'drafted',
      subject: 'cus-0012',
      language: 'zh-CN',
      completeness: {
        score: 86,
        missing: [{ what: 'device', pointer: '/details/device', question: '请问当时使用的（或丢失的）是哪一台设备？' }],
      },
      suggestedChannel: { kind: 'telephone', why: 'urgent', channel: 'hotline', address: '95599-0000' },
      details: {
        occurredAt: { value: { at: '2025-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' }, source: 'complainant' },
      },
    });
    expect(body).not.toHaveProperty('caseId');
  });

  it('says nothing of what was told without a purpose, and everything with one', async () => {
    const closed = await customer().get(`/v1/complaints/${id}`);
    expect(closed.body.narratives).toMatchObject([{ told: { sealed: 'narrative' } }]);
    expect(closed.text).not.toContain('1280元');
    const opened = await customer().get(`/v1/complaints/${id}?purpose=own-data`);
    expect(opened.body.narratives).toMatchObject([{ told: { text: story } }]);
    expect(await intake.told(`opening-${id}`)).toEqual(['GroupsOpened']);
  });

  it('puts nothing personal into the record', async () => {
    const texts = (await intake.store.readStream(`complaint-${id}`)).map(({ text }) => text).join();
    expect(texts).not.toContain('凌晨');
    expect(texts).toContain('"group":"narrative"');
  });

  it('goes on by telephone: the hand-off keeps what was told', async () => {
    const { status, body } = await agent().post(`/v1/complaints/${id}/hand-offs`, { to: 'telephone', why: 'urgent' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      channel: 'telephone',
      narratives: [{}],
      details: { amount: {} },
      completeness: { missing: [{ what: 'device' }] },
    });
    expect(body).not.toHaveProperty('suggestedChannel');
  });

  it('is completed by the agent', async () => {
    const { body } = await agent().post(`/v1/complaints/${id}/details`, {
      details: { device: { model: 'Unknown phone', networkAddress: '203.0.113.9', own: false } },
    });
    expect(body).toMatchObject({
      completeness: { score: 100, missing: [] },
      details: { device: { value: { sealed: 'device' }, source: 'complainant' } },
    });
  });

  it('is received when the agent submits it: it has a reference and becomes a case under the same id', async () => {
    const { status, headers, body } = await agent().post(`/v1/complaints/${id}/submission`);
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/cases/${id}`);
    expect(body).toMatchObject({
      stage: 'received',
      caseId: id,
      completeness: { score: 100 },
      receipt: { how: 'told-to-staff', respondent: 'QuanPay Payment Services Co., Ltd.', reporterVerified: 'token-exchange' },
    });
    expect(parseReference(body.reference)).toBe(body.reference);
    expect(await intake.told(`reference-${body.reference}`)).toEqual(['ReferenceAssigned']);
  });

  it('keeps its reference when submitted again', async () => {
    const before = await customer().get(`/v1/complaints/${id}`);
    const again = await customer().post(`/v1/complaints/${id}/submission`);
    expect(again.body.reference).toBe(before.body.reference);
    expect(again.headers['etag']).toBe(before.headers['etag']);
  });

  it('may be told more after receipt', async () => {
    const { status, body } = await customer().post(`/v1/complaints/${id}/details`, {
      narrative: { text: '我想起来了，之前收到过一条短信' },
      details: { transaction: 'T-1' },
    });
    expect(status).toBe(201);
    expect(body.narratives).toHaveLength(2);
    expect(body.details.transaction).toMatchObject({ value: 'T-1' });
  });

  it('cannot be discarded any more', async () => {
    const refused = await customer().post(`/v1/complaints/${id}/disposal`, { why: 'made-by-mistake' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'complaint-is-received' } });
  });

  it('can be read as of every earlier position, as it was answered then', async () => {
    for (const { version, position } of await intake.store.readStream(`complaint-${id}`)) {
      const { body, headers } = await customer().get(`/v1/complaints/${id}?position=${position}`);
      expect(headers['etag']).toBe(`"${version}"`);
      expect(body.stage).toBe(version < 6 ? 'drafted' : 'received');
    }
  });
});

describe('Whose complaint it is', () => {
  it('decides who sees and touches it: for others there is no such thing', async () => {
    const { body } = await customer().post('/v1/complaints', taken);
    const url = `/v1/complaints/${body.matter}`;
    const another = intake.as({ sub: 'cus-0099', role: 'customer', tenant: 'quanpay' });
    const elsewhere = intake.as({ sub: 'agent-1', role: 'agent', tenant: 'tidepay' });
    for (const stranger of [another, elsewhere]) {
      expect(await stranger.get(url)).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(await stranger.get(`${url}/completeness`)).toMatchObject({ status: 404 });
      expect(await stranger.get(`${url}/evidence`)).toMatchObject({ status: 404 });
      for (const [path, said] of [
        ['submission', {}],
        ['details', { category: 'scam' }],
        ['disposal', { why: 'empty' }],
        ['hand-offs', { to: 'telephone', why: 'urgent' }],
      ] as const)
        expect(await stranger.post(`${url}/${path}`, said)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    }
    expect(await intake.told(`complaint-${body.matter}`)).toHaveLength(4);
  });

  it('is said by the platform that files for its customer, and recorded so', async () => {
    const { body } = await platform().post('/v1/complaints', { ...taken, subject: 'cus-0077' });
    expect(body).toMatchObject({ subject: 'cus-0077', details: { amount: { source: 'platform' } } });
    expect((await intake.store.readStream(`complaint-${body.matter}`))[0]!.by).toMatchObject({ role: 'platform', for: 'cus-0077' });
    const his = await intake.as({ sub: 'cus-0077', role: 'customer', tenant: 'quanpay' }).get(`/v1/complaints/${body.matter}`);
    expect(his.status).toBe(200);
  });

  it('cannot be another’s, for a customer', async () => {
    const refused = await customer().post('/v1/complaints', { ...taken, subject: 'cus-0077' });
    expect(refused.status).toBe(422);
    expect(problems(refused)).toEqual({ code: 'subject-is-another', errors: ['/subject subject-is-another'] });
  });

  it('is a minor’s only through a guardian', async () => {
    const complainant = { name: '小明', dateOfBirth: '2015-06-01' };
    const refused = await agent().post('/v1/complaints', { ...taken, channel: 'telephone', complainant });
    expect(problems(refused)).toEqual({ code: 'minor-needs-a-guardian', errors: ['/representative minor-needs-a-guardian'] });
    const representative = { name: '王芳', capacity: 'guardian', scope: 'everything' };
    const { status, body, text } = await agent().post('/v1/complaints', { ...taken, channel: 'telephone', complainant, representative });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      complainants: [{ minor: true, person: { sealed: 'complainant' } }],
      representatives: [{ capacity: 'guardian', authority: 'claimed' }],
    });
    expect(text).not.toContain('2015-06-01');
    const opened = await agent().get(`/v1/complaints/${body.matter}?purpose=handling-complaint`);
    expect(opened.body.complainants[0].person).toEqual(complainant);
  });
});

describe('Told to staff', () => {
  it('is received at once', async () => {
    const { body } = await agent().post('/v1/complaints', {
      channel: 'telephone',
      narrative: { text: 'He says money is gone.' },
      language: 'en',
      reporterVerified: 'security-questions',
    });
    expect(body).toMatchObject({
      stage: 'received',
      caseId: body.matter,
      receipt: { how: 'told-to-staff', reporterVerified: 'security-questions', completeness: { score: 25 } },
    });
  });
  it('stays a draft when the agent wants to go on first', async () => {
    const { body } = await agent().post('/v1/complaints', { channel: 'telephone', narrative: { text: 'He calls back.' }, submit: false });
    expect(body.stage).toBe('drafted');
  });
  it('counts a letter from the day of its stamp', async () => {
    const { body } = await agent().post('/v1/complaints', {
      channel: 'letter',
      narrative: { text: 'A letter.' },
      receivedAt: '2026-01-05T09:00:00Z',
    });
    expect(body.receipt.receivedAt).toBe('2026-01-05T09:00:00.000Z');
  });
  it('is refused through a channel this platform does not have', async () => {
    const refused = await agent().post('/v1/complaints', { channel: 'counter', narrative: { text: 'At the counter.' } });
    expect(problems(refused)).toEqual({ code: 'channel-not-served', errors: ['/channel channel-not-served'] });
  });
  it('is refused when nothing was told', async () => {
    const refused = await agent().post('/v1/complaints', { channel: 'telephone', narrative: { text: '   ' } });
    expect(problems(refused)).toEqual({ code: 'nothing-was-told', errors: ['/narrative/text nothing-was-told'] });
    const { body } = await customer().post('/v1/complaints', { channel: 'app' });
    expect(await customer().post(`/v1/complaints/${body.matter}/submission`)).toMatchObject({
      status: 422,
      body: { code: 'nothing-was-told' },
    });
  });
});

describe('Triage of a failed payment', () => {
  it('keeps its order and says what comes next', async () => {
    const { body } = await customer().post('/v1/complaints', {
      channel: 'app',
      narrative: { text: 'It failed.' },
      category: 'payment-failed',
    });
    expect(body.completeness).toMatchObject({ nextCheck: 'network' });
    expect(body.completeness.missing.map(({ what }: { what: string }) => what)).toContain('merchant');
    const checks = `/v1/complaints/${body.matter}/checks`;
    const early = await agent().post(checks, { check: 'balance', result: 'fine' });
    expect(early).toMatchObject({ status: 409, body: { code: 'earlier-check-missing', facts: { missing: 'network' } } });
    for (const check of ['network', 'balance', 'merchant-interface', 'human'])
      expect(await agent().post(checks, { check, result: 'unknown', how: 'automatic' })).toMatchObject({ status: 201 });
    const { body: done } = await customer().get(`/v1/complaints/${body.matter}`);
    expect(done.checks.map(({ check, how }: { check: string; how: string }) => `${check} ${how}`)).toEqual([
      'network automatic',
      'balance automatic',
      'merchant-interface automatic',
      'human automatic',
    ]);
    expect(done.completeness).not.toHaveProperty('nextCheck');
  });
});

describe('A representative', () => {
  it('may see the complaint once his authority is accepted on a document of it', async () => {
    const { body } = await customer().post('/v1/complaints', taken);
    const url = `/v1/complaints/${body.matter}`;
    const helper = intake.as({ sub: 'cus-helper', role: 'customer', tenant: 'quanpay' });
    const named = await customer().post(`${url}/parties`, {
      representative: { subject: 'cus-helper', name: '李律师', capacity: 'attorney', scope: 'everything' },
    });
    const { representative } = named.body.representatives[0];
    expect((await helper.get(url)).status).toBe(404);
    const authority = `${url}/parties/${representative}/authority`;
    expect(problems(await agent().post(authority, { result: 'accepted' }))).toEqual({
      code: 'evidence-not-of-this-complaint',
      errors: ['/evidence evidence-not-of-this-complaint'],
    });
    const paper = await customer().upload(`${url}/evidence`, {
      bytes: Buffer.from('授权委托书'),
      type: 'text/plain',
      fields: { kind: 'other' },
    });
    expect(await agent().post(authority, { result: 'accepted', evidence: paper.body.evidence })).toMatchObject({ status: 201 });
    expect((await helper.get(url)).status).toBe(200);
    await agent().post(authority, { result: 'rejected', why: 'document-expired', evidence: paper.body.evidence });
    expect((await helper.get(url)).status).toBe(404);
  });
});

describe('Asked twice', () => {
  it('a draft is made once, and the first answer is given again', async () => {
    const key = randomUUID();
    const first = await customer().post('/v1/complaints', taken, { key });
    const again = await customer().post('/v1/complaints', taken, { key });
    expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true', location: first.headers['location'] } });
    expect(again.body).toEqual(first.body);
  });

  it('by many at once, a complaint is received once', async () => {
    const { body } = await customer().post('/v1/complaints', taken);
    const answers = await Promise.all(Array.from({ length: 20 }, () => customer().post(`/v1/complaints/${body.matter}/submission`)));
    expect(new Set(answers.map(({ body }) => body.reference)).size).toBe(1);
    expect((await intake.told(`complaint-${body.matter}`)).filter((type) => type === 'ComplaintReceived')).toHaveLength(1);
  });
});
