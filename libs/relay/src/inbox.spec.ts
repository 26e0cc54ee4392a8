import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { refuse, type Decider } from '@recourse/decider';
import { part, PostgresEventStore, type NewEvent } from '@recourse/event-store';
import { requestOf, type TestStore } from '@recourse/event-store/testing';
import { heartbeat } from './enveloping.js';
import type { Hearing } from './hearing.js';
import { startInbox, type Inbox, type InboxOptions } from './inbox.worker.js';
import { prepareBus } from './postgres.transport.js';
import { startRelay } from './relay.worker.js';
import { aTopic, clientOf, until } from './testing/carrying.js';
import {
  announceSaid,
  aService,
  aTelling,
  said,
  saidHistory,
  tallies,
  tallyHearing,
  tallying,
  tallyOf,
  textsOf,
} from './testing/tallying.js';
import type { TopicPlan, Transport } from './transport.js';

const quick = { inPlace: [5, 10], parked: [100, 200], look: 30, lease: 2_000, pause: 50, watermarks: 50 };
const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n));

let house: TestStore;
let transport: Transport;
let plan: TopicPlan;
const inboxes: Inbox[] = [];
beforeAll(async () => {
  house = await aService();
  await prepareBus(house.database.busOwnerUrl);
  transport = clientOf({ kind: 'postgres', url: house.database.busUrl });
});
afterEach(async () => {
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.stop()));
  await house.store.pool.query('delete from relay.parked_message');
  await house.store.pool.query('delete from relay.parked_key');
});
afterAll(async () => {
  await transport.close();
  await house.close();
});

const prepare = async (partitions = 3) => {
  plan = aTopic(partitions);
  await transport.prepare([plan]);
};
const hearWith = async (hearing: Hearing, more: Partial<InboxOptions<unknown>> = {}) => {
  const inbox = await startInbox({
    service: 'hearer',
    store: house.store,
    transport,
    pool: house.store.pool,
    hears: [hearing],
    tools: undefined,
    pace: quick,
    ...more,
  });
  inboxes.push(inbox);
  return inbox;
};
const tell = (...messages: Parameters<Transport['publish']>[0]) => transport.publish(messages);
const aKey = () => randomUUID();

