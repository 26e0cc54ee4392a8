import { describe, expect, it } from '@jest/globals';
import { edgeRefusals } from './codes.js';
import { fieldCodes } from './field-codes.js';
import { fingerprintOf } from './keying.js';
import { Problem, refusedBy, type Refusals } from './refusing.js';
import { traceFrom } from './tracing.js';
import { sealedRefsIn, unseal } from './unsealing.js';
import { filled, languageOf, problemDocument } from './wording.js';
import { instantOf } from './fields.js';

describe('The language of a problem', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['fr', 'en'],
    ['zh', 'zh-CN'],
    ['zh-TW, en;q=0.9', 'zh-CN'],
    ['en;q=0.5, zh;q=0.8', 'zh-CN'],
    ['zh;q=0, en', 'en'],
    ['zh;q=nonsense', 'en'],
    ['en-GB', 'en'],
  ] as const)('for %s is %s', (header, language) => expect(languageOf(header)).toBe(language));
});

describe('The words of a problem', () => {
  it('have the facts in them, and leave a name standing whose fact is missing', () =>
    expect(filled('{a} of {b}', { a: 1 })).toBe('1 of {b}'));

  it('are there for every code, in both languages, with a status that is an error', () => {
    for (const [code, { status, title, advice }] of Object.entries(edgeRefusals as Refusals)) {
      expect([code, status !== undefined && status >= 400]).toEqual([code, true]);
      for (const words of [title, advice]) expect(Object.values(words).every((text) => text.length > 1)).toBe(true);
      expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    }
    for (const [code, words] of Object.entries(fieldCodes)) expect([code, Object.keys(words)]).toEqual([code, ['en', 'zh-CN']]);
  });

  it('never fail for a code nobody wrote down', () =>
    expect(problemDocument(new Problem(409, 'new-code'), 'zh-CN', {})).toEqual({
      type: 'https://recourse.example/problems/new-code',
      title: 'new-code',
      status: 409,
      code: 'new-code',
    }));
});

describe('A refusal', () => {
  const refusals = {
    'too-late': { title: { en: 'Too late', 'zh-CN': '太晚' }, advice: { en: 'a', 'zh-CN': 'b' } },
    'too-much': { status: 422, title: { en: 'x', 'zh-CN': 'y' }, advice: { en: 'a', 'zh-CN': 'b' } },
  } as const satisfies Refusals;
  it('has the status of its code, 409 unless it says otherwise', () =>
    expect([refusedBy({ refused: 'too-late' }, [refusals]).status, refusedBy({ refused: 'too-much' }, refusals).status]).toEqual([
      409, 422,
    ]));
  it('that stands in no catalogue is a mistake of ours', () => expect(() => refusedBy({ refused: 'other' }, refusals)).toThrow(/other/));
});

describe('Instants', () => {
  it.each([
    ['2026-11-18T02:14:00+08:00', '2026-11-17T18:14:00.000Z'],
    ['2026-11-18t02:14:00.123456z', '2026-11-18T02:14:00.123Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2026-02-29T00:00:00Z', undefined],
    ['2026-11-18T24:00:01Z', undefined],
    ['2026-11-18T02:60:00Z', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-11-18T02:14:00', undefined],
    ['2026-11-18', undefined],
    ['0000-01-01T00:00:00+14:00', undefined],
    ['9999-12-31T23:59:59-14:00', undefined],
  ])('%s is %s', (text, instant) => expect(instantOf(text)).toBe(instant));
});

describe('Sealed places', () => {
  const ref = (id: string) => ({ id, group: 'note', key: 'k', h: `h-${id}` });
  const shown = {
    label: 'x',
    note: ref('1'),
    list: [
      { by: 'a', text: ref('2') },
      { by: 'b', text: ref('1') },
    ],
    nothing: null,
  };
  it('are found once each', () => expect(sealedRefsIn(shown).map(({ id }) => id)).toEqual(['1', '2']));
  it('say which group they are while closed', () =>
    expect(unseal(shown)).toEqual({
      label: 'x',
      note: { sealed: 'note', h: 'h-1' },
      list: [
        { by: 'a', text: { sealed: 'note', h: 'h-2' } },
        { by: 'b', text: { sealed: 'note', h: 'h-1' } },
      ],
      nothing: null,
    }));
  it('hold what was opened, and say since when and by which order the rest cannot be', () => {
    const at = '2026-11-20T08:00:00.000Z';
    const key = shown.note.key;
    const standing = { id: key, since: at, order: 'order-7' };
    const said = (state: 'destroyed' | 'restricted' | 'active') =>
      unseal(shown, new Map([['2', { text: 'hello' }]]), new Map([[key, { ...standing, state }]]));
    const place = { sealed: 'note', h: 'h-1' };
    const gap = { at, order: 'order-7' };
    expect(said('destroyed')).toMatchObject({ note: { ...place, erased: gap }, list: [{ text: { text: 'hello' } }, {}] });
    expect(said('restricted')).toMatchObject({ note: { ...place, restricted: gap } });
    expect((said('active') as typeof shown).note).toEqual(place);
  });
});

describe('A trace', () => {
  it('begins anew when none, or a broken one, comes in', () => {
    for (const header of [
      undefined,
      'x',
      '00-00000000000000000000000000000000-b7ad6b7169203331-01',
      '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    ])
      expect(traceFrom(header)).toEqual({
        traceId: expect.stringMatching(/^(?!0+$)[0-9a-f]{32}$/),
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        flags: '00',
      });
    expect(traceFrom(undefined).traceId).not.toBe(traceFrom(undefined).traceId);
  });
});

describe('The fingerprint of a request', () => {
  const secret = new Uint8Array(32).fill(1);
  const of = (body: unknown, url = '/v1/x', method = 'POST', by = secret) => fingerprintOf(by, method, url, body);
  it('is the same for the same meaning', () => expect(of({ a: [1, { c: null, b: 'é' }] })).toBe(of({ a: [1, { b: 'é', c: null }] })));
  it('differs for anything else', () => {
    const all = [
      of({}),
      of({ a: 1 }),
      of({ a: '1' }),
      of({ a: [1] }),
      of([]),
      of(undefined, '/v1/y'),
      of({}, '/v1/x', 'PUT'),
      of({}, '/v1/x', 'POST', new Uint8Array(32)),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
