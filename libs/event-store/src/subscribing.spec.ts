import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { follow, type Follower, type Following, type Pace } from './following.js';
import { parkedStreams, resumeFollower, retryParked } from './parking.js';
import { PostgresEventStore } from './postgres-event-store.js';
import type { NewEvent, Recorded } from './record.js';
import { followTypes, typedSelect } from './sifting.js';
import { requestOf, testStore, type TestStore } from './testing.js';

const quick: Pace = { beat: 40, silence: 600, look: 200 };
let house: TestStore;
let owner: pg.Client;
let followers: Follower[];
beforeEach(async () => {
  house = await testStore();
  owner = new pg.Client({ connectionString: house.database.ownerUrl });
  await owner.connect();
  await owner.query(`create table done (position bigint, stream text, at timestamptz not null default clock_timestamp());
    do $$ begin execute format('grant select, insert on done to %I', replace(current_user, '_owner', '_log')); end $$`);
  followers = [];
});
afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.stop()));
  await owner.end();
  await house.close();
});

const append = async (stream: string, type = 'Noted', n = 0) => {
  const outcome = await house.store.append(requestOf(house.store, stream, 'none', [{ type, n } as NewEvent]));
  return outcome.kind === 'appended' ? outcome.positions[0]! : -1;
};
const start = (more: Partial<Following> = {}, store: PostgresEventStore = house.store) => {
  const follower = follow({ name: 'walker', store, pool: store.pool, pace: quick, tries: 2, ...more });
  followers.push(follower);
  return follower;
};
const writeDown = async (records: readonly Recorded[], session: pg.PoolClient) => {
  for (const { position, stream } of records)
    await session.query('insert into done (position, stream) values ($1, $2)', [position, stream]);
};
const done = async () =>
  (await owner.query<{ position: string }>('select position from done order by at, ctid')).rows.map(({ position }) => Number(position));
const doneOf = async (stream: string) =>
  (await owner.query<{ position: string }>('select position from done where stream = $1 order by at, ctid', [stream])).rows.map(
    ({ position }) => Number(position),
  );
const until = async (true_: () => boolean | Promise<boolean>, ms = 10_000) => {
  for (const giveUp = performance.now() + ms; !(await true_()); await pause(10))
    if (performance.now() > giveUp) throw new Error('It never came true.');
};

class CannotDo extends Error {
  override name = 'CannotDo';
}
/** Fails at records of a stream until told that it is mended. */
const breaking = (stream: string) => {
  const state = { broken: true };
  const effect = async (records: readonly Recorded[], session: pg.PoolClient) => {
    await writeDown(records, session);
    if (state.broken && records.some((record) => record.stream === stream)) throw new CannotDo(`a word of ${stream} that nobody may read`);
  };
  return { state, effect };
};

