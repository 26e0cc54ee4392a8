import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContactShown, PermissionShown, ProtectionShown, StepUpShown, UnlockRequestShown } from '@recourse/contracts';
import { serviceUnderTest, type Answered, type Somebody } from '@recourse/edge/testing';
import type { SealedRef } from '@recourse/event-store';
import { randomUUID } from 'node:crypto';
import { AccountLockModule } from './account-lock.module.js';
import { ProtectedAccountRow } from './account-protection/protections.view.js';
import { DueRow } from './due.view.js';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let platform: Somebody;
let customer: Somebody;
let agent: Somebody;
let supervisor: Somebody;
beforeAll(async () => {
  service = await serviceUnderTest(AccountLockModule, { service: 'account-lock' });
  platform = service.as({ sub: 'quanpay', role: 'platform', tenant: 'quanpay' });
  customer = service.as({ sub: 'cus-0012', role: 'customer', tenant: 'quanpay' });
  agent = service.as({ sub: 'agent-0417', role: 'agent', tenant: 'quanpay', badge: '0417' });
  supervisor = service.as({ sub: 'supervisor-0003', role: 'supervisor', tenant: 'quanpay' });
});
afterAll(() => service.close());

const body = <T>(answer: Answered): T => answer.body as T;
const code = ({ status, body: problem }: Answered) => [status, (problem as { code?: string }).code];
const newAccount = () => `wallet-${randomUUID().slice(0, 13)}`;
const mayPay = async (account: string) =>
  body<PermissionShown>(await platform.get(`/v1/accounts/${account}/permissions?operation=transfer-out&amount=100&currency=CNY`));
const registered = async (account: string, subject = 'cus-0012') =>
  platform.post(`/v1/accounts/${account}/contact`, { kind: 'email', address: 'owner@quanpay.example', language: 'zh-CN', subject });
const locked = async (account: string) => agent.post(`/v1/accounts/${account}/locks`, { scope: 'outgoing' });

/** What the customer reads in the mail. */
const codeSent = async (account: string, stepUp: string): Promise<string> => {
  const records = await service.store.readStream(`step-up-quanpay-${account}`);
  const asked = records.find(({ type, data }) => type === 'StepUpAsked' && data['stepUp'] === stepUp);
  const refs = asked?.sealed as readonly SealedRef[];
  const opened = await service.privacy.open(refs, {
    by: { actor: 'test', role: 'service', client: 'test' },
    purpose: 'informing-customer',
    corr: 'test',
    tenant: 'quanpay',
  });
  return opened.get(refs[0]!.id)!['code'] as string;
};
const wrong = (right: string) => String((Number(right) + 1) % 1_000_000).padStart(6, '0');

describe('An account nobody has touched', () => {
  it('is open, and a wallet may', async () => {
    const account = newAccount();
    expect(await mayPay(account)).toMatchObject({ allowed: true, reasons: [], sequence: 0 });
    const protection = await platform.get(`/v1/accounts/${account}/protection`);
    expect([protection.status, protection.body]).toMatchObject([200, { account, state: 'open', sequence: 0, locks: [] }]);
  });
  it('must not be a telephone number', async () => {
    expect(code(await platform.get('/v1/accounts/13800138000/protection'))).toEqual([400, 'request-invalid']);
    expect((await platform.get('/v1/accounts/13800138000/protection')).body).toMatchObject({
      errors: [{ parameter: 'account', code: 'id-looks-personal' }],
    });
  });
  it('has nothing to unlock', async () =>
    expect(code(await platform.post('/v1/unlock-requests', { account: newAccount() }))).toEqual([409, 'account-is-not-locked']));
});

