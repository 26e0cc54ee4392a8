import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeliveryLine, EndpointWithSecret, PlatformMessage } from '@recourse/contracts';
import { Webhook } from 'standardwebhooks';
import { v7 as uuid } from 'uuid';
import { eventually, notificationUnderTest } from '../notification.testing.js';

let house: Awaited<ReturnType<typeof notificationUnderTest>>;
beforeAll(async () => {
  house = await notificationUnderTest();
});
afterAll(() => house.close());

type Got = { readonly headers: IncomingHttpHeaders; readonly text: string; readonly message: PlatformMessage };

/** A platform's receiver: it answers as it is told to, and remembers all it got. */
const receiver = async () => {
  const got: Got[] = [];
  let answer = (_got: Got, response: ServerResponse): unknown => response.writeHead(204).end();
  let inFlight = 0;
  let most = 0;
  const server = createServer((request, response) => {
    let text = '';
    most = Math.max(most, ++inFlight);
    response.on('finish', () => inFlight--);
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const one = { headers: request.headers, text, message: JSON.parse(text) as PlatformMessage };
      got.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    most: () => most,
    numbers: () => got.map(({ message }) => message.number),
    answers: (how: typeof answer) => (answer = how),
    close: () => new Promise<void>((resolve) => void (server.close(() => resolve()), server.closeAllConnections())),
  };
};

const platformOf = (tenant: string) => house.as({ role: 'platform', tenant, sub: tenant });
const say = (tenant: string, type = 'CaseAssigned') =>
  house.say('recourse.case.v1', type, { matter: uuid(), reference: 'R1', language: 'en' }, { tenant });
const events = async (tenant: string, after = 0, limit = 200) =>
  (await platformOf(tenant).get(`/v1/events?after=${after}&limit=${limit}`)).body as { items: PlatformMessage[]; last: number };
const register = async (tenant: string, url: string, after?: number) =>
  (await platformOf(tenant).post('/v1/webhook-endpoints', { url, ...(after !== undefined && { after }) })).body as EndpointWithSecret;
const triesOf = async (tenant: string, endpoint: string) =>
  ((await platformOf(tenant).get(`/v1/webhook-endpoints/${endpoint}/deliveries`)).body as { items: DeliveryLine[] }).items;

describe('The feed', () => {
  it('numbers what a platform may read without a gap, and pages by number', async () => {
    for (let n = 0; n < 5; n++) await say('harbour');
    const { items } = await eventually(async () => (await events('harbour')).items.length === 5 && events('harbour'));
    expect(items.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(await events('harbour', 3, 1)).toMatchObject({
      items: [{ number: 4, type: 'CaseAssigned', data: { reference: 'R1' } }],
      last: 4,
    });
    expect(await events('harbour', 5)).toEqual({ items: [], last: 5 });
  });
  it('keeps its order when many speak at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => say('harbour')));
    const { items } = await eventually(async () => (await events('harbour')).items.length === 25 && events('harbour'));
    expect(items.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
  });
  it('is the same, byte for byte, when it is built anew', async () => {
    const before = (await platformOf('harbour').get('/v1/events?limit=200')).text;
    await house.views.rebuild('feed');
    expect((await platformOf('harbour').get('/v1/events?limit=200')).text).toBe(before);
  });
  it.each(['after=-1', 'after=x', 'limit=0', 'limit=201', 'colour=red'])('refuses %s', async (query) =>
    expect((await platformOf('harbour').get(`/v1/events?${query}`)).status).toBe(400),
  );
  it('is read by platforms only', async () =>
    expect((await house.as({ role: 'agent', tenant: 'harbour' }).get('/v1/events')).status).toBe(403));
});

describe('A webhook endpoint', () => {
  it('gets every message in order, signed, one at a time', async () => {
    const there = await receiver();
    const { endpoint, secret, url } = await register('tidepay', there.url);
    expect([url, secret]).toEqual([there.url, expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/)]);
    for (let n = 0; n < 8; n++) await say('tidepay');
    await eventually(() => there.got.length >= 8);
    expect([there.numbers(), there.most()]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], 1]);
    for (const { text, headers, message } of there.got) {
      expect(new Webhook(secret!).verify(text, headers as Record<string, string>)).toEqual(message);
      expect(headers['webhook-id']).toBe(message.id.replaceAll('.', '-'));
    }
    expect(there.got.map(({ message }) => message)).toEqual((await events('tidepay')).items);
    expect((await triesOf('tidepay', endpoint)).map(({ number, attempt, status }) => [number, attempt, status])).toEqual(
      [8, 7, 6, 5, 4, 3, 2, 1].map((number) => [number, 1, 204]),
    );
    await there.close();
  });

  it('that was down for a while still gets everything, in order, once each', async () => {
    const there = await receiver();
    const head = (await events('tidepay')).last;
    let down = true;
    there.answers((_, response) => response.writeHead(down ? 503 : 204).end());
    const { endpoint } = await register('tidepay', there.url, head);
    for (let n = 0; n < 3; n++) await say('tidepay');
    await eventually(() => there.got.length >= 2);
    expect(new Set(there.numbers())).toEqual(new Set([head + 1]));
    down = false;
    const tried = there.got.length;
    await eventually(() => there.got.length >= tried + 3);
    expect(there.numbers().slice(tried)).toEqual([head + 1, head + 2, head + 3]);
    const [first] = (await triesOf('tidepay', endpoint)).slice(-1);
    expect(first).toMatchObject({ number: head + 1, attempt: 1, status: 503, nextTry: expect.any(String) });
    expect(new Set(there.got.filter(({ message }) => message.number === head + 1).map(({ headers }) => headers['webhook-id'])).size).toBe(
      1,
    );
    await there.close();
  });

  it('that says it is gone is disabled; enabled again, it gets what it missed', async () => {
    const there = await receiver();
    const head = (await events('tidepay')).last;
    there.answers((_, response) => response.writeHead(410).end());
    const { endpoint } = await register('tidepay', there.url, head);
    await say('tidepay');
    const path = `/v1/webhook-endpoints/${endpoint}`;
    await eventually(async () => ((await platformOf('tidepay').get(path)).body as EndpointWithSecret).state === 'disabled');
    expect((await platformOf('tidepay').get(path)).body).toMatchObject({ disabled: { why: 'receiver-said-gone' } });
    expect((await platformOf('tidepay').post(`${path}/tests`, {})).body).toMatchObject({ status: 409, code: 'endpoint-is-disabled' });
    await say('tidepay');
    there.answers((_, response) => response.writeHead(200).end());
    expect(there.got).toHaveLength(1);
    expect((await platformOf('tidepay').post(`${path}/enablement`, {})).body).toMatchObject({ state: 'enabled' });
    await eventually(() => there.got.length >= 3);
    expect(there.numbers()).toEqual([head + 1, head + 1, head + 2]);
    await there.close();
  });

  it('replays from any position under the same ids, and is told of one beyond the feed', async () => {
    const there = await receiver();
    const { endpoint } = await register('tidepay', there.url, 2);
    const { last } = await events('tidepay');
    await eventually(() => there.numbers().at(-1) === last);
    const first = there.got.length;
    const path = `/v1/webhook-endpoints/${endpoint}/replays`;
    expect((await platformOf('tidepay').post(path, { after: last + 1 })).body).toMatchObject({
      status: 422,
      code: 'replay-starts-beyond-the-feed',
      errors: [{ pointer: '/after' }],
    });
    await platformOf('tidepay').post(path, { after: 0 });
    await eventually(() => there.got.length >= first + last);
    expect(there.numbers().slice(first)).toEqual(Array.from({ length: last }, (_, at) => at + 1));
    const idOf = (from: readonly Got[]) => from.find(({ message }) => message.number === 3)?.headers['webhook-id'];
    expect(idOf(there.got.slice(first))).toBe(idOf(there.got.slice(0, first)));
    await there.close();
  });

  it('gets nothing twice, and nothing while it is disabled, when its view is only half built', async () => {
    const [there, other] = [await receiver(), await receiver()];
    const head = (await events('tidepay')).last;
    const { endpoint } = await register('tidepay', there.url, head);
    await register('tidepay', other.url, head);
    const path = `/v1/webhook-endpoints/${endpoint}`;
    const inView = (change: string) =>
      house.views.readAll((manager) => manager.query(`update webhook_endpoint set ${change} where endpoint = '${endpoint}'`));
    const said = async (count: number) => {
      await say('tidepay');
      await eventually(() => other.got.length === count);
    };
    await said(1);
    await eventually(() => there.got.length === 1);
    await platformOf('tidepay').post(`${path}/replays`, { after: head });
    await eventually(() => there.got.length === 2);

    // The view has not come to the replay yet: what is new is delivered, and the replay is not taken for a new one when it is there again.
    await inView('"replayVersion" = 0');
    await said(2);
    await eventually(() => there.got.length === 3);
    await house.views.rebuild('webhook-endpoints');
    await said(3);
    await eventually(() => there.got.length === 4);
    expect(there.numbers()).toEqual([head + 1, head + 1, head + 2, head + 3]);

    // Nor to its end.
    await platformOf('tidepay').post(`${path}/disablement`, {});
    await house.views.rebuild('webhook-endpoints');
    await inView(`state = 'enabled'`);
    for (const count of [4, 5, 6]) await said(count);
    expect(there.got).toHaveLength(4);
    await house.views.rebuild('webhook-endpoints');
    await Promise.all([there.close(), other.close()]);
  });

  it('is tested with a message that has no number, and the result stands in its deliveries', async () => {
    const there = await receiver();
    const { endpoint, secret } = await register('quanpay', there.url);
    await platformOf('quanpay').post(`/v1/webhook-endpoints/${endpoint}/tests`, {});
    const [test] = await eventually(() => there.got.length > 0 && there.got);
    expect(test!.message).toMatchObject({ type: 'EndpointTested' });
    expect(test!.message).not.toHaveProperty('number');
    new Webhook(secret!).verify(test!.text, test!.headers as Record<string, string>);
    await eventually(async () =>
      (await triesOf('quanpay', endpoint)).some(
        ({ type, number, status }) => type === 'EndpointTested' && number === null && status === 204,
      ),
    );
    await there.close();
  });

  it('is signed with both secrets for a day after a rotation', async () => {
    const there = await receiver();
    const old = await register('quanpay', there.url, (await events('quanpay')).last);
    const path = `/v1/webhook-endpoints/${old.endpoint}/secret-rotations`;
    const key = uuid();
    const fresh = (await platformOf('quanpay').post(path, {}, { key })).body as EndpointWithSecret;
    expect(fresh).toMatchObject({ oldSecretUntil: expect.any(String), secret: expect.stringMatching(/^whsec_/) });
    expect((await platformOf('quanpay').post(path, {}, { key })).body).not.toHaveProperty('secret');
    await say('quanpay');
    const [got] = await eventually(() => there.got.length > 0 && there.got);
    expect(String(got!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    for (const secret of [old.secret!, fresh.secret!]) new Webhook(secret).verify(got!.text, got!.headers as Record<string, string>);
    await there.close();
  });

  it('shows its secret once: not to who asks again, not to a repeated request, not to a purpose, not in the log', async () => {
    const key = uuid();
    const body = { url: 'https://tidepay.example/hook' };
    const first = await platformOf('tidepay').post('/v1/webhook-endpoints', body, { key });
    const { secret, endpoint, ...rest } = first.body as EndpointWithSecret;
    const again = await platformOf('tidepay').post('/v1/webhook-endpoints', body, { key });
    expect([again.headers['idempotent-replayed'], again.headers['location'], again.body]).toEqual([
      'true',
      first.headers['location'],
      { endpoint, ...rest },
    ]);
    const shown = await platformOf('tidepay').get(`/v1/webhook-endpoints/${endpoint}?purpose=handling-complaint`);
    const log = (await house.store.readLog(-1, 100_000)).map(({ text }) => text).join();
    for (const text of [shown.text, log, (await platformOf('tidepay').get('/v1/webhook-endpoints')).text])
      expect(text).not.toContain(secret!.slice(6));
    await platformOf('tidepay').post(`/v1/webhook-endpoints/${endpoint}/disablement`, {});
  });

  it.each([
    ['http://tidepay.example/hook', 422, 'endpoint-address-not-allowed'],
    ['https://169.254.169.254/latest', 422, 'endpoint-address-not-allowed'],
    ['https://localhost/hook', 422, 'endpoint-address-not-allowed'],
    ['https://user:pass@tidepay.example/', 422, 'endpoint-address-not-allowed'],
    ['', 400, 'request-invalid'],
  ])('is not registered at %s', async (url, status, code) => {
    const answer = await platformOf('tidepay').post('/v1/webhook-endpoints', { url });
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.objectContaining({ code, errors: expect.arrayContaining([expect.objectContaining({ pointer: '/url' })]) }),
    ]);
  });

  it('is nobody else’s: another platform does not find it, and other roles may not ask', async () => {
    const { endpoint } = await register('tidepay', 'https://tidepay.example/other');
    const path = `/v1/webhook-endpoints/${endpoint}`;
    for (const more of ['', '/deliveries']) expect((await platformOf('harbour').get(path + more)).status).toBe(404);
    for (const more of ['/tests', '/replays', '/disablement', '/secret-rotations'])
      expect((await platformOf('harbour').post(path + more, more === '/replays' ? { after: 0 } : {})).status).toBe(404);
    expect((await house.as({ role: 'agent', tenant: 'tidepay' }).get(path)).status).toBe(403);
    await platformOf('tidepay').post(`${path}/disablement`, {});
  });
});