describe('A follower that parks', () => {
  it('lets every other stream flow, keeps the order of the one that waits, and does each record once when it is mended', async () => {
    const { state, effect } = breaking('case-b');
    const follower = start({ policy: 'park', effect, batch: 4 });
    const positions: Record<string, number[]> = { 'case-a': [], 'case-b': [], 'case-c': [] };
    for (let n = 0; n < 8; n++) for (const stream of Object.keys(positions)) positions[stream]!.push(await append(stream, 'Noted', n));
    await until(() => follower.position === 24);
    expect(await doneOf('case-a')).toEqual(positions['case-a']);
    expect(await doneOf('case-c')).toEqual(positions['case-c']);
    expect(await doneOf('case-b')).toEqual([]);
    const [parked] = await parkedStreams(house.store.pool);
    expect(parked).toMatchObject({
      follower: 'walker',
      stream: 'case-b',
      why: 'CannotDo',
      attempts: 1,
      records: 8,
      first: positions['case-b']![0],
    });

    // Tried too early it stays where it is, and says so.
    expect(await retryParked(house.store.pool, 'walker', 'case-b')).toBe(true);
    await until(async () => (await parkedStreams(house.store.pool, 'walker'))[0]!.attempts === 2);
    expect(await doneOf('case-b')).toEqual([]);

    state.broken = false;
    await append('case-a'); // no record of another stream frees it
    await until(() => follower.position === 25);
    expect(await doneOf('case-b')).toEqual([]);
    await retryParked(house.store.pool, 'walker', 'case-b');
    positions['case-b']!.push(await append('case-b'));
    await until(async () => (await doneOf('case-b')).length === 9);
    expect(await doneOf('case-b')).toEqual(positions['case-b']);
    await until(async () => (await parkedStreams(house.store.pool)).length === 0);
    positions['case-b']!.push(await append('case-b'));
    await until(async () => (await doneOf('case-b')).length === 10);
    expect(await doneOf('case-b')).toEqual(positions['case-b']);
    expect(await retryParked(house.store.pool, 'walker', 'case-b')).toBe(false);
  });

  it('forgets nothing of it when another process takes over, and parks nothing while the database is away', async () => {
    const { state, effect } = breaking('case-b');
    const first = start({ policy: 'park', effect });
    const waits = [await append('case-b'), await append('case-b')];
    await append('case-a');
    await until(() => first.position === 3);
    await first.stop();
    const second = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
    let away = true;
    const heir = start(
      {
        policy: 'park',
        effect: async (records, session) => {
          await effect(records, session);
          if (away) throw Object.assign(new Error('shut down'), { code: '57P01' });
        },
      },
      second,
    );
    const late = await append('case-a');
    waits.push(await append('case-b'));
    await pause(300);
    expect(await parkedStreams(house.store.pool)).toMatchObject([{ stream: 'case-b', records: 2 }]);
    away = false;
    await until(() => heir.position === 5);
    expect(await doneOf('case-a')).toEqual([3, late]);
    state.broken = false;
    await retryParked(house.store.pool, 'walker', 'case-b');
    await until(async () => (await parkedStreams(house.store.pool)).length === 0);
    expect(await doneOf('case-b')).toEqual(waits);
    await heir.stop();
    await second.close();
  });

  it('killed and started at random does everything once, in the order of each stream', async () => {
    const { state, effect } = breaking('case-3');
    let working = true;
    const chaos = (async () => {
      while (working) {
        const follower = start({ policy: 'park', effect, batch: 3, tries: 1 });
        await pause(20 + Math.random() * 60);
        void (Math.random() < 0.5 ? follower.stop() : owner.query(`update log.follower set token = token + 1, holder = null`));
        if (Math.random() < 0.3) await retryParked(house.store.pool, 'walker', 'case-3');
      }
    })();
    const told: Record<string, number[]> = {};
    for (let n = 0; n < 150; n++) {
      const stream = `case-${n % 5}`;
      (told[stream] ??= []).push(await append(stream));
    }
    working = false;
    await chaos;
    state.broken = false;
    const last = start({ policy: 'park', effect });
    await Promise.all(followers.filter((follower) => follower !== last).map((follower) => follower.stop()));
    await until(() => last.position === 150);
    await retryParked(house.store.pool, 'walker', 'case-3');
    await until(async () => (await parkedStreams(house.store.pool)).length === 0);
    for (const stream of Object.keys(told)) expect(await doneOf(stream)).toEqual(told[stream]);
    expect(await done()).toHaveLength(151);
  });
});

describe('A follower that stops', () => {
  it('stops before the record, says where and why to everybody, and goes on when told to', async () => {
    const { state, effect } = breaking('case-b');
    const told: unknown[] = [];
    const follower = start({ policy: 'stop', effect, failed: (error) => told.push(error) });
    await append('case-a');
    const broken = await append('case-b');
    await append('case-a');
    const stopped = async () =>
      (
        await owner.query(
          `select stopped, stopped_at::integer as at, position::integer as position from log.follower where name = 'walker'`,
        )
      ).rows[0];
    await until(async () => ((await stopped()) as { stopped: string | null }).stopped !== null);
    expect(await stopped()).toEqual({ stopped: 'CannotDo', at: broken, position: broken - 1 });
    expect(told).toHaveLength(2); // as many tries as it has
    const second = start({ effect });
    await pause(200);
    expect([follower.leads, second.leads]).toEqual([false, false]);
    expect(await done()).toEqual([0, 1]);
    state.broken = false;
    expect(await resumeFollower(house.store.pool, 'walker')).toBe(true);
    await until(async () => (await done()).length === 4);
    expect(await done()).toEqual([0, 1, 2, 3]);
    expect(await resumeFollower(house.store.pool, 'walker')).toBe(false);
  });
});

