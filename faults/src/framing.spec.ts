import { describe, expect, it } from '@jest/globals';
import { Framing, statementOf } from './framing.js';

const message = (type: string, body: string): Buffer => {
  const bytes = Buffer.alloc(type.length + 4 + body.length);
  bytes.write(type, 0);
  bytes.writeInt32BE(4 + body.length, type.length);
  bytes.write(body, type.length + 4);
  return bytes;
};

describe('The byte stream of a connection', () => {
  const sent = Buffer.concat([message('', 'start-up'), message('P', 'append\0select 1\0'), message('B', '\0append\0'), message('S', '')]);

  it.each([1, 3, 7, 1_000])('is cut into its messages, however it arrives (%s bytes at a time)', (size) => {
    const framing = new Framing(true);
    const frames = [];
    for (let at = 0; at < sent.length; at += size) frames.push(...framing.push(sent.subarray(at, at + size)));
    expect(frames.map(({ type }) => type)).toEqual(['', 'P', 'B', 'S']);
    expect(Buffer.concat(frames.map(({ bytes }) => bytes))).toEqual(sent);
  });

  it('says which statement is bound', () => {
    const [, , bind] = new Framing(true).push(sent);
    expect(statementOf(bind!)).toBe('append');
    expect(statementOf(new Framing(false).push(message('B', 'portal\0other\0'))[0]!)).toBe('other');
  });
});