describe('A message', () => {
  it('leaves the sealed bytes, the cause, the matter and the author with its effect', async () => {
    await prepare();
    const key = aKey();
    const blob = Buffer.from('sealed');
    const { createHash } = await import('node:crypto');
    const seal = {
      id: '01900000-0000-7000-8000-00000000000a',
      group: 'note',
      key: 'k',
      h: createHash('sha256').update(blob).digest('base64url'),
    };
    const cause = randomUUID();
    const keeping: Hearing = {
      consumer: 'keeper',
      topics: [plan.topic],
      react: ({ key: of, sealed }) => {
        const kept = {
          ...tallying,
          decide: () => [{ type: 'Tallied', text: 'x', sealed: sealed.map(({ blob: _, ...ref }) => ref) } as never],
        };
        return [{ stream: tallyOf(of), corr: of, parts: (told) => [part(kept, tallyOf(of), { type: 'Tally', text: 'x', ...told })] }];
      },
    };
    const inbox = await hearWith(keeping);
    await tell(aTelling(plan.topic, key, 'x', { cause, corr: key, sealed: [{ ...seal, blob: blob.toString('base64url') }] }));
    await until(() => inbox.counts.recorded === 1);
    const [record] = await house.store.readStream(tallyOf(key));
    expect(record).toMatchObject({
      type: 'Tallied',
      tenant: 'quanpay',
      corr: key,
      cause,
      by: { actor: 'service:hearer', role: 'service', client: 'hearer' },
    });
    expect(Buffer.from((await house.store.blobs([seal.id])).get(seal.id)!.blob).toString()).toBe('sealed');
  });

  it('has its effect never before it was said, however the clocks of two services differ', async () => {
    await prepare();
    const [early, late] = [aKey(), aKey()];
    await hearWith(tallyHearing(plan.topic));
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    await tell(aTelling(plan.topic, late, 'from a clock that is ahead', { time: ahead }), aTelling(plan.topic, early, 'from long ago'));
    await until(async () => (await textsOf(house, late)).length === 1 && (await textsOf(house, early)).length === 1);
    expect((await house.store.readStream(tallyOf(late)))[0]!.at).toBe(ahead);
    const usual = (await house.store.readStream(tallyOf(early)))[0]!;
    expect(usual.at > '2026-11-18T02:14:00.000Z' && usual.at < ahead).toBe(true);
  });

  it('that is refused is answered: the refusal is remembered and not asked again', async () => {
    await prepare();
    let asked = 0;
    const refusing: Decider<{ type: 'Tally'; text: string; by: never; at: string }, never, null> = {
      initial: null,
      decide: () => {
        asked++;
        return refuse('no-such-thing');
      },
      evolve: () => null,
    };
    const key = aKey();
    const hearing: Hearing = {
      consumer: 'refuser',
      topics: [plan.topic],
      react: ({ key: of }) => [
        {
          stream: tallyOf(of),
          corr: of,
          parts: (told) => [part(refusing as never, tallyOf(of), { type: 'Tally', text: '', ...told } as never)],
        },
      ],
    };
    const inbox = await hearWith(hearing);
    await tell(aTelling(plan.topic, key, 'x'));
    await until(() => inbox.counts.refused === 1);
    expect(await house.store.answered(`refuser:${key}.x.Said.v1:${tallyOf(key)}`)).toBeDefined();
    await tell(aTelling(plan.topic, key, 'x'));
    await until(() => inbox.counts.replayed === 1);
    expect(inbox.counts).toMatchObject({ refused: 1, failed: 0, recorded: 0 });
    expect(asked).toBe(2); // the decision is made again, its answer is the first one
    expect(await inbox.parked()).toEqual([]);
  });

  it('of an unknown type is passed over quietly', async () => {
    await prepare();
    const inbox = await hearWith({
      consumer: 'choosy',
      topics: [plan.topic],
      react: ({ type, key }) => (type === 'Said' ? [tallies(key, 'x')] : []),
    });
    const key = aKey();
    await tell(aTelling(plan.topic, key, '1', { type: 'NeverHeardOf' }), aTelling(plan.topic, key, '2'));
    await until(() => inbox.counts.heard === 2);
    expect(inbox.counts).toMatchObject({ recorded: 1, failed: 0 });
  });

  it('whose tenant disagrees with its key or with what it says, or that cannot be read, waits for a person and touches nothing', async () => {
    await prepare();
    const inbox = await hearWith(tallyHearing(plan.topic));
    const [foreign, lying, broken, well] = [`tidepay/${aKey()}`, aKey(), aKey(), aKey()];
    await tell(
      aTelling(plan.topic, foreign, 'x'),
      aTelling(plan.topic, lying, 'x', { data: { text: 'x', tenant: 'tidepay' } }),
      { ...aTelling(plan.topic, broken, 'x'), value: '{"data":' },
      aTelling(plan.topic, well, 'x'),
    );
    await until(async () => (await inbox.parked()).length === 3 && (await textsOf(house, well)).length === 1);
    expect((await inbox.parked()).map(({ key, why, held }) => ({ key, why, held }))).toEqual(
      expect.arrayContaining([
        { key: foreign, why: 'tenant-disagrees', held: true },
        { key: lying, why: 'tenant-disagrees', held: true },
        { key: broken, why: 'unreadable', held: true },
      ]),
    );
    for (const key of [foreign, lying]) expect(await textsOf(house, key)).toEqual([]);
  });

  it('that names several streams hits the same ones when it comes again, whatever the view says by then', async () => {
    await prepare();
    const [a, b, c] = [aKey(), aKey(), aKey()];
    let view = [a, b];
    let failing = true;
    const asked: (readonly string[] | undefined)[] = [];
    const hearing: Hearing = {
      consumer: 'fan',
      topics: [plan.topic],
      react: (_, __, targets) => {
        asked.push(targets);
        const keys = targets ? [a, b, c].filter((key) => targets.includes(tallyOf(key))) : view;
        return keys.map((key) => ({
          ...tallies(key, 'x'),
          ...(failing &&
            key === b && {
              parts: () => {
                throw new Error('not yet');
              },
            }),
        }));
      },
    };
    const inbox = await hearWith(hearing);
    await tell(aTelling(plan.topic, aKey(), 'x'));
    await until(async () => (await inbox.parked()).length === 1 && (await textsOf(house, a)).length === 1);
    view = [a, c];
    failing = false;
    await until(async () => (await inbox.parked()).length === 0);
    expect(await Promise.all([a, b, c].map((key) => textsOf(house, key)))).toEqual([['x'], ['x'], []]);
    expect(asked.at(-1)).toEqual([tallyOf(a), tallyOf(b)]);
  });

  it('that names one stream twice is a mistake of the hearer, not a silent loss', async () => {
    await prepare();
    const key = aKey();
    const inbox = await hearWith({ consumer: 'twice', topics: [plan.topic], react: () => [tallies(key, 'x'), tallies(key, 'y')] });
    await tell(aTelling(plan.topic, key, 'x'));
    await until(async () => (await inbox.parked()).length === 1);
    expect(await textsOf(house, key)).toEqual([]);
  });
});