describe('A signal of the platform’s risk engine', () => {
  it('locks by rule, once, and the wallet may no longer', async () => {
    const account = newAccount();
    const rule = 'new-device-then-transfer-out';
    const signal = {
      account,
      signal: `s-${account}`,
      rule,
      evidence: 'q1Zx0m3dK6m0nGqv4R3tYbq2c8s9w0e1r2t3y4u5i6o',
      seenAt: '2026-11-17T18:14:00+08:00',
    };
    const first = await platform.post('/v1/signals', signal);
    expect([first.status, first.headers['location']]).toEqual([201, `/v1/accounts/${account}/protection`]);
    expect(body<ProtectionShown>(await platform.post('/v1/signals', signal)).locks).toHaveLength(1);
    expect(await mayPay(account)).toMatchObject({ allowed: false, reasons: ['outgoing-is-blocked'], sequence: 1 });
  });
  it('must name a rule of the platform', async () => {
    const answer = await platform.post('/v1/signals', {
      account: newAccount(),
      rule: 'bad-mood',
      evidence: 'q1Zx0m3dK6m0nGqv4R3tYbq2c8s9w0e1r2t3y4u5i6o',
      seenAt: '2026-11-17T18:14:00Z',
    });
    expect(code(answer)).toEqual([422, 'rule-is-unknown']);
    expect(answer.body).toMatchObject({ errors: [{ pointer: '/rule' }] });
  });
  it('is for the platform alone', async () => expect(code(await agent.post('/v1/signals', {}))).toEqual([403, 'role-not-allowed']));
});

