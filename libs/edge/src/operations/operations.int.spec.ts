import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeliveryStatus, ParkedKeyLine, ParkedKeyShown, WaitingKeyHistory } from '@recourse/contracts';
import type { NewEvent } from '@recourse/event-store';
import { requestOf } from '@recourse/event-store/testing';
import { topics } from '@recourse/relay';
import { aGroup, aTelling, Heard, until } from '@recourse/relay/testing';
import { randomUUID } from 'node:crypto';
import { serviceUnderTest, type Answered, type ServiceUnderTest, type Somebody } from '../testing.js';
import { choking, LettersModule, lettersTopic } from './letters.testing.js';

const at = '/v1/operations/case-tracking';
let service: ServiceUnderTest;
let beside: ServiceUnderTest;
let one: Somebody;
let other: Somebody;
let stranger: Somebody;
beforeAll(async () => {
  service = await serviceUnderTest(LettersModule, { service: 'case-tracking', environment: { RECOURSE_LOG_LEVEL: 'silent' } });
  // Two instances stand side by side throughout: whatever is done here is done by either of them.
  beside = await serviceUnderTest(LettersModule, {
    ...{ service: 'case-tracking', environment: { RECOURSE_LOG_LEVEL: 'silent' } },
    beside: service,
  });
  one = service.as({ sub: 'he-lan', role: 'operator', tenant: 'quanpay' });
  other = beside.as({ sub: 'rosa-lind', role: 'operator', tenant: 'tidepay' });
  stranger = service.as({ sub: 'agent-7', role: 'supervisor', tenant: 'quanpay' });
  await service.runtime.transport.prepare(topics);
  await tellWell(60);
}, 60_000);
afterEach(async () => {
  choking.clear();
  for (const table of ['parked_message', 'parked_key', 'untold']) await service.store.pool.query(`delete from relay.${table}`);
});
afterAll(async () => {
  await beside.close();
  await service.close();
});

const code = ({ status, body }: Answered) => [status, (body as { code?: string }).code];
const tell = (key: string, ...texts: readonly string[]) =>
  service.runtime.transport.publish(texts.map((text) => aTelling(lettersTopic, key, text, { id: `${key.slice(-12)}.${text}` })));
const copiesOf = async (key: string) => (await service.store.readStream(`copy-${key}`)).map(({ data }) => data['text']);
const listed = async () => ((await one.get(`${at}/parked-keys?limit=200`)).body as { items: readonly ParkedKeyLine[] }).items;
const shown = async (id: string) => (await one.get(`${at}/parked-keys/${id}`)).body as ParkedKeyShown;
const status = async (by = one) => (await by.get(`${at}/status`)).body as DeliveryStatus;
const historyOf = async (id: string) => (await shown(id)).history!;

/** Among keys that go well: if a fifth of them failed, it would be taken for a systemic fault, and nothing parked. */
const tellWell = (keys: number) =>
  service.runtime.transport.publish(Array.from({ length: keys }, () => aTelling(lettersTopic, randomUUID(), 'well')));

/** Parks a key by a letter that cannot be copied, with one more behind it, and gives its id. */
const parked = async (key: string = randomUUID()) => {
  choking.add('bad');
  await tellWell(9);
  await tell(key, 'bad', 'good');
  await until(async () => (await listed()).length === 1 && (await listed())[0]!.messages === 2);
  return { key, id: (await listed())[0]!.id };
};
const askFor = async (id: string) => {
  const { body } = await one.post(`${at}/parked-keys/${id}/skip`, { why: 'cannot-be-read' });
  return (body as WaitingKeyHistory).skips.at(-1)!.request;
};