describe('A key that waits', () => {
  it('is tried again with growing pauses, and at once when an operator says so', async () => {
    await prepare();
    let healed = false;
    let tries = 0;
    const key = aKey();
    const failing = tallyHearing(plan.topic, () => {
      tries++;
      if (!healed) throw new TypeError('a text that may quote the message');
    });
    const inbox = await hearWith(failing, { pace: { ...quick, parked: [30, 60, 3_600_000] } });
    await tell(aTelling(plan.topic, key, '0'));
    await until(() => tries === 3 + 2); // three in place, two by the worker, then an hour
    await until(async () => (await inbox.parked())[0]?.tries === 2);
    expect(await inbox.parked()).toMatchObject([{ why: 'failed: TypeError', messages: 1, held: false }]);
    healed = true;
    expect(await inbox.retry({ consumer: 'tally', topic: plan.topic, key })).toBe(true);
    await until(async () => (await textsOf(house, key)).length === 1);
    await until(async () => (await inbox.parked()).length === 0);
    expect(await inbox.retry({ consumer: 'tally', topic: plan.topic, key })).toBe(false);
  });

  it('of a hearer that may skip nothing is not parked: everything behind it on its key waits', async () => {
    await prepare(1);
    let healed = false;
    let tries = 0;
    const [bad, good] = [aKey(), aKey()];
    const inbox = await hearWith({
      ...tallyHearing(plan.topic, ({ key }) => {
        if (key === bad && !healed) {
          tries++;
          throw new Error('not yet');
        }
      }),
      holds: true,
    });
    await tell(aTelling(plan.topic, bad, 'x'), aTelling(plan.topic, bad, 'y'), aTelling(plan.topic, good, 'x'));
    await until(() => tries > 5);
    expect(await inbox.parked()).toEqual([]);
    expect(await textsOf(house, bad)).toEqual([]);
    expect(await textsOf(house, good)).toEqual(['x']);
    healed = true;
    await until(async () => (await textsOf(house, bad)).length === 2);
    expect(await textsOf(house, bad)).toEqual(['x', 'y']);
  });
});

