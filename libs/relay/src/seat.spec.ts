import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '@recourse/event-store/testing';
import { prepareBus } from './postgres.transport.js';
import { Seat } from './seat.pg.js';
import { Session } from './session.pg.js';
import { until } from './testing/carrying.js';

const pace = { beat: 100, silence: 1_000, ask: 50 };
let database: TestDatabase;
const sessions: Session[] = [];
beforeAll(async () => {
  database = await testDatabase();
  await prepareBus(database.busOwnerUrl);
});
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});
afterAll(() => database.close());

const aSession = async () => {
  const session = await Session.open(database.busUrl, 'seat test');
  sessions.push(session);
  return session;
};
const wait = new AbortController().signal;
const aSeat = () => ({ table: 'bus.seat', name: randomUUID() });

describe('A seat', () => {
  it('has one holder; the next one comes as soon as the connection of the first is gone, with a higher token', async () => {
    const of = aSeat();
    const [one, two] = [await aSession(), await aSession()];
    const first = (await Seat.take(one, of, pace, wait))!;
    let taken = false;
    const waiting = Seat.take(two, of, pace, wait).then((seat) => {
      taken = true;
      return seat!;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // longer than the silence: it beats
    expect(taken).toBe(false);
    await one.close();
    await first.lost;
    const second = await waiting;
    expect(Number(second.token)).toBe(Number(first.token) + 1);
  });

  it('is given away at once when it is released, and not taken when nobody wants it any more', async () => {
    const of = aSeat();
    const [one, two, three] = [await aSession(), await aSession(), await aSession()];
    const first = (await Seat.take(one, of, pace, wait))!;
    const given = new AbortController();
    const other = Seat.take(three, of, pace, given.signal);
    given.abort();
    expect(await other).toBeUndefined();
    const waiting = Seat.take(two, of, pace, wait);
    await first.release();
    expect(await waiting).toBeDefined();
  });

  it('is taken from a holder who has stopped: he keeps his lock, but he does not beat', async () => {
    const of = aSeat();
    // A stopped process: it holds the lock and its connection, and does nothing any more.
    const stopped = new pg.Client({ connectionString: database.busUrl });
    let ended = false;
    stopped.on('error', () => (ended = true));
    await stopped.connect();
    await stopped.query('select pg_advisory_lock(hashtextextended($1, 0))', [`${of.table}/${of.name}`]);
    await stopped.query(`insert into bus.seat values ($1, 7, pg_backend_pid(), clock_timestamp())`, [of.name]);
    const next = (await Seat.take(await aSession(), of, pace, wait))!;
    expect(next.token).toBe('8');
    await until(() => ended);
  });
});
