import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { referenceFrom, type CaseHistory, type CaseLine, type CaseProgress, type QueueShown } from '@recourse/contracts';
import type { Answered, Somebody } from '@recourse/edge/testing';
import { part } from '@recourse/event-store';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { caseService, etag, no, type CaseService } from './case-service.testing.js';
import { complaintCase } from './deciding.js';

let house: CaseService;
beforeAll(async () => {
  house = await caseService();
}, 60_000);
afterAll(() => house.close());

const at = (id: string, noun = '') => `/v1/cases/${id}${noun}`;
const caseOf = async (id: string, by: Somebody = house.jing): Promise<CaseHistory> => (await by.get(at(id))).body as CaseHistory;
const judged = async (id: string, noun: string, body: object, by = house.jing): Promise<Answered> =>
  by.post(at(id, noun), body, { ifMatch: etag(await by.get(at(id))) });
const lines = ({ body }: Answered): readonly CaseLine[] => (body as { items: readonly CaseLine[] }).items;
const soon = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
const eventually = async <T>(look: () => Promise<T>, true_: (found: T) => boolean): Promise<T> => {
  for (let found = await look(), looks = 0; ; looks++, found = await look()) {
    if (true_(found) || looks > 60) return found;
    await pause(100);
  }
};

describe('A case that is asked for before it is there', () => {
  it('is waited for', async () => {
    const matter = uuid();
    const asked = house.jing.get(at(matter, '?wait=5'));
    await house.received({ matter });
    expect(await asked).toMatchObject({ status: 200, body: { id: matter } });
    const missing = await house.jing.get(at(uuid()));
    expect([no(missing), missing.headers['retry-after']]).toEqual([[404, 'not-found'], '1']);
  });
});

describe('The caseload', () => {
  it('is found by reference, account, stage and queue, newest first, page by page', async () => {
    const account = `w-${uuid().slice(-12)}`;
    const [first, second, third] = [
      await house.received({ account }),
      await house.received({ account }),
      await house.received({ account, category: 'scam' }),
    ];
    const find = async (query: string, by = house.jing) => lines(await by.get(`/v1/cases?${query}`)).map(({ id }) => id);
    expect(await find(`reference=${first.reference.toLowerCase().replaceAll('-', '')}`)).toEqual([first.matter]);
    expect(await find(`account=${account}`)).toEqual([third.matter, second.matter, first.matter]);
    expect(await find(`account=${account}&queue=scam`)).toEqual([third.matter]);
    expect(await find(`account=${account}&stage=closed`)).toEqual([]);
    expect(await find(`account=${account}`, house.elsewhere)).toEqual([]);
    expect(await find(`account=${account}`, house.stranger)).toEqual([]);
    expect(await find(`account=${account}`, house.customer)).toHaveLength(3);
    const page = await house.jing.get(`/v1/cases?account=${account}&limit=2`);
    expect(lines(page)).toHaveLength(2);
    const next = /<([^>]+)>; rel="next"/.exec(String(page.headers['link']))?.[1];
    expect(lines(await house.jing.get(next!)).map(({ id }) => id)).toEqual([first.matter]);
    expect(no(await house.jing.get('/v1/cases?colour=red'))).toEqual([400, 'request-invalid']);
    expect(no(await house.jing.get('/v1/cases?account=13800138000'))).toEqual([400, 'request-invalid']);
  });

  it('dropped and folded again from the log says the same', async () => {
    const { matter } = await house.received();
    await judged(matter, '/assignment', {});
    await house.views.caughtUp();
    const before = (await house.jing.get('/v1/cases?limit=200')).text;
    await house.views.rebuild('caseload');
    expect((await house.jing.get('/v1/cases?limit=200')).text).toBe(before);
  });
});

