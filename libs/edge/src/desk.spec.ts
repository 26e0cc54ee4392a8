import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handling, part } from '@recourse/event-store';
import { v7 as uuid } from 'uuid';
import { reminder, RemindersModule } from './reminders.testing.js';
import { serviceUnderTest, type Answered, type Somebody } from './testing.js';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let agent: Somebody;
beforeAll(async () => {
  service = await serviceUnderTest(RemindersModule, { service: 'case-tracking' });
  agent = service.as({ sub: 'agent-7', role: 'agent', tenant: 'quanpay' });
});
afterAll(() => service.close());

const code = ({ status, body }: Answered) => [status, (body as { code?: string }).code];
const written = async (body: object = {}, by: Somebody = agent): Promise<string> => {
  const id = uuid();
  const answer = await by.post(`/v1/reminders/${id}/writing`, { label: 'call back', ...body });
  expect(answer.status).toBe(201);
  return id;
};

describe('A command', () => {
  it('is answered with the representation, its version, leaf and place', async () => {
    const id = uuid();
    const { status, headers, body } = await agent.post(`/v1/reminders/${id}/writing`, { label: 'call back' });
    const [record] = await service.store.readStream(`reminder-${id}`);
    expect([status, body]).toEqual([201, { label: 'call back', writtenBy: 'agent-7', ended: null, notes: [], note: null }]);
    expect(headers).toMatchObject({
      ...{ etag: '"0"', location: `/v1/reminders/${id}`, 'cache-control': 'no-store' },
      ...{ 'log-leaf': record?.leaf, 'log-position': `case-tracking:${record?.position}` },
    });
    expect(record).toMatchObject({ tenant: 'quanpay', corr: id, by: { actor: 'agent-7', role: 'agent', client: 'desk' } });
  });

  it('names the customer for whom a platform acts', async () => {
    const id = await written({ subject: 'customer-9' }, service.as({ sub: 'p', role: 'platform', tenant: 'quanpay' }));
    expect((await service.store.readStream(`reminder-${id}`))[0]?.by).toEqual({
      actor: 'p',
      role: 'platform',
      client: 'desk',
      for: 'customer-9',
    });
  });

  it('is refused with status, words, pointer and facts of its code', async () => {
    const id = await written();
    await agent.post(`/v1/reminders/${id}/end`, { how: 'done' }, { ifMatch: '"0"' });
    const answer = await agent.post(`/v1/reminders/${id}/notes`, { label: 'more' }, { headers: { 'accept-language': 'zh-CN' } });
    expect(code(answer)).toEqual([409, 'reminder-has-ended']);
    expect(answer.body).toMatchObject({
      ...{ title: '该提醒已结束（before）', advice: '请新建提醒。', facts: { how: 'before' } },
      errors: [{ pointer: '/label', code: 'reminder-has-ended' }],
    });
    expect(await service.store.readStream(`reminder-${id}`)).toHaveLength(2);
  });

  it('may find its claim taken, which is said in the same manner', async () => {
    const label = `unique-${uuid().slice(-12)}`;
    await written({ label, unique: true });
    const answer = await agent.post(`/v1/reminders/${uuid()}/writing`, { label, unique: true });
    expect(code(answer)).toEqual([422, 'label-is-taken']);
  });

  it('finds nothing where nothing is, where another platform’s is, and where it may not touch', async () => {
    const id = await written();
    expect(code(await agent.post(`/v1/reminders/${uuid()}/notes`, { label: 'x' }))).toEqual([404, 'not-found']);
    const stranger = service.as({ role: 'agent', tenant: 'tidepay' });
    expect(code(await stranger.post(`/v1/reminders/${id}/notes`, { label: 'x' }))).toEqual([404, 'not-found']);
    expect(code(await stranger.post(`/v1/reminders/${id}/writing`, { label: 'x' }))).toEqual([404, 'not-found']);
    expect(
      code(await service.as({ sub: 'another', role: 'customer', tenant: 'quanpay' }).post(`/v1/reminders/${id}/notes`, { label: 'x' })),
    ).toEqual([404, 'not-found']);
    expect(await service.store.readStream(`reminder-${id}`)).toHaveLength(1);
  });
});

