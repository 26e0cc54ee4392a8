import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refuse, type Decider } from '@recourse/decider';
import { createHash, randomUUID } from 'node:crypto';
import type { AppendRequest, EventStore } from './append.js';
import { handling, part, StreamMoved, type Order, type Part } from './handling.js';
import { PostgresEventStore } from './postgres-event-store.js';
import type { NewEvent } from './record.js';
import { testStore, type TestStore } from './testing.js';

/** A refund pot: what was paid in bounds what may go out. */
type Command = { readonly type: 'Pay' | 'Refund' | 'Seal'; readonly amount: number } & Told;
type Told = { readonly by: AppendRequest['by']; readonly at: string };
type Event = { readonly type: 'Paid' | 'Refunded'; readonly amount: number } | { readonly type: 'Sealed' };
type State = { readonly left: number; readonly sealed: boolean };
const pot: Decider<Command, Event, State, 'more-than-was-paid'> = {
  initial: { left: 0, sealed: false },
  decide: ({ type, amount }, { left, sealed }) => {
    if (type === 'Seal') return sealed ? [] : [{ type: 'Sealed' }];
    if (type === 'Refund' && amount > left) return refuse('more-than-was-paid', { facts: { left } });
    return [{ type: type === 'Pay' ? 'Paid' : 'Refunded', amount }];
  },
  evolve: (state, event) => {
    if (event.type === 'Sealed') return { ...state, sealed: true };
    return { ...state, left: state.left + (event.type === 'Paid' ? event.amount : -event.amount) };
  },
};

let house: TestStore;
let second: PostgresEventStore;
beforeAll(async () => {
  house = await testStore();
  second = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
});
afterAll(async () => {
  await second.close();
  await house.close();
});

const by = { actor: 'agent-0417', role: 'agent', client: 'desk' };
const newStream = () => `pot-${randomUUID()}`;
const command = (type: Command['type'], amount = 0): Command => ({ type, amount, by, at: house.store.now() });
const send = (parts: Part | readonly [Part, ...Part[]], more: Partial<Order> = {}, store: EventStore = house.store) =>
  handling(store)({ tenant: 'quanpay', corr: randomUUID(), parts: 'stream' in parts ? [parts] : parts, ...more });
const on = (stream: string, type: Command['type'], amount = 0) => part(pot, stream, command(type, amount));
const typesOf = async (stream: string) => (await house.store.readStream(stream)).map(({ type }) => type);
const key = (fingerprint = 'f') => ({ key: randomUUID(), fingerprint, kind: 'http' as const });

/** A store in which somebody else writes just before our append, so often. */
const disturbed = (times: number, write: (n: number) => Promise<unknown>): EventStore => {
  let n = 0;
  return Object.assign(Object.create(house.store) as EventStore, {
    readStream: (...args: Parameters<EventStore['readStream']>) => house.store.readStream(...args),
    append: async (request: AppendRequest) => {
      if (n < times) await write(n++);
      return house.store.append(request);
    },
  });
};

