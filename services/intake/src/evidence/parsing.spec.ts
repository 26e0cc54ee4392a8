import { describe, expect, it } from '@jest/globals';
import { JsonLook } from './parsing.js';

const isJson = (text: string, step = 1): boolean => {
  const look = new JsonLook();
  for (let at = 0; at < text.length; at += step) look.push(text.slice(at, at + step));
  return look.ends();
};
const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('JSON that comes in pieces', () => {
  const texts = [
    ...[
      '{}',
      '[]',
      '""',
      '0',
      '-0.5e+7',
      'true',
      'null',
      ' [ 1 , "a" ] ',
      '{"a":{"b":[[],{}]},"c":"\\u4F60\\n\\""}',
      '"你好😡"',
      '[1,2,3]',
    ],
    ...[
      '',
      ' ',
      '{',
      '[1,]',
      '{"a":}',
      '{"a" 1}',
      '{a:1}',
      "{'a':1}",
      '[1 2]',
      '1 2',
      '01',
      '1.',
      '.5',
      '+1',
      '1e',
      'tru',
      'True',
      'NaN',
      '[}',
      '{]',
    ],
    ...[
      '"\\x"',
      '"\\u12G4"',
      '"a',
      '"\\',
      '"\n"',
      '"\t"',
      ',',
      ':',
      '[,1]',
      '{"a":1,}',
      '{,}',
      '{"a"}',
      '[1]]',
      '{"a":1}}',
      '[1],',
      '{"a":1 "b":2}',
      '"a" "b"',
    ],
    ...[
      '[1]x',
      'nullify',
      '[true false]',
      '{"a":true,"b":[null,-1.5E-3]}',
      '--1',
      '1-',
      '[-]',
      '{"a":"b":"c"}',
      '{1:2}',
      '[:1]',
      '\ufeff[]',
    ],
  ];
  it.each(texts)('is one exactly when it parses: %j', (text) => {
    for (const step of [1, 2, 5, 100]) expect(isJson(text, step)).toBe(parses(text));
  });

  it('is one exactly when it parses, also after any one symbol of it was taken out or put in', () => {
    const whole = '{"a":[1,-2.5e3,true,null,"x\\u00e9\\\\"],"b":{"c":{}},"d":""}';
    for (let at = 0; at <= whole.length; at++) {
      const without = whole.slice(0, at) + whole.slice(at + 1);
      expect([without, isJson(without, 3)]).toEqual([without, parses(without)]);
      for (const symbol of ['"', ',', ':', '[', '}', '1', '\\', ' ', 'e']) {
        const more = whole.slice(0, at) + symbol + whole.slice(at);
        expect([more, isJson(more, 3)]).toEqual([more, parses(more)]);
      }
    }
  });

  it('is not one when it is nested to exhaust whoever reads it', () => {
    expect(isJson('['.repeat(256) + ']'.repeat(256), 64)).toBe(true);
    expect(isJson('['.repeat(257) + ']'.repeat(257), 64)).toBe(false);
  });
});