describe('The owner’s way back', () => {
  const account = newAccount();
  let request: string;
  let stepUp: string;

  it('begins with the account locked', async () => {
    expect((await registered(account)).status).toBe(201);
    expect(body<ProtectionShown>(await locked(account))).toMatchObject({ state: 'outgoing-blocked', sequence: 1 });
  });

  it('goes on with a request that says what this platform needs, in the customer’s language', async () => {
    const key = randomUUID();
    const answer = await customer.post('/v1/unlock-requests', { account }, { key, headers: { 'accept-language': 'zh-CN' } });
    const asked = body<UnlockRequestShown>(answer);
    request = asked.request;
    expect([answer.status, answer.headers['location']]).toEqual([201, `/v1/unlock-requests/${request}`]);
    expect(asked).toMatchObject({
      account,
      stage: 'open',
      requestedBy: 'cus-0012',
      needs: [['one-time-code', 'identity-document'], ['video-identification']],
    });
    expect(asked.steps.join()).toMatch(/[一-龥]/);
    const again = await customer.post('/v1/unlock-requests', { account }, { key, headers: { 'accept-language': 'zh-CN' } });
    expect([again.headers['idempotent-replayed'], body<UnlockRequestShown>(again).request]).toEqual(['true', request]);
    expect(code(await customer.post('/v1/unlock-requests', { account }))).toEqual([409, 'unlock-request-is-open']);
  });

  it('needs a one-time code that went to the registered route', async () => {
    const asked = await customer.post('/v1/step-ups', { account, purpose: 'unlock', boundTo: request });
    const shown = body<StepUpShown>(asked);
    stepUp = shown.stepUp;
    expect([asked.status, asked.headers['location'], shown.stage, shown.triesLeft]).toEqual([201, `/v1/step-ups/${stepUp}`, 'asked', 5]);
    const right = await codeSent(account, stepUp);
    expect(asked.text).not.toContain(right);
    const key = randomUUID();
    for (const replayed of [undefined, 'true']) {
      const refused = await customer.post(`/v1/step-ups/${stepUp}/verification`, { code: wrong(right) }, { key });
      expect([...code(refused), refused.headers['idempotent-replayed']]).toEqual([422, 'code-is-wrong', replayed]);
      expect(refused.body).toMatchObject({ errors: [{ pointer: '/code' }], facts: { triesLeft: 4 } });
    }
    expect(body<StepUpShown>(await customer.get(`/v1/step-ups/${stepUp}`))).toMatchObject({ stage: 'asked', triesLeft: 4 });
    expect(code(await customer.post(`/v1/step-ups/${stepUp}/verification`, { code: '12345' }))).toEqual([400, 'request-invalid']);
    expect(code(await customer.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'one-time-code', stepUp }))).toEqual([
      409,
      'step-up-missing',
    ]);
    expect(body<StepUpShown>(await customer.post(`/v1/step-ups/${stepUp}/verification`, { code: right }))).toMatchObject({
      stage: 'passed',
    });
    expect(code(await customer.post(`/v1/step-ups/${stepUp}/verification`, { code: right }))).toEqual([409, 'code-was-used']);
  });

  it('uses the code up with the proof, both or neither', async () => {
    expect((await customer.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'one-time-code', stepUp })).status).toBe(201);
    expect(body<StepUpShown>(await customer.get(`/v1/step-ups/${stepUp}`))).toMatchObject({ stage: 'used' });
    const before = (await service.store.readStream(`account-quanpay-${account}`)).length;
    expect(code(await customer.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'one-time-code', stepUp }))).toEqual([
      409,
      'step-up-missing',
    ]);
    expect(await service.store.readStream(`account-quanpay-${account}`)).toHaveLength(before);
    expect(code(await customer.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'identity-document', result: 'accepted' }))).toEqual([
      403,
      'proof-is-not-yours-to-check',
    ]);
  });

  it('needs a document somebody has checked, and then the identity is confirmed', async () => {
    const early = await supervisor.post(`/v1/unlock-requests/${request}/decision`, { outcome: 'approved' }, { ifMatch: '"2"' });
    expect(code(early)).toEqual([409, 'sms-is-not-enough']);
    const proved = await agent.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'identity-document', result: 'accepted' });
    expect(body<UnlockRequestShown>(proved)).toMatchObject({
      identityConfirmedAt: expect.any(String),
      proofs: [{ checker: 'cus-0012' }, { checker: 'agent-0417' }],
    });
  });

  it('is decided by somebody else, upon what there is to see', async () => {
    const decision = `/v1/unlock-requests/${request}/decision`;
    const { etag } = (await supervisor.get(`/v1/unlock-requests/${request}`)).headers;
    expect(code(await agent.post(decision, { outcome: 'approved' }, { ifMatch: etag! }))).toEqual([409, 'decider-collected-the-proof']);
    expect(code(await supervisor.post(decision, { outcome: 'approved' }))[0]).toBe(428);
    const stale = await supervisor.post(decision, { outcome: 'approved' }, { ifMatch: '"1"' });
    expect([stale.status, stale.headers['etag']]).toEqual([412, etag]);
    expect(code(await customer.post(decision, { outcome: 'approved' }, { ifMatch: etag! }))).toEqual([403, 'role-not-allowed']);
    expect(await mayPay(account)).toMatchObject({ allowed: false });
    const approved = await supervisor.post(decision, { outcome: 'approved' }, { ifMatch: etag! });
    expect([approved.status, body<UnlockRequestShown>(approved)]).toMatchObject([
      200,
      { stage: 'approved', decision: { by: 'supervisor-0003' }, seconds: expect.any(Number) },
    ]);
    expect(await mayPay(account)).toMatchObject({ allowed: true, sequence: 3 });
  });

  it('leaves neither a code nor an address anywhere in the log', async () => {
    const everything = (await service.store.readLog(-1, 10_000)).map(({ text }) => text).join('\n');
    expect(everything).not.toContain(await codeSent(account, stepUp));
    expect(everything).not.toContain('owner@quanpay.example');
    expect(everything).toContain('StepUpPassed');
  });

  it('can be followed in the history as it was at every step', async () => {
    const records = await service.store.readStream(`account-quanpay-${account}`);
    const states = await Promise.all(
      records.map(({ position }) => platform.get(`/v1/accounts/${account}/protection?position=${position}`)),
    );
    expect(states.map((answer) => body<ProtectionShown>(answer).state)).toEqual([
      ...Array.from({ length: records.length - 2 }, () => 'outgoing-blocked'),
      'open',
      'open',
    ]);
  });
});

