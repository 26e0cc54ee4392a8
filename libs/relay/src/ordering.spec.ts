import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { hearInOrder } from './ordering.js';
import type { HeardMessage } from './transport.js';

const message = (key: string, offset: number): HeardMessage => ({
  topic: 't',
  partition: 0,
  offset: `${offset}`,
  key,
  headers: {},
  value: '',
});
const beat = (offset: number): HeardMessage => ({ ...message('heartbeat', offset), headers: { ce_type: 'recourse.t.Heartbeat.v1' } });
const offsets = (messages: readonly HeardMessage[]): number[] => messages.map(({ offset }) => Number(offset));

/** Hears with pauses of chance and writes down what began, what ended, and how many were in hand. */
const listener = (fails: (message: HeardMessage) => boolean = () => false) => {
  const [begun, ended, done]: HeardMessage[][] = [[], [], []];
  const notes = { begun: begun!, ended: ended!, done: done!, most: 0 };
  let inHand = 0;
  const hear = async (heard: HeardMessage): Promise<boolean> => {
    notes.begun.push(heard);
    notes.most = Math.max(notes.most, ++inHand);
    await pause(Math.random() * 4);
    inHand--;
    if (fails(heard)) return false;
    notes.ended.push(heard);
    return true;
  };
  return { notes, hear, done: (heard: HeardMessage) => void notes.done.push(heard) };
};

describe('Messages of a partition', () => {
  it('are heard key by key in order, different keys side by side, and done in their order', async () => {
    const messages = Array.from({ length: 200 }, (_, offset) => message(`key-${Math.floor(Math.random() * 12)}`, offset));
    const { notes, ...ordering } = listener();
    await hearInOrder(messages, ordering);
    expect(offsets(notes.done)).toEqual(offsets(messages));
    for (const key of new Set(messages.map((one) => one.key))) {
      const mine = (all: readonly HeardMessage[]) => offsets(all.filter((one) => one.key === key));
      expect([mine(notes.begun), mine(notes.ended)]).toEqual([mine(messages), mine(messages)]);
    }
    expect(notes.most).toBe(8);
  });
  it('of one key are never heard two at a time', async () => {
    const { notes, ...ordering } = listener();
    await hearInOrder(
      Array.from({ length: 20 }, (_, offset) => message('one', offset)),
      ordering,
    );
    expect(notes.most).toBe(1);
  });
  it('all stand before a sign of life that came after them, and behind one that came before', async () => {
    const messages = [0, 1, 2, 3].map((offset) => message(`key-${offset}`, offset));
    const { notes, ...ordering } = listener();
    await hearInOrder([...messages, beat(4), message('key-0', 5), message('key-9', 6)], ordering);
    expect(offsets(notes.ended.slice(0, 4)).sort()).toEqual([0, 1, 2, 3]);
    expect(offsets(notes.begun)[4]).toBe(4);
    expect(offsets(notes.ended)[4]).toBe(4);
  });
  it('are done only as far as none was missed, and nothing begins after one that was', async () => {
    const messages = Array.from({ length: 100 }, (_, offset) => message(`key-${offset % 10}`, offset));
    const { notes, ...ordering } = listener(({ offset }) => offset === '23');
    await hearInOrder(messages, ordering);
    expect(offsets(notes.done)).toEqual(offsets(messages).slice(0, 23));
    expect(offsets(notes.begun.filter(({ key }) => key === 'key-3'))).toEqual([3, 13, 23]);
    expect(Math.max(...offsets(notes.begun))).toBeLessThan(23 + 16);
  });
  it('in hand come to their end before what was thrown between them gets out', async () => {
    const messages = Array.from({ length: 20 }, (_, offset) => message(`key-${offset}`, offset));
    const { notes, ...ordering } = listener();
    let asked = 0;
    const before = () => {
      if (++asked === 6) throw new Error('the partition was taken away');
    };
    await expect(hearInOrder(messages, { ...ordering, before })).rejects.toThrow('taken away');
    expect([notes.begun, notes.ended, notes.done].map((all) => all.length)).toEqual([5, 5, 5]);
  });
});