describe('An Idempotency-Key', () => {
  it('is needed, visible and short', async () => {
    const id = await written();
    expect(code(await agent.post(`/v1/reminders/${id}/notes`, { label: 'x' }, { key: null }))).toEqual([400, 'idempotency-key-missing']);
    for (const key of ['a b', 'x'.repeat(256), 'one, two', '"a\\b"', '""'])
      expect(code(await agent.post(`/v1/reminders/${id}/notes`, { label: 'x' }, { key }))).toEqual([400, 'idempotency-key-malformed']);
  });

  it('answers again, as it was answered then, even when the world has moved on and the version is stale', async () => {
    const id = await written();
    const key = uuid();
    const first = await agent.post(`/v1/reminders/${id}/notes`, { label: 'one' }, { key });
    await agent.post(`/v1/reminders/${id}/notes`, { label: 'two' });
    await agent.post(`/v1/reminders/${id}/end`, { how: 'done' }, { ifMatch: '"0"' });
    const before = RemindersModule.carriedOut;
    const again = await agent.post(`/v1/reminders/${id}/notes`, { label: 'one' }, { key: `"${key}"` });
    expect([again.status, again.body, again.headers['etag'], again.headers['log-leaf']]).toEqual([
      200,
      first.body,
      '"1"',
      first.headers['log-leaf'],
    ]);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(RemindersModule.carriedOut).toBe(before);
  });

  it('answers a replay of a judged command without looking at If-Match, with its Location', async () => {
    const id = await written();
    const key = uuid();
    const first = await agent.post(`/v1/reminders/${id}/end`, { how: 'done' }, { key, ifMatch: '"0"' });
    const again = await agent.post(`/v1/reminders/${id}/end`, { how: 'done' }, { key });
    expect([again.status, again.body, again.headers['location']]).toEqual([201, first.body, `/v1/reminders/${id}`]);
  });

  it('does not care for the order of members, but for everything else', async () => {
    const id = uuid();
    const key = uuid();
    await agent.post(`/v1/reminders/${id}/writing`, { label: 'é', unique: false }, { key });
    const turned = await agent.post(`/v1/reminders/${id}/writing`, { unique: false, label: 'e\u0301' }, { key });
    expect([turned.status, turned.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(code(await agent.post(`/v1/reminders/${id}/writing`, { label: 'other', unique: false }, { key }))).toEqual([
      422,
      'idempotency-key-reused',
    ]);
    expect(code(await agent.post(`/v1/reminders/${uuid()}/writing`, { label: 'é', unique: false }, { key }))).toEqual([
      422,
      'idempotency-key-reused',
    ]);
  });

  it('belongs to whoever brought it', async () => {
    const key = uuid();
    const [one, other] = [uuid(), uuid()];
    await agent.post(`/v1/reminders/${one}/writing`, { label: 'x' }, { key });
    const neighbour = await service
      .as({ sub: 'agent-8', role: 'agent', tenant: 'quanpay' })
      .post(`/v1/reminders/${other}/writing`, { label: 'y' }, { key });
    expect([neighbour.status, neighbour.headers['idempotent-replayed']]).toEqual([201, undefined]);
  });

  it('lets ten twins at once record one thing and all hear the same', async () => {
    const id = await written();
    const key = uuid();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => agent.post(`/v1/reminders/${id}/notes`, { label: 'once' }, { key })),
    );
    expect(answers.map(({ status, text, headers }) => [status, text, headers['etag']])).toEqual(
      answers.map(() => [200, answers[0]?.text, '"1"']),
    );
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(9);
    expect(await service.store.readStream(`reminder-${id}`)).toHaveLength(2);
  });

  it('holds across two instances of the service', async () => {
    const second = await serviceUnderTest(RemindersModule, { service: 'case-tracking', beside: service });
    try {
      const id = await written();
      const key = uuid();
      const there = second.as({ sub: 'agent-7', role: 'agent', tenant: 'quanpay' });
      const answers = await Promise.all(
        [agent, there, agent, there].map((somebody) => somebody.post(`/v1/reminders/${id}/notes`, { label: 'once' }, { key })),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await service.store.readStream(`reminder-${id}`)).toHaveLength(2);
    } finally {
      await second.close();
    }
  });
});

