import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Batcher, StoreBusy, type Limits } from './batching.js';

type Item = { name: string; rows: number; bytes: number; touches: string[] };
const item = (name: string, more: Partial<Item> = {}): Item => ({ name, rows: 1, bytes: 10, touches: [name], ...more });
const limits: Limits = { batchRows: 4, batchBytes: 100, waiting: 10, waitingBytes: 1_000 };

const batcherWith = (some: Partial<Limits> = {}, lanes = 1) => {
  const batches: string[][] = [];
  const underway = new Map<number, readonly Item[]>();
  const batcher = new Batcher<Item>(
    async (batch, lane) => {
      expect(underway.has(lane)).toBe(false);
      const touched = [...underway.values()].flat().flatMap(({ touches }) => touches);
      expect(batch.flatMap(({ touches }) => touches).filter((thing) => touched.includes(thing))).toEqual([]);
      underway.set(lane, batch);
      expect(underway.size).toBeLessThanOrEqual(lanes);
      batches.push(batch.map(({ name }) => name));
      await pause(2);
      underway.delete(lane);
    },
    { ...limits, ...some },
    lanes,
  );
  return { batcher, batches };
};

describe('The batcher with two lanes', () => {
  it('halves what waits when nothing is on its way, so that one half is prepared while the other is written', async () => {
    const { batcher, batches } = batcherWith({ batchRows: 100, batchBytes: 10_000, waiting: 100 }, 2);
    for (let n = 0; n < 80; n++) batcher.add(item(`${n}`));
    await batcher.drained();
    expect(batches.map(({ length }) => length)).toEqual([40, 40]);
  });
  it('keeps back what touches a thing on its way, and everything behind that on the same thing', async () => {
    const { batcher, batches } = batcherWith({}, 2);
    batcher.add(item('1', { touches: ['x'] }));
    await pause(0);
    for (const [name, ...touches] of [
      ['2', 'x', 'y'],
      ['3', 'y'],
      ['4', 'z'],
    ] as const)
      batcher.add(item(name, { touches: [...touches] }));
    await batcher.drained();
    expect(batches).toEqual([['1'], ['4'], ['2'], ['3']]);
  });
  it('sends everything once, each thing in its order, whatever comes when', async () => {
    const { batcher, batches } = batcherWith({ batchRows: 7, waiting: 1_000, waitingBytes: 100_000 }, 2);
    for (let n = 0; n < 300; n++) {
      batcher.add(item(`${n}`, { touches: [`t${n % 13}`, `u${n % 5}`] }));
      if (n % 17 === 0) await pause(1);
    }
    await batcher.drained();
    const sent = batches.flat().map(Number);
    expect([...sent].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    for (let thing = 0; thing < 13; thing++) {
      const order = sent.filter((n) => n % 13 === thing);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });
});

describe('The batcher with one lane', () => {
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