describe('A queue', () => {
  it('gives the most urgent first, to whoever has the skill, each case to one', async () => {
    const matters: string[] = [];
    for (let n = 0; n < 3; n++) matters.push((await house.received({ category: 'funds-not-received' })).matter);
    await house.jing.post(at(matters[2]!, '/priority'), { priority: 'urgent' });
    await house.views.caughtUp();
    const queues = ((await house.jing.get('/v1/queues')).body as { items: readonly QueueShown[] }).items;
    expect(queues.find(({ id }) => id === 'funds-not-received')).toMatchObject({ waiting: 3, urgent: 1 });
    const key = uuid();
    const taken = await house.jing.post('/v1/queues/funds-not-received/takings', undefined, { key });
    expect(taken.body).toMatchObject({ id: matters[2], assignment: { agent: 'w-jing', team: 'payments-desk' } });
    const [one, other] = await Promise.all([house.jing, house.wei].map((by) => by.post('/v1/queues/funds-not-received/takings')));
    expect([one!, other!].map(({ body }) => (body as CaseHistory).id).sort()).toEqual([matters[0], matters[1]].sort());
    await house.views.caughtUp();
    expect(no(await house.jing.post('/v1/queues/funds-not-received/takings'))).toEqual([409, 'queue-is-empty']);
    const again = await house.jing.post('/v1/queues/funds-not-received/takings', undefined, { key });
    expect([again.headers['idempotent-replayed'], (again.body as CaseHistory).id]).toEqual(['true', matters[2]]);
    expect(no(await house.jing.post('/v1/queues/scam/takings'))).toEqual([403, 'agent-lacks-skill']);
    expect(no(await house.jing.post('/v1/queues/nonsense/takings'))).toEqual([404, 'not-found']);
  });
});

describe('Protection', () => {
  const said = (type: string, data: object) => house.hear(house.message('recourse.account-lock.v1', type, { sequence: 1, ...data }));

  it('is noted on each open case of the account, and on no other', async () => {
    const account = `w-${uuid().slice(-12)}`;
    const [one, two, other] = [await house.received({ account }), await house.received({ account }), await house.received()];
    await said('AccountLocked', {
      account,
      lock: uuid(),
      scope: 'outgoing',
      cause: 'claim',
      causeRef: 'e1',
      matter: one.matter,
      disclosable: true,
    });
    for (const { matter } of [one, two]) expect((await caseOf(matter)).protection.noted).toMatchObject([{ state: 'locked', sequence: 1 }]);
    expect((await caseOf(other.matter)).protection.noted).toEqual([]);
  });

  it('by a rule opens a protective case, which a complaint finds later', async () => {
    const account = `w-${uuid().slice(-12)}`;
    const lock = uuid();
    const locked = { account, lock, scope: 'outgoing', cause: 'rule', causeRef: 's1', rule: 'sim-swap-reported', disclosable: true };
    await said('AccountLocked', locked);
    expect(await caseOf(lock)).toMatchObject({
      kind: 'protective',
      stage: 'opened',
      account,
      rule: 'sim-swap-reported',
      protection: { noted: [{ lock, state: 'locked' }] },
    });
    await said('LockLifted', { account, lock, sequence: 2, disclosable: true });
    expect((await caseOf(lock)).protection.noted.map(({ state }) => state)).toEqual(['locked', 'lifted']);
    const { matter } = await house.received({ account });
    expect((await caseOf(matter)).links).toMatchObject([{ other: lock, relation: 'protective' }]);
    expect((await caseOf(lock)).links).toMatchObject([{ other: matter, relation: 'protective' }]);
    expect((await judged(lock, '/closure', { how: 'protective-ended' })).status).toBe(201);
  });

  it('that was asked for holds the case open until it is granted', async () => {
    const { matter, account } = await house.received();
    const asked = await house.jing.post(at(matter, '/protection-requests'), {
      kind: 'limit',
      scope: 'daily',
      amount: { currency: 'CNY', value: 50_000 },
    });
    const { request } = (asked.body as CaseHistory).protection.requests[0]!;
    await house.customer.post(at(matter, '/withdrawal'), { why: 'resolved' });
    expect(no(await judged(matter, '/closure', { how: 'withdrawn' }))).toEqual([409, 'protection-undecided']);
    await said('LimitSet', {
      account,
      limit: uuid(),
      kind: 'daily',
      amount: { currency: 'CNY', value: 50_000 },
      until: soon(1e6),
      cause: 'case',
      causeRef: request,
      matter,
    });
    expect((await caseOf(matter)).protection.requests).toMatchObject([{ state: 'granted' }]);
    expect((await judged(matter, '/closure', { how: 'withdrawn' })).status).toBe(201);
  });
});