describe('An order', () => {
  it('keeps the sealed bytes its events point at, and no others', async () => {
    const blob = Buffer.from('sealed bytes');
    const h = createHash('sha256').update(blob).digest('base64url');
    const [used, unused] = [randomUUID(), randomUUID()];
    const sealing: Decider<Command, NewEvent, null> = {
      initial: null,
      decide: () => [{ type: 'Noted', sealed: [{ id: used, group: 'note', key: 'k1', h }] }],
      evolve: () => null,
    };
    await send(part(sealing, newStream(), command('Pay')), { blobs: [used, unused].map((id) => ({ id, h, blob })) });
    expect([...(await house.store.blobs([used, unused])).keys()]).toEqual([used]);
  });

  it('records what was decided', async () => {
    const stream = newStream();
    expect(await send(on(stream, 'Pay', 5))).toEqual({ kind: 'recorded', stream, version: 0, events: 1 });
    expect(await send(on(stream, 'Refund', 3))).toEqual({ kind: 'recorded', stream, version: 1, events: 1 });
    expect(await typesOf(stream)).toEqual(['Paid', 'Refunded']);
  });
  it('that is refused records nothing and says why', async () => {
    const stream = newStream();
    await send(on(stream, 'Pay', 5));
    expect(await send(on(stream, 'Refund', 6))).toEqual({
      kind: 'refused',
      refusal: { refused: 'more-than-was-paid', facts: { left: 5 } },
    });
    expect(await typesOf(stream)).toEqual(['Paid']);
  });
  it('with nothing new writes nothing, not even its claims', async () => {
    const stream = newStream();
    await send(on(stream, 'Seal'));
    const claimed = `claim-${randomUUID()}`;
    const claims = [{ stream: claimed, event: { type: 'Claimed' } }];
    expect(await send(on(stream, 'Seal'), { claims })).toEqual({ kind: 'recorded', stream, version: 0, events: 0 });
    expect(await typesOf(claimed)).toEqual([]);
  });
  it('of several parts on one stream decides each upon what the one before has decided', async () => {
    const stream = newStream();
    const outcome = await send([on(stream, 'Pay', 5), on(stream, 'Refund', 3), on(stream, 'Refund', 2)]);
    expect(outcome).toEqual({ kind: 'recorded', stream, version: 2, events: 3 });
    const refused = await send([on(stream, 'Pay', 1), on(stream, 'Refund', 2)]);
    expect(refused).toMatchObject({ kind: 'refused', refusal: { facts: { left: 1 } } });
    expect(await typesOf(stream)).toEqual(['Paid', 'Refunded', 'Refunded']);
  });
  it('of several streams is carried out whole or not at all', async () => {
    const [one, two] = [newStream(), newStream()];
    expect(await send([on(one, 'Pay', 1), on(two, 'Pay', 2)])).toMatchObject({ kind: 'recorded', stream: one, version: 0, events: 2 });
    expect(await send([on(one, 'Pay', 1), on(two, 'Refund', 3)])).toMatchObject({ kind: 'refused' });
    expect([await typesOf(one), await typesOf(two)]).toEqual([['Paid'], ['Paid']]);
  });
  it('for a stream of another tenant finds nothing there', async () => {
    const stream = newStream();
    await send(on(stream, 'Pay', 5));
    expect(await send(on(stream, 'Refund', 9), { tenant: 'tidepay' })).toEqual({ kind: 'missing' });
    expect(await send([on(newStream(), 'Pay', 1), on(stream, 'Pay', 1)], { tenant: 'tidepay' })).toEqual({ kind: 'missing' });
    expect(await typesOf(stream)).toEqual(['Paid']);
  });
});

describe('When somebody else writes first', () => {
  it('the order is decided again, upon what is there now', async () => {
    const stream = newStream();
    await send(on(stream, 'Pay', 5));
    const rival = disturbed(3, () => handling(second)({ tenant: 'quanpay', corr: randomUUID(), parts: [on(stream, 'Refund', 1)] }));
    expect(await send(on(stream, 'Refund', 2), {}, rival)).toEqual({ kind: 'recorded', stream, version: 4, events: 1 });
    const greedy = disturbed(1, () => handling(second)({ tenant: 'quanpay', corr: randomUUID(), parts: [on(stream, 'Seal')] }));
    expect(await send(on(stream, 'Refund', 1), {}, greedy)).toMatchObject({ kind: 'refused', refusal: { facts: { left: 0 } } });
  });
  it('again and again, it gives up and says so', async () => {
    const stream = newStream();
    const rival = disturbed(99, () => handling(second)({ tenant: 'quanpay', corr: randomUUID(), parts: [on(stream, 'Pay', 1)] }));
    await expect(send(on(stream, 'Pay', 1), {}, rival)).rejects.toThrow(StreamMoved);
    expect(await typesOf(stream)).toEqual(Array<string>(40).fill('Paid'));
  });
  it('a hundred callers at two instances never pay out more than was paid in', async () => {
    const stream = newStream();
    await send(on(stream, 'Pay', 50));
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, n) => send(on(stream, 'Refund', 1), {}, n % 2 ? second : house.store)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(50);
    expect(outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(50);
    expect(await typesOf(stream)).toHaveLength(51);
  });
});