describe('If-Match', () => {
  it('is needed where the actor judged, and must be an ETag of ours', async () => {
    const id = await written();
    expect(code(await agent.post(`/v1/reminders/${id}/end`, { how: 'x' }))).toEqual([428, 'if-match-missing']);
    for (const ifMatch of ['*', 'W/"0"', '0', '"0", "1"'])
      expect(code(await agent.post(`/v1/reminders/${id}/end`, { how: 'x' }, { ifMatch }))).toEqual([400, 'if-match-malformed']);
  });

  it('is not stale for what nobody judges by', async () => {
    const id = await written();
    await agent.post(`/v1/reminders/${id}/notes`, { label: 'x' });
    expect((await agent.post(`/v1/reminders/${id}/end`, { how: 'done' }, { ifMatch: '"0"' })).status).toBe(201);
  });

  it('is stale, with the current version, when something judged by has come', async () => {
    const id = await written();
    await agent.post(`/v1/reminders/${id}/end`, { how: 'done' }, { ifMatch: '"0"' });
    const answer = await agent.post(`/v1/reminders/${id}/end`, { how: 'again' }, { ifMatch: '"0"' });
    expect([...code(answer), answer.headers['etag']]).toEqual([412, 'version-is-stale', '"1"']);
    expect(code(await agent.post(`/v1/reminders/${id}/end`, { how: 'again' }, { ifMatch: '"7"' }))).toEqual([412, 'version-is-stale']);
  });
});