describe('Money that comes back', () => {
  it('completes the measure that was to return it', async () => {
    const { matter } = await house.received();
    const planned = (await judged(matter, '/measures', { kind: 'return-money', payment: 'txn-1' })).body as CaseHistory;
    const { measure } = planned.measures[0]!;
    expect(no(await judged(matter, `/measures/${measure}/completion`, { proof: 'checked-by-staff' }))).toEqual([
      409,
      'credit-is-not-confirmed',
    ]);
    const money = (type: string, data: object) =>
      house.hear(house.message('recourse.case.v1', type, { matter, payment: 'txn-1', ...data }));
    const refund = uuid();
    await money('MerchantAsked', { refund, due: soon(1e6) });
    expect((await house.customer.get(at(matter, '/progress'))).body).toMatchObject({
      stage: 'waiting-for-merchant',
      waitingFor: 'merchant',
    });
    await money('RefundApproved', { refund, by: 'merchant' });
    const told = { by: { actor: 'quanpay-platform', role: 'platform', client: 'test' }, at: house.store.now('quanpay') };
    const credited = { type: 'NoteCredit', ...told, payment: 'txn-1', credit: uuid() } as const;
    await house.send({ tenant: 'quanpay', corr: matter, parts: [part(complaintCase, `case-${matter}`, credited)] });
    expect(await caseOf(matter)).toMatchObject({
      measures: [{ state: 'done', done: { proof: { kind: 'credit-confirmed' } } }],
      informationRequests: [{ state: 'received' }],
    });
  });
});

describe('Money that had come back already', () => {
  it('completes a measure that is planned after it', async () => {
    const transaction = `txn-${uuid().slice(-12)}`;
    const { matter } = await house.received({ transaction });
    const paid = { currency: 'CNY', value: 128_000 };
    await house.jing.post('/v1/payments', { transaction, matter, claimed: paid });
    await house.platform.post(`/v1/payments/${transaction}/confirmation`, { paid, occurredAt: soon(-1e6) });
    const { credit } = (await house.jing.post('/v1/credit-orders', { payment: transaction, matter, amount: paid })).body as {
      credit: string;
    };
    const planned = async (): Promise<string> =>
      ((await judged(matter, '/measures', { kind: 'return-money' })).body as CaseHistory).measures.at(-1)!.measure;
    const early = await planned();
    expect(no(await judged(matter, `/measures/${early}/completion`, { proof: 'checked-by-staff' }))).toEqual([
      409,
      'credit-is-not-confirmed',
    ]);
    const confirmation = { amount: paid, ledgerReference: `ledger-${transaction}`, creditedAt: soon(-1_000) };
    expect((await house.platform.post(`/v1/credit-orders/${credit}/confirmation`, confirmation)).status).toBeLessThan(300);
    const late = await planned();
    const { measures } = (await judged(matter, `/measures/${late}/completion`, { proof: 'checked-by-staff' })).body as CaseHistory;
    expect(measures).toMatchObject([
      { state: 'done' },
      { state: 'done', done: { proof: { kind: 'credit-confirmed', ref: credit }, by: 'w-jing' } },
    ]);
  });
});

