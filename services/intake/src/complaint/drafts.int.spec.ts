import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Settings } from '@recourse/edge';
import { setTimeout as pause } from 'node:timers/promises';
import { intakeUnderTest, type IntakeUnderTest } from '../intake.testing.js';
import { receivingIdleDrafts } from './drafts.worker.js';
import type { Draft } from './drafts.view.js';

let intake: IntakeUnderTest;
beforeAll(async () => (intake = await intakeUnderTest()));
afterAll(() => intake.close());

const customer = () => intake.as({ sub: 'cus-0012', role: 'customer', tenant: 'quanpay' });
const agent = () => intake.as({ sub: 'agent-0417', role: 'agent', tenant: 'quanpay', badge: '0417' });

const story = '凌晨两点有人从我的数字钱包转走了1280元，我没有操作过';
const taken = {
  channel: 'app',
  account: 'wallet-8843',
  narrative: { text: story },
  category: 'account-taken-over',
  details: { occurredAt: { at: '2025-11-18T02:14:00+08:00' }, amount: { currency: 'CNY', value: 128000 } },
};
describe('Drafts', () => {
  const listed = async (who: ReturnType<typeof customer>, query = '') =>
    (await who.get(`/v1/complaints?limit=200${query}`)).body.items as { matter: string; narrative: boolean }[];
  /** The view follows the log: soon, not at once. */
  const until = async (truth: () => Promise<boolean>) => {
    for (let tries = 0; tries < 100; tries++) {
      if (await truth()) return;
      await pause(50);
    }
    throw new Error('the view did not follow');
  };

  it('are listed for whose they are, until they are received', async () => {
    const dana = intake.as({ sub: 'cus-dana', role: 'customer', tenant: 'quanpay' });
    const { body } = await dana.post('/v1/complaints', taken);
    await until(async () => (await listed(dana)).some(({ matter }) => matter === body.matter));
    expect((await listed(customer())).some(({ matter }) => matter === body.matter)).toBe(false);
    expect((await listed(intake.as({ sub: 'a', role: 'agent', tenant: 'tidepay' }))).some(({ matter }) => matter === body.matter)).toBe(
      false,
    );
    expect((await listed(agent(), '&subject=cus-dana')).map(({ matter }) => matter)).toEqual([body.matter]);
    await dana.post(`/v1/complaints/${body.matter}/submission`);
    await until(async () => (await listed(dana)).length === 0);
  });

  it('left lying are received for the customer; those she has touched since are left alone', async () => {
    const eve = intake.as({ sub: 'cus-eve', role: 'customer', tenant: 'quanpay' });
    const lying = (await eve.post('/v1/complaints', taken)).body.matter;
    const silent = (await eve.post('/v1/complaints', { channel: 'app' })).body.matter;
    await until(async () => (await listed(eve)).length === 2);
    const tools = {
      settings: new Settings(),
      told: (tenant: string) => ({ by: { actor: 'service:intake', role: 'service', client: 'intake' }, at: intake.store.now(tenant) }),
      send: intake.send,
    } as never;
    const found = async (now: string) =>
      (await intake.views.read('quanpay', (manager) => receivingIdleDrafts.find(manager, now, new Settings()))).filter(
        ({ subject }) => subject === 'cus-eve',
      );
    const tomorrow = new Date(Date.now() + 25 * 3_600_000).toISOString();
    expect(await found(new Date().toISOString())).toEqual([]);
    const due = await found(tomorrow);
    expect(due.map(({ matter }) => matter)).toEqual([lying]);
    const touched = { ...due[0]!, told: due[0]!.told - 1 } as Draft;
    await receivingIdleDrafts.act(touched, tools);
    expect((await eve.get(`/v1/complaints/${lying}`)).body.stage).toBe('drafted');
    await receivingIdleDrafts.act(due[0]!, tools);
    await receivingIdleDrafts.act(due[0]!, tools);
    expect((await eve.get(`/v1/complaints/${lying}`)).body).toMatchObject({ stage: 'received', receipt: { how: 'idle' } });
    expect(await intake.told(`complaint-${silent}`)).toEqual(['ComplaintDrafted']);
  });

  it('can be thrown away', async () => {
    const { body } = await customer().post('/v1/complaints', taken);
    expect(await customer().post(`/v1/complaints/${body.matter}/disposal`, { why: 'made-by-mistake' })).toMatchObject({
      status: 201,
      body: { stage: 'discarded' },
    });
    expect(await customer().post(`/v1/complaints/${body.matter}/submission`)).toMatchObject({
      status: 409,
      body: { code: 'draft-is-discarded' },
    });
  });
});