describe('A representation', () => {
  it('has the version as ETag and is not sent twice', async () => {
    const id = await written();
    const { status, headers } = await agent.get(`/v1/reminders/${id}`);
    expect([status, headers['etag']]).toEqual([200, '"0"']);
    const unchanged = await agent.get(`/v1/reminders/${id}`, { 'if-none-match': 'W/"0"' });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
  });

  it('is as of a position or an instant, when asked', async () => {
    const id = await written();
    const [first] = await service.store.readStream(`reminder-${id}`);
    await agent.post(`/v1/reminders/${id}/notes`, { label: 'later' });
    for (const query of [`position=${first?.position}`, `position=case-tracking:${first?.position}`, `at=${first?.recordedAt}`]) {
      const { body, headers } = await agent.get(`/v1/reminders/${id}?${query}`);
      expect([(body as { notes: string[] }).notes, headers['etag']]).toEqual([[], '"0"']);
    }
    expect(code(await agent.get(`/v1/reminders/${id}?position=0`))).toEqual([404, 'not-found']);
    expect(code(await agent.get(`/v1/reminders/${id}?position=other:5`))).toEqual([400, 'position-is-of-another-log']);
    expect(code(await agent.get(`/v1/reminders/${id}?position=1&at=2026-01-01T00:00:00Z`))).toEqual([400, 'position-or-instant']);
    for (const query of ['position=x', 'at=yesterday', 'purpose=curiosity', 'wait=99', 'purpose=audit&purpose=audit', 'colour=red'])
      expect(code(await agent.get(`/v1/reminders/${id}?${query}`))).toEqual([400, 'request-invalid']);
  });

  it('is nothing to another platform, nor to another customer', async () => {
    const id = await written();
    for (const stranger of [
      service.as({ role: 'agent', tenant: 'tidepay' }),
      service.as({ sub: 'other', role: 'customer', tenant: 'quanpay' }),
    ])
      expect(code(await stranger.get(`/v1/reminders/${id}`))).toEqual([404, 'not-found']);
  });

  it('and the waiting does not tell, nor what is said of trying again', async () => {
    const id = await written();
    const stranger = service.as({ sub: 'stranger', role: 'customer', tenant: 'quanpay' });
    let answered = false;
    const waiting = stranger.get(`/v1/reminders/${id}?wait=4`).finally(() => (answered = true));
    const [there, nowhere] = [await stranger.get(`/v1/reminders/${id}`), await stranger.get(`/v1/reminders/${uuid()}`)];
    expect(answered).toBe(false);
    for (const answer of [there, nowhere, await waiting]) expect([answer.status, answer.headers['retry-after']]).toEqual([404, '1']);
  });
  it('may be waited for', async () => {
    const id = uuid();
    const waiting = agent.get(`/v1/reminders/${id}?wait=5`);
    await agent.post(`/v1/reminders/${id}/writing`, { label: 'soon' });
    expect((await waiting).status).toBe(200);
    const never = await agent.get(`/v1/reminders/${uuid()}?wait=0`);
    expect([...code(never), never.headers['retry-after']]).toEqual([404, 'not-found', '1']);
  });

  it('hides personal data without a purpose, and records each opening with one', async () => {
    const id = await written({ note: '凌晨两点 🌙' });
    const closed = await agent.get(`/v1/reminders/${id}`);
    const { note } = closed.body as { note: { sealed: string; h: string } };
    expect(note).toEqual({ sealed: 'note', h: expect.stringMatching(/^[\w-]{43}$/) });
    const opened = await agent.get(`/v1/reminders/${id}?purpose=handling-complaint`);
    expect((opened.body as { note: object }).note).toEqual({ text: '凌晨两点 🌙' });
    expect(await service.store.readStream(`opening-${id}`)).toMatchObject([
      {
        type: 'GroupsOpened',
        tenant: 'quanpay',
        by: { actor: 'agent-7' },
        data: {
          purpose: 'handling-complaint',
          position: Number(String(opened.headers['log-position']).split(':')[1]),
          groups: [{ group: 'note' }],
        },
      },
    ]);
    const log = await service.store.readStream(`reminder-${id}`);
    expect(JSON.stringify(log)).not.toContain('凌晨');
  });

  it('is opened only for a purpose of the caller’s role', async () => {
    const id = await written({ note: 'x' });
    const answer = await agent.get(`/v1/reminders/${id}?purpose=own-data`);
    expect(code(answer)).toEqual([403, 'purpose-not-allowed']);
    expect((await service.as({ role: 'auditor', tenant: 'quanpay' }).get(`/v1/reminders/${id}?purpose=audit`)).body).toMatchObject({
      note: { text: 'x' },
    });
    expect(await service.store.readStream(`opening-${id}`)).toHaveLength(1);
  });
});

describe('A list', () => {
  const tenant = 'harbour';
  const labels = (answer: Answered) => (answer.body as { items: { label: string }[] }).items.map(({ label }) => label);
  const follow = ({ headers }: Answered, rel: string) => new RegExp(`<([^>]+)>; rel="${rel}"`).exec(headers['link'] ?? '')?.[1];
  let clerk: Somebody;

  beforeAll(async () => {
    clerk = service.as({ role: 'agent', tenant });
    for (let n = 0; n < 7; n++) await written({ label: `item-${n % 4}` }, clerk);
    expect(await service.views.caughtUp()).toBe(true);
  });

  it('comes in pages, forwards and backwards, with nothing twice and nothing missing', async () => {
    const first = await clerk.get('/v1/reminders?limit=3');
    const second = await clerk.get(follow(first, 'next') ?? '');
    const third = await clerk.get(follow(second, 'next') ?? '');
    expect([first, second, third].map(labels)).toEqual([['item-0', 'item-0', 'item-1'], ['item-1', 'item-2', 'item-2'], ['item-3']]);
    expect([follow(first, 'prev'), follow(third, 'next')]).toEqual([undefined, undefined]);
    const back = await clerk.get(follow(third, 'prev') ?? '');
    expect(back.body).toEqual(second.body);
    const start = await clerk.get(follow(back, 'prev') ?? '');
    expect([start.body, follow(start, 'prev')]).toEqual([first.body, undefined]);
  });

  it('shows nobody another platform’s', async () => {
    const items = (await agent.get('/v1/reminders?limit=200')).body as { items: { label: string }[] };
    expect(items.items.some(({ label }) => label.startsWith('item-'))).toBe(false);
  });

  it('takes cursors only as it gave them, and limits within bounds', async () => {
    const next = follow(await clerk.get('/v1/reminders?limit=3'), 'next') ?? '';
    expect(code(await agent.get(next))).toEqual([400, 'cursor-not-ours']);
    expect(code(await clerk.get(`${next}x`))).toEqual([400, 'cursor-not-ours']);
    for (const limit of ['0', '201', 'many', '1e2', '-1'])
      expect(code(await clerk.get(`/v1/reminders?limit=${limit}`))).toEqual([400, 'request-invalid']);
  });
});