describe('A follower of some types', () => {
  const types = ['CaseClosed', 'CaseReopened'];

  it('gets these and no others, and its cursor comes to the head of the log all the same', async () => {
    await owner.query(followTypes('closings', types));
    const seen: string[] = [];
    const follower = start({
      types,
      batch: 3,
      handle: async (records) => void seen.push(...records.map(({ type, position }) => `${type} ${position}`)),
    });
    const expected: string[] = [];
    for (let n = 0; n < 60; n++) {
      const type = n % 9 === 4 ? types[n % 2]! : 'Noted';
      const position = await append(`case-${n}`, type);
      if (type !== 'Noted') expected.push(`${type} ${position}`);
    }
    await until(() => follower.position === 60);
    expect(seen).toEqual(expected);
    await until(async () => (await owner.query(`select from log.follower where name = 'walker' and position = 60`)).rowCount === 1);
    await follower.stop();
    const heir = start({ types, handle: async (records) => void seen.push(...records.map(({ position }) => `again ${position}`)) });
    expected.push(`CaseClosed ${await append('case-last', 'CaseClosed')}`.replace('CaseClosed', 'again'));
    await until(() => heir.position === 61);
    expect(seen).toEqual(expected);
  });

  it('misses none while many write', async () => {
    await owner.query(followTypes('closings', types));
    const seen: number[] = [];
    const follower = start({ types, batch: 5, handle: async (records) => void seen.push(...records.map(({ position }) => position)) });
    const told = await Promise.all(Array.from({ length: 400 }, (_, n) => append(`case-${n}`, n % 4 ? 'Noted' : 'CaseClosed')));
    await until(() => follower.position === 400);
    expect(seen).toEqual(told.filter((_, n) => n % 4 === 0).sort((one, other) => one - other));
  });

  it('is served by its own index, which other types do not pay for', async () => {
    await owner.query(followTypes('closings', types));
    await owner.query(`insert into log.event (position, stream, version, event_id, type, sv, tenant, recorded_at, leaf, record)
      select n, 'case-' || n, 0, gen_random_uuid(), case when n % 500 = 0 then 'CaseClosed' else 'Noted' end, 1, 'quanpay', now(),
        decode(repeat('00', 32), 'hex'), '{}' from generate_series(1, 20000) n; analyze log.event`);
    const client = new pg.Client({ connectionString: house.database.logUrl });
    await client.connect();
    try {
      const plan = async (): Promise<string> => {
        const { rows } = await client.query<Record<'QUERY PLAN', string>>(
          `explain (analyze, costs off, timing off, summary off) ${typedSelect(types)}`,
          [-1, 2_000],
        );
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      };
      const served = await plan();
      expect(served).toContain('event_for_closings');
      expect(served).not.toContain('Seq Scan');
      expect(served).not.toContain('Rows Removed by Filter');
      const { rows } = await owner.query<{ tuples: number }>(
        `select reltuples::integer as tuples from pg_class where relname = 'event_for_closings'`,
      );
      expect(rows).toEqual([{ tuples: 40 }]);
      // Without it the same question reads the whole log.
      await owner.query('drop index log.event_for_closings');
      expect(await plan()).toContain('Rows Removed by Filter');
    } finally {
      await client.end();
    }
  });
});

describe('With nothing happening', () => {
  it('PostgreSQL is asked less than once a second for each follower', async () => {
    await append('case-1');
    let asked = 0;
    house.store.pool.on('acquire', () => asked++);
    const mine = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) =>
      follow({ name, store: house.store, pool: house.store.pool, effect: writeDown }),
    );
    followers.push(...mine);
    await until(() => mine.every(({ position }) => position === 1));
    await pause(1_000); // what the start asks is asked
    asked = 0;
    const began = performance.now();
    await pause(6_000);
    const seconds = (performance.now() - began) / 1_000;
    expect(asked).toBeGreaterThan(0);
    expect(asked / seconds / mine.length).toBeLessThan(1);
  });
});
