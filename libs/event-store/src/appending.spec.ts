import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import type { AppendRequest, Expected } from './append.js';
import type { NewEvent } from './record.js';
import { leafOf } from './stamping.js';
import { testStore, type TestStore } from './testing.js';

let house: TestStore;
beforeAll(async () => {
  house = await testStore();
});
afterAll(() => house.close());

const by = { actor: 'agent-0417', role: 'agent', client: 'desk' };
const request = (stream: string, expected: Expected, events: readonly NewEvent[], more: Partial<AppendRequest> = {}): AppendRequest => ({
  tenant: 'quanpay',
  at: house.store.now('quanpay'),
  by,
  corr: randomUUID(),
  writes: [{ stream, expected, events }],
  ...more,
});
const noted = (text: string) => ({ type: 'Noted', text }) as NewEvent;

describe('A new log', () => {
  it('begins with LogOpened, which names its origin', async () => {
    const [first] = await house.store.readLog(-1, 1);
    expect(first).toMatchObject({
      position: 0,
      type: 'LogOpened',
      version: 0,
      stream: 'log-test',
      data: { origin: 'recourse.example/test' },
    });
  });
});

describe('An append', () => {
  it('gives positions and versions without gaps, and chains the stream by its leaves', async () => {
    const stream = `case-${randomUUID()}`;
    const before = await house.store.head();
    const first = await house.store.append(request(stream, 'must-not-exist', [noted('a'), noted('b')]));
    expect(first).toEqual({ kind: 'appended', positions: [before + 1, before + 2], versions: { [stream]: 1 } });
    await house.store.append(request(stream, 1, [noted('c')]));
    const records = await house.store.readStream(stream);
    expect(records.map(({ version, position, data }) => [version, position - before, data['text']])).toEqual([
      [0, 1, 'a'],
      [1, 2, 'b'],
      [2, 3, 'c'],
    ]);
    expect(records.map(({ prev }) => prev)).toEqual(['A'.repeat(43), records[0]!.leaf, records[1]!.leaf]);
    for (const { text, leaf } of records) {
      expect(leafOf(text).toString('base64url')).toBe(leaf);
      expect(
        createHash('sha256')
          .update(Buffer.concat([Buffer.from([0]), Buffer.from(text)]))
          .digest('base64url'),
      ).toBe(leaf);
    }
  });
});