describe('A claim', () => {
  it('is made with what it belongs to, or the order is told that somebody else has it', async () => {
    const claimed = `reference-${randomUUID()}`;
    const claims = [{ stream: claimed, event: { type: 'Claimed', by: 'x' } as unknown as NewEvent }];
    const [mine, theirs] = [newStream(), newStream()];
    expect(await send(on(mine, 'Pay', 1), { claims })).toEqual({ kind: 'recorded', stream: mine, version: 0, events: 2 });
    expect(await send(on(theirs, 'Pay', 1), { claims })).toEqual({ kind: 'claimed', stream: claimed });
    expect([await typesOf(theirs), await typesOf(claimed)]).toEqual([[], ['Claimed']]);
  });
  it('of many at once is given to one', async () => {
    const claims = [{ stream: `reference-${randomUUID()}`, event: { type: 'Claimed' } }];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send(on(newStream(), 'Pay', 1), { claims }, n % 2 ? second : house.store)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'claimed')).toHaveLength(19);
  });
  it('is not mistaken for a conflict on the stream itself', async () => {
    const stream = newStream();
    const rival = disturbed(1, () => handling(second)({ tenant: 'quanpay', corr: randomUUID(), parts: [on(stream, 'Pay', 1)] }));
    const claims = [{ stream: `reference-${randomUUID()}`, event: { type: 'Claimed' } }];
    expect(await send(on(stream, 'Pay', 1), { claims }, rival)).toMatchObject({ kind: 'recorded', version: 1 });
  });
});

describe('What the actor has seen', () => {
  const judged = new Set(['Refunded']);
  it('is stale only when an event he judged by has come since', async () => {
    const stream = newStream();
    await send([on(stream, 'Pay', 9), on(stream, 'Refund', 1)]);
    await send(on(stream, 'Pay', 1));
    expect(await send(on(stream, 'Seal'), { seen: { version: 1, judged } })).toMatchObject({ kind: 'recorded', version: 3 });
    expect(await send(on(stream, 'Pay', 1), { seen: { version: 0, judged } })).toEqual({ kind: 'stale', version: 3 });
    expect(await send(on(stream, 'Pay', 1), { seen: { version: 9, judged } })).toEqual({ kind: 'stale', version: 3 });
  });
  it('is looked at again when somebody wrote first', async () => {
    const stream = newStream();
    await send(on(stream, 'Pay', 9));
    const rival = disturbed(1, () => handling(second)({ tenant: 'quanpay', corr: randomUUID(), parts: [on(stream, 'Refund', 1)] }));
    expect(await send(on(stream, 'Pay', 1), { seen: { version: 0, judged } }, rival)).toEqual({ kind: 'stale', version: 1 });
  });
  it('matters only for the main stream', async () => {
    const [main, other] = [newStream(), newStream()];
    await send([on(main, 'Pay', 9), on(other, 'Pay', 9), on(other, 'Refund', 1)]);
    expect(await send([on(main, 'Pay', 1), on(other, 'Pay', 1)], { seen: { version: 0, judged } })).toMatchObject({ kind: 'recorded' });
  });
});

