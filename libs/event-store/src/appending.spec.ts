import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import type { AppendRequest, Expected } from './append.js';
import type { NewEvent, SealedBlob } from './record.js';
import { RecordTooLarge } from './stamping.js';
import { requestOf, testStore, type TestStore } from './testing.js';

let house: TestStore;
beforeAll(async () => {
  house = await testStore();
});
afterAll(() => house.close());

const noted = (text: string): NewEvent => ({ type: 'Noted', text }) as NewEvent;
const append = (stream: string, expected: Expected, texts: readonly string[], more: Partial<AppendRequest> = {}) =>
  house.store.append(requestOf(house.store, stream, expected, texts.map(noted), more));
const textsOf = async (stream: string) => (await house.store.readStream(stream)).map(({ data }) => data['text']);
const newStream = () => `case-${randomUUID()}`;

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
    const stream = newStream();
    const before = await house.store.head();
    const first = await append(stream, 'must-not-exist', ['a', 'b']);
    expect(first).toEqual({ kind: 'appended', positions: [before + 1, before + 2], versions: { [stream]: 1 } });
    await append(stream, 1, ['c']);
    const records = await house.store.readStream(stream);
    expect(records.map(({ version, position, data }) => [version, position - before, data['text']])).toEqual([
      [0, 1, 'a'],
      [1, 2, 'b'],
      [2, 3, 'c'],
    ]);
    expect(records.map(({ prev }) => prev)).toEqual(['A'.repeat(43), records[0]!.leaf, records[1]!.leaf]);
    const leafByHand = (text: string) =>
      createHash('sha256')
        .update(Buffer.concat([Buffer.from([0]), Buffer.from(text)]))
        .digest('base64url');
    for (const { text, leaf } of records) expect(leafByHand(text)).toBe(leaf);
  });
  it('keeps the text byte for byte, whatever PostgreSQL might think of it', async () => {
    const stream = newStream();
    const text = '凌晨两点 "\\ \u2028 \u0001 é e\u0301 😂 {"b":1,"a":2} \\u0000';
    await append(stream, 'must-not-exist', [text]);
    const [record] = await house.store.readStream(stream);
    expect(record!.data['text']).toBe(text);
    expect(record!.text).toContain(JSON.stringify(text));
  });
  it('carries the author, correlation and cause of its request in every event', async () => {
    const stream = newStream();
    const corr = randomUUID();
    const cause = randomUUID();
    await append(stream, 'none', ['a', 'b'], { corr, cause, tenant: 'tidepay' });
    for (const record of await house.store.readStream(stream)) {
      expect(record).toMatchObject({ corr, cause, tenant: 'tidepay', by: { actor: 'agent-0417' }, f: 'recourse/record/v1', sv: 1 });
      expect(record.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    }
  });
});

describe('What the writer expects of a stream', () => {
  it.each<[string, number, Expected, AppendKind]>([
    ['nothing, and it is new', 0, 'none', 'appended'],
    ['nothing, and it is not', 2, 'none', 'appended'],
    ['that it is new, and it is', 0, 'must-not-exist', 'appended'],
    ['that it is new, and it is not', 2, 'must-not-exist', 'conflict'],
    ['that it exists, and it does', 2, 'must-exist', 'appended'],
    ['that it exists, and it does not', 0, 'must-exist', 'conflict'],
    ['its last version', 2, 1, 'appended'],
    ['an older version', 3, 1, 'conflict'],
    ['a version that is yet to come', 2, 5, 'conflict'],
    ['a version of a stream that is not there', 0, 0, 'conflict'],
  ])('%s', async (_, existing, expected, kind) => {
    const stream = newStream();
    for (let n = 0; n < existing; n++) await append(stream, n === 0 ? 'must-not-exist' : n - 1, [`${n}`]);
    const outcome = await append(stream, expected, ['new']);
    expect(outcome).toMatchObject(
      kind === 'appended' ? { kind, versions: { [stream]: existing } } : { kind, stream, version: existing - 1 },
    );
    expect(await textsOf(stream)).toHaveLength(kind === 'appended' ? existing + 1 : existing);
  });
  type AppendKind = 'appended' | 'conflict';
});

