import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Queryable } from './reading.js';
import { DatabaseClock } from './timing.js';

const start = Date.parse('2026-11-18T09:00:00.000Z');
/** A database whose answers take as long as is said: it looks at its clock at once, and the way back takes all the time. */
class Faraway {
  #began = performance.now();
  ahead = 0;
  constructor(public takes: number) {}

  query(): Promise<{ rows: unknown[] }> {
    const now = start + performance.now() - this.#began + this.ahead;
    jest.advanceTimersByTime(this.takes);
    return Promise.resolve({ rows: [{ now: String(now), tenants: null }] });
  }

  /** By how much a clock is off. */
  off(clock: DatabaseClock): number {
    return Math.abs(Date.parse(clock.now()) - (start + performance.now() - this.#began + this.ahead));
  }
}
/** A clock that has been compared once, with an answer that took so long. */
const compared = async (takes: number): Promise<{ readonly database: Faraway; readonly clock: DatabaseClock }> => {
  const database = new Faraway(takes);
  const clock = clockOf(database);
  await clock.refresh();
  return { database, clock };
};
const clockOf = (database: Faraway): DatabaseClock => new DatabaseClock(database as unknown as Queryable);

describe('The clock of the database', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is known as well as its answers are quick', async () => {
    const { database, clock } = await compared(20);
    expect(database.off(clock)).toBeLessThanOrEqual(11);
  });

  it('is not known worse after an answer that was slow', async () => {
    const { database, clock } = await compared(2);
    jest.advanceTimersByTime(10_000);
    database.takes = 450;
    await clock.refresh();
    expect(database.off(clock)).toBeLessThanOrEqual(2);
  });

  it('is asked again before anything is written when the first answer needed a connection', async () => {
    const database = new Faraway(400);
    const clock = clockOf(database);
    const asked = database.query.bind(database);
    database.query = () => {
      const answer = asked();
      database.takes = 4;
      return answer;
    };
    await clock.start();
    clock.stop();
    expect(database.off(clock)).toBeLessThanOrEqual(3);
  });

  it('is followed when it is set right, and when every answer has become slow', async () => {
    const { database, clock } = await compared(2);
    database.ahead = 60_000;
    database.takes = 100;
    for (let minutes = 0; minutes < 2; minutes++) {
      jest.advanceTimersByTime(60_000);
      await clock.refresh();
    }
    expect(database.off(clock)).toBeLessThanOrEqual(51);
  });

  it('never steps back in a process', async () => {
    const { database, clock } = await compared(2);
    const before = clock.now();
    database.ahead = -5_000;
    jest.advanceTimersByTime(1_000);
    await clock.refresh();
    expect(clock.now() >= before).toBe(true);
  });
});
