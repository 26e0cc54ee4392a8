import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { passwordsFrom, provision, startPostgres } from '@recourse/embedded';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { AppendOutcome } from './append.js';
import { StoreBusy, usualLimits } from './batching.js';
import { migrate } from './migrating.js';
import { PostgresEventStore } from './postgres-event-store.js';
import type { NewEvent, Recorded } from './record.js';
import { requestOf, testStore, type TestStore } from './testing.js';
import { StoreUnreachable } from './failing.js';

const noted = (n: number): NewEvent => ({ type: 'Noted', n }) as NewEvent;
const kindsOf = (outcomes: readonly AppendOutcome[]) => {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
const wholeLog = async (store: PostgresEventStore): Promise<Recorded[]> => {
  const records: Recorded[] = [];
  for (;;) {
    const page = await store.readLog(records.length - 1, 1_000);
    if (page.length === 0) return records;
    records.push(...page);
  }
};

/** What an auditor would check: no gap in the log, no gap in a stream, every prev the leaf before, time never falling. */
const expectSound = (log: readonly Recorded[]) => {
  const last = new Map<string, Recorded>();
  log.forEach((record, index) => {
    const before = last.get(record.stream);
    expect(record.position).toBe(index);
    expect(record.version).toBe(before ? before.version + 1 : 0);
    expect(record.prev).toBe(before ? before.leaf : 'A'.repeat(43));
    if (index > 0) expect(record.recordedAt >= log[index - 1]!.recordedAt).toBe(true);
    last.set(record.stream, record);
  });
};

describe('Under concurrency', () => {
  let house: TestStore;
  let second: PostgresEventStore;
  beforeEach(async () => {
    house = await testStore();
    second = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
  });
  afterEach(async () => {
    await second.close();
    await house.close();
  });

  it('200 appends on 20 streams leave no gap and lose nothing, from two instances at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => {
        const store = n % 2 ? second : house.store;
        return store.append(requestOf(store, `case-${n % 20}`, 'none', [noted(n), noted(n + 0.5 * 2)]));
      }),
    );
    expect(kindsOf(outcomes)).toEqual({ appended: 200 });
    const log = await wholeLog(second);
    expectSound(log);
    expect(log).toHaveLength(401);
    // Two events of one request stand next to each other.
    const positions = outcomes.flatMap((outcome) => (outcome.kind === 'appended' ? [outcome.positions] : []));
    for (const [first, next] of positions) expect(next).toBe(first! + 1);
    expect(new Set(positions.flat()).size).toBe(400);
  });

  it('the same key a hundred times has one effect and ninety-nine replays', async () => {
    const key = { key: randomUUID(), fingerprint: 'f', kind: 'http' as const };
    const answer = { status: 201, stream: 'case-1' };
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const store = n % 2 ? second : house.store;
        return store.append(requestOf(store, 'case-1', 'none', [noted(n)], { key, answer }));
      }),
    );
    expect(kindsOf(outcomes)).toEqual({ appended: 1, replayed: 99 });
    for (const outcome of outcomes) if (outcome.kind === 'replayed') expect(outcome.answer).toEqual({ ...answer, version: 0 });
    expect(await house.store.readStream('case-1')).toHaveLength(1);
  });

  it('one of many who expect the same version wins, and the others hear the true one', async () => {
    await house.store.append(requestOf(house.store, 'case-1', 'must-not-exist', [noted(0)]));
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const store = n % 2 ? second : house.store;
        return store.append(requestOf(store, 'case-1', 0, [noted(n)]));
      }),
    );
    expect(kindsOf(outcomes)).toEqual({ appended: 1, conflict: 49 });
    for (const outcome of outcomes)
      if (outcome.kind === 'conflict') expect(outcome).toEqual({ kind: 'conflict', stream: 'case-1', version: 1 });
  });

  it('a reader at the tail skips nothing and sees nothing twice', async () => {
    const seen: number[] = [];
    let writing = true;
    const reader = (async () => {
      for (let after = -1; ;) {
        const all = !writing; // asked first: what is written while we read is not among what we read
        const records = await second.readLog(after, 37);
        for (const { position } of records) seen.push((after = position));
        if (records.length === 0 && all) return;
        if (records.length === 0) await second.waitFor(after, 50);
      }
    })();
    const writers = Array.from({ length: 32 }, async (_, writer) => {
      const store = writer % 2 ? second : house.store;
      for (let n = 0; n < 40; n++) await store.append(requestOf(store, `case-${writer}-${n}`, 'must-not-exist', [noted(n)]));
    });
    await Promise.all(writers);
    writing = false;
    await reader;
    expect(seen).toEqual(Array.from({ length: 32 * 40 + 1 }, (_, position) => position));
  });

  it('an appender that holds the lock makes the others wait, not fail', async () => {
    const holder = new pg.Client({ connectionString: house.database.logUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query(`select pg_advisory_xact_lock(hashtextextended('recourse.log', 0))`);
    const waiting = Promise.all(
      Array.from({ length: 20 }, (_, n) => house.store.append(requestOf(house.store, `case-${n}`, 'none', [noted(n)]))),
    );
    await pause(200);
    expect(await house.store.head()).toBe(0);
    await holder.query('commit');
    await holder.end();
    expect(kindsOf(await waiting)).toEqual({ appended: 20 });
  });

  it('what is more than the queue may hold is refused at once, and recorded never', async () => {
    const narrow = await PostgresEventStore.open({
      service: 'test',
      logUrl: house.database.logUrl,
      limits: { ...usualLimits, waiting: 10 },
    });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => narrow.append(requestOf(narrow, `case-${n}`, 'none', [noted(n)]))),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(20);
    for (const { reason } of refused) expect(reason).toMatchObject({ constructor: StoreBusy, retryAfter: 1 });
    await narrow.close();
    expect(await house.store.head()).toBe(10);
  });

  it('a poisonous request fails alone', async () => {
    const key = { key: 'NUL \0', fingerprint: 'f', kind: 'http' as const };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 9 }, (_, n) =>
        house.store.append(requestOf(house.store, `case-${n}`, 'none', [noted(n)], n === 4 ? { key } : {})),
      ),
    );
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, true, false, true, true, true, true]);
    expect(await house.store.head()).toBe(8);
    expectSound(await wholeLog(house.store));
  });

  it('closing writes what was accepted', async () => {
    const store = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
    const accepted = Promise.all(Array.from({ length: 30 }, (_, n) => store.append(requestOf(store, `case-${n}`, 'none', [noted(n)]))));
    await store.close();
    expect(kindsOf(await accepted)).toEqual({ appended: 30 });
  });
});

