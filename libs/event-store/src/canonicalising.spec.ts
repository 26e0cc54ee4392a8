import { describe, expect, it } from '@jest/globals';
import { canonical, NotCanonical } from './canonicalising.js';

describe('The published examples of RFC 8785 (cyberphone/json-canonicalization), as far as records may use them', () => {
  it.each([
    ['arrays', '[56, {"d": true, "10": null, "1": []}]', '[56,{"1":[],"10":null,"d":true}]'],
    [
      'french',
      '{"peach": "This sorting order", "péché": "is wrong according to French", "pêche": "but canonicalization MUST", "sin": "ignore locale"}',
      '{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}',
    ],
    [
      'structures',
      '{"1": {"f": {"f": "hi", "F": 5}, "\\n": 56.0}, "10": {}, "": "empty", "a": {}, "111": [{"e": "yes", "E": "no"}], "A": {}}',
      '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}',
    ],
    ['unicode', '{"Unnormalized Unicode": "A\\u030a"}', '{"Unnormalized Unicode":"A\u030a"}'],
    [
      'values, the strings and literals',
      '{"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}',
      '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ],
    [
      'weird',
      '{"\\u20ac": "Euro Sign", "\\r": "Carriage Return", "\\u000a": "Newline", "1": "One", "\\u0080": "Control\\u007f", ' +
        '"\\ud83d\\ude02": "Smiley", "\\u00f6": "Latin Small Letter O With Diaeresis", "\\ufb33": "Hebrew Letter Dalet With Dagesh", ' +
        '"</script>": "Browser Challenge"}',
      '{"\\n":"Newline","\\r":"Carriage Return","1":"One","</script>":"Browser Challenge","\u0080":"Control\u007f",' +
        '"ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😂":"Smiley","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    ],
  ])('%s', (_, json, expected) => expect(canonical(JSON.parse(json))).toBe(expected));

  it('comes to the bytes of the RFC’s own sample of UTF-8 (3.2.4), numbers apart', () => {
    const text = canonical(
      JSON.parse('{"string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}'),
    );
    const expected =
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c22737472696e67223a22' +
      'e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d';
    expect(Buffer.from(text).toString('hex')).toBe(expected);
  });
});

describe('What has one text', () => {
  it('is the same however it was put together', () => {
    expect(canonical({ b: 1, a: { d: [1, { y: 0, x: -0 }], c: null } })).toBe('{"a":{"c":null,"d":[1,{"x":0,"y":0}]},"b":1}');
    expect(canonical(Object.assign(Object.create(null) as object, { z: 'z' }))).toBe('{"z":"z"}');
  });
  it('reaches to the largest safe integers', () =>
    expect(canonical([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])).toBe('[9007199254740991,-9007199254740991]'));
  it('reads back as what it was', () => {
    const value = { text: '凌晨两点\u2028"\\', list: [[], {}, [null]], n: -12550 };
    expect(JSON.parse(canonical(value))).toEqual(value);
  });
});

describe('What has not throws, and says where', () => {
  class Money {
    value = 1;
  }
  const circle: Record<string, unknown> = {};
  circle['round'] = circle;
  const sparse = [1, , 3];
  it.each([
    ['undefined', { a: { b: undefined } }, '/a/b'],
    ['a function', { f() {} }, '/f'],
    ['a symbol', [Symbol('s')], '/0'],
    ['a bigint', { n: 10n }, '/n'],
    ['NaN', { n: NaN }, '/n'],
    ['Infinity', [Infinity], '/0'],
    ['a fraction', { n: 1.5 }, '/n'],
    ['an integer beyond 2^53', { n: 2 ** 53 }, '/n'],
    ['a lone surrogate', { s: 'a\ud800b' }, '/s'],
    ['a lone surrogate in a name', { 'a\udc00': 1 }, 'the top'],
    ['NUL', { s: 'a\0b' }, '/s'],
    ['a date', { at: new Date(0) }, '/at'],
    ['a map', new Map([['a', 1]]), 'the top'],
    ['bytes', { b: new Uint8Array(2) }, '/b'],
    ['an instance of a class', { m: new Money() }, '/m'],
    ['a hole in an array', sparse, '/1'],
    ['a circle', circle, '/round'],
  ])('%s', (_, value, where) => {
    expect(() => canonical(value)).toThrow(NotCanonical);
    expect(() => canonical(value)).toThrow(where);
  });
  it('something very deep, before the stack is full', () => {
    let deep: unknown = 0;
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect(() => canonical(deep)).toThrow('32 levels');
  });
});
