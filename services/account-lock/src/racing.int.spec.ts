import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PermissionShown, ProtectionShown, StepUpShown, UnlockRequestShown } from '@recourse/contracts';
import { Settings } from '@recourse/edge';
import { doorsUnderTest, serviceUnderTest, type Answered, type Somebody } from '@recourse/edge/testing';
import { part, type EventStore, type PostgresEventStore, type SealedRef } from '@recourse/event-store';
import type { Message } from '@recourse/relay';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { AccountLockModule } from './account-lock.module.js';
import { protectionHearing } from './account-protection/account-protection.inbox.js';
import { accountProtection } from './account-protection/deciding.js';
import { dueNow, DueRow } from './due.view.js';
import { codesHearing } from './step-up/step-up.inbox.js';

type Service = Awaited<ReturnType<typeof serviceUnderTest>>;
let one: Service;
let other: Service;
const callers = (service: Service) => ({
  platform: service.as({ sub: 'quanpay', role: 'platform', tenant: 'quanpay' }),
  agent: service.as({ sub: 'agent-0417', role: 'agent', tenant: 'quanpay' }),
  supervisor: service.as({ sub: 'supervisor-0003', role: 'supervisor', tenant: 'quanpay' }),
});
let here: ReturnType<typeof callers>;
let there: ReturnType<typeof callers>;
beforeAll(async () => {
  one = await serviceUnderTest(AccountLockModule, { service: 'account-lock' });
  other = await serviceUnderTest(AccountLockModule, { service: 'account-lock', beside: one });
  here = callers(one);
  there = callers(other);
});
afterAll(async () => {
  await other.close();
  await one.close();
});

const body = <T>(answer: Answered): T => answer.body as T;
const newAccount = () => `wallet-${randomUUID().slice(0, 13)}`;
const typesOf = async (stream: string) => (await one.store.readStream(stream)).map(({ type }) => type);

/** An account whose owner has proved everything: one decision away from being open. */
const provenAccount = async () => {
  const account = newAccount();
  await here.agent.post(`/v1/accounts/${account}/locks`, { scope: 'outgoing' });
  const { request } = body<UnlockRequestShown>(await here.platform.post('/v1/unlock-requests', { account }));
  const proved = await here.agent.post(`/v1/unlock-requests/${request}/proofs`, { kind: 'video-identification', result: 'accepted' });
  return { account, request, ifMatch: proved.headers['etag']! };
};

describe('A lock and an unlock at the same time, through two instances', () => {
  it('always end with the account locked, under the highest number', async () => {
    const won = { lock: 0, unlock: 0 };
    for (let round = 0; round < 40; round++) {
      const { account, request, ifMatch } = await provenAccount();
      const [unlocked, locked] = await Promise.all([
        here.supervisor.post(`/v1/unlock-requests/${request}/decision`, { outcome: 'approved' }, { ifMatch }),
        pause(round % 4).then(() => there.agent.post(`/v1/accounts/${account}/locks`, { scope: 'outgoing' })),
      ]);
      expect(locked.status).toBe(201);
      expect([200, 409, 412]).toContain(unlocked.status);
      const protection = body<ProtectionShown>(await here.platform.get(`/v1/accounts/${account}/protection`));
      const standing = protection.locks.filter(({ ended }) => !ended);
      expect(protection.state).toBe('outgoing-blocked');
      expect(standing).toHaveLength(unlocked.status === 200 ? 1 : 2);
      const numbers = (await one.store.readStream(`account-quanpay-${account}`)).flatMap(
        ({ data }) => (data['sequence'] as number | undefined) ?? [],
      );
      expect(numbers).toEqual(numbers.map((_, at) => at + 1));
      won[unlocked.status === 200 ? 'unlock' : 'lock']++;
    }
    expect(won.lock + won.unlock).toBe(40);
  }, 120_000);
});