describe('Operators’ routes', () => {
  it('are for operators alone', async () => {
    const id = randomUUID();
    const asked = [
      stranger.get(`${at}/status`),
      stranger.get(`${at}/parked-keys`),
      stranger.get(`${at}/parked-keys/${id}`),
      stranger.post(`${at}/parked-keys/${id}/retry`),
      stranger.post(`${at}/parked-keys/${id}/skip`, { why: 'overtaken' }),
      stranger.post(`${at}/parked-keys/${id}/skip/${id}/decision`, { outcome: 'approved' }),
      stranger.post(`${at}/relay/rewind`, { cursor: 'messages', position: 0, why: 'hearer-asks' }),
    ];
    for (const answer of await Promise.all(asked)) expect(code(answer)).toEqual([403, 'role-not-allowed']);
  });

  it('know no key that never waited', async () => {
    const id = randomUUID();
    const asked = [
      one.get(`${at}/parked-keys/${id}`),
      one.post(`${at}/parked-keys/${id}/retry`),
      one.post(`${at}/parked-keys/${id}/skip`, { why: 'overtaken' }),
      one.post(`${at}/parked-keys/${id}/skip/${id}/decision`, { outcome: 'approved' }),
    ];
    for (const answer of await Promise.all(asked)) expect(code(answer)).toEqual([404, 'not-found']);
  });

  it('take no reason that is not a code', async () => {
    const { id } = await parked();
    const answer = await one.post(`${at}/parked-keys/${id}/skip`, { why: 'because I say so' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/why', code: 'code-unknown' }] } });
  });
});

describe('A key that waits', () => {
  it('is listed, page by page, and looked at without anything it says', async () => {
    const keys = [`quanpay/${randomUUID()}`, `quanpay/${randomUUID()}`, `quanpay/${randomUUID()}`];
    choking.add('bad');
    for (const key of keys) {
      await tell(key, 'bad');
      await until(async () => (await listed()).length === keys.indexOf(key) + 1);
    }
    const all = await listed();
    const first = await one.get(`${at}/parked-keys?limit=2`);
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))![1]!;
    const second = await other.get(next);
    const back = /<([^>]+)>; rel="prev"/.exec(String(second.headers['link']))![1]!;
    const ids = ({ body }: Answered) => (body as { items: readonly ParkedKeyLine[] }).items.map(({ id }) => id);
    expect([...ids(first), ...ids(second)]).toEqual(all.map(({ id }) => id));
    expect(ids(await one.get(back))).toEqual(ids(first));
    expect(all[0]).toMatchObject({ side: 'hearing', consumer: 'letters', topic: lettersTopic, why: 'failed: RangeError', held: false });

    const answer = await one.get(`${at}/parked-keys/${all[0]!.id}`);
    expect(answer.body).toMatchObject({
      waiting: { id: all[0]!.id, messages: 1 },
      messages: [
        {
          message: `${keys[0]!.slice(-12)}.bad`,
          type: 'recourse.complaint.Said.v1',
          tenant: 'quanpay',
          sealed: [],
        },
      ],
    });
    expect((answer.body as ParkedKeyShown).messages[0]).toMatchObject({
      hash: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      bytes: expect.any(Number) as unknown,
    });
    expect(answer.text).not.toContain('"data"');
    expect(answer.text).not.toContain('13800138000');
  });

  it('is tried again by one operator, at once, in its order, and that is an event', async () => {
    const { key, id } = await parked();
    choking.clear();
    const answer = await one.post(`${at}/parked-keys/${id}/retry`);
    expect([answer.status, answer.headers['location']]).toEqual([201, `${at}/parked-keys/${id}`]);
    await until(async () => (await copiesOf(key)).length === 2);
    expect(await copiesOf(key)).toEqual(['bad', 'good']);
    const [record] = await service.store.readStream(`parked-${id}`);
    expect(record).toMatchObject({
      ...{ type: 'ParkedKeyRetried', tenant: 'house', by: { actor: 'he-lan', role: 'operator', client: 'desk' } },
      data: { key: id, consumer: 'letters', topic: lettersTopic },
    });
    expect(record!.text).not.toContain(key);
    await until(async () => (await listed()).length === 0);
    expect(code(await other.post(`${at}/parked-keys/${id}/retry`))).toEqual([409, 'key-does-not-wait']);
    expect(await shown(id)).toMatchObject({ messages: [], history: { retries: [{ by: 'he-lan' }] } });
  }, 60_000);
});

