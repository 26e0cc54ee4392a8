import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Batcher, StoreBusy, type Limits } from './batching.js';

type Item = { name: string; rows: number; bytes: number; touches: string[] };
const item = (name: string, more: Partial<Item> = {}): Item => ({ name, rows: 1, bytes: 10, touches: [name], ...more });
const limits: Limits = { batchRows: 4, batchBytes: 100, waiting: 10, waitingBytes: 1_000 };

const batcherWith = (some: Partial<Limits> = {}) => {
  const batches: string[][] = [];
  let inFlight = 0;
  const batcher = new Batcher<Item>(
    async (batch) => {
      expect(++inFlight).toBe(1);
      batches.push(batch.map(({ name }) => name));
      await pause(2);
      inFlight--;
    },
    { ...limits, ...some },
  );
  return { batcher, batches };
};

describe('The batcher', () => {
  it('sends what queued while the last batch was on its way, one batch at a time', async () => {
    const { batcher, batches } = batcherWith();
    batcher.add(item('a'));
    await pause(1);
    for (const name of ['b', 'c', 'd']) batcher.add(item(name));
    await batcher.drained();
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
    batcher.add(item('e'));
    await batcher.drained();
    expect(batches.at(-1)).toEqual(['e']);
  });
  it('keeps batches below their rows and bytes, but lets a larger request travel alone', async () => {
    const { batcher, batches } = batcherWith();
    for (const one of [item('a', { rows: 3 }), item('b', { rows: 2 }), item('c', { bytes: 95 }), item('d', { bytes: 500, rows: 9 })])
      batcher.add(one);
    await batcher.drained();
    expect(batches).toEqual([['a'], ['b'], ['c'], ['d']]);
  });
  it('never puts two that touch the same thing into one batch, and lets nobody overtake on it', async () => {
    const { batcher, batches } = batcherWith();
    const on = (name: string, ...touches: string[]) => item(name, { touches });
    for (const one of [on('1', 'x'), on('2', 'x', 'y'), on('3', 'y'), on('4', 'z')]) batcher.add(one);
    await batcher.drained();
    expect(batches).toEqual([['1', '4'], ['2'], ['3']]);
  });
  it('refuses more than it may keep, and takes in again when there is room', async () => {
    const { batcher, batches } = batcherWith({ waiting: 3 });
    for (const name of ['a', 'b', 'c']) batcher.add(item(name));
    expect(() => batcher.add(item('d'))).toThrow(StoreBusy);
    await batcher.drained();
    batcher.add(item('e'));
    await batcher.drained();
    expect(batches).toEqual([['a', 'b', 'c'], ['e']]);
    const heavy = batcherWith({ waitingBytes: 25 }).batcher;
    heavy.add(item('a'));
    heavy.add(item('b'));
    expect(() => heavy.add(item('c'))).toThrow(new StoreBusy());
    await heavy.drained();
  });
});
