import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { DueWorker, type DueOptions } from './due.worker.js';
import { dueOf, type Due } from './house.options.js';

const workers: DueWorker[] = [];
/** Each look, and the kinds that were looked for in it. */
let looks: string[][] = [];
const errors: string[] = [];

/** A worker over views that hold nothing: what is due is what `find` says. */
const working = (...due: readonly Due[]): DueWorker => {
  looks = [];
  errors.length = 0;
  const worker = new DueWorker({
    service: 'reminders',
    due,
    store: { now: () => '2026-11-18T09:00:00.000Z' },
    views: {
      readAll: (work: (manager: unknown) => Promise<unknown>) => {
        const look: string[] = [];
        looks.push(look);
        return work(look);
      },
    },
    log: { error: ({ due: name }: { due: string }, what: string) => errors.push(`${name}: ${what}`), info: () => undefined },
  } as unknown as DueOptions);
  workers.push(worker);
  return worker;
};
const kind = (name: string, more: Partial<Due<number>> = {}): Due => {
  let left = [1, 2];
  return dueOf<number>({
    ...{ name, every: 10, find: (look) => ((look as unknown as string[]).push(name), Promise.resolve(left)) },
    act: (row) => Promise.resolve((left = left.filter((one) => one !== row))),
    ...more,
  });
};
const counted = async (worker: DueWorker, enough: () => boolean): Promise<readonly (readonly [string, number, boolean])[]> => {
  while (!enough()) await pause(5);
  await worker.stop();
  return worker.counts.map(({ name, done, failed }) => [name, done, failed > 0]);
};

describe('What is due', () => {
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));

  it('is looked for in one look, of all kinds that are looked for as often', async () => {
    const worker = working(kind('locks'), kind('limits'), kind('drafts', { every: 60_000 }));
    expect(await counted(worker, () => worker.counts.every(({ done }) => done === 2))).toEqual([
      ['locks', 2, false],
      ['limits', 2, false],
      ['drafts', 2, false],
    ]);
    expect(looks.slice(0, 2)).toEqual([['locks', 'limits'], ['drafts']]);
    expect(looks[2] ?? ['locks', 'limits']).toEqual(['locks', 'limits']);
  });

  it('of one kind is found though another one cannot be looked for', async () => {
    const worker = working(kind('locks', { find: () => Promise.reject(new Error('no such column')) }), kind('limits'));
    expect(await counted(worker, () => worker.counts[1]!.done === 2)).toEqual([
      ['locks', 0, true],
      ['limits', 2, false],
    ]);
    expect(errors[0]).toBe('locks: due work could not be looked for');
  });

  it('is tried again when it failed, and the rest is done meanwhile', async () => {
    let tries = 0;
    const stumbling = kind('locks', {
      find: () => Promise.resolve(tries > 2 ? [] : [1, 2]),
      act: (row) => {
        if (row === 1 && tries++ < 2) throw new Error('away');
        return Promise.resolve();
      },
    });
    const worker = working(stumbling, kind('limits'));
    expect(await counted(worker, () => tries > 2)).toEqual([
      ['locks', 4, true],
      ['limits', 2, false],
    ]);
    expect(worker.counts[0]!.failed).toBe(2);
  });

  it('is no longer clean by the metrics while it fails', async () => {
    const worker = working(kind('locks', { act: () => Promise.reject(new Error('away')) }));
    const began = worker.counts[0]!.cleanAt;
    await counted(worker, () => worker.counts[0]!.failed >= 4);
    expect(worker.counts[0]!.cleanAt).toBe(began);
  });
});