describe('Skipping a message', () => {
  it('takes a reason and two people; then the next one of its key is tried, and what was skipped is remembered', async () => {
    const { key, id } = await parked();
    const request = await askFor(id);
    expect(await copiesOf(key)).toEqual([]);
    const itself = service.as({ sub: 'he-lan', role: 'operator', tenant: 'quanpay' });
    expect(code(await itself.post(`${at}/parked-keys/${id}/skip/${request}/decision`, { outcome: 'approved' }))).toEqual([
      403,
      'second-person-is-the-first',
    ]);
    expect(code(await other.post(`${at}/parked-keys/${id}/skip`, { why: 'overtaken' }))).toEqual([409, 'skip-is-asked-for']);
    const decided = await other.post(`${at}/parked-keys/${id}/skip/${request}/decision`, { outcome: 'approved' });
    expect(decided).toMatchObject({ status: 200, body: { skips: [{ stage: 'approved', decision: { by: 'rosa-lind' } }] } });

    await until(async () => (await copiesOf(key)).length === 1);
    expect(await copiesOf(key)).toEqual(['good']);
    await until(async () => (await listed()).length === 0);
    expect((await historyOf(id)).skips).toMatchObject([{ request, stage: 'skipped', why: 'cannot-be-read', askedBy: 'he-lan' }]);
    const records = await service.store.readStream(`parked-${id}`);
    expect(records.map(({ type }) => type)).toEqual(['SkipAsked', 'SkipApproved', 'MessageSkipped']);
    expect(records[2]!.cause).toBe(records[1]!.id);
    expect((await status(other)).skipped).toContainEqual({
      ...{ consumer: 'letters', topic: lettersTopic, count: 1 },
      last: expect.any(String) as unknown,
    });

    // Told once more (a rewind, a rebalance), it is passed over: the later ones of its key have taken effect.
    choking.clear();
    await tell(key, 'bad', 'after');
    await until(async () => (await copiesOf(key)).length === 2);
    expect(await copiesOf(key)).toEqual(['good', 'after']);
    expect(code(await other.post(`${at}/parked-keys/${id}/skip/${request}/decision`, { outcome: 'approved' }))).toEqual([
      409,
      'skip-is-decided',
    ]);
  }, 60_000);

  it('is for the message that was looked at: when that took effect meanwhile, the approval comes too late', async () => {
    const { key, id } = await parked();
    const request = await askFor(id);
    choking.clear();
    choking.add('good');
    await one.post(`${at}/parked-keys/${id}/retry`);
    await until(async () => (await copiesOf(key)).length === 1);
    await until(async () => (await listed()).length === 1);
    expect(code(await other.post(`${at}/parked-keys/${id}/skip/${request}/decision`, { outcome: 'approved' }))).toEqual([
      409,
      'message-waits-no-more',
    ]);
    expect((await listed())[0]).toMatchObject({ id, messages: 1 });
  }, 60_000);

  it('may be denied, with a reason; the message goes on waiting', async () => {
    const { id } = await parked();
    const request = await askFor(id);
    const url = `${at}/parked-keys/${id}/skip/${request}/decision`;
    expect(code(await other.post(url, { outcome: 'denied' }))).toEqual([422, 'skip-denial-needs-a-reason']);
    expect((await other.post(url, { outcome: 'denied', why: 'can-be-mended' })).status).toBe(200);
    expect((await listed())[0]).toMatchObject({ id, messages: 2 });
    expect((await historyOf(id)).skips[0]).toMatchObject({ stage: 'denied', decision: { why: 'can-be-mended', by: 'rosa-lind' } });
  });

  it('is asked and decided once, however many ask at the same moment', async () => {
    const { key, id } = await parked();
    const asked = await Promise.all([one, other, one, other].map((by) => by.post(`${at}/parked-keys/${id}/skip`, { why: 'done-by-hand' })));
    expect(asked.map(({ status: got }) => got).sort()).toEqual([201, 409, 409, 409]);
    const [skip] = (await historyOf(id)).skips;
    const second = skip!.askedBy === 'he-lan' ? other : one;
    const decided = await Promise.all(
      Array.from({ length: 4 }, () => second.post(`${at}/parked-keys/${id}/skip/${skip!.request}/decision`, { outcome: 'approved' })),
    );
    expect(decided.map(({ status: got }) => got).sort()).toEqual([200, 409, 409, 409]);
    await until(async () => (await copiesOf(key)).length === 1);
    expect((await service.store.readStream(`parked-${id}`)).filter(({ type }) => type === 'MessageSkipped')).toHaveLength(1);
  }, 60_000);
});