describe('A decision that was seen before another lock came', () => {
  it('is stale, and read again it has lost: the lock wins', async () => {
    const account = newAccount();
    await registered(account);
    await locked(account);
    const { request } = body<UnlockRequestShown>(await customer.post('/v1/unlock-requests', { account }));
    const proved = await agent.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'video-identification', result: 'accepted' });
    await locked(account);
    const decision = `/v1/unlock-requests/${request}/decision`;
    const stale = await supervisor.post(decision, { outcome: 'approved' }, { ifMatch: proved.headers['etag']! });
    expect(stale.status).toBe(412);
    expect(code(await supervisor.post(decision, { outcome: 'approved' }, { ifMatch: stale.headers['etag']! }))).toEqual([
      409,
      'lock-came-after-request',
    ]);
    expect(body<UnlockRequestShown>(await customer.get(`/v1/unlock-requests/${request}`))).toMatchObject({ stage: 'overtaken' });
    const anew = body<UnlockRequestShown>(await customer.post('/v1/unlock-requests', { account }));
    expect(anew.locks).toHaveLength(2);
  });
  it('may be a denial, with its reason and a second person', async () => {
    const account = newAccount();
    await locked(account);
    const { request } = body<UnlockRequestShown>(await platform.post('/v1/unlock-requests', { account }));
    const proved = await agent.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'identity-document', result: 'rejected' });
    const decision = `/v1/unlock-requests/${request}/decision`;
    const ifMatch = proved.headers['etag']!;
    expect(code(await supervisor.post(decision, { outcome: 'denied' }, { ifMatch }))).toEqual([422, 'denial-needs-a-reason']);
    expect(code(await agent.post(decision, { outcome: 'denied', why: 'proof-forged' }, { ifMatch }))).toEqual([
      409,
      'decider-collected-the-proof',
    ]);
    expect(body(await supervisor.post(decision, { outcome: 'denied', why: 'proof-forged' }, { ifMatch }))).toMatchObject({
      stage: 'denied',
      decision: { why: 'proof-forged' },
    });
    expect(await mayPay(account)).toMatchObject({ allowed: false });
  });
});

describe('Whose account it is', () => {
  const account = newAccount();
  beforeAll(async () => {
    await registered(account);
    await locked(account);
  });
  it('is shown to its own customer', async () => expect((await customer.get(`/v1/accounts/${account}/protection`)).status).toBe(200));
  it('is not there for another customer', async () => {
    const stranger = service.as({ sub: 'cus-9999', role: 'customer', tenant: 'quanpay' });
    for (const url of [`/v1/accounts/${account}/protection`, `/v1/accounts/${account}/contact`])
      expect(code(await stranger.get(url))).toEqual([404, 'not-found']);
    expect(code(await stranger.post(`/v1/accounts/${account}/locks`, { scope: 'all' }))).toEqual([404, 'not-found']);
    expect(code(await stranger.post('/v1/unlock-requests', { account }))).toEqual([404, 'not-found']);
    expect(code(await stranger.post('/v1/step-ups', { account, purpose: 'unlock', boundTo: randomUUID() }))[0]).toBe(400);
  });
  it('is another account for another platform', async () => {
    const other = service.as({ sub: 'tidepay', role: 'platform', tenant: 'tidepay' });
    expect(body(await other.get(`/v1/accounts/${account}/protection`))).toMatchObject({ state: 'open', sequence: 0 });
    const { request } = body<UnlockRequestShown>(await platform.post('/v1/unlock-requests', { account }));
    expect(code(await other.get(`/v1/unlock-requests/${request}`))).toEqual([404, 'not-found']);
    expect(code(await other.get(`/v1/step-ups/${request}`))).toEqual([404, 'not-found']);
  });
  it('keeps an authority’s undisclosed lock from the customer, not from the wallet', async () => {
    const watched = newAccount();
    await registered(watched);
    const order = { scope: 'all', cause: 'authority', order: '(2026)沪公冻字第77号', disclosable: false };
    expect((await agent.post(`/v1/accounts/${watched}/locks`, order)).status).toBe(201);
    expect(body(await customer.get(`/v1/accounts/${watched}/protection`))).toMatchObject({ state: 'open', locks: [] });
    expect(body(await platform.get(`/v1/accounts/${watched}/protection`))).toMatchObject({
      state: 'locked',
      locks: [{ order: order.order }],
    });
    expect(await mayPay(watched)).toMatchObject({ allowed: false });
    expect(code(await customer.post('/v1/unlock-requests', { account: watched }))).toEqual([409, 'lock-is-not-ours-to-lift']);
    const [lock] = body<ProtectionShown>(await platform.get(`/v1/accounts/${watched}/protection`)).locks;
    expect(
      body(await supervisor.post(`/v1/accounts/${watched}/locks/${lock!.lock}/lifting`, { order: '(2026)沪公解字第5号' })),
    ).toMatchObject({ state: 'open' });
  });
});