describe('The stream of a case', () => {
  /** Reads until the server has said this many events. */
  const listen = async (
    url: string,
    by: Readonly<Record<string, string>>,
    many: number,
  ): Promise<readonly { id: number; data: CaseProgress }[]> => {
    const address = await house.app.getUrl();
    const leaving = new AbortController();
    const response = await fetch(address + url, { headers: by, signal: leaving.signal });
    const events: { id: number; data: CaseProgress }[] = [];
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const whole = text.split('\n\n');
      text = whole.pop()!;
      for (const block of whole) {
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        const data = /^data: (.+)$/m.exec(block)?.[1];
        if (id && data) events.push({ id: Number(id), data: JSON.parse(data) as CaseProgress });
      }
      if (events.length >= many) break;
    }
    leaving.abort();
    return events;
  };

  it('shows each stage, and resumes after a cut without a gap', async () => {
    await house.app.listen(0, '127.0.0.1');
    const authorization = `Bearer ${await house.issuer.token({ sub: 'cus-77', role: 'customer', tenant: 'quanpay' })}`;
    const { matter } = await house.received();
    const url = at(matter, '/progress/stream');
    const [opened] = await listen(url, { authorization }, 1);
    expect(opened!.data).toMatchObject({ stage: 'received', version: expect.any(Number) });
    await house.jing.post(at(matter, '/notes'), { text: 'nothing the customer sees' });
    await judged(matter, '/assessment', { severity: 'serious', category: 'account-taken-over' });
    await house.jing.post(at(matter, '/promises'), { due: soon(1e6) });
    const missed = await listen(url, { authorization, 'last-event-id': String(opened!.id) }, 2);
    expect(missed.map(({ data }) => [data.stage, data.promises.length])).toEqual([
      ['assessed', 0],
      ['assessed', 1],
    ]);
    const listening = listen(url, { authorization, 'last-event-id': String(missed[1]!.id) }, 1);
    await judged(matter, '/measures', { kind: 'secure-account' });
    expect((await listening)[0]!.data.measures).toMatchObject([{ kind: 'secure-account', state: 'planned' }]);
    expect(
      (
        await fetch((await house.app.getUrl()) + url, {
          headers: { authorization: `Bearer ${await house.issuer.token({ sub: 'cus-99', role: 'customer', tenant: 'quanpay' })}` },
        })
      ).status,
    ).toBe(404);
    const staff = { authorization: `Bearer ${await house.issuer.token({ sub: 'w-jing', role: 'agent', tenant: 'quanpay', skills: [] })}` };
    const console_ = await listen(`/v1/stream?after=${opened!.id - 1}`, staff, 4);
    expect(console_.map(({ id }) => id)).toEqual([...console_.map(({ id }) => id)].sort((a, b) => a - b));
  });
});

describe('A reference', () => {
  it('is one case’s for ever', async () => {
    const reference = referenceFrom('R', randomBytes(8));
    await house.received({ reference });
    const matter = uuid();
    const outcomes = await house.hear(
      house.message('recourse.complaint.v1', 'ComplaintReceived', {
        ...(await house.received()),
        matter,
        reference,
        known: [],
        checks: [],
        evidence: [],
      }),
    );
    expect(outcomes).toMatchObject([{ kind: 'claimed', stream: `reference-${reference}` }]);
    expect(await house.store.readStream(`case-${matter}`)).toEqual([]);
  });
});

describe('What is due', () => {
  it('is let lapse when nobody answers', async () => {
    const { matter } = await house.received();
    await house.jing.post(at(matter, '/information-requests'), { from: 'complainant', what: 'chat-log', due: soon(300) });
    const shown = await eventually(
      () => caseOf(matter),
      ({ informationRequests: [asked] }) => asked?.state === 'lapsed',
    );
    expect(shown.informationRequests).toMatchObject([{ state: 'lapsed' }]);
  });

  it('is not called missed before everything that was sent has been heard', async () => {
    const { matter } = await house.received();
    await house.jing.post(at(matter, '/promises'), { due: soon(200) });
    await pause(1_500);
    expect((await caseOf(matter)).promises).toMatchObject([{ state: 'open' }]);
    expect((await house.customer.get(at(matter, '/progress'))).body).toMatchObject({
      nextUpdate: null,
      promises: [{ state: 'unconfirmed' }],
    });
  });
});