describe('A systemic fault', () => {
  it('in the code pauses the hearing instead of parking every key, and passes with it', async () => {
    await prepare();
    let healed = false;
    const keys = numbers(60).map(() => aKey());
    const inbox = await hearWith(
      tallyHearing(plan.topic, () => {
        if (!healed) throw new Error('everything fails');
      }),
      { fuse: { share: 0.2, keys: 10, window: 60_000 } },
    );
    await tell(...keys.map((key) => aTelling(plan.topic, key, 'x')));
    await until(() => inbox.paused);
    const parked = (await inbox.parked()).length;
    expect(parked).toBeLessThan(10);
    for (let round = 0; round < 5; round++) await until(() => inbox.paused); // still
    expect((await inbox.parked()).length).toBeLessThan(10 + 3); // those that were in hand on other lanes
    healed = true;
    await until(async () => (await Promise.all(keys.map((key) => textsOf(house, key)))).every((texts) => texts.length === 1));
    await until(async () => (await inbox.parked()).length === 0);
  });

  it('that an error calls by its name pauses the hearing at the first key, and parks none', async () => {
    await prepare();
    let away = true;
    class Away extends Error {
      readonly systemic = true;
    }
    const inbox = await hearWith(
      tallyHearing(plan.topic, () => {
        if (away) throw new Away();
      }),
    );
    const keys = numbers(3).map(() => aKey());
    await tell(...keys.map((key) => aTelling(plan.topic, key, 'x')));
    for (let round = 0; round < 3; round++) await until(() => inbox.paused);
    expect(await inbox.parked()).toEqual([]);
    away = false;
    await until(async () => (await Promise.all(keys.map((key) => textsOf(house, key)))).every((texts) => texts.length === 1));
    expect(await inbox.parked()).toEqual([]);
  });

  it('of the own database parks nothing and loses nothing', async () => {
    await prepare();
    const { database } = house;
    const store = await PostgresEventStore.open({ service: 'hearer', logUrl: database.logUrl });
    const inbox = await hearWith(tallyHearing(plan.topic), { store, pool: store.pool });
    const keys = numbers(20).map(() => aKey());
    await tell(...keys.slice(0, 5).map((key) => aTelling(plan.topic, key, 'x')));
    await until(() => inbox.counts.recorded === 5);
    const name = new URL(database.logUrl).pathname.slice(1);
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query(`alter database ${pg.escapeIdentifier(name)} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await tell(...keys.slice(5).map((key) => aTelling(plan.topic, key, 'x')));
    await until(() => inbox.paused);
    await admin.query(`alter database ${pg.escapeIdentifier(name)} allow_connections true`);
    await admin.end();
    await until(() => inbox.counts.recorded === 20);
    expect(await inbox.parked()).toEqual([]);
    expect(inbox.paused).toBe(false);
    for (const key of keys) expect(await textsOf(house, key)).toEqual(['x']);
    await inboxes.pop()!.stop();
    await store.close();
  });
});

describe('The watermark of a topic', () => {
  const at = (second: number) => `2026-11-18T02:14:${String(second).padStart(2, '0')}.000Z`;

  it('is the least of its partitions, survives a restart, and is unknown before every partition has spoken', async () => {
    await prepare(3);
    const inbox = await hearWith(tallyHearing(plan.topic));
    expect(inbox.watermarks.of(plan.topic)).toBeUndefined();
    await transport.beat([heartbeat(plan.topic, 'neighbour', at(1))]);
    await until(() => inbox.watermarks.of(plan.topic) === at(1));
    await transport.beat([heartbeat(plan.topic, 'neighbour', at(2))]);
    await until(() => inbox.watermarks.of(plan.topic) === at(2));
    await inboxes.pop()!.stop();
    const next = await hearWith(tallyHearing(plan.topic));
    expect(next.watermarks.of(plan.topic)).toBe(at(2));
  });

  it('does not pass a message that waits: nobody may conclude anything from its silence', async () => {
    await prepare(1);
    let healed = false;
    const key = aKey();
    const inbox = await hearWith(
      tallyHearing(plan.topic, () => {
        if (!healed) throw new Error('not yet');
      }),
    );
    await transport.beat([heartbeat(plan.topic, 'neighbour', at(1))]);
    await until(() => inbox.watermarks.of(plan.topic) === at(1));
    await tell(aTelling(plan.topic, key, 'x'));
    await until(async () => (await inbox.parked()).length === 1);
    const seen = new Set<string | undefined>();
    for (let second = 2; second < 8; second++) {
      await transport.beat([heartbeat(plan.topic, 'neighbour', at(second))]);
      await until(
        async () =>
          Number(
            (
              await house.store.pool.query(`select count(*) as n from relay.watermark where topic = $1 and up_to >= $2`, [
                plan.topic,
                at(second),
              ])
            ).rows[0].n,
          ) === 1,
      );
      seen.add(inbox.watermarks.of(plan.topic));
    }
    expect([...seen]).toEqual([at(1)]);
    healed = true;
    await until(() => inbox.watermarks.of(plan.topic) === at(7));
    expect(await textsOf(house, key)).toEqual(['x']);
  });
});

describe('The own log', () => {
  it('is heard like a neighbour: as announced, once, in order per key, parked and healed alike', async () => {
    const speaker = await aService('case-tracking');
    let healed = false;
    const topic = 'recourse.case.v1';
    const hearing: Hearing = {
      consumer: 'own-tally',
      topics: [],
      own: true,
      react: ({ key, data }) => {
        if (!healed && key === 'case-bad' && data['text'] === '1') throw new Error('not yet');
        return [tallies(key, String(data['text']))];
      },
    };
    const options = {
      service: 'case-tracking',
      store: speaker.store,
      transport,
      pool: speaker.store.pool,
      hears: [hearing],
      tools: undefined,
      announce: { case: announceSaid(topic) },
      histories: { case: saidHistory },
    };
    const start = () => startInbox({ ...options, pace: { ...quick, own: { beat: 50, silence: 500, look: 100 } } });
    const say = (stream: string, text: string) => speaker.store.append(requestOf(speaker.store, stream, 'none', [said(text) as NewEvent]));
    for (const text of numbers(3)) for (const stream of ['case-bad', 'case-good']) await say(stream, text);
    const first = await start();
    await until(async () => (await textsOf(speaker, 'case-good')).length === 3 && (await first.parked())[0]?.messages === 2);
    expect(await textsOf(speaker, 'case-bad')).toEqual(['0']);
    await first.stop();
    healed = true;
    const second = await start();
    await say('case-good', '3');
    await until(async () => (await textsOf(speaker, 'case-good')).length === 4 && (await textsOf(speaker, 'case-bad')).length === 3);
    expect(await textsOf(speaker, 'case-bad')).toEqual(numbers(3));
    expect(await textsOf(speaker, 'case-good')).toEqual(numbers(4));
    await second.stop();
    await speaker.close();
  });
});

describe('A service that tells and hears', () => {
  it('knows up to when its neighbour has told it everything, and only moves on once it took effect', async () => {
    await prepare();
    const speaker = await aService('case-tracking');
    const relay = startRelay({
      service: 'case-tracking',
      store: speaker.store,
      transport,
      url: speaker.database.logUrl,
      pool: speaker.store.pool,
      announce: { case: announceSaid(plan.topic) },
      histories: { case: saidHistory },
      topics: [plan.topic],
      prepare: [plan],
      records: false,
      beatEvery: 50,
    });
    const inbox = await hearWith(tallyHearing(plan.topic));
    for (let round = 0; round < 5; round++) {
      const stream = `case-${aKey()}`;
      await speaker.store.append(requestOf(speaker.store, stream, 'none', [said('x')]));
      const { recordedAt } = (await speaker.store.readStream(stream))[0]!;
      await until(() => (inbox.watermarks.of(plan.topic) ?? '') >= recordedAt);
      expect(await textsOf(house, stream)).toEqual(['x']);
    }
    await relay.stop();
    await speaker.close();
  });
});