describe('A request with several streams', () => {
  const writes = (...list: [string, Expected, ...string[]][]) => ({
    writes: list.map(([stream, expected, ...texts]) => ({ stream, expected, events: texts.map(noted) })),
  });
  it('is written whole', async () => {
    const [one, two] = [newStream(), newStream()];
    const outcome = await append('', 'none', [], writes([one, 'must-not-exist', 'a', 'b'], [two, 'must-not-exist', 'c']));
    expect(outcome).toMatchObject({ kind: 'appended', versions: { [one]: 1, [two]: 0 } });
    expect([await textsOf(one), await textsOf(two)]).toEqual([['a', 'b'], ['c']]);
  });
  it('or not at all, and the others in its batch are not disturbed', async () => {
    const [one, two, taken, other] = [newStream(), newStream(), newStream(), newStream()];
    await append(taken, 'must-not-exist', ['first', 'second']);
    const before = await house.store.head();
    const [whole, conflict, alone] = await Promise.all([
      append('', 'none', [], writes([one, 'must-not-exist', 'a'])),
      append('', 'none', [], writes([two, 'must-not-exist', 'a'], [taken, 'must-not-exist', 'b'])),
      append('', 'none', [], writes([other, 'must-not-exist', 'a'])),
    ]);
    expect(conflict).toEqual({ kind: 'conflict', stream: taken, version: 1 });
    expect([whole.kind, alone.kind]).toEqual(['appended', 'appended']);
    expect(await textsOf(two)).toEqual([]);
    expect(await house.store.head()).toBe(before + 2);
  });
});

describe('A request key', () => {
  const key = (fingerprint = 'f') => ({ key: randomUUID(), fingerprint, kind: 'http' as const });
  const answer = (stream: string) => ({ status: 201, location: `/v1/cases/${stream}`, stream });

  it('makes the request happen once, and gives the first answer ever after', async () => {
    const stream = newStream();
    const more = { key: key(), answer: answer(stream) };
    expect((await append(stream, 'none', ['a', 'b'], more)).kind).toBe('appended');
    await append(stream, 'none', ['c']);
    const again = await append(stream, 'none', ['a', 'b'], more);
    expect(again).toEqual({ kind: 'replayed', answer: { ...answer(stream), version: 1 } });
    expect(await textsOf(stream)).toEqual(['a', 'b', 'c']);
  });
  it('of another request is reused, and nothing is written', async () => {
    const stream = newStream();
    const first = key('this');
    await append(stream, 'none', ['a'], { key: first });
    expect(await append(stream, 'none', ['b'], { key: { ...first, fingerprint: 'that' } })).toEqual({ kind: 'key-reused' });
    expect(await textsOf(stream)).toEqual(['a']);
  });
  it('wins over a conflict, known beforehand or not', async () => {
    const stream = newStream();
    const [made, absent] = [{ key: key() }, { key: key() }];
    await append(stream, 'must-not-exist', ['a'], made);
    expect((await append(stream, 'must-not-exist', ['a'], made)).kind).toBe('replayed');
    await append(newStream(), 'none', ['b'], absent);
    expect((await append(newStream(), 'must-exist', ['b'], absent)).kind).toBe('replayed');
  });
  it('is not spent on a conflict', async () => {
    const stream = newStream();
    await append(stream, 'none', ['a']);
    const more = { key: key() };
    expect((await append(stream, 'must-not-exist', ['b'], more)).kind).toBe('conflict');
    expect((await append(stream, 0, ['b'], more)).kind).toBe('appended');
  });
  it('may be recorded alone, with an answer or without', async () => {
    const before = await house.store.head();
    const [plain, answered] = [key(), key('g')];
    expect(await append('', 'none', [], { writes: [], key: plain })).toEqual({ kind: 'appended', positions: [], versions: {} });
    await append('', 'none', [], { writes: [], key: answered, answer: { status: 200, stream: 'case-1', version: 4 } });
    expect(await append('', 'none', [], { writes: [], key: plain })).toEqual({ kind: 'replayed' });
    expect(await house.store.answered(plain.key)).toEqual({ fingerprint: 'f' });
    expect(await house.store.answered(answered.key)).toEqual({ fingerprint: 'g', answer: { status: 200, stream: 'case-1', version: 4 } });
    expect(await house.store.answered('never used')).toBeUndefined();
    expect(await house.store.head()).toBe(before);
  });
});