describe('A reply that was lost', () => {
  const answer = { status: 201, location: '/v1/pots' };
  it('is given again, though everything would be refused by now', async () => {
    const stream = newStream();
    await send(on(stream, 'Pay', 5));
    const order = { key: key(), answer };
    await send(on(stream, 'Refund', 5), order);
    const first = { kind: 'replayed', answer: { ...answer, stream, version: 1 } };
    expect(await send(on(stream, 'Refund', 5), order)).toEqual(first); // refused by now
    expect(await send(on(stream, 'Refund', 5), { ...order, seen: { version: 0, judged: new Set(['Refunded']) } })).toEqual(first); // stale by now
    await send(on(stream, 'Pay', 50));
    expect(await send(on(stream, 'Refund', 5), order)).toEqual(first); // possible again by now
    expect(await typesOf(stream)).toEqual(['Paid', 'Refunded', 'Paid']);
  });
  it('of a refusal is decided anew: a refusal spends no key', async () => {
    const stream = newStream();
    const order = { key: key() };
    expect(await send(on(stream, 'Refund', 5), order)).toMatchObject({ kind: 'refused' });
    await send(on(stream, 'Pay', 5));
    expect(await send(on(stream, 'Refund', 5), order)).toMatchObject({ kind: 'recorded' });
  });
  it('of a request that changed nothing is remembered too', async () => {
    const stream = newStream();
    await send(on(stream, 'Seal'));
    const order = { key: key(), answer };
    expect(await send(on(stream, 'Seal'), order)).toEqual({ kind: 'recorded', stream, version: 0, events: 0 });
    await send(on(stream, 'Pay', 1));
    expect(await send(on(stream, 'Seal'), order)).toEqual({ kind: 'replayed', answer: { ...answer, stream, version: 0 } });
  });
  it('is not given to another request under the same key', async () => {
    const stream = newStream();
    const first = key('one');
    await send(on(stream, 'Pay', 5), { key: first });
    expect(await send(on(stream, 'Pay', 6), { key: { ...first, fingerprint: 'other' } })).toEqual({ kind: 'key-reused' });
    expect(await send(on(stream, 'Refund', 60), { key: { ...first, fingerprint: 'other' } })).toEqual({ kind: 'key-reused' });
  });
  it('asked for fifty times at once is one effect', async () => {
    const stream = newStream();
    const order = { key: key(), answer };
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => send(on(stream, 'Pay', 1), order, n % 2 ? second : house.store)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'replayed')).toHaveLength(49);
    expect(await typesOf(stream)).toEqual(['Paid']);
  });
});

describe('A decider that remembers nothing', () => {
  const journal: Decider<Command, Event, null> = {
    initial: null,
    decide: ({ type, amount }) => (type === 'Seal' ? [] : [{ type: type === 'Pay' ? 'Paid' : 'Refunded', amount }]),
    evolve: () => null,
    remembersNothing: true,
  };
  const blind = (): EventStore =>
    Object.assign(Object.create(house.store) as EventStore, {
      readStream: () => Promise.reject(new Error('read')),
      append: (request: AppendRequest) => house.store.append(request),
    });

  it('writes after whatever stands there, without reading it, and knows the version it reached', async () => {
    const stream = newStream();
    for (const version of [0, 1, 2])
      expect(await send(part(journal, stream, command('Pay', 1)), {}, blind())).toEqual({ kind: 'recorded', stream, version, events: 1 });
    await Promise.all(Array.from({ length: 30 }, () => send(part(journal, stream, command('Pay', 1)), {}, second)));
    expect((await house.store.readStream(stream)).map(({ version }) => version)).toEqual(
      Array.from({ length: 33 }, (_, version) => version),
    );
  });
  it('is still one with what is written beside it, all or nothing', async () => {
    const [stream, guarded] = [newStream(), newStream()];
    const outcome = await send([part(journal, stream, command('Pay', 1)), on(guarded, 'Refund', 5)]);
    expect([outcome.kind, await typesOf(stream), await typesOf(guarded)]).toEqual(['refused', [], []]);
  });
  it('writes nothing of another tenant', async () => {
    const stream = newStream();
    await send(part(journal, stream, command('Pay', 1)));
    await expect(send(part(journal, stream, command('Pay', 1)), { tenant: 'harbour' })).rejects.toThrow();
    expect(await typesOf(stream)).toEqual(['Paid']);
  });
  it('happens once under its key', async () => {
    const [stream, once] = [newStream(), key()];
    await send(part(journal, stream, command('Pay', 1)), { key: once });
    expect(await send(part(journal, stream, command('Pay', 1)), { key: once })).toMatchObject({ kind: 'replayed' });
    expect(await typesOf(stream)).toEqual(['Paid']);
  });
});
