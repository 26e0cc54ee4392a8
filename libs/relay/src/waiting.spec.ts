import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { requestOf, type TestStore } from '@recourse/event-store/testing';
import { startInbox, type Inbox } from './inbox.worker.js';
import { Parked } from './parked.pg.js';
import { prepareBus } from './postgres.transport.js';
import { rewindRelay, startRelay, type Relay } from './relay.worker.js';
import { aGroup, aTopic, clientOf, Heard, until } from './testing/carrying.js';
import { childOf, type Child } from './testing/killing.js';
import { announceSaid, aService, aTelling, said, saidHistory, tallyHearing, textsOf } from './testing/tallying.js';
import { CarrierRefuses, type TopicPlan, type Transport } from './transport.js';
import { WaitingKeys } from './waiting.pg.js';

let house: TestStore;
let transport: Transport;
let plan: TopicPlan;
let waiting: WaitingKeys;
const running: { stop(): Promise<void> }[] = [];
const children: Child[] = [];
const hearers: TestStore[] = [];
beforeAll(async () => {
  house = await aService('case-tracking');
  await prepareBus(house.database.busOwnerUrl);
  transport = clientOf({ kind: 'postgres', url: house.database.busUrl });
  waiting = new WaitingKeys(house.store.pool);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  for (const child of children.splice(0)) await child.kill();
  for (const hearer of hearers.splice(0)) await hearer.close();
  for (const table of ['parked_message', 'parked_key', 'untold', 'cursor']) await house.store.pool.query(`delete from relay.${table}`);
});
afterAll(async () => {
  await transport.close();
  await house.close();
});

const hear = async (before: () => void | Promise<void>): Promise<Inbox> => {
  plan = aTopic(1);
  await transport.prepare([plan]);
  const { store } = house;
  const pace = { inPlace: [5], parked: [50], look: 20, lease: 60_000, pause: 50, watermarks: 50 };
  const hears = [tallyHearing(plan.topic, before)];
  const inbox = await startInbox({ service: 'case-tracking', store, transport, pool: store.pool, hears, tools: undefined, pace });
  running.push(inbox);
  return inbox;
};
const onlyKey = async () => (await waiting.list({ limit: 9 }))[0];
const fails = () => {
  throw new Error('not yet');
};

describe('A message that two people let go', () => {
  it('is in hand while somebody tries it, and is only marked when nobody does', async () => {
    let tries = 0;
    let finish: (() => void) | undefined;
    await hear(async () => {
      // In place; then the worker takes it, and takes its time, once.
      if (++tries === 3) await new Promise<void>((resolve) => (finish = resolve));
      fails();
    });
    const key = randomUUID();
    await transport.publish([aTelling(plan.topic, key, 'slow')]);
    await until(() => tries === 3);
    const { id } = (await onlyKey())!;
    const [message] = await waiting.messages({ id, side: 'hearing' });
    const request = randomUUID();
    expect(await waiting.mark(id, message!.message, request)).toBe('in-hand');
    finish!();
    await until(async () => (await waiting.mark(id, message!.message, request)) === 'marked');
    const seen = tries;
    await waiting.retry(id);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(tries).toBe(seen); // spoken for: nobody tries it any more
    expect(await waiting.mark(id, message!.message, randomUUID())).toBe('in-hand'); // of another request
    await waiting.letGo(id, message!.message, request);
    expect(await waiting.mark(id, message!.message, request)).toBe('done');
    await until(async () => (await onlyKey()) === undefined);
    expect(await textsOf(house, key)).toEqual([]);
  });

  it('is overtaken when it took effect first', async () => {
    let healed = false;
    await hear(() => {
      if (!healed) fails();
    });
    await transport.publish([aTelling(plan.topic, randomUUID(), 'x')]);
    await until(async () => (await onlyKey()) !== undefined);
    const { id } = (await onlyKey())!;
    const [message] = await waiting.messages({ id, side: 'hearing' });
    healed = true;
    await until(async () => (await onlyKey()) === undefined);
    expect(await waiting.mark(id, message!.message, randomUUID())).toBe('overtaken');
  });
});

describe('A key that waits', () => {
  it('is left to a person when it kills whoever tries it: what was begun is counted apart from what came to an end', async () => {
    const hearer = await aService();
    hearers.push(hearer);
    plan = aTopic(1);
    await transport.prepare([plan]);
    const { store } = hearer;
    const pace = { inPlace: [5], parked: [300], look: 20, lease: 1_000, pause: 50, watermarks: 50 };
    const hears = [tallyHearing(plan.topic, fails)];
    const inbox = await startInbox({ service: 'hearer', store, transport, pool: store.pool, hears, tools: undefined, pace });
    await transport.publish([aTelling(plan.topic, 'a', 'poison'), aTelling(plan.topic, 'b', 'fine')]);
    await until(async () => (await inbox.parked()).length === 2);
    await inbox.stop();
    // It killed nobody while it was heard; whoever tries it again dies of it.
    const carrier = { kind: 'postgres', url: house.database.busUrl } as const;
    const deadly = { carrier, topic: plan.topic, hearer: hearer.database.logUrl, deadly: 'poison' };
    const start = () => {
      const child = childOf(deadly);
      children.push(child);
      return child;
    };
    const parked = new Parked(store.pool, 1_000);
    let deaths = 0;
    for (let child = start(); !(await parked.list()).some(({ held }) => held);) {
      const died = await Promise.race([child.gone.then(() => true), new Promise<false>((resolve) => setTimeout(resolve, 50, false))]);
      if (!died) continue;
      deaths++;
      child = start();
    }
    expect(deaths).toBe(3);
    await until(async () => (await textsOf(hearer, 'b')).length === 1);
    await until(async () => (await parked.list()).length === 1); // taken off the list a moment after its effect
    expect(await parked.list()).toMatchObject([{ key: 'a', why: 'kills-the-process', held: true, messages: 1 }]);
  }, 120_000);
});

