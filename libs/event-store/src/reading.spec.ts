import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from './migrating.js';
import { PostgresEventStore } from './postgres-event-store.js';
import { readPagesOf, whole, type Until } from './reading.js';
import type { NewEvent } from './record.js';
import { requestOf, testDatabase, testStore, type TestStore } from './testing.js';

let house: TestStore;
let owner: pg.Client;
let log: pg.Client;
let web: pg.Client;
beforeAll(async () => {
  house = await testStore();
  [owner, log, web] = [house.database.ownerUrl, house.database.logUrl, house.database.webUrl].map(
    (url) => new pg.Client({ connectionString: url }),
  ) as [pg.Client, pg.Client, pg.Client];
  await Promise.all([owner.connect(), log.connect(), web.connect()]);
});
afterAll(async () => {
  await Promise.all([owner.end(), log.end(), web.end()]);
  await house.close();
});

const noted = (n: number): NewEvent => ({ type: 'Noted', n }) as NewEvent;
const append = (stream: string, ...numbers: number[]) => house.store.append(requestOf(house.store, stream, 'none', numbers.map(noted)));

describe('A stream', () => {
  it('that is long comes whole and in order', async () => {
    const numbers = Array.from({ length: 1_201 }, (_, n) => n);
    for (let at = 0; at < numbers.length; at += 300) await append('case-long', ...numbers.slice(at, at + 300));
    const records = await house.store.readStream('case-long');
    expect(records.map(({ data }) => data['n'])).toEqual(numbers);
    expect(await house.store.readStream('case-long', { version: 700 })).toEqual(records.slice(0, 701));
  });

  it('comes page by page, each asked for while the one before is read, also when it ends with a page', async () => {
    const sizes = async (stream: string, until?: Until): Promise<number[]> => {
      const found: number[] = [];
      for await (const records of house.store.readPages(stream, until)) found.push(records.length);
      return found;
    };
    for (let at = 0; at < 2_000; at += 500) {
      const events = Array.from({ length: 500 }, (_, n) => noted(at + n));
      await house.store.append(requestOf(house.store, 'case-pages', at ? at - 1 : 'none', events));
    }
    expect(await sizes('case-pages')).toEqual([1_000, 1_000, 0]);
    expect(await sizes('case-pages', { version: 999 })).toEqual([1_000]);
    expect(await sizes('case-pages', { version: 1_000 })).toEqual([1_000, 1]);
    expect(await sizes('case-pages', { after: 1_499 })).toEqual([500]);
    // Who stops reading leaves nothing behind: neither an error nor a connection that is taken.
    for (let n = 0; n < 10; n++) for await (const records of house.store.readPages('case-pages')) if (records.length > 0) break;
    expect(await house.store.head()).toBeGreaterThan(2_000);
  });

  it('is read as it was at a version, a position or an instant, or the earliest of them', async () => {
    await append('case-past', 1);
    await append('case-other', 9);
    await append('case-past', 2);
    await pause(5);
    await append('case-past', 3, 4);
    const all = await house.store.readStream('case-past');
    const numbersUntil = async (until: Until) => (await house.store.readStream('case-past', until)).map(({ data }) => data['n']);
    for (const [index, record] of all.entries()) {
      const expected = all.slice(0, index + 1).map(({ data }) => data['n']);
      expect(await numbersUntil({ version: record.version })).toEqual(expected);
      expect(await numbersUntil({ position: record.position })).toEqual(expected);
    }
    expect(await numbersUntil({ instant: all[1]!.recordedAt })).toEqual([1, 2]);
    expect(await numbersUntil({ instant: all[3]!.recordedAt })).toEqual([1, 2, 3, 4]);
    expect(await numbersUntil({ instant: new Date(Date.parse(all[3]!.recordedAt) - 1).toISOString() })).toEqual([1, 2]);
    expect(await numbersUntil({ instant: '2000-01-01T00:00:00.000Z' })).toEqual([]);
    expect(await numbersUntil({ instant: '2100-01-01T00:00:00.000Z', position: all[2]!.position, version: 3 })).toEqual([1, 2, 3]);
    expect(await numbersUntil({ position: -1 })).toEqual([]);
    expect(await numbersUntil({ version: -1 })).toEqual([]);
  });

  it('that nobody wrote is empty', async () => expect(await house.store.readStream('case-never')).toEqual([]));
});

describe('An instant', () => {
  it('is the last position recorded not later than it, found without an index', async () => {
    for (let n = 0; n < 20; n++) await append(`case-${randomUUID()}`, n);
    const records = await house.store.readLog(-1, 10_000);
    for (const { recordedAt } of records.slice(-40)) {
      const { rows } = await log.query<{ at: string }>('select log.position_at($1) as at', [recordedAt]);
      expect(Number(rows[0]!.at)).toBe(records.findLast((record) => record.recordedAt <= recordedAt)!.position);
    }
  });
});

