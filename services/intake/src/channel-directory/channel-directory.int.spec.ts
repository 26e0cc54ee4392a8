import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { intakeUnderTest, type Heard, type IntakeUnderTest } from '../intake.testing.js';
import { SeedingChannels } from './seeding.worker.js';

let intake: IntakeUnderTest;
beforeAll(async () => (intake = await intakeUnderTest()));
afterAll(() => intake.close());

const platform = () => intake.as({ sub: 'tidepay', role: 'platform', tenant: 'tidepay' });
/** Somebody without a token. */
const anybody = async (url: string, headers: Record<string, string> = {}): Promise<Heard> => {
  const { statusCode: status, headers: heard, body: text } = await intake.app.inject({ method: 'GET', url, headers });
  return { status, headers: heard as Record<string, string>, text, body: JSON.parse(text) };
};
const named = ({ body }: Heard) => body.items.map(({ channel }: { channel: string }) => channel);

describe('The directory', () => {
  it('is open to the world, and seeded from the platforms’ settings', async () => {
    const { status, body } = await anybody('/v1/channels?platform=quanpay');
    expect(status).toBe(200);
    expect(body.items).toContainEqual(
      expect.objectContaining({
        platform: 'quanpay',
        channel: 'hotline',
        kind: 'telephone',
        address: '95599-0000',
        verified: true,
        served: true,
        zone: 'Asia/Shanghai',
      }),
    );
  });
  it('of a platform nobody knows does not exist', async () =>
    expect(await anybody('/v1/channels?platform=nowhere')).toMatchObject({ status: 404 }));
  it('is seeded once, however often the service starts', async () => {
    const before = await intake.store.head();
    await intake.app.get(SeedingChannels).onApplicationBootstrap();
    expect(await intake.store.head()).toBe(before);
  });
});

describe('Is this hotline yours?', () => {
  it('yes, however it is written', async () => {
    const { body } = await anybody('/v1/channels?address=%2B1%20(800)%20555-0142', { 'accept-language': 'zh-CN' });
    expect(body).toMatchObject({
      ours: true,
      items: [{ platform: 'tidepay', channel: 'hotline', platformName: '潮汐支付' }],
      advice: '是，这是该平台的官方渠道。',
    });
  });
  it('no, and what to do then', async () => {
    const { body } = await anybody('/v1/channels?address=%2B1-900-555-0000');
    expect(body).toMatchObject({ ours: false, items: [] });
    expect(body.advice).toMatch(/never give out codes/);
  });
  it('no, when it is another platform’s than the one asked about', async () =>
    expect((await anybody('/v1/channels?platform=quanpay&address=%2B1-800-555-0142')).body).toMatchObject({ ours: false }));
});

describe('A platform keeps its channels', () => {
  const counter = {
    channel: 'main-street',
    kind: 'counter',
    address: '1 Main Street, Springfield',
    languages: ['en'],
    hours: [{ days: ['mon', 'tue'], from: '09:00', to: '17:00' }],
  };

  it('lists one: unverified until somebody tried it', async () => {
    const { status, body } = await platform().post('/v1/channels', counter);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...counter, platform: 'tidepay', verified: false, served: true, zone: 'America/New_York' });
    expect((await anybody('/v1/channels?address=1%20main%20street,%20springfield')).body.advice).toMatch(/nobody has tried it out/);
    expect(await platform().post('/v1/channels/main-street/verification')).toMatchObject({ status: 201, body: { verified: true } });
  });
  it('and complaints may come through it from then on', async () => {
    const agent = intake.as({ sub: 'a', role: 'agent', tenant: 'tidepay' });
    expect(await agent.post('/v1/complaints', { channel: 'counter', narrative: { text: 'At the counter.' } })).toMatchObject({
      status: 201,
    });
  });
  it('moves it: the new address is unverified, the old one is known as given up', async () => {
    const { body } = await platform().post('/v1/channels/main-street/changes', { address: '2 Main Street, Springfield' });
    expect(body).toMatchObject({
      address: '2 Main Street, Springfield',
      verified: false,
      formerAddresses: [{ address: '1 Main Street, Springfield' }],
    });
    expect((await anybody('/v1/channels?address=1 Main Street, Springfield')).body).toMatchObject({
      ours: false,
      advice: expect.stringMatching(/Not any more/),
    });
  });
  it('retires it: no complaint comes through it any more', async () => {
    expect(await platform().post('/v1/channels/main-street/retirement', { why: 'closed' })).toMatchObject({
      status: 201,
      body: { served: false, retired: { why: 'closed' } },
    });
    const agent = intake.as({ sub: 'a', role: 'agent', tenant: 'tidepay' });
    expect(await agent.post('/v1/complaints', { channel: 'counter', narrative: { text: 'At the counter.' } })).toMatchObject({
      status: 422,
      body: { code: 'channel-not-served' },
    });
    expect(await platform().post('/v1/channels/main-street/changes', { address: '3 Main Street' })).toMatchObject({
      status: 409,
      body: { code: 'channel-is-retired' },
    });
  });
  it('cannot touch what is not listed, or another platform’s', async () => {
    expect(await platform().post('/v1/channels/nowhere/verification')).toMatchObject({
      status: 404,
      body: { code: 'channel-is-not-listed' },
    });
    await intake.as({ sub: 'quanpay', role: 'platform', tenant: 'quanpay' }).post('/v1/channels/hotline/retirement', { why: 'replaced' });
    expect(named(await anybody('/v1/channels?platform=tidepay'))).toContain('hotline');
    expect(
      (await anybody('/v1/channels?platform=tidepay')).body.items.find(({ channel }: { channel: string }) => channel === 'hotline'),
    ).toMatchObject({ served: true });
  });
  it('is the platform’s or a supervisor’s to keep', async () => {
    const agent = intake.as({ sub: 'a', role: 'agent', tenant: 'tidepay' });
    expect(await agent.post('/v1/channels', counter)).toMatchObject({ status: 403 });
  });
});