describe('A message that took effect', () => {
  it('has killed nobody, however often the process died with it in hand before it could say so', async () => {
    const hearer = await aService();
    hearers.push(hearer);
    plan = aTopic(1);
    await transport.prepare([plan]);
    const { store } = hearer;
    const pace = { inPlace: [5], parked: [50], look: 20, lease: 60_000, pause: 50, watermarks: 50 };
    const start = async () => {
      const hears = [tallyHearing(plan.topic)];
      const inbox = await startInbox({ service: 'hearer', store, transport, pool: store.pool, hears, tools: undefined, pace });
      running.push(inbox);
      return inbox;
    };
    const told = aTelling(plan.topic, 'a', 'told');
    const first = await start();
    await transport.publish([told]);
    await until(async () => (await textsOf(hearer, 'a')).length === 1);
    await first.stop();
    // Killed three times between the commit of the effect and the news of it: nothing moved, and it comes again.
    await store.pool.query('insert into relay.hand (lane, message, starts) values ($1, $2, 3)', [
      `tally/${plan.topic}/0`,
      told.headers['ce_id'],
    ]);
    const second = await start();
    await transport.publish([told, aTelling(plan.topic, 'a', 'after')]);
    await until(async () => (await textsOf(hearer, 'a')).length === 2 || (await second.parked()).length > 0);
    expect(await second.parked()).toEqual([]);
    expect(await textsOf(hearer, 'a')).toEqual(['told', 'after']);
    await second.stop();
    // The same while it waited: killed three times before its key could go on.
    const { topic, key, headers, value } = told;
    const waits = { why: 'failed', held: false, wait: 0, watermark: undefined };
    await new Parked(store.pool, 1_000).park('tally', headers['ce_id']!, { topic, key, headers, value, partition: 0, offset: '0' }, waits);
    await store.pool.query('update relay.parked_key set starts = 3');
    const third = await start();
    const held = async () => (await third.parked()).some((waiting) => waiting.held);
    await until(async () => (await third.parked()).length === 0 || (await held()));
    expect(await third.parked()).toEqual([]);
    expect(await textsOf(hearer, 'a')).toEqual(['told', 'after']);
  }, 60_000);
});

describe('What the relay could not tell and two people let go', () => {
  const tell = async (): Promise<Relay> => {
    plan = aTopic(1);
    await transport.prepare([plan]);
    const choosy: Transport = {
      ...transport,
      publish: async (messages) => {
        if (messages.some(({ value }) => value.includes('heavy'))) throw new CarrierRefuses('too-large');
        await transport.publish(messages);
      },
    };
    const { store } = house;
    const relay = startRelay({
      ...{ service: 'case-tracking', store, transport: choosy, url: house.database.logUrl, pool: store.pool, topics: [plan.topic] },
      ...{ announce: { case: announceSaid(plan.topic) }, histories: { case: saidHistory as never }, prepare: [plan], records: false },
      pace: { beat: 200, silence: 1_500, ask: 50 },
    });
    running.push(relay);
    return relay;
  };

  it('is passed over when the log is told again, and what waited behind it is told in its order', async () => {
    await tell();
    const stream = `case-${randomUUID()}`;
    await house.store.append(requestOf(house.store, stream, 'none', ['1', 'heavy', '3'].map(said)));
    const heard = new Heard();
    running.push(await transport.consume(aGroup(), [plan.topic], heard.hear));
    await until(async () => (await onlyKey())?.messages === 2);
    const { id, side, consumer } = (await onlyKey())!;
    expect([side, consumer]).toEqual(['telling', 'relay:messages']);
    const [message] = await waiting.messages({ id, side });
    const request = randomUUID();
    expect(await waiting.mark(id, message!.message, request)).toBe('marked');
    await waiting.retry(id);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const texts = () => heard.values(stream).map((value) => (JSON.parse(value) as { data: { text: string } }).data.text);
    expect(texts()).toEqual(['1']); // what waits behind it waits
    await waiting.letGo(id, message!.message, request);
    await until(() => texts().length === 2);
    expect(await onlyKey()).toBeUndefined();

    await rewindRelay(house.store.pool, 'messages', 0);
    await until(() => texts().length === 4);
    expect(texts()).toEqual(['1', '3', '1', '3']);
    expect(await onlyKey()).toBeUndefined();
    expect(await waiting.skipped()).toContainEqual(expect.objectContaining({ consumer: 'relay:messages', topic: plan.topic, count: 1 }));
  });

  it('is never reached by putting the cursor forward', async () => {
    const relay = await tell();
    await house.store.append(requestOf(house.store, `case-${randomUUID()}`, 'none', [said('1')]));
    await until(async () => (await relay.lag()).messages === 0);
    const head = await house.store.head();
    await relay.rewind('messages', head + 100);
    const { rows } = await house.store.pool.query<{ position: string }>(`select position from relay.cursor where name = 'messages'`);
    expect(Number(rows[0]!.position)).toBe(head);
  });
});
