import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PermissionShown, ProtectionShown, StepUpShown } from '@recourse/contracts';
import { serviceUnderTest, type Answered } from '@recourse/edge/testing';
import type { SealedRef } from '@recourse/event-store';
import { randomUUID } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { AccountLockModule } from './account-lock.module.js';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeAll(async () => {
  service = await serviceUnderTest(AccountLockModule, { service: 'account-lock' });
});
afterAll(() => service.close());

const platform = () => service.as({ sub: 'quanpay', role: 'platform', tenant: 'quanpay' });
const body = <T>(answer: Answered): T => answer.body as T;

/** The code as its owner reads it: opened from where it is sealed for whoever sends it. */
const codeOf = async (account: string): Promise<string> => {
  const record = (await service.store.readStream(`step-up-quanpay-${account}`)).findLast(({ type }) => type === 'StepUpAsked')!;
  const [ref] = record.sealed as readonly SealedRef[];
  const opened = await service.privacy.open([ref!], { by: record.by, purpose: 'informing-customer', corr: 'test', tenant: 'quanpay' });
  return opened.get(ref!.id)!['code'] as string;
};

describe('A new device', () => {
  const account = `wallet-${randomUUID().slice(0, 13)}`;
  const permission = async (operation: string) =>
    body<PermissionShown>(await platform().get(`/v1/accounts/${account}/permissions?operation=${operation}`));
  const answered = (demand: string, stepUp: string) => platform().post(`/v1/accounts/${account}/code-demands/${demand}/answer`, { stepUp });
  const passed = async (boundTo: string): Promise<string> => {
    const { stepUp } = body<StepUpShown>(await platform().post('/v1/step-ups', { account, purpose: 'new-device', boundTo }));
    expect((await platform().post(`/v1/step-ups/${stepUp}/verification`, { code: await codeOf(account) })).status).toBe(200);
    return stepUp;
  };
  let demand = '';

  it('forces a code: outgoing money waits, and the app’s own route is not believed for a while', async () => {
    await platform().post(`/v1/accounts/${account}/contact`, { kind: 'email', address: 'owner@quanpay.example', language: 'en' });
    await platform().post(`/v1/accounts/${account}/contact`, { kind: 'push', address: 'token-of-the-app-0123456789', language: 'en' });
    expect(await permission('pay')).toMatchObject({ allowed: true });
    const signal = { account, signal: 's-1', rule: 'new-device', evidence: 'h'.repeat(43), seenAt: '2026-11-01T08:00:00.000Z' };
    const shown = body<ProtectionShown>(await platform().post('/v1/signals', signal));
    demand = shown.demands[0]!.demand;
    expect(shown).toMatchObject({ state: 'open', demands: [{ rule: 'new-device', causeRef: 's-1' }] });
    await platform().post('/v1/signals', signal);
    expect(body<ProtectionShown>(await platform().get(`/v1/accounts/${account}/protection`)).demands).toHaveLength(1);
    expect(await permission('pay')).toMatchObject({ allowed: false, reasons: ['code-is-demanded'] });
    expect(await permission('receive')).toMatchObject({ allowed: true });
    const { routes } = body<{ routes: { kind: string; state: string }[] }>(await platform().get(`/v1/accounts/${account}/contact`));
    expect(routes.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['email trusted', 'push distrusted']);
  });
  it('is not answered by a code for something else, or by none', async () => {
    expect(await answered(demand, await passed(uuid()))).toMatchObject({ status: 409, body: { code: 'step-up-is-for-something-else' } });
    expect(await answered(demand, uuid())).toMatchObject({ status: 409, body: { code: 'step-up-missing' } });
    expect(await permission('pay')).toMatchObject({ allowed: false });
  });
  it('is answered by its own code, once', async () => {
    const stepUp = await passed(demand);
    expect(await answered(demand, stepUp)).toMatchObject({ status: 200, body: { demands: [{ demand, stepUp }] } });
    expect(await permission('pay')).toMatchObject({ allowed: true });
    expect(await answered(demand, stepUp)).toMatchObject({ status: 409 });
  });
});