describe('A code that many guess at the same time', () => {
  const asked = async (): Promise<{ account: string; stepUp: string; code: string }> => {
    const account = newAccount();
    await here.platform.post(`/v1/accounts/${account}/contact`, { kind: 'email', address: 'owner@quanpay.example', language: 'en' });
    const { stepUp } = body<StepUpShown>(await here.platform.post('/v1/step-ups', { account, purpose: 'case-access', boundTo: uuid() }));
    const [record] = await one.store.readStream(`step-up-quanpay-${account}`);
    const refs = record!.sealed as readonly SealedRef[];
    const opened = await one.privacy.open(refs, { by: record!.by, purpose: 'informing-customer', corr: 'test', tenant: 'quanpay' });
    return { account, stepUp, code: opened.get(refs[0]!.id)!['code'] as string };
  };

  it('is tried five times, however many guess', async () => {
    const { account, stepUp, code } = await asked();
    const guesses = Array.from({ length: 60 }, (_, n) => String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0'));
    const answers = await Promise.all(
      guesses.map((guess, n) => (n % 2 ? here : there).platform.post(`/v1/step-ups/${stepUp}/verification`, { code: guess })),
    );
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(5);
    expect((await typesOf(`step-up-quanpay-${account}`)).filter((type) => type === 'CodeRejected')).toHaveLength(5);
    const late = await here.platform.post(`/v1/step-ups/${stepUp}/verification`, { code });
    expect(late.body).toMatchObject({ status: 409, code: 'code-is-exhausted' });
  }, 60_000);

  it('passes once, however many have it right', async () => {
    const { account, stepUp, code } = await asked();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? here : there).platform.post(`/v1/step-ups/${stepUp}/verification`, { code })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await typesOf(`step-up-quanpay-${account}`)).filter((type) => type === 'StepUpPassed')).toHaveLength(1);
  }, 60_000);

  it('is good for no more than ten wrong ones a day, across codes', async () => {
    const { account, stepUp: first, code } = await asked();
    const boundTo = uuid();
    const again = async () => body<StepUpShown>(await here.platform.post('/v1/step-ups', { account, purpose: 'unlock', boundTo })).stepUp;
    const exhaust = async (stepUp: string) => {
      for (let n = 0; n < 5; n++)
        await here.platform.post(`/v1/step-ups/${stepUp}/verification`, {
          code: String((Number(code) + 500_000 + n) % 1_000_000).padStart(6, '0'),
        });
    };
    await exhaust(first);
    const second = await again();
    await exhaust(second);
    const types = await typesOf(`step-up-quanpay-${account}`);
    // The chance that one of these ten was right by accident is one in a hundred thousand.
    expect(types.filter((type) => type === 'CodeRejected')).toHaveLength(10);
    const third = await here.platform.post('/v1/step-ups', { account, purpose: 'unlock', boundTo });
    expect(third.body).toMatchObject({ status: 429, code: 'too-many-codes' });
  }, 60_000);
});

describe('A permission that cannot be read', () => {
  const doors = async (readStream: EventStore['readStream']) => {
    const store = { service: 'account-lock', readStream, now: () => '2026-11-18T09:00:00.000Z' } as unknown as EventStore;
    return doorsUnderTest(AccountLockModule, { service: 'account-lock', store, environment: { RECOURSE_LOG_LEVEL: 'silent' } });
  };
  const ask = async (somebody: Somebody) =>
    body<PermissionShown>(await somebody.get('/v1/accounts/wallet-1/permissions?operation=receive'));
  it('is a no, when the database is away and when it is silent', async () => {
    for (const reading of [() => Promise.reject(new Error('the database is away')), () => new Promise<never>(() => undefined)]) {
      const service = await doors(reading);
      expect(await ask(service.as({ sub: 'quanpay', role: 'platform', tenant: 'quanpay' }))).toEqual({
        allowed: false,
        reasons: ['protection-is-unreadable'],
        validUntil: '2026-11-18T09:00:00.000Z',
        limits: [],
      });
      await service.close();
    }
  });
  it('needs the amount with its currency', async () => {
    const answer = await here.platform.get('/v1/accounts/wallet-1/permissions?operation=pay&amount=100');
    expect([answer.status, answer.body]).toMatchObject([400, { errors: [{ parameter: 'currency', code: 'field-missing' }] }]);
    expect((await here.platform.get('/v1/accounts/wallet-1/permissions?operation=dance')).status).toBe(400);
  });
});