describe('When replies are lost', () => {
  let house: TestStore;
  beforeAll(async () => {
    house = await testStore();
  });
  afterAll(async () => {
    await house.close();
  });

  it.each(['with keys', 'without keys'])('every append is there exactly once and is told as appended, %s', async (how) => {
    const saboteur = new pg.Client({ connectionString: house.database.adminUrl.replace(/postgres$/, databaseOf(house)) });
    saboteur.on('error', () => undefined);
    await saboteur.connect();
    let cuts = 0;
    let working = true;
    const cutting = (async () => {
      while (working) {
        const { rowCount } = await saboteur.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'test' and query like '%log.append(%' and pid <> pg_backend_pid()`,
        );
        cuts += rowCount ?? 0;
        await pause(30 + Math.random() * 60);
      }
    })();
    const before = await house.store.head();
    const prefix = how.replace(' ', '-');
    const outcomes: AppendOutcome[] = [];
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let n = 0; n < 200; n++) {
          const key = how === 'with keys' ? { key: { key: `${prefix}-${writer}-${n}`, fingerprint: 'f', kind: 'http' as const } } : {};
          outcomes.push(await house.store.append(requestOf(house.store, `case-${prefix}-${writer}`, 'none', [noted(n)], key)));
        }
      }),
    );
    working = false;
    await cutting;
    await saboteur.end();
    expect(cuts).toBeGreaterThan(3);
    expect(kindsOf(outcomes)).toEqual({ appended: 3_200 });
    expect(await house.store.head()).toBe(before + 3_200);
    for (let writer = 0; writer < 16; writer++) {
      const stream = await house.store.readStream(`case-${prefix}-${writer}`);
      expect(stream.map(({ data }) => data['n'])).toEqual(Array.from({ length: 200 }, (_, n) => n));
    }
    expectSound(await wholeLog(house.store));
  });
});

const databaseOf = (house: TestStore) => new URL(house.database.ownerUrl).pathname.slice(1);

describe('When the server goes away', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'recourse-store-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('appends fail after a while and say that it is unknown; when it is back everything goes on by itself', async () => {
    const server = { dataDir: path.join(home, 'data'), password: 'test' };
    let postgres = await startPostgres({ ...server, port: 0 });
    const { port } = postgres;
    const provisioned = await provision(postgres.url, { services: ['intake'], passwords: passwordsFrom('test') });
    const { owner, log } = provisioned.services.intake;
    await migrate({ ownerUrl: owner, service: 'intake', logDomain: 'recourse.example' });
    const store = await PostgresEventStore.open({ service: 'intake', logUrl: log, patience: 300 });
    const other = await PostgresEventStore.open({ service: 'intake', logUrl: log });
    await other.waitFor(0, 50); // listens
    await store.append(requestOf(store, 'case-1', 'none', [noted(1)]));
    const before = store.now();
    await postgres.stop();

    const failed = store.append(requestOf(store, 'case-1', 'none', [noted(2)]));
    await expect(failed).rejects.toThrow(StoreUnreachable);
    await expect(failed).rejects.toMatchObject({ retryAfter: 5 });
    expect(store.now() >= before).toBe(true);
    const patient = other.append(requestOf(store, 'case-2', 'none', [noted(3)]));

    postgres = await startPostgres({ ...server, port });
    expect((await patient).kind).toBe('appended');
    const news = store.waitFor(2, 5_000);
    expect((await other.append(requestOf(store, 'case-1', 'none', [noted(4)]))).kind).toBe('appended');
    expect(await news).toBe(true);
    expect((await store.append(requestOf(store, 'case-1', 'none', [noted(5)]))).kind).toBe('appended');
    expect((await store.readStream('case-1')).map(({ data }) => data['n'])).toEqual([1, 4, 5]);
    await Promise.all([store.close(), other.close()]);
    await postgres.stop();
  });
});