describe('Due work', () => {
  it('is found by the database’s clock and done once', async () => {
    const id = await written({ remindAt: '2026-01-01T00:00:00.000Z' });
    const later = await written({ remindAt: '2999-01-01T00:00:00.000Z' });
    const ended = async () => (await service.store.readStream(`reminder-${id}`)).filter(({ type }) => type === 'ReminderEnded');
    for (let waited = 0; (await ended()).length === 0 && waited < 100; waited++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await ended()).toMatchObject([
      { by: { actor: 'service:case-tracking', role: 'service', client: 'case-tracking' }, data: { how: 'in-time' } },
    ]);
    expect(await service.store.readStream(`reminder-${later}`)).toHaveLength(1);
  });
});

describe('What was recorded', () => {
  const until = async <Found>(look: () => Promise<Found>, found: (what: Found) => boolean): Promise<Found> => {
    for (let waited = 0; ; waited++) {
      const what = await look();
      if (found(what) || waited > 200) return what;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('is told and heard, once, by who listens', async () => {
    const id = await written();
    await agent.post(`/v1/reminders/${id}/end`, { how: 'done' }, { ifMatch: '"0"' });
    const heard = await until(
      () => service.store.readStream(`ending-${id}`),
      (records) => records.length > 0,
    );
    expect(heard).toMatchObject([
      { type: 'EndingHeard', tenant: 'quanpay', corr: id, by: { actor: 'service:case-tracking', role: 'service' } },
    ]);
  });

  it('is told in the metrics, and the service is ready when its carrier is', async () => {
    const ready = await until(
      () => service.app.inject('/readyz'),
      ({ statusCode }) => statusCode === 200,
    );
    expect(ready.json()).toMatchObject({ ready: true, parts: { database: 'there', carrier: 'there' } });
    const { body } = await service.app.inject('/metrics');
    for (const line of [
      'recourse_relay_lag{cursor="messages"',
      'recourse_relay_leader',
      'recourse_inbox_total{result="recorded"',
      'recourse_view_lag{view="reminders"',
      'recourse_follower_position{follower="view:reminders"',
      'recourse_follower_led{follower="view:reminders",service="case-tracking"} 1',
      'recourse_follower_parked{follower="view:reminders",service="case-tracking"} 0',
      'recourse_pool_connections{state="open"',
      'recourse_due_total{name="overdue-reminders",result="done"',
    ])
      expect(body).toContain(line);
  });
});

describe('When many keep writing to one stream', () => {
  it('every command is decided on the state it finds', async () => {
    const id = await written();
    const answers = await Promise.all(Array.from({ length: 15 }, (_, n) => agent.post(`/v1/reminders/${id}/notes`, { label: `n${n}` })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(15);
    const outcome = await handling(service.store)({
      tenant: 'tidepay',
      corr: id,
      parts: [
        part(reminder, `reminder-${id}`, {
          type: 'Note',
          label: 'x',
          by: { actor: 'a', role: 'agent', client: 'c' },
          at: service.store.now(),
        }),
      ],
    });
    expect(outcome).toEqual({ kind: 'missing' });
  });
});
