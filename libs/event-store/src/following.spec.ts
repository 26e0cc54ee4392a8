import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { EventStore } from './append.js';
import { follow, pgSessions, type Follower, type Following, type Pace } from './following.js';
import { PostgresEventStore } from './postgres-event-store.js';
import type { NewEvent, Recorded } from './record.js';
import { requestOf, testStore, type TestStore } from './testing.js';

const quick: Pace = { beat: 50, silence: 600, look: 200 };
let house: TestStore;
let second: PostgresEventStore;
let owner: pg.Client;
let followers: Follower[];
beforeEach(async () => {
  house = await testStore();
  second = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
  owner = new pg.Client({ connectionString: house.database.ownerUrl });
  await owner.connect();
  await owner.query(`create table done (follower text, position bigint, at timestamptz not null default clock_timestamp());
    do $$ begin execute format('grant select, insert, delete on done to %I', replace(current_user, '_owner', '_log')); end $$`);
  followers = [];
});
afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.stop()));
  await owner.end();
  await second.close();
  await house.close();
});

const append = async (count: number) => {
  const requests = Array.from({ length: count }, (_, n) =>
    house.store.append(requestOf(house.store, `case-${n}`, 'none', [{ type: 'Noted', n } as NewEvent])),
  );
  await Promise.all(requests);
};
const start = (more: Partial<Following> = {}, store: PostgresEventStore = house.store, name = 'walker') => {
  const follower = follow({ name, store, pool: store.pool, pace: quick, ...more });
  followers.push(follower);
  return follower;
};
/** Writes each position once more: a position done twice or never would show. */
const writeDown = async (records: readonly Recorded[], session: pg.PoolClient) => {
  for (const { position } of records) await session.query('insert into done (follower, position) values ($1, $2)', ['walker', position]);
};
const done = async () =>
  (await owner.query<{ position: string }>('select position from done order by at, ctid')).rows.map(({ position }) => Number(position));
const upTo = (last: number) => Array.from({ length: last + 1 }, (_, position) => position);
const until = async (true_: () => boolean | Promise<boolean>, ms = 8_000) => {
  for (const giveUp = performance.now() + ms; !(await true_()); await pause(10))
    if (performance.now() > giveUp) throw new Error('It never came true.');
};