describe('Routes', () => {
  it('are sealed, and opened only for a purpose', async () => {
    const account = newAccount();
    await registered(account);
    const shown = await platform.get(`/v1/accounts/${account}/contact`);
    expect([shown.text.includes('owner@quanpay.example'), body<ContactShown>(shown).routes[0]?.address]).toEqual([
      false,
      expect.objectContaining({ sealed: 'route-address' }),
    ]);
    expect((await platform.get(`/v1/accounts/${account}/contact?purpose=informing-customer`)).text).toContain('owner@quanpay.example');
  });
  it('that changed are not believed before somebody proves whose they are, and no code goes there', async () => {
    const account = newAccount();
    const first = body<ContactShown>(await registered(account)).routes[0]!;
    const second = body<ContactShown>(await registered(account)).routes[1]!;
    expect([first.state, second.state, second.distrustedWhy]).toEqual(['trusted', 'distrusted', 'changed-recently']);
    const ask = { account, purpose: 'case-access', boundTo: '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22' };
    expect(code(await platform.post('/v1/step-ups', { ...ask, route: second.route }))).toEqual([409, 'route-is-distrusted']);
    expect(body<StepUpShown>(await platform.post('/v1/step-ups', ask)).route).toBe(first.route);
    await agent.post(`/v1/accounts/${account}/contact/${second.route}/trust`, { proof: 'video-identification' });
    await platform.post(`/v1/accounts/${account}/contact/${first.route}/removal`);
    expect(body<StepUpShown>(await platform.post('/v1/step-ups', ask)).route).toBe(second.route);
    expect((await platform.post('/v1/step-ups', ask)).status).toBe(201);
    expect(code(await platform.post('/v1/step-ups', ask))).toEqual([429, 'too-many-codes']);
  });
  it('of a SIM that was changed are distrusted with the signal, and the lock stands in the same append', async () => {
    const account = newAccount();
    await registered(account);
    await platform.post(`/v1/accounts/${account}/contact`, { kind: 'sms', address: '+8613800138000', language: 'en' });
    const signal = { account, rule: 'sim-swap-reported', evidence: 'h'.repeat(43), seenAt: '2026-11-01T08:00:00.000Z' };
    expect((await platform.post('/v1/signals', signal)).status).toBe(201);
    const { routes } = body<ContactShown>(await platform.get(`/v1/accounts/${account}/contact`));
    expect(routes.map(({ kind, state, distrustedWhy, distrustedUntil }) => [kind, state, distrustedWhy, typeof distrustedUntil])).toEqual([
      ['email', 'trusted', undefined, 'undefined'],
      ['sms', 'distrusted', 'sim-swap', 'string'],
    ]);
  });
  it('must look like what they are', async () =>
    expect(
      code(await platform.post(`/v1/accounts/${newAccount()}/contact`, { kind: 'sms', address: 'owner@quanpay.example', language: 'en' })),
    ).toEqual([422, 'address-does-not-fit-its-kind']));
});

describe('The list of protected accounts', () => {
  it('follows the log', async () => {
    const account = newAccount();
    await locked(account);
    await agent.post(`/v1/accounts/${account}/limits`, {
      kind: 'single',
      amount: { currency: 'CNY', value: 50_000 },
      until: '2099-01-01T00:00:00Z',
    });
    expect(await service.views.caughtUp()).toBe(true);
    const listed = body<{ items: { account: string }[] }>(await agent.get('/v1/accounts?state=limited&limit=200')).items;
    expect(listed.find((one) => one.account === account)).toMatchObject({ state: 'outgoing-blocked', sequence: 2, locks: 1, limits: 1 });
  });
  it('is the same, byte for byte, when it is dropped and built again; so is what is due', async () => {
    const { views } = service;
    const everything = () =>
      views.readAll(async (manager) =>
        JSON.stringify([
          await manager.find(ProtectedAccountRow, { order: { tenant: 'ASC', account: 'ASC' } }),
          await manager.find(DueRow, { order: { thing: 'ASC' } }),
        ]),
      );
    await views.caughtUp();
    const before = await everything();
    expect(before).toContain('outgoing-blocked');
    for (const name of ['protections', 'due']) await views.rebuild(name);
    expect(await everything()).toBe(before);
  });
});
