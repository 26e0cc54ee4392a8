import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { heartbeat } from './enveloping.js';
import { postgresTransport, prepareBus } from './postgres.transport.js';
import { aGroup, aMessage, aTopic, clientOf, Heard, until } from './testing/carrying.js';
import type { Consumption, Transport } from './transport.js';

let database: TestDatabase;
let owner: pg.Client;
let transport: Transport;
const open: Consumption[] = [];
beforeAll(async () => {
  database = await testDatabase();
  await prepareBus(database.busOwnerUrl);
  owner = new pg.Client({ connectionString: database.busOwnerUrl });
  await owner.connect();
  transport = clientOf({ kind: 'postgres', url: database.busUrl });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((consumption) => consumption.stop()));
});
afterAll(async () => {
  await transport.close();
  await owner.end();
  await database.close();
});
const count = async (sql: string) => Number((await owner.query<{ n: string }>(`select count(*) as n from ${sql}`)).rows[0]!.n);
const positions = async (topic: string) =>
  (await owner.query<{ position: string }>('select position from bus.message where topic = $1 order by 1', [topic])).rows.map(
    ({ position }) => Number(position),
  );

describe('The embedded bus', () => {
  it('gives positions without gaps, in the order of commits, to many speakers at once', async () => {
    const plan = aTopic();
    await transport.prepare([plan]);
    const speakers = Array.from({ length: 4 }, (_, n) => clientOf({ kind: 'postgres', url: database.busUrl }, `speaker ${n}`));
    await Promise.all(
      speakers.map(async (speaker) => {
        for (let n = 0; n < 25; n++) await speaker.publish([aMessage(plan.topic, `k${n}`, 'a'), aMessage(plan.topic, `k${n}`, 'b')]);
      }),
    );
    const given = await positions(plan.topic);
    expect(given).toEqual(Array.from({ length: 200 }, (_, n) => given[0]! + n));
    await Promise.all(speakers.map((speaker) => speaker.close()));
  });

  it('does not grow while nothing happens but signs of life', async () => {
    const plan = aTopic();
    await transport.prepare([plan]);
    for (let n = 0; n < 30; n++)
      await transport.beat([heartbeat(plan.topic, 'intake', `2026-11-18T02:14:${String(n).padStart(2, '0')}.000Z`)]);
    expect(await positions(plan.topic)).toEqual([]);
    expect(await count(`bus.beat where topic = '${plan.topic}'`)).toBe(1);
  });

  it('forgets what is limited once it is old and everybody heard it, and never gives a position twice', async () => {
    const [limited, forEver] = [aTopic(1, 'limited'), aTopic(1, 'for-ever')];
    await transport.prepare([limited, forEver]);
    const heard = new Heard();
    const [fast, slow] = [aGroup(), aGroup()];
    const slowly = await transport.consume(slow, [limited.topic], new Heard().hear);
    await until(async () => (await count(`bus.cursor where "group" = '${slow}'`)) === 1);
    await slowly.stop();
    open.push(await transport.consume(fast, [limited.topic], heard.hear));
    await transport.publish([...['1', '2', '3'].map((value) => aMessage(limited.topic, 'k', value)), aMessage(forEver.topic, 'k', '1')]);
    const last = Math.max(...(await positions(forEver.topic)));
    await until(async () => (await count(`bus.cursor where "group" = '${fast}' and position = ${last - 1}`)) === 1);
    const prune = (keep: string) => owner.query(`select bus.prune($1::interval, 1000)`, [keep]);
    await prune('0');
    expect(await positions(limited.topic)).toHaveLength(3); // the slow group has not heard them
    open.push(await transport.consume(slow, [limited.topic], new Heard().hear));
    await until(async () => (await count(`bus.cursor where "group" = '${slow}' and position = ${last - 1}`)) === 1);
    await prune('1 hour');
    expect(await positions(limited.topic)).toHaveLength(3); // nor are they old
    await prune('0');
    expect(await positions(limited.topic)).toEqual([]);
    expect(await positions(forEver.topic)).toHaveLength(1);
    await transport.publish([aMessage(limited.topic, 'k', '4')]);
    expect(await positions(limited.topic)).toEqual([last + 1]);
    await until(() => heard.values().includes('4'));
  });

  it('lets a service speak and listen, but not change or remove what was said', async () => {
    const plan = aTopic();
    await transport.prepare([plan]);
    await transport.publish([aMessage(plan.topic, 'k', '1')]);
    const service = new pg.Client({ connectionString: database.busUrl });
    await service.connect();
    for (const sql of [
      `update bus.message set value = ''`,
      'delete from bus.message',
      'truncate bus.message',
      `insert into bus.message select * from bus.message`,
      'update bus.head set position = 0',
      'drop schema bus cascade',
      'create table bus.mine ()',
    ])
      await expect(service.query(sql)).rejects.toThrow(/permission denied|must be owner/);
    await service.end();
  });

  it('says plainly that its owner has to make its tables first', async () => {
    const empty = await testDatabase();
    const guest = postgresTransport({ url: empty.busUrl, name: 'test' });
    expect(await guest.ready()).toBe(false);
    await expect(guest.prepare([aTopic()])).rejects.toThrow('run prepareBus');
    await guest.close();
    await empty.close();
  });

  it('is quiet when there is nothing to hear', async () => {
    const plans = Array.from({ length: 4 }, () => aTopic(6));
    await transport.prepare(plans);
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    const statements = async () =>
      Number(
        (
          await admin.query<{ n: string }>('select xact_commit + xact_rollback as n from pg_stat_database where datname = $1', [
            new URL(database.busUrl).pathname.slice(1),
          ])
        ).rows[0]!.n,
      );
    const before = await statements();
    const quiet = postgresTransport({ url: database.busUrl, name: 'quiet' });
    const group = aGroup();
    const began = performance.now();
    const topics = plans.map(({ topic }) => topic);
    const consumption = await quiet.consume(group, topics, new Heard().hear);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await consumption.stop();
    await quiet.close();
    const seconds = (performance.now() - began) / 1_000;
    await until(async () => (await statements()) > before); // a connection reports what it did when it ends
    const done = (await statements()) - before;
    expect(done).toBeGreaterThan(5); // it does look
    expect(done).toBeLessThan(10 + 4 * seconds);
    await admin.end();
  });
});