describe('What the relay could not tell', () => {
  const write = (stream: string, ...letters: readonly object[]) =>
    service.store.append(
      requestOf(
        service.store,
        stream,
        'none',
        letters.map((letter) => ({ type: 'LetterWritten', ...letter }) as NewEvent),
      ),
    );

  it('waits in the same list, is skipped by two people, and what waited behind it is told', async () => {
    const heard = new Heard();
    const hearing = await service.runtime.transport.consume(aGroup(), ['recourse.case.v1'], heard.hear);
    const stream = `letter-${randomUUID()}`;
    await write(stream, { text: 'one' }, { heavy: true }, { text: 'three' });
    await until(async () => (await listed()).some(({ side, messages }) => side === 'telling' && messages === 2));
    const line = (await listed()).find(({ side }) => side === 'telling')!;
    expect(line).toMatchObject({ consumer: 'relay:messages', topic: 'recourse.case.v1', why: 'too-large', held: true });
    expect((await shown(line.id)).messages.map(({ type }) => type)).toEqual(['LetterWritten', 'LetterWritten']);
    const request = await askFor(line.id);
    await other.post(`${at}/parked-keys/${line.id}/skip/${request}/decision`, { outcome: 'approved' });
    await until(() => heard.distinct(stream).length === 2);
    expect(heard.distinct(stream).map((value) => (JSON.parse(value) as { data: { text: string } }).data.text)).toEqual(['one', 'three']);
    await until(async () => (await listed()).length === 0);
    expect((await status()).skipped).toContainEqual(expect.objectContaining({ consumer: 'relay:messages', count: 1 }));
    await hearing.stop();
  }, 60_000);

  it('is told again from a position on, which is an event, and never from ahead of what was told', async () => {
    const stream = `letter-${randomUUID()}`;
    await write(stream, { text: 'again' });
    await until(async () => (await status()).relay.cursors.every(({ untold }) => untold === 0));
    const heard = new Heard();
    const hearing = await service.runtime.transport.consume(aGroup(), ['recourse.case.v1'], heard.hear);
    await until(() => heard.values(stream).length === 1);
    const [written] = await service.store.readStream(stream);
    const forward = await one.post(`${at}/relay/rewind`, { cursor: 'messages', position: written!.position + 1_000, why: 'hearer-asks' });
    expect(code(forward)).toEqual([422, 'rewind-goes-back-only']);
    const answer = await one.post(`${at}/relay/rewind`, { cursor: 'messages', position: written!.position, why: 'neighbour-restored' });
    expect(answer).toMatchObject({ status: 201, body: { rewinds: [{ cursor: 'messages', position: written!.position, by: 'he-lan' }] } });
    await until(() => heard.values(stream).length === 2);
    expect(heard.distinct(stream)).toHaveLength(1);
    expect((await status(other)).relay.history?.rewinds).toHaveLength(1);
    await hearing.stop();
  }, 60_000);
});

describe('The status', () => {
  it('says who tells, how far, what is still to be heard, and up to when everything has been', async () => {
    await until(async () => (await status()).relay.leader.lives);
    await tell(randomUUID(), 'hello');
    await until(async () => (await status()).relay.cursors.length === 2);
    const [here, there] = await Promise.all([status(one), status(other)]);
    expect([here.relay.leadsHere, there.relay.leadsHere].filter(Boolean)).toHaveLength(1);
    expect(here.relay.cursors.map(({ name }) => name)).toEqual(['messages', 'records']);
    expect(here).toMatchObject({ service: 'case-tracking', parked: { keys: 0, messages: 0, held: 0 }, inbox: { pausedHere: false } });
    // Neither's speaker runs here.
    expect(here.inbox.completeUpTo.map(({ topic }) => topic).sort()).toEqual([lettersTopic, 'recourse.governance.v1']);
  });
});

describe('The metrics', () => {
  it('say who tells, what waits and what was skipped, and name nobody', async () => {
    const { key, id } = await parked(`quanpay/${randomUUID()}`);
    const metricsOf = async ({ app }: ServiceUnderTest) => (await app.inject({ method: 'GET', url: '/metrics' })).body;
    const value = (text: string, sample: string) => Number(new RegExp(`^${sample}[^}]*} (\\S+)$`, 'm').exec(text)?.[1]);
    await until(async () => (await status()).relay.leader.lives);
    const [here, there] = await Promise.all([metricsOf(service), metricsOf(beside)]);
    expect(value(here, 'recourse_relay_leader{') + value(there, 'recourse_relay_leader{')).toBe(1);
    expect(value(here, 'recourse_parked_keys{consumer="letters"')).toBe(1);
    expect(value(here, 'recourse_parked_messages{consumer="letters"')).toBe(2);
    expect(value(here, 'recourse_skipped_total{consumer="letters"')).toBeGreaterThan(0);
    expect(value(here, 'recourse_store_total{result="requests"')).toBeGreaterThan(0);
    expect(value(here, 'recourse_relay_oldest_seconds{cursor="records"')).toBeGreaterThanOrEqual(0);
    expect(here).toContain(`recourse_inbox_unheard{group="case-tracking",topic="${lettersTopic}",partition="0"`);
    for (const secret of [key, key.split('/')[1]!, id, 'quanpay', 'he-lan']) expect(here).not.toContain(secret);
  });
});