describe('A follower', () => {
  it('outlives a connection that breaks in the middle of its work, and does the work once', async () => {
    let broken = 0;
    start({
      effect: async (records, session) => {
        await writeDown(records, session);
        if (broken++ > 0) return;
        const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
        await second.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]); // of the same role
        await pause(50);
      },
    });
    await append(5);
    await until(async () => (await done()).length >= 6);
    expect(await done()).toEqual(upTo(5));
    expect(broken).toBeGreaterThan(1);
  });

  it('walks the whole log in order and goes on with what comes', async () => {
    await append(30);
    const follower = start({ effect: writeDown, batch: 7 });
    await until(() => follower.position === 30);
    await append(5);
    await until(() => follower.position === 35);
    expect(await done()).toEqual(upTo(35));
    expect(follower.leads).toBe(true);
  });

  it('resumes where it was, also after a failure between the effect and the commit', async () => {
    await append(20);
    let failures = 0;
    const told: unknown[] = [];
    const follower = start({
      batch: 5,
      effect: async (records, session) => {
        await writeDown(records, session);
        if (records[0]!.position === 10 && failures++ < 2) throw new Error('in the middle');
      },
      failed: (error) => told.push(error),
    });
    await until(() => follower.position === 20);
    await follower.stop();
    await append(3);
    const next = start({ effect: writeDown }, second);
    await until(() => next.position === 23);
    expect(await done()).toEqual(upTo(23));
    expect(told).toHaveLength(2);
  });

  it('tells what is handled outside of the transaction again after a failure, never out of order', async () => {
    await append(10);
    const handled: number[] = [];
    let failures = 0;
    const follower = start({
      batch: 4,
      handle: async (records) => {
        for (const { position } of records) {
          if (position === 6 && failures++ === 0) throw new Error('the carrier is away');
          handled.push(position);
        }
      },
    });
    await until(() => follower.position === 10);
    expect(handled).toEqual([0, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('is one of many: two instances share a name and one works, until it stops and the other goes on at once', async () => {
    const one = start({ effect: writeDown, batch: 3 });
    await until(() => one.leads);
    const two = start({ effect: writeDown, batch: 3 }, second);
    await append(20);
    await until(() => one.position === 20);
    expect(two.leads).toBe(false);
    await one.stop();
    await until(() => two.leads, 2_000);
    await append(20);
    await until(() => two.position === 40);
    expect(await done()).toEqual(upTo(40));
  });

  it('that was taken for dead cannot commit when it wakes', async () => {
    await append(5);
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    const inTheMiddle = { reached: false };
    // A process that is stopped shows no life: its beat never comes (it is slower than the test), and it hangs before its transaction.
    const stopped = start({
      pace: { ...quick, beat: 60_000 },
      handle: async () => {
        inTheMiddle.reached = true;
        await asleep;
      },
      effect: writeDown,
    });
    await until(() => inTheMiddle.reached);
    const heir = start({ effect: writeDown }, second);
    await pause(300);
    expect(heir.leads).toBe(false); // not before the silence has lasted
    await until(() => heir.position === 5);
    wake();
    await append(2);
    await until(() => heir.position === 7);
    await pause(100);
    expect(await done()).toEqual(upTo(7));
    expect(stopped.position).toBe(-1);
  });

  it('that was stopped inside its transaction is ended by the server and loses its place', async () => {
    await append(5);
    const hasty = new pg.Pool({ connectionString: house.database.logUrl, options: '-c idle_in_transaction_session_timeout=500' });
    hasty.on('error', () => undefined);
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let reached = false;
    start({
      pool: hasty,
      pace: { ...quick, beat: 60_000 },
      effect: async (records, session) => {
        session.on('error', () => undefined);
        await writeDown(records, session);
        reached = true;
        await asleep;
      },
    });
    await until(() => reached);
    const heir = start({ effect: writeDown }, second);
    await until(() => heir.position === 5);
    wake();
    await pause(200);
    expect(await done()).toEqual(upTo(5));
    await Promise.all(followers.splice(0).map((follower) => follower.stop()));
    await hasty.end();
  });

  it('of many that are killed and started at random does everything once', async () => {
    let working = true;
    const chaos = (async () => {
      const stores = [house.store, second];
      while (working) {
        const follower = start({ effect: writeDown, batch: 2 }, stores[Math.floor(Math.random() * 2)]);
        await pause(20 + Math.random() * 60);
        void (Math.random() < 0.5 ? follower.stop() : owner.query(`update log.follower set token = token + 1, holder = null`));
      }
    })();
    for (let round = 0; round < 20; round++) {
      await append(10);
      await pause(20);
    }
    working = false;
    await chaos;
    const last = start({ effect: writeDown });
    await Promise.all(followers.filter((follower) => follower !== last).map((follower) => follower.stop()));
    await until(() => last.position === 200);
    expect(await done()).toEqual(upTo(200));
  });

  it('is quiet when nothing happens: less than two statements a second', async () => {
    let statements = 0;
    const counted = <Target extends object>(target: Target, ...methods: (keyof Target)[]): Target =>
      new Proxy(target, {
        get: (from, key) => {
          const value: unknown = Reflect.get(from, key, from);
          if (typeof value !== 'function') return value;
          if (methods.includes(key as keyof Target)) statements++;
          return value.bind(from) as unknown;
        },
      });
    const pool = counted(house.store.pool, 'query', 'connect');
    const store = counted<Pick<EventStore, 'readLog' | 'waitFor'>>(house.store, 'readLog');
    await append(5);
    const follower = follow({ name: 'idle', store, pool, effect: writeDown, sessions: pgSessions(pool) });
    await until(() => follower.position === 5);
    statements = 0;
    await pause(4_200);
    await follower.stop();
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThan(8);
  });
});