describe('What is heard', () => {
  const heard = (type: string, data: object): Message =>
    ({ id: uuid(), type, version: 1, tenant: 'quanpay', cause: uuid(), corr: 'm1', data, sealed: [] }) as unknown as Message;
  const react = async (message: Message, hearing = protectionHearing) => {
    const tools = { store: one.store, views: one.views, privacy: one.privacy, settings: new Settings() };
    for (const { corr, parts } of await hearing.react(message, tools)) {
      const told = { by: { actor: 'service:account-lock', role: 'service', client: 'account-lock' }, at: one.store.now('quanpay') };
      const outcome = await one.send({ tenant: 'quanpay', corr, cause: message.cause, parts: parts(told) });
      expect(outcome.kind).toBe('recorded');
    }
  };

  it('of a claim locks, and of its assessment confirms: a case’s end unlocks nothing', async () => {
    const account = newAccount();
    const matter = uuid();
    const claim = heard('ComplaintReceived', {
      matter,
      account,
      category: 'account-taken-over',
      capacity: 'holder',
      reporterVerified: true,
    });
    await react(claim);
    await react(claim);
    await react(heard('CaseAssessed', { matter, account, category: 'account-taken-over', causeFamily: 'take-over' }));
    await react(heard('CaseClosed', { matter, account }));
    expect(await typesOf(`account-quanpay-${account}`)).toEqual(['AccountLocked', 'LockConfirmed']);
  });
  it('of a wish limits, with the wish’s own id as the cause', async () => {
    const account = newAccount();
    const request = uuid();
    await react(
      heard('ProtectionAsked', {
        matter: uuid(),
        account,
        request,
        kind: 'limit',
        scope: 'daily',
        amount: { currency: 'CNY', value: 100 },
      }),
    );
    const protection = body<ProtectionShown>(await here.agent.get(`/v1/accounts/${account}/protection`));
    expect(protection.limits).toMatchObject([{ cause: 'case', causeRef: request, kind: 'daily' }]);
  });
  it('of a notice that left notes that the code was sent', async () => {
    const account = newAccount();
    await here.platform.post(`/v1/accounts/${account}/contact`, { kind: 'email', address: 'owner@quanpay.example', language: 'en' });
    const { stepUp, route } = body<StepUpShown>(
      await here.platform.post('/v1/step-ups', { account, purpose: 'case-access', boundTo: uuid() }),
    );
    await react(heard('NoticeSent', { account, stepUp, route, sentAt: one.store.now() }), codesHearing);
    expect(body<StepUpShown>(await here.platform.get(`/v1/step-ups/${stepUp}`))).toMatchObject({
      stage: 'sent',
      sentAt: expect.any(String),
    });
  });
});

describe('What ends by itself', () => {
  const claimUntil = async (tenant: string, account: string, milliseconds: number) => {
    const stream = `account-${tenant}-${account}`;
    const at = one.store.now(tenant);
    const until = new Date(Date.parse(at) + milliseconds).toISOString();
    const by = { actor: 'service:account-lock', role: 'service', client: 'account-lock' };
    const command = { type: 'LockByClaim', by, at, lock: uuid(), causeRef: uuid(), matter: uuid(), reporterVerified: true, until } as const;
    await one.send({ tenant, corr: stream, parts: [part(accountProtection, stream, command)] });
    return stream;
  };
  const until = async (holds: () => Promise<boolean>) => {
    for (let tries = 0; tries < 400 && !(await holds()); tries++) await pause(50);
    expect(await holds()).toBe(true);
  };

  it('ends once, though two instances look: a claim nobody confirmed lapses, and the wallet may again', async () => {
    const account = newAccount();
    const stream = await claimUntil('quanpay', account, 2_500);
    expect(body<PermissionShown>(await here.platform.get(`/v1/accounts/${account}/permissions?operation=pay`)).allowed).toBe(false);
    await until(async () => (await typesOf(stream)).includes('LockLapsed'));
    expect(body<PermissionShown>(await there.platform.get(`/v1/accounts/${account}/permissions?operation=pay`)).allowed).toBe(true);
    await pause(1_200);
    expect(await typesOf(stream)).toEqual(['AccountLocked', 'LockLapsed']);
    await until(async () => (await one.views.readAll((manager) => manager.countBy(DueRow, { stream }))) === 0);
  });
  it('is due by the clock of a tenant that has moved its own', async () => {
    const stream = await claimUntil('harbour', newAccount(), 3_600_000);
    await one.views.caughtUp();
    const due = () => one.views.readAll((manager) => dueNow(manager, 'lock', one.store.now()));
    expect((await due()).filter((row) => row.stream === stream)).toHaveLength(0);
    await (one.store as PostgresEventStore).pool.query(`insert into log.tenant_clock (tenant, ahead_ms) values ('harbour', 3600001)`);
    expect((await due()).filter((row) => row.stream === stream)).toHaveLength(1);
  });
});