describe('Sealed groups', () => {
  const blobOf = (content: string, id: string = randomUUID()): SealedBlob => {
    const blob = Buffer.from(content);
    return { id, blob, h: createHash('sha256').update(blob).digest('base64url') };
  };
  it('are kept beside the record and come back as they were', async () => {
    const blob = blobOf('\x01sealed\x00bytes');
    await append(newStream(), 'none', ['a'], { blobs: [blob] });
    const found = await house.store.blobs([blob.id, randomUUID()]);
    expect([...found.keys()]).toEqual([blob.id]);
    expect(found.get(blob.id)).toEqual({ ...blob, blob: Buffer.from(blob.blob) });
    expect((await house.store.blobs([])).size).toBe(0);
  });
  it('may come again with a neighbour’s event, but never with other bytes', async () => {
    const blob = blobOf('same');
    const outcomes = await Promise.all([
      append(newStream(), 'none', ['a'], { blobs: [blob] }),
      append(newStream(), 'none', ['b'], { blobs: [blob] }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    const stream = newStream();
    await expect(append(stream, 'none', ['c'], { blobs: [blobOf('other', blob.id)] })).rejects.toThrow('other bytes');
    expect(await textsOf(stream)).toEqual([]);
  });
  it('must have the hash that is said of them', async () => {
    const blob = blobOf('content');
    await expect(append(newStream(), 'none', ['a'], { blobs: [{ ...blob, h: blobOf('else').h }] })).rejects.toThrow('hash');
    const event = { ...noted('a'), sealed: [{ id: blob.id, group: 'note', key: 'k', h: blobOf('else').h }] };
    await expect(house.store.append(requestOf(house.store, newStream(), 'none', [event], { blobs: [blob] }))).rejects.toThrow(
      'another hash',
    );
  });
});

describe('What cannot be recorded', () => {
  it('is told to its author alone', async () => {
    const good = newStream();
    const outcomes = await Promise.allSettled([
      append(good, 'none', ['a']),
      append(newStream(), 'none', ['x'.repeat(9_000)]),
      append('not a name', 'none', ['a']),
      append(newStream(), 'none', []),
      append('', 'none', [], { writes: [] }),
      append(newStream(), 'none', ['a'], { at: 'yesterday' }),
      append(newStream(), 'none', ['lone \ud800']),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', ...Array<string>(6).fill('rejected')]);
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(RecordTooLarge);
    expect(await textsOf(good)).toEqual(['a']);
  });
  it('is an event on a stream of another tenant', async () => {
    const stream = newStream();
    await append(stream, 'must-not-exist', ['a']);
    await expect(append(stream, 0, ['b'], { tenant: 'tidepay' })).rejects.toThrow('does not belong to tidepay');
    await expect(append(stream, 'none', ['b'], { tenant: 'tidepay' })).rejects.toThrow('does not belong to tidepay');
    expect(await textsOf(stream)).toEqual(['a']);
  });
  it('is two writes to one stream in one request', async () => {
    const stream = newStream();
    const write = { stream, expected: 'none' as const, events: [noted('a')] };
    await expect(append('', 'none', [], { writes: [write, write] })).rejects.toThrow('one place only');
  });
});
