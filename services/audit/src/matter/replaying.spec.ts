import { describe, expect, it } from '@jest/globals';
import { asOf } from './asking.js';
import { differences, withSealsShown } from './differing.js';
import { kindOf, replay, stateOf, stepsOf } from './replaying.js';
import { inOrder, type Told } from './telling.js';

const told = (
  stream: string,
  version: number,
  type: string,
  data: object,
  recordedAt = '2026-11-18T02:00:00.000Z',
  origin = 'notification',
  position = version,
): Told =>
  ({
    origin,
    position,
    recordedAt,
    leaf: 'l',
    record: {
      type,
      stream,
      version,
      data,
      at: recordedAt,
      by: { actor: 'a', role: 'service', client: 'c' },
      corr: 'm1',
      tenant: 'quanpay',
    },
  }) as unknown as Told;

describe('Differences', () => {
  it('name the smallest part that changed', () =>
    expect(differences({ a: 1, b: { c: [1, 2], d: 'x' } }, { a: 1, b: { c: [1, 3, 4], d: 'x' }, e: null })).toEqual([
      { path: '/b/c/1', from: 2, to: 3 },
      { path: '/b/c/2', to: 4 },
      { path: '/e', to: null },
    ]));
  it('name what went, and what became of another kind', () =>
    expect(differences({ a: 1, b: [1], c: {} }, { b: { x: 1 }, c: {} })).toEqual([
      { path: '/a', from: 1 },
      { path: '/b', from: [1], to: { x: 1 } },
    ]));
  it('are the whole state at first', () => expect(differences(undefined, { a: 1 })).toEqual([{ path: '', to: { a: 1 } }]));
  it('escape names as pointers do', () =>
    expect(differences({ 'a/b~c': 1 }, { 'a/b~c': 2 })).toEqual([{ path: '/a~1b~0c', from: 1, to: 2 }]));
  it('are none where nothing differs', () => expect(differences({ a: [{ b: null }] }, { a: [{ b: null }] })).toEqual([]));
});

describe('What is sealed', () => {
  it('is shown by its group and hash, wherever it stands', () =>
    expect(withSealsShown({ text: [{ id: 'i', group: 'note', key: 'k', h: 'h' }], other: { id: 'i', group: 'g' } }, new Map())).toEqual({
      text: [{ sealed: 'note', h: 'h' }],
      other: { id: 'i', group: 'g' },
    }));
  it('says since when it is erased, and its hash stays', () => {
    const gap = { erased: { at: '2026-11-20T00:00:00.000Z', order: 'order-7' } };
    const shown = withSealsShown(
      [
        { id: 'i', group: 'note', key: 'k', h: 'h' },
        { id: 'j', group: 'note', key: 'l', h: 'm' },
      ],
      new Map([['k', gap]]),
    );
    expect(shown).toEqual([
      { sealed: 'note', h: 'h', ...gap },
      { sealed: 'note', h: 'm' },
    ]);
  });
});

describe('As of when', () => {
  it.each([
    ['case-tracking:812', { origin: 'case-tracking', position: 812 }],
    ['2026-11-18T02:00:00+08:00', { instant: '2026-11-17T18:00:00.000Z' }],
    ['elsewhere:1', undefined],
    ['812', undefined],
    ['yesterday', undefined],
    ['2026-11-18', undefined],
  ])('%s', (text, expected) => expect(asOf(text)).toEqual(expected));
});

describe('A replay', () => {
  const records = [
    told('correspondence-m1', 0, 'CorrespondenceOpened', { reference: 'R1', language: 'en' }),
    told('correspondence-m1', 1, 'CategoryNoted', { category: 'scam' }),
    told('opening-m1', 0, 'GroupsOpened', { purpose: 'audit' }),
  ];
  it('folds each stream by the history of its kind', () =>
    expect(stateOf(records)).toEqual({
      correspondence: [
        { stream: 'correspondence-m1', state: { reference: 'R1', language: 'en', category: 'scam', updates: [], told: [] } },
      ],
    }));
  it('shows a step without a history by what it says alone', () =>
    expect(stepsOf(records, () => true)[2]).toMatchObject({ n: 3, type: 'GroupsOpened', data: { purpose: 'audit' }, changes: [] }));
  it('counts only the steps asked for, and folds all', () =>
    expect(stepsOf(records, ({ record }) => record.version === 1)).toMatchObject([{ n: 1, changes: [{ path: '/category', to: 'scam' }] }]));
  it('keeps every stream apart', () => expect([...replay(records).keys()]).toEqual(['correspondence-m1']));
  it('tells the kinds of streams apart', () =>
    expect(['step-up-quanpay-W1', 'ledger-reference-q-h', 'case-1', 'reference-R1', 'opening-x'].map(kindOf)).toEqual([
      'step-up',
      'ledger-reference',
      'case',
      'reference',
      'opening',
    ]));
  it('is in the order of recording, then of logs, then of positions', () => {
    const [a, b, c, d] = [
      told('x-1', 0, 'T', {}, '2026-01-01T00:00:00.001Z'),
      told('x-1', 1, 'T', {}, '2026-01-01T00:00:00.000Z'),
      told('x-1', 2, 'T', {}, '2026-01-01T00:00:00.000Z', 'audit', 9),
      told('x-1', 0, 'T', {}, '2026-01-01T00:00:00.000Z'),
    ];
    expect([a, b, c, d].sort(inOrder)).toEqual([c, d, b, a]);
  });
});