describe('The log', () => {
  it('refuses to be changed, whoever asks', async () => {
    await append('case-fast', 1);
    for (const client of [owner, log, web]) {
      for (const sql of ['update log.event set type = $$Other$$', 'delete from log.event', 'truncate log.event']) {
        await expect(client.query(sql)).rejects.toThrow(client === owner ? 'only ever appended to' : 'permission denied');
      }
    }
    await expect(owner.query(`update log.sealed set blob = ''`)).resolves.toMatchObject({ rowCount: 0 });
    for (const client of [log, web]) {
      for (const table of ['event', 'sealed', 'request_key']) {
        await expect(client.query(`insert into log.${table} select * from log.${table}`)).rejects.toThrow('permission denied');
        await expect(client.query(`delete from log.${table}`)).rejects.toThrow('permission denied');
      }
    }
  });
  it('shows the web role nothing but streams of the tenant asked for', async () => {
    await append('case-mine', 1, 2);
    await expect(web.query('select * from log.event')).rejects.toThrow('permission denied');
    await expect(web.query('select * from log.sealed')).rejects.toThrow('permission denied');
    expect(await whole(readPagesOf(web, 'quanpay', 'case-mine'))).toEqual(await house.store.readStream('case-mine'));
    expect(await whole(readPagesOf(web, 'quanpay', 'case-mine', { version: 0 }))).toHaveLength(1);
    expect(await whole(readPagesOf(web, 'tidepay', 'case-mine'))).toEqual([]);
  });
  it('is opened for one service only, and only once it has been migrated', async () => {
    const { logUrl, ownerUrl } = house.database;
    await expect(PostgresEventStore.open({ service: 'intake', logUrl })).rejects.toThrow('another log: log-test');
    await expect(migrate({ ownerUrl, service: 'intake', logDomain: 'recourse.example' })).rejects.toThrow(
      'the log of recourse.example/test',
    );
    await expect(migrate({ ownerUrl: logUrl, service: 'test', logDomain: 'recourse.example' })).rejects.toThrow('_owner');
    const empty = await testDatabase();
    await expect(PostgresEventStore.open({ service: 'test', logUrl: empty.logUrl })).rejects.toThrow('log');
    await empty.close();
  });
  it('is migrated by several instances at once, as often as one likes', async () => {
    const database = await testDatabase();
    const once = () => migrate({ ownerUrl: database.ownerUrl, service: 'test', logDomain: 'recourse.example' });
    await Promise.all([once(), once(), once()]);
    await once();
    const store = await PostgresEventStore.open({ service: 'test', logUrl: database.logUrl });
    expect(await store.readLog(-1, 10)).toHaveLength(1);
    await store.close();
    await database.close();
  });
});

describe('Keys', () => {
  it('of HTTP requests are forgotten after 72 hours, keys of heard messages never', async () => {
    const keyed = (key: string, kind: 'http' | 'heard') =>
      house.store.append(requestOf(house.store, '', 'none', [], { writes: [], key: { key, fingerprint: 'f', kind } }));
    await Promise.all([keyed('old', 'http'), keyed('young', 'http'), keyed('heard', 'heard')]);
    const age = (key: string, hours: number) =>
      owner.query(`update log.request_key set created = created - $2 * interval '1 hour' where key = $1`, [key, hours]);
    await age('old', 72.1);
    await age('young', 71.9);
    await age('heard', 10_000);
    expect(await house.store.prune()).toBe(1);
    expect(await house.store.answered('old')).toBeUndefined();
    expect(await house.store.answered('young')).toBeDefined();
    expect(await house.store.answered('heard')).toBeDefined();
  });
});

describe('Time', () => {
  it('is the database’s, in milliseconds, and never steps back', async () => {
    const { rows } = await log.query<{ now: Date }>('select clock_timestamp() as now');
    expect(Math.abs(Date.parse(house.store.now()) - rows[0]!.now.getTime())).toBeLessThan(250);
    let last = house.store.now();
    for (let n = 0; n < 5_000; n++) {
      const now = house.store.now();
      expect(now >= last).toBe(true);
      last = now;
    }
    expect(last).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
  it('of a sandbox tenant may be moved ahead, for him alone and never back', async () => {
    await house.store.moveClock('sandbox', 86_400_000 * 60);
    await house.store.moveClock('sandbox', 1_000);
    const ahead = Date.parse(house.store.now('sandbox')) - Date.parse(house.store.now());
    expect(Math.round(ahead / 86_400_000)).toBe(60);
    expect(Math.abs(Date.parse(house.store.now('quanpay')) - Date.parse(house.store.now()))).toBeLessThan(100);
  });
});

describe('Word of something new', () => {
  it('comes at once from this instance and from another, and not without cause', async () => {
    const other = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
    const head = await house.store.head();
    const asked = performance.now();
    expect(await house.store.waitFor(head, 100)).toBe(false);
    expect(performance.now() - asked).toBeGreaterThan(90);
    expect(await house.store.waitFor(head - 1, 5_000)).toBe(true);
    const waiting = [house.store.waitFor(head, 5_000), other.waitFor(head, 5_000)];
    await pause(50); // both listen
    const began = performance.now();
    await append('case-news', 1);
    expect(await Promise.all(waiting)).toEqual([true, true]);
    expect(performance.now() - began).toBeLessThan(1_500);
    await other.close();
  });
  it('is not waited for after the signal or the end', async () => {
    const other = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
    const stop = new AbortController();
    const waits = [other.waitFor(1e9, 5_000, stop.signal), other.waitFor(1e9, 5_000)];
    stop.abort();
    expect(await waits[0]).toBe(false);
    await other.close();
    expect(await waits[1]).toBe(false);
    expect(await other.waitFor(1e9, 5_000)).toBe(false);
  });
  it('comes even when the notice got lost', async () => {
    const other = await PostgresEventStore.open({ service: 'test', logUrl: house.database.logUrl });
    const head = await house.store.head();
    const waiting = other.waitFor(head, 10_000);
    await pause(100);
    await log.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and usename = current_user`);
    await append('case-lost-notice', 1);
    expect(await waiting).toBe(true);
    await other.close();
  });
});
